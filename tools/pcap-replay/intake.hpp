// Where inspect's packets come from (captures, or an interface), and what is kept of them (--ring, --evidence).
//
// A live run opens the interface and the folders as whoever started it, then gives up root before the first byte of
// somebody else's is looked at.
#pragma once

#include <memory>
#include <optional>

#include "cli/output.hpp"
#include "io/capture.hpp"
#include "io/capture_evidence.hpp"
#include "io/capture_live.hpp"
#include "io/capture_ring.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

class Intake {
public:
    Intake(cli::Output& output, const Options& options);
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// All of it, into `sink`. From then on findings are told when they come (--follow, while reading: the end has its
    /// page) and proved (--evidence).
    [[nodiscard]] io::CaptureFacts read(io::CaptureSink sink);
    /// Nothing, or what the run could not do besides: the ring or the evidence could not be written.
    [[nodiscard]] cli::ExitCode trouble() const noexcept { return trouble_; }

private:
    void open_folders(const io::Identity& owner);
    [[nodiscard]] io::CaptureFacts read_live(const io::CaptureSink& sink);
    [[nodiscard]] io::CaptureOptions capture_options() const;
    void keep(const wire::CapturedFrame& frame, std::uint64_t number);
    void tick(Time now);
    void weigh(Finding& finding) const;
    void hear(const Finding& finding);
    [[nodiscard]] std::optional<std::string> prove(const Finding& finding);
    template <class Act>
    void or_without(Act act);

    cli::Output& output_;
    const Options& options_;
    std::optional<io::LiveCapture> live_;
    std::unique_ptr<io::OutputFolder> ring_folder_, evidence_folder_;
    std::optional<io::CaptureRing> ring_;
    std::optional<io::CaptureEvidence> evidence_;
    bool closing_ = false;
    cli::ExitCode trouble_ = cli::ExitCode::yes;
};

}  // namespace gbkit::replay_tool
