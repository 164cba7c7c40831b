#include "detect.hpp"

#include "io/capture.hpp"
#include "wire/rtp/rtpdump.hpp"

namespace gbkit::psdump_tool {

namespace {

using wire::codec::Container;
using wire::rtp::Framer;
using wire::rtp::Framing;

constexpr std::size_t looked_at = 256 * 1024;
constexpr std::size_t container_bytes = 64 * 1024;

std::optional<Detected> given(const std::string& format) {
    if (format == "pcap") return Detected{Form::capture, Framing::undecided, Container::unknown};
    if (format == "ps") return Detected{Form::program_stream, Framing::undecided, Container::program_stream};
    if (format == "rtpdump") return Detected{Form::rtpdump, Framing::undecided, Container::unknown};
    if (format == "bare") return Detected{Form::packets, Framing::bare, Container::unknown};
    if (format == "rfc4571") return Detected{Form::packets, Framing::rfc4571, Container::unknown};
    if (format == "interleaved") return Detected{Form::packets, Framing::interleaved, Container::unknown};
    return std::nullopt;
}

bool starts_with(ByteView head, std::string_view start) { return as_text(head.first(std::min(head.size(), start.size()))) == start; }

// What the very first bytes say for certain.
std::optional<Detected> by_magic(ByteView head) {
    if (io::looks_like_capture(as_text(head))) return Detected{Form::capture, Framing::undecided, Container::unknown};
    if (wire::rtp::looks_like_rtpdump(as_text(head))) return Detected{Form::rtpdump, Framing::undecided, Container::unknown};
    if (starts_with(head, std::string_view("\0\0\1\xBA", 4)) || starts_with(head, "IMKH"))
        return Detected{Form::program_stream, Framing::undecided, Container::program_stream};
    return std::nullopt;
}

Detected by_container(ByteView head) {
    const Container container = wire::codec::container_of(head.first(std::min(head.size(), container_bytes)));
    const bool program_stream = container == Container::program_stream || container == Container::hikvision_file;
    return {program_stream ? Form::program_stream : Form::other, Framing::undecided, container};
}

std::optional<Detected> packets_of(const Framer& framer) {
    if (framer.framing() == Framing::undecided || framer.framing() == Framing::none) return std::nullopt;
    return Detected{Form::packets, framer.framing(), Container::unknown};
}

Framer quiet_framer() { return Framer({[](const wire::rtp::FramedPacket&) {}, [](const wire::rtp::FramingBreak&) {}}); }

// A program stream stands in RTP packets too: they are asked for first.
Detected with_what_there_is(ByteView head) {
    Framer framer = quiet_framer();
    framer.push(head);
    framer.finish();
    return packets_of(framer).value_or(by_container(head));
}

}  // namespace

Detected detect(io::MediaInput& input, const std::string& format) {
    if (const auto choice = given(format)) return *choice;
    constexpr std::size_t magic_bytes = 16;
    while (input.head().size() < magic_bytes && input.look_further()) {}
    if (const auto magic = by_magic(input.head())) return *magic;
    Framer framer = quiet_framer();
    std::size_t pushed = 0;
    do {
        framer.push(input.head().subspan(pushed));
        pushed = input.head().size();
        if (const auto packets = packets_of(framer)) return *packets;
        if (pushed < container_bytes) continue;
        const Detected named = with_what_there_is(input.head());
        if (named.form == Form::packets || named.container != Container::unknown) return named;
    } while (pushed < looked_at && input.look_further());
    return with_what_there_is(input.head());
}

}  // namespace gbkit::psdump_tool
