// What both verbs do around their machine: observers and capture on the tap, the ladder as it happens, records of
// what the machine reports, the root causes and the summary at the end.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "cli/condition.hpp"
#include "cli/output.hpp"
#include "cli/record.hpp"
#include "counters.hpp"
#include "io/capture_writer.hpp"
#include "io/loop.hpp"
#include "io/tap.hpp"
#include "live_table.hpp"
#include "options.hpp"
#include "proto/fault/fault.hpp"
#include "proto/observe/connection_observer.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/makers.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"
#include "proto/sip/transaction_layer.hpp"

namespace gbkit::register_tool {

struct SessionFacts {
    SeenFrom seen_from;         // device or platform
    std::string server_id;
    std::string domain;
    std::optional<std::string> password;  // that digests are judged with; nothing when only the other side knows
    bool name_device;   // the ladder tells several devices apart
    std::size_t devices = 0;              // how many there will be; 0 when that is up to others. Many get no ladder
    std::vector<std::string> phases{};    // names of the fleet's phases
    std::optional<Duration> connect_patience{};  // for a TCP connection; without it 32 s
    std::shared_ptr<const io::TlsContext> tls_client{}, tls_server{};
    proto::observe::Passwords passwords{};  // instead of `password`: one for each device
    std::function<void(Time)> leaving{};  // before answers leave, and each second
    LiveTable* table = nullptr;           // drawn below the page; must outlive the session
    /// Between the observers and the machine, which share() it.
    std::shared_ptr<wire::sip::ParsedOnce> parsed = std::make_shared<wire::sip::ParsedOnce>();
};

class Session {
public:
    Session(cli::Output& output, const SharedOptions& options, SessionFacts facts);

    /// Runs the machine on a loop until it ends; `opened` is told the address.
    io::LoopEnd run(const proto::Machine& machine, std::function<void(Time, const io::OpenedFlow&)> opened);
    /// The end of page and records; false when --expect is not met. `failure`: why the run's own job was not
    /// done, empty when it was; the page says it when no finding does.
    bool close(const proto::sip::LayerCounters& counters, const std::string& failure = {});

private:
    void watch();
    void on_report(Time now, const proto::Report& report);
    void on_finding(const Finding& finding);
    void draw_table(Time now);
    void ladder(const proto::observe::SipSeen& seen);
    void ladder(const proto::Unreachable& unreachable);
    void on(Time now, const proto::RegistrationReport& report) { on_change(now, report); }
    void on(Time now, const proto::KeepaliveReport& report) { on_change(now, report); }
    void on(Time now, const proto::PhaseReport& report);
    template <class What>
    void on_change(Time now, const What& report);
    void end_phase(Time now);
    void advance(Time now);
    [[nodiscard]] bool shows_ladder(const std::string& device);
    [[nodiscard]] bool many() const noexcept { return facts_.devices > 1 || crowded_; }
    [[nodiscard]] bool observes() const noexcept { return options_.observe == "on"; }
    [[nodiscard]] bool expectations_met();
    void write_verdict(const std::string& failure);

    cli::Output& output_;
    const SharedOptions& options_;
    SessionFacts facts_;
    std::vector<cli::Condition> until_, expect_;
    std::shared_ptr<proto::observe::Makers> makers_ = std::make_shared<proto::observe::Makers>();   // the output asks it to the end
    proto::observe::RegistrationObserver registrations_;
    proto::observe::DigestObserver digests_;
    proto::observe::SipFeed feed_;
    proto::observe::ConnectionObserver connections_;
    std::optional<io::CaptureWriter> capture_;
    io::Tap tap_;
    io::Loop loop_;
    Counters counters_;
    Time begun_{};
    std::set<std::string> in_ladder_;   // devices it shows
    bool crowded_ = false;              // more devices than a ladder can show
    std::optional<std::size_t> phase_;  // that runs
    Time phase_begun_{};
};

/// The domain the options mean.
[[nodiscard]] std::string domain_of(const SharedOptions& options);
/// The machine, with --fault when there is one.
[[nodiscard]] proto::Machine with_fault(proto::Machine machine, const SharedOptions& options, proto::fault::Role role,
                                        const proto::fault::Context& context);

}  // namespace gbkit::register_tool
