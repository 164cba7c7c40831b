#include "options.hpp"

#include <CLI/CLI.hpp>

#include "cli/options.hpp"
#include "io/capture_filter.hpp"
#include "io/capture_ring.hpp"

namespace gbkit::replay_tool {

namespace {

void add_moment(CLI::App& verb, const std::string& name, std::optional<io::Moment>& target, const std::string& description) {
    const auto parse = [name, &target](const std::string& text) {
        const auto moment = io::parse_moment(text);
        if (!moment) throw CLI::ValidationError(name, "\"" + text + "\" is " + moment.error().what);
        target = *moment;
    };
    verb.add_option_function<std::string>(name, parse, description)->type_name("TIME");
}

/// 500M, 2G, 100000000: bytes; nothing for something else.
std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t unit = 1;
    if (text.ends_with('k')) unit = 1'000;
    if (text.ends_with('M')) unit = 1'000'000;
    if (text.ends_with('G')) unit = 1'000'000'000;
    const auto number = to_number(text.substr(0, text.size() - (unit > 1 ? 1 : 0)), UINT64_MAX / unit);
    return number ? std::optional(*number * unit) : std::nullopt;
}

void add_ring(CLI::App& verb, IntakeOptions& options) {
    const auto parse = [&options](const std::string& text) {
        const std::size_t comma = text.rfind(',');
        const auto bytes = comma == std::string::npos ? std::nullopt : parse_size(std::string_view(text).substr(comma + 1));
        if (!bytes || comma == 0) throw CLI::ValidationError("--ring", "\"" + text + "\" is no folder and size: ring,500M");
        if (*bytes < io::CaptureRing::least_bytes) throw CLI::ValidationError("--ring", "less than 1M is not worth a ring");
        options.ring_folder = text.substr(0, comma);
        options.ring_bytes = *bytes;
    };
    verb.add_option_function<std::string>("--ring", parse, "Keep the last traffic as pcapng files in this folder, never more than SIZE (500M, 2G)")
        ->type_name("DIR,SIZE");
}

void define_intake(CLI::App& verb, Options& options) {
    IntakeOptions& intake = options.intake;
    CLI::Option* files = verb.add_option("FILE", options.files, "Captures: pcap or pcapng, also .gz; - is standard input. Several are one timeline")
                             ->type_name("FILE");
    CLI::Option* interface = verb.add_option("-i,--interface", intake.interface, "Capture from this network interface until Ctrl-C; any: all of them. Needs root, and gives it up")
                                 ->type_name("INTERFACE")
                                 ->excludes(files);
    cli::add_duration(verb, "--duration", intake.duration, "End the live capture after this time")->needs(interface);
    verb.add_flag("--follow", intake.follow, "Tell each finding when it happens; the page comes at the end");
    const auto parse_filter = [&intake](const std::string& text) {
        if (const auto complaint = io::CaptureFilter::complaint_about(text)) throw CLI::ValidationError("--filter", *complaint);
        intake.filter = text;
    };
    verb.add_option_function<std::string>("--filter", parse_filter, "Look at these frames only, as tcpdump(8) says it: \"host 10.0.0.5 and udp\"")
        ->type_name("BPF");
    add_moment(verb, "--since", intake.since, "Look at nothing before: 14:02:11, \"2026-11-21 14:02:11\", 2026-11-21T06:02:11Z, or +90s after the start");
    add_moment(verb, "--until", intake.until, "Look at nothing from then on; a live capture ends");
    add_ring(verb, intake);
    verb.add_option("--evidence", intake.evidence, "Save the packets around each finding as a capture in this folder")->type_name("DIR");
}

void define_inspect(CLI::App& verb, Options& options) {
    define_intake(verb, options);
    verb.add_option("--device", options.device, "Judge this device only")->type_name("ID");
    verb.add_option("--play", options.play, "Show the play chains of this channel or Call-ID only")->type_name("ID");
    verb.add_option("--dedup", options.dedup, "Count packets that a mirror port captured twice once")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    verb.add_flag("--ladder", options.ladder, "Draw the ladder of every device, also of those that are fine");
    verb.add_flag("--habits", options.habits, "Explain what is harmless as well: vendor habits and notes");
    CLI::Option* list = verb.add_flag("--list", options.list, "Only list the conversations, by content: calls, registrations, RTP, others; nothing is judged");
    verb.add_option("--sort", options.sort, "Order of the list: as they begin, or the largest first")
        ->check(CLI::IsMember({"time", "bytes"}))
        ->capture_default_str()
        ->needs(list);
    verb.add_option("--seen-from", options.seen_from, "Where the capture was taken, when you know it")
        ->check(CLI::IsMember({"device", "platform", "middle", "unknown"}))
        ->capture_default_str();
    verb.add_option("--server-id", options.server_id, "The platform's ID, to compare what devices send with it")->type_name("ID");
    verb.add_option("--domain", options.domain, "The platform's SIP domain (usually the first 10 digits of its ID)")->type_name("TEXT");
    verb.add_option("--platform", options.platform, "Judge by the limits of this platform as well: aliyun wants a catalog within 3 s, no pause over 1 s")
        ->check(CLI::IsMember({"aliyun"}));
    cli::add_password(verb, options.password);
    verb.add_option("--passwords", options.passwords, "A table of passwords, a line each: ID password [username]")->type_name("FILE");
    verb.footer("Examples:\n"
                "  pcap-replay site.pcapng\n"
                "  pcap-replay inspect monday.pcap.gz tuesday.pcap.gz --device 34020000001320000264\n"
                "  pcap-replay inspect play.pcap --play 34020000001310000001\n"
                "  pcap-replay inspect -i eth0 --follow --filter 'port 5060' --evidence found\n"
                "  pcap-replay inspect site.pcapng --since 14:02 --until 14:05\n"
                "  pcap-replay inspect --list --sort bytes site.pcapng\n"
                "  tcpdump -i eth0 -U -w - port 5060 | pcap-replay inspect -\n"
                "  pcap-replay inspect site.pcapng --json | gb-digest --password-file pw");
}

void define_captures(CLI::App& verb, Options& options) {
    verb.add_option("FILE", options.files, "Captures: pcap or pcapng, also .gz; - is standard input. Several are one timeline")
        ->required()
        ->type_name("FILE");
}

void define_extract(CLI::App& verb, Options& options) {
    define_captures(verb, options);
    verb.add_option("--dedup", options.dedup, "Leave out what a mirror port captured a second time")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    verb.add_option("--device", options.device, "Only what this device says and is told, and its media")->type_name("ID");
    verb.add_option("--play", options.play, "Only the calls of this channel or Call-ID, and their media")->type_name("ID");
    verb.add_option("--call", options.call, "Only the conversation with this Call-ID, and its media")->type_name("CALL-ID");
    CLI::Option* xml = verb.add_flag("--xml", options.xml, "Only the XML bodies, in UTF-8");
    CLI::Option* pcap = verb.add_flag("--pcap", options.pcap, "The chosen packets as a capture of their own (pcapng)")->excludes(xml);
    verb.add_option("--stream", options.stream, "Media out of RTP: the program stream, its video, its audio, or its G.711 as a WAV file")
        ->check(CLI::IsMember({"ps", "video", "audio", "wav"}))
        ->excludes(xml)
        ->excludes(pcap);
    verb.footer("Examples:\n"
                "  pcap-replay extract site.pcapng --device 34020000001320000264\n"
                "  pcap-replay extract site.pcapng --xml -o catalog.txt\n"
                "  pcap-replay extract site.pcapng --device 34020000001320000264 --pcap -o one.pcapng\n"
                "  pcap-replay extract play.pcapng --play 34020000001310000001 --stream ps | ps-dump -\n"
                "  pcap-replay extract play.pcapng --stream wav -o sound.wav\n"
                "\nWithout -o the product goes to standard output. Exit status: 0 written, 3 there is nothing of it");
}

void define_sanitize(CLI::App& verb, Options& options) {
    define_captures(verb, options);
    verb.add_flag("--keep-media", options.keep_media, "Keep what RTP carries; without it payloads become zeros");
    cli::add_password(verb, options.password);
    verb.add_option("--passwords", options.passwords, "A table of passwords, a line each: ID password [username]")->type_name("FILE");
    verb.footer("Examples:\n"
                "  pcap-replay sanitize site.pcapng -o share.pcapng\n"
                "  pcap-replay sanitize site.pcapng --passwords pw.txt -o share.pcapng\n"
                "  pcap-replay sanitize monday.pcap.gz tuesday.pcap.gz -o - | pcap-replay inspect -\n"
                "\nWithout -o the capture goes to standard output. Exit status: 0 written, 3 nothing to write");
}

void define_compare(CLI::App& verb, Options& options) {
    verb.add_option("GOOD", options.good, "A capture of a device that works")->required()->type_name("FILE");
    verb.add_option("BAD", options.bad, "A capture of one that does not; the same one with two devices in it")->required()->type_name("FILE");
    CLI::Option* device = verb.add_option("--device", options.device, "The device that is compared, in both captures")->type_name("ID");
    verb.add_option("--good-device", options.good_device, "The device in GOOD; without it the one that fits best")->type_name("ID")->excludes(device);
    verb.add_option("--bad-device", options.bad_device, "The device in BAD; without it the one that fits best")->type_name("ID")->excludes(device);
    verb.add_option("--play", options.play, "Compare the calls of this channel or Call-ID only")->type_name("ID");
    verb.footer("Examples:\n"
                "  pcap-replay compare works.pcapng black.pcapng\n"
                "  pcap-replay compare site.pcapng site.pcapng --good-device 34020000001320000001 --bad-device 34020000001320000002\n"
                "  pcap-replay compare works.pcapng black.pcapng --play 34020000001310000001 --json\n"
                "\nExit status: 0 no difference that tells anything, 1 there are some, 3 nothing to compare");
}

}  // namespace

void define(CLI::App& app, Options& options) {
    app.description("From a capture of GB/T 28181 devices to a diagnosis");
    define_inspect(*app.add_subcommand("inspect", "Say who registers, how it went, and what is wrong"), options);
    define_extract(*app.add_subcommand("extract", "Take out SIP as text, XML bodies, one device's packets, media"), options);
    define_sanitize(*app.add_subcommand("sanitize", "Write a capture that can be shared: addresses, IDs, names and passwords replaced"), options);
    define_compare(*app.add_subcommand("compare", "Say how two captures of the same conversation differ"), options);
}

}  // namespace gbkit::replay_tool
