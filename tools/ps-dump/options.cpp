#include "options.hpp"

#include <set>

#include <CLI/CLI.hpp>

#include "cli/options.hpp"
#include "proto/fault/pack_fault.hpp"
#include "proto/fault/rtp_fault.hpp"

namespace gbkit::psdump_tool {

namespace {

/// 0x05F5ED76, or the decimal digits of y=.
std::optional<std::uint32_t> parse_ssrc(const std::string& text) {
    if (!istarts_with(text, "0x")) {
        const auto number = to_number(text, UINT32_MAX);
        return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
    }
    if (text.size() < 3 || text.size() > 10) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(2)) {
        if (hex_value(c) < 0) return std::nullopt;
        value = value << 4 | static_cast<std::uint32_t>(hex_value(c));
    }
    return value;
}

template <class Target>
void add_ssrc(CLI::App& verb, const std::string& name, Target& target, const std::string& description) {
    const auto parse = [name, &target](const std::string& text) {
        const auto ssrc = parse_ssrc(text);
        if (!ssrc) throw CLI::ValidationError(name, "\"" + text + "\" is neither the ten digits of y= nor 0x and hexadecimal");
        target = *ssrc;
    };
    verb.add_option_function<std::string>(name, parse, description)->type_name("SSRC");
}

void define_choice(CLI::App& verb, ViewOptions& options) {
    add_ssrc(verb, "--ssrc", options.ssrc, "Judge this RTP source only: the ten digits of y=, or 0x and hexadecimal");
}

void define_view(CLI::App& verb, ViewOptions& options) {
    add_ssrc(verb, "--expect-ssrc", options.expected_ssrc, "What y= promised: another SSRC is a finding");
    verb.add_option("--seen-from", options.seen_from, "Where the packets were taken, when you know it")
        ->check(CLI::IsMember({"device", "platform", "middle", "unknown"}))
        ->capture_default_str();
    verb.add_flag("--frames", options.frames, "Tell each frame as it comes");
    verb.add_flag("--packets", options.packets, "Tell each packet of the program stream: pack headers, maps, PES packets");
    verb.add_flag("--hex", options.hex, "Show the first bytes of each pack in hexadecimal");
}

void define_input(CLI::App& verb, InspectOptions& options) {
    verb.add_option("FILE", options.files, "Program streams, RTP dumps, captures (also .gz); - is standard input. Captures together are one timeline")
        ->required()
        ->type_name("FILE");
    verb.add_option("--format", options.format, "What the input is; auto finds out by its content")
        ->check(CLI::IsMember({"auto", "ps", "pcap", "rtpdump", "rfc4571", "interleaved", "bare"}))
        ->capture_default_str();
    define_choice(verb, options);
    verb.add_option("--flow", options.flow, "Of a capture, only what goes between these addresses: A or A-B, with or without ports")->type_name("A[-B]");
    verb.add_option("--dedup", options.dedup, "Count packets that a mirror port captured twice once")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
}

void define_inspect(CLI::App& verb, InspectOptions& options) {
    define_input(verb, options);
    define_view(verb, options);
    verb.footer("Examples:\n"
                "  ps-dump camera.ps\n"
                "  ps-dump inspect site.pcapng --ssrc 0100003190 --frames\n"
                "  tcpdump -i eth0 -U -w - udp port 30000 | ps-dump -\n"
                "  ps-dump dump.rtp --json --fail-on violation\n"
                "\nExit status: 0, 1 a finding at --fail-on, 3 nothing to judge");
}

void define_listen(CLI::App& verb, ListenOptions& options) {
    verb.add_option("ADDRESS", options.address, "Where to receive: udp://HOST:PORT or tcp://HOST:PORT; port 0 lets the system choose")
        ->required()
        ->type_name("ADDRESS");
    verb.add_flag("--connect", options.connect, "tcp://: connect to that address instead of listening (the device is passive)");
    define_choice(verb, options);
    define_view(verb, options);
    cli::add_duration(verb, "--duration", options.duration, "Stop in order after this time");
    cli::add_duration(verb, "--timeout", options.timeout, "Give up when nothing has come by then; without it wait for ever");
    verb.add_option("--until", options.until, "Stop in order when so many came: frames=N or rtp_packets=N")->type_name("COUNTER=N");
    verb.add_option("--expect", options.expect, "Exit 1 unless the counters of the summary fit: frames>=250,rtp_lost=0")->type_name("CONDITIONS");
    verb.add_option("--pcap", options.pcap, "Write what is received into this capture")->type_name("FILE");
    verb.footer("Examples:\n"
                "  ps-dump listen udp://0.0.0.0:30000 --duration 1m\n"
                "  ps-dump listen udp://0.0.0.0:30000 --timeout 15s --until frames=250 --expect rtp_lost=0,damaged_frames=0\n"
                "  ps-dump listen tcp://[::]:30000 --pcap media.pcapng --frames\n"
                "  ps-dump listen tcp://192.0.2.9:30012 --connect -o - | ffplay -\n"
                "\nWith -o FILE the program stream is kept. Exit status: 0, 1 a finding at --fail-on or\n--expect is not met, 3 nothing came, 4 cannot connect, 5 nothing came within --timeout");
}

void define_extract(CLI::App& verb, ExtractOptions& options) {
    define_input(verb, options);
    verb.add_option("--stream", options.stream, "What to write: video, audio, ps (the program stream itself), or a stream_id as 0xE0")
        ->type_name("video|audio|ps|STREAM_ID")
        ->capture_default_str();
    verb.add_flag("--drop-damaged", options.drop_damaged, "Leave out frames that are damaged or follow a damaged one up to the next key frame");
    verb.footer("Examples:\n"
                "  ps-dump extract site.pcapng -o camera.h264\n"
                "  ps-dump extract dump.rtp --stream ps -o - | ffplay -\n"
                "  ps-dump extract site.pcapng --ssrc 0100003190 --stream audio -o camera.g711a\n"
                "\nWithout -o the stream goes to standard output. Exit status: 0 written, 3 there is no such stream");
}

std::set<std::string> fault_names() {
    std::set<std::string> names;
    for (const proto::fault::PackFault& fault : proto::fault::all_pack_faults()) names.emplace(fault.id.slug);
    for (const proto::fault::RtpFault& fault : proto::fault::all_rtp_faults()) names.emplace(fault.id.slug);
    return names;
}

void define_mux(CLI::App& verb, MuxOptions& options) {
    verb.add_option("--video", options.video, "H.264 or H.265 with start codes (Annex B)")->type_name("FILE");
    verb.add_option("--audio", options.audio, "G.711, or AAC in ADTS")->type_name("FILE");
    verb.add_option("--audio-codec", options.audio_codec, "Codec of the audio; auto knows AAC, the rest cannot be told apart for certain")
        ->check(CLI::IsMember({"auto", "g711a", "g711u", "aac"}))
        ->capture_default_str();
    verb.add_option("--fps", options.fps, "Frames a second of the video")->type_name("N")->check(CLI::Range(0.1, 1000.0))->capture_default_str();
    CLI::Option* rtp = verb.add_flag("--rtp", options.rtp, "Write RTP packets back to back instead of the program stream");
    verb.add_option("--framing", options.framing, "Write RTP packets with these borders")
        ->check(CLI::IsMember({"bare", "rfc4571", "interleaved"}))
        ->excludes(rtp);
    add_ssrc(verb, "--ssrc", options.ssrc, "SSRC of the RTP packets: the ten digits of y=, or 0x and hexadecimal; without it 0100003190");
    verb.add_option("--payload-type", options.payload_type, "Payload type of the RTP packets")->type_name("N")->check(CLI::Range(0U, 127U))->capture_default_str();
    verb.add_option("--pcap", options.pcap, "Write the RTP packets into this capture, over UDP; nothing goes to standard output then")->type_name("FILE");
    verb.add_option("--fault", options.fault, "Make this mistake, named after the finding it causes; gbkit-findings(7)")
        ->check(CLI::IsMember(fault_names()));
    verb.footer("Examples:\n"
                "  ps-dump mux --video camera.h264 --audio camera.g711a --audio-codec g711a -o camera.ps\n"
                "  ps-dump mux --video camera.h265 --framing rfc4571 -o dump.rtp\n"
                "  ps-dump mux --video camera.h264 --fault ps-psm-crc-zero | ps-dump -\n"
                "\nWithout -o the stream goes to standard output.");
}

}  // namespace

void define(CLI::App& app, Options& options) {
    app.description("Judge the MPEG program streams of GB/T 28181 cameras, packet by packet");
    define_inspect(*app.add_subcommand("inspect", "Say what is in a stream and what is wrong with it"), options.inspect);
    define_listen(*app.add_subcommand("listen", "The same for what comes in live"), options.listen);
    define_extract(*app.add_subcommand("extract", "Write one elementary stream, or the program stream, from any input"), options.extract);
    define_mux(*app.add_subcommand("mux", "Make a program stream, with a mistake when one is asked for"), options.mux);
}

}  // namespace gbkit::psdump_tool
