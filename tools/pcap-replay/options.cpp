#include "options.hpp"

#include <CLI/CLI.hpp>

#include "cli/options.hpp"

namespace gbkit::replay_tool {

namespace {

void define_inspect(CLI::App& verb, Options& options) {
    verb.add_option("FILE", options.files, "Captures: pcap or pcapng, also .gz; - is standard input. Several are one timeline")
        ->required()
        ->type_name("FILE");
    verb.add_option("--device", options.device, "Judge this device only")->type_name("ID");
    verb.add_option("--dedup", options.dedup, "Count packets that a mirror port captured twice once")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    verb.add_flag("--ladder", options.ladder, "Draw the ladder of every device, also of those that are fine");
    verb.add_option("--seen-from", options.seen_from, "Where the capture was taken, when you know it")
        ->check(CLI::IsMember({"device", "platform", "middle", "unknown"}))
        ->capture_default_str();
    verb.add_option("--server-id", options.server_id, "The platform's ID, to compare what devices send with it")->type_name("ID");
    verb.add_option("--domain", options.domain, "The platform's SIP domain (usually the first 10 digits of its ID)")->type_name("TEXT");
    cli::add_password(verb, options.password);
    verb.add_option("--passwords", options.passwords, "A table of passwords, a line each: ID password [username]")->type_name("FILE");
    verb.footer("Examples:\n"
                "  pcap-replay site.pcapng\n"
                "  pcap-replay inspect monday.pcap.gz tuesday.pcap.gz --device 34020000001320000264\n"
                "  tcpdump -i eth0 -U -w - port 5060 | pcap-replay inspect -\n"
                "  pcap-replay inspect site.pcapng --json | gb-digest --password-file pw");
}

}  // namespace

void define(CLI::App& app, Options& options) {
    app.description("From a capture of GB/T 28181 devices to a diagnosis");
    define_inspect(*app.add_subcommand("inspect", "Say who registers, how it went, and what is wrong"), options);
}

}  // namespace gbkit::replay_tool
