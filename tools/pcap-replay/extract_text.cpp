// extract: SIP messages as text a person reads, or only their XML bodies; both in UTF-8.
//
// A line that begins with # says where each message was seen. Bodies in GB2312 or GB18030 are converted, whatever their
// declaration says; line ends become LF. Resends are marked; of XML bodies they are left out.
#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/product.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "proto/observe/sip_feed.hpp"
#include "selection.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

/// Printable UTF-8 with LF line ends; tabs stay.
std::string readable(std::string_view bytes) {
    std::string text;
    for (const std::string_view line : split(bytes, '\n')) {
        const std::string_view whole = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
        text += replace_all(printable(whole), "\\t", "\t");
        text += '\n';
    }
    text.pop_back();
    return text;
}

/// The body without its XML declaration, which would name another character set than this text has.
std::string_view without_declaration(std::string_view body) {
    const std::size_t start = body.find("<?xml");
    const std::size_t end = start == std::string_view::npos ? start : body.find("?>", start);
    return trim(end == std::string_view::npos ? body : body.substr(end + 2));
}

std::string place_of(const SipSeen& seen) {
    return fmt::format("#{}  {}  {} -> {}  {}", seen.packet.number, to_local_date(seen.packet.time), seen.packet.source.text(),
                       seen.packet.destination.text(), seen.packet.transport == proto::Transport::udp ? "UDP" : "TCP");
}

class TextExtraction {
public:
    TextExtraction(cli::Output& output, const Options& options)
        : output_(output), options_(options), file_(output.options().output, true), selection_(options.device, options.call, options.play),
          feed_([this](const SipSeen& seen) { message(seen); }, [](const Finding&) {}) {}

    cli::ExitCode run() {
        const io::CaptureFacts facts = read_for(output_, options_, {.packet = [this](const proto::Packet& packet) { feed_.see(packet); }, .unreachable = {}, .progress = {}});
        file_.close();
        cli::Record summary("summary", facts.last);
        summary.set("files", static_cast<std::int64_t>(facts.files.size())).set("frames", static_cast<std::int64_t>(facts.frames));
        summary.set("messages", static_cast<std::int64_t>(written_)).set("bytes_written", static_cast<std::int64_t>(file_.written()));
        output_.write(summary);
        if (written_ == 0) throw cli::Failure{cli::ExitCode::bad_input, nothing()};
        output_.talk(cli::Words(output_.language())({"{} messages, {} written", "{} 条报文,写出 {}"}, cli::grouped(written_), cli::size_text(file_.written())));
        return cli::ExitCode::yes;
    }

private:
    void message(const SipSeen& seen) {
        if (!selection_.see(seen)) return;
        options_.xml ? xml(seen) : whole(seen);
    }

    void whole(const SipSeen& seen) {
        write(fmt::format("{}{}\n{}\n\n", place_of(seen), seen.retransmission ? "  resend" : "", readable(trim(as_text(seen.packet.bytes)))));
    }

    void xml(const SipSeen& seen) {
        const std::string_view body = without_declaration(seen.message.body());
        if (seen.retransmission || !body.starts_with('<')) return;
        write(fmt::format("<!-- {} -->\n{}\n\n", replace_all(place_of(seen), "->", "to"), readable(body)));
    }

    void write(const std::string& text) {
        file_.write(as_bytes(text));
        ++written_;
    }

    std::string nothing() const {
        if (feed_.counts().messages == 0) return "no SIP message is in the capture";
        return selection_.everything() ? "no message in the capture has an XML body" : "no such message is in the capture";
    }

    cli::Output& output_;
    const Options& options_;
    cli::ProductFile file_;
    Selection selection_;
    SipFeed feed_;
    std::uint64_t written_ = 0;
};

}  // namespace

cli::ExitCode extract_text(cli::Output& output, const Options& options) { return TextExtraction(output, options).run(); }

}  // namespace gbkit::replay_tool
