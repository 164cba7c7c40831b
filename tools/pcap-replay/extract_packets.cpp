// extract --pcap: one device or conversation as a capture of its own, its media included.
//
// Messages are written whole (io/capture_writer): on TCP one after another, whatever segments they came in.
#include <unistd.h>

#include "cli/terminal.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "io/capture_writer.hpp"
#include "proto/observe/sip_feed.hpp"
#include "selection.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

std::string name_of_product(const std::string& name) {
    if (!name.empty() && name != "-") return name;
    if (cli::is_terminal(STDOUT_FILENO))
        throw cli::Failure{cli::ExitCode::usage, "binary data is not written to a terminal: name a file with -o, or pipe it into a program"};
    return "-";
}

class PacketExtraction {
public:
    PacketExtraction(cli::Output& output, const Options& options)
        : output_(output), options_(options), selection_(options.device, options.call, options.play), writer_(name_of_product(output.options().output)),
          feed_([this](const SipSeen& seen) { message(seen); }, [](const Finding&) {}) {}

    cli::ExitCode run() {
        const io::CaptureFacts facts = read_for(output_, options_, {.packet = [this](const proto::Packet& packet) { take(packet); }, .unreachable = {}, .progress = {}});
        writer_.close();
        cli::Record summary("summary", facts.last);
        summary.set("files", static_cast<std::int64_t>(facts.files.size())).set("frames", static_cast<std::int64_t>(facts.frames));
        summary.set("messages", static_cast<std::int64_t>(messages_));
        output_.write(summary);
        if (messages_ + media_ == 0) throw cli::Failure{cli::ExitCode::bad_input, "nothing of what was asked for is in the capture"};
        output_.line(cli::Words(output_.language())({"out of {} frames: {} SIP messages, {} packets of media", "取自 {} 帧:SIP 报文 {} 条,媒体包 {} 个"}, cli::grouped(facts.frames),
                                                    cli::grouped(messages_), cli::grouped(media_)));
        return cli::ExitCode::yes;
    }

private:
    /// What the feed does not take for SIP may be media of what was chosen.
    void take(const proto::Packet& packet) {
        const std::uint64_t before = feed_.counts().messages;
        feed_.see(packet);
        if (feed_.counts().messages > before || !selection_.wants(packet)) return;
        ++media_;
        writer_.write(packet);
    }

    void message(const SipSeen& seen) {
        if (!selection_.see(seen)) return;
        ++messages_;
        writer_.write(places_.placed(seen.packet));
    }

    cli::Output& output_;
    const Options& options_;
    Selection selection_;
    io::CaptureWriter writer_;
    StreamPlaces places_;
    SipFeed feed_;
    std::uint64_t messages_ = 0, media_ = 0;
};

}  // namespace

cli::ExitCode extract_packets(cli::Output& output, const Options& options) {
    if (options.device.empty() && options.call.empty() && options.play.empty())
        throw cli::Failure{cli::ExitCode::usage, "--pcap needs --device, --play or --call: which conversation is wanted"};
    return PacketExtraction(output, options).run();
}

}  // namespace gbkit::replay_tool
