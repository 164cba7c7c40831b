#include "intake.hpp"

#include <algorithm>

#include "cli/interrupt.hpp"
#include "io/capture_findings.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

Intake::Intake(cli::Output& output, const Options& options) : output_(output), options_(options) {
    if (options.files.empty() && options.intake.interface.empty())
        throw cli::Failure{cli::ExitCode::usage, "name a capture, or a network interface with -i\nTry 'pcap-replay inspect --help'."};
}

Intake::~Intake() {
    output_.on_finding({});
    output_.weigh_findings({});
}

io::CaptureOptions Intake::capture_options() const {
    io::CaptureOptions options;
    options.dedup = options_.dedup == "on";
    options.filter = options_.intake.filter;
    options.since = options_.intake.since;
    options.until = options_.intake.until;
    return options;
}

void Intake::open_folders(const io::Identity& owner) {
    const IntakeOptions& wanted = options_.intake;
    if (!wanted.ring_folder.empty()) ring_folder_ = std::make_unique<io::OutputFolder>(wanted.ring_folder, owner);
    if (!wanted.evidence.empty()) evidence_folder_ = std::make_unique<io::OutputFolder>(wanted.evidence, owner);
    if (owner.changes || !wanted.interface.empty()) io::give_up_privileges(owner);
    for (const io::OutputFolder* folder : {ring_folder_.get(), evidence_folder_.get()})
        if (folder != nullptr) folder->check_writable();
    if (ring_folder_) ring_.emplace(*ring_folder_, wanted.ring_bytes);
    if (evidence_folder_) evidence_.emplace(*evidence_folder_);
}

io::CaptureFacts Intake::read(io::CaptureSink sink) {
    if (options_.intake.follow || !options_.intake.evidence.empty()) output_.on_finding([this](const Finding& finding) { hear(finding); });
    sink.frame = [this](const wire::CapturedFrame& frame, std::uint64_t number) { keep(frame, number); };
    sink.tick = [this, inner = sink.tick](Time now) {
        if (inner) inner(now);
        tick(now);
    };
    const bool live = !options_.intake.interface.empty();
    if (!live) open_folders({});
    const bool from_pipe = std::find(options_.files.begin(), options_.files.end(), "-") != options_.files.end();
    if (from_pipe) cli::outlive_first_interrupt();
    if (from_pipe && options_.intake.follow) output_.decouple();  // a reader that does not read must not stop the capture
    const io::CaptureFacts facts = live ? read_live(sink) : io::read_captures(options_.files, capture_options(), sink);
    if (facts.frames == 0 && !options_.intake.filter.empty())
        output_.talk("the filter let nothing through");
    closing_ = true;
    return facts;
}

io::CaptureFacts Intake::read_live(const io::CaptureSink& sink) {
    const io::Identity identity = io::humble_identity();
    const std::string& interface = options_.intake.interface;
    live_.emplace(io::LiveOptions{.interface = interface, .duration = options_.intake.duration}, capture_options());
    open_folders(identity);
    output_.weigh_findings([this](Finding& finding) { weigh(finding); });
    if (output_.options().verbose > 0)
        output_.talk(identity.changes ? fmt::format("root and all capabilities are given up: now {} ({})", identity.name, identity.user)
                                      : fmt::format("still {} ({}), all capabilities are given up", identity.name, identity.user));
    output_.decouple();
    output_.talk(fmt::format("capturing on {} ({}) until {}", interface, live_->link_layer(),
                             options_.intake.duration ? format_duration(*options_.intake.duration) + " have passed" : "Ctrl-C"));
    io::CaptureFacts facts = live_->run(sink);
    if (!live_->broken().empty()) output_.talk(fmt::format("the capture on {} ended by itself: {}", interface, live_->broken()));
    return facts;
}

// A full disk ends what is kept, not what is looked at.
template <class Act>
void Intake::or_without(Act act) {
    try {
        act();
    } catch (const io::CaptureError& error) {
        output_.talk(fmt::format("{}; nothing more is kept, the inspection goes on", error.what()));
        ring_.reset();
        evidence_.reset();
        trouble_ = cli::ExitCode::system;
    }
}

void Intake::keep(const wire::CapturedFrame& frame, std::uint64_t number) {
    if (!ring_ && !evidence_) return;
    or_without([&] {
        if (ring_) ring_->write(frame);
        if (evidence_) evidence_->see(frame, number);
    });
}

void Intake::tick(Time now) {
    or_without([&] {
        if (ring_) ring_->flush();
        if (evidence_) evidence_->advance(now);
    });
}

std::optional<std::string> Intake::prove(const Finding& finding) {
    // Not of what is merely worth knowing, nor of the capture as a whole: that has no packets of its own.
    if (!evidence_ || info_of(finding.id).severity == Severity::info || finding.id.slug.starts_with("capture-")) return std::nullopt;
    std::optional<std::string> file;
    or_without([&] { file = evidence_->keep(finding); });
    return file;
}

// What did not come may be what we lost ourselves: it is told, and blames nobody.
void Intake::weigh(Finding& finding) const {
    if (!io::rests_on_absence(finding.id) || live_->lost() == 0) return;
    finding.certainty = Certainty::possible;
    finding.capture_lossy = true;
}

void Intake::hear(const Finding& finding) {
    const auto file = prove(finding);
    if (!options_.intake.follow || closing_) return;
    const Words say(output_.language());
    if (finding.where.time != Time{}) output_.line(output_.styled(cli::Style::dim, to_local_clock(finding.where.time)));
    output_.show(finding);
    if (file) output_.line(fmt::format("{}{}", output_.styled(cli::Style::bold, pad(say({"FILE", "证据"}), 10)), *file));
    output_.line();
}

}  // namespace gbkit::replay_tool
