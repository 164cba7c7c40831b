#include "options.hpp"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>

#include "cli/options.hpp"
#include "proto/fault/fault.hpp"
#include "proto/gb/habits.hpp"

namespace gbkit::register_tool {

namespace {

using proto::fault::Role;

// What stands in a URI without being quoted or escaped.
std::string check_id(const std::string& text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    });
    return plain && text.size() <= 64 ? "" : "an ID holds letters, digits, - _ . (64 at most)";
}

std::string check_printable(const std::string& text) {
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    return printable ? "" : "a control character in the value";
}

std::set<std::string> faults_of(Role role) {
    std::set<std::string> names;
    for (const proto::fault::Fault& fault : proto::fault::all_faults())
        if (fault.role == role) names.emplace(fault.id.slug);
    return names;
}

std::vector<std::string> profiles() {
    std::vector<std::string> names;
    for (const proto::gb::Habits& habits : proto::gb::all_habits()) names.emplace_back(habits.name);
    return names;
}

void define_tls(CLI::App& verb, TlsOptions& options, const std::string& ca, const std::string& certificate) {
    verb.add_option("--ca", options.ca, ca)->type_name("FILE");
    verb.add_option("--cert", options.certificate, certificate)->type_name("FILE");
    verb.add_option("--key", options.key, "The certificate's private key, PEM without a passphrase; without it in the same file")->type_name("FILE");
}

void define_shared(CLI::App& verb, SharedOptions& options, Role role) {
    verb.add_option("--server-id", options.server_id, "The platform's 20-digit ID")->type_name("ID")->check(check_id)->capture_default_str();
    verb.add_option("--domain", options.domain, "SIP domain and realm; without it the first 10 digits of the server ID")
        ->type_name("TEXT")
        ->check(check_id);
    verb.add_option("--gb-version", options.gb_version, "Say which edition is spoken, in X-GB-Ver: 2.0 is 2016, 3.0 is 2022")
        ->check(CLI::IsMember({"1.0", "1.1", "2.0", "3.0"}));
    verb.add_option("--pcap", options.pcap, "Write what is sent and received into this capture")->type_name("FILE");
    verb.add_option("--seed", options.seed, "Make nonces, tags and times repeat; for tests")->type_name("N");
    verb.add_option("--fault", options.fault, "Make this mistake, named after the finding it causes; gbkit-findings(7)")
        ->check(CLI::IsMember(faults_of(role)));
    verb.add_option("--observe", options.observe, "off: judge no message, only count; for loads")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    cli::add_duration(verb, "--duration", options.duration, "Stop in order after this time");
    verb.add_option("--until", options.until, "Stop in order when a counter of the summary has come that far")->type_name("COUNTER=N");
    verb.add_option("--expect", options.expect, "Exit 1 unless the counters of the summary fit: registered>=100,refused=0")
        ->type_name("CONDITIONS");
}

void define_load(CLI::App& verb, DeviceOptions& options) {
    CLI::Option* count = verb.add_option("--count", options.count, "Be this many devices, IDs counting up from --device-id")
                             ->type_name("N")
                             ->check(CLI::Range(1U, 1'000'000U))
                             ->capture_default_str();
    verb.add_option("--devices", options.devices, "Be the devices of this table: id,username,password,profile,transport; - is standard input")
        ->type_name("FILE")
        ->excludes(count);
    verb.add_flag("--socket-per-device", options.socket_per_device, "A UDP socket, and so a port, for each device instead of one for all");
    verb.add_option("--shard", options.shard, "Be only every N-th of them, beginning with number I (0 is the first)")->type_name("I/N");
    verb.add_option("--rate", options.rate, "Begin this many registrations in a second; 0: as fast as they are answered")
        ->type_name("N")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    verb.add_option("--outstanding", options.outstanding, "Wait with the next while this many have no answer yet")
        ->type_name("N")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    verb.add_option("--phases", options.phases, "Register all (ramp), wait (hold, hold=30s), register all again (storm); then leave")
        ->type_name("PHASES");
}

void define_device(CLI::App& verb, DeviceOptions& options) {
    cli::add_host_port(verb, "--server", options.server, "The platform; port 5060 unless given")->required();
    verb.add_option("--device-id", options.device_id, "The device's 20-digit ID")->type_name("ID")->check(check_id)->capture_default_str();
    verb.add_option("--username", options.username, "User name for the digest; without it the device ID")
        ->type_name("TEXT")
        ->check(check_printable);
    cli::add_password(verb, options.password);
    verb.add_option("--bind", options.bind, "Own address and port; or FIRST-LAST: several addresses the devices take in turn")
        ->type_name("ADDRESS[:PORT]|FIRST-LAST");
    verb.add_option("--transport", options.transport, "udp, or tcp or tls: a connection for each device, both ways")
        ->check(CLI::IsMember({"udp", "tcp", "tls"}))
        ->capture_default_str();
    define_tls(verb, options.tls, "Trust the platforms that these certificates vouch for, besides the system's (TLS)",
               "Show this certificate to a platform that asks for one, PEM with its chain (TLS)");
    verb.add_option("--verify", options.verify, "off: take any certificate of any platform (TLS); for the bench")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    verb.add_option("--profile", options.profile, "Have the habits of that make of device, as far as they are recorded")
        ->check(CLI::IsMember(profiles()))
        ->capture_default_str();
    define_load(verb, options);
    verb.add_option("--expires", options.expires, "Seconds to register for")
        ->type_name("N")
        ->check(CLI::Range(1U, 0x7FFFFFFFU))
        ->capture_default_str();
    cli::add_duration(verb, "--keepalive", options.keepalive, "Time between keepalives");
    cli::add_duration(verb, "--retry", options.retry,
                      "Never give up: after a failure wait this long and up to twice that (60s or more is the standard's)");
    cli::add_duration(verb, "--timeout", options.timeout, "Wait this long for an answer; without it 32 s (64*T1)");
    verb.add_flag("--once", options.once, "Register, unregister, done; without it the registration is held until a signal");
    define_shared(verb, options, Role::device);
    verb.footer("Examples:\n"
                "  gb-register --server 192.0.2.10 --password-file pw --once\n"
                "  gb-register device --server [2001:db8::10]:5060 --device-id 34020000001320000264 --password 12345678\n"
                "  gb-register --server 192.0.2.10 --password 12345678 --once --fault digest-realm-not-challenged\n"
                "  gb-register --server 192.0.2.10 --password-file pw --count 10000 --rate 500 --phases ramp,hold=5m,storm\n"
                "  gb-register --server 192.0.2.10 --devices cameras.csv --once\n"
                "  gb-register --server 192.0.2.10 --password 12345678 --transport tcp\n"
                "  gb-register --server sip.example.com:5061 --password-file pw --transport tls --ca our-ca.pem\n"
                "\nExit status: 0 registered, 1 refused, 4 unreachable, 5 no answer, 6 the answer makes no sense");
}

void define_serve(CLI::App& verb, ServeOptions& options) {
    cli::add_host_port(verb, "--listen", options.listen, "Own address and port; port 0 lets the system choose")->default_str("0.0.0.0:5060");
    verb.add_option("--transport", options.transport, "Listen on UDP, on TCP, or on both with the same port number")
        ->check(CLI::IsMember({"udp", "tcp", "both"}))
        ->capture_default_str();
    define_tls(verb, options.tls, "Take TLS connections only with a client certificate that these certificates vouch for",
               "Speak TLS as well, on the port of TCP, with this certificate: PEM with its chain");
    cli::add_password(verb, options.password);
    verb.add_flag("--no-auth", options.no_auth, "Ask for no password (an empty --password says the same)");
    CLI::Option* passwords =
        verb.add_option("--passwords", options.passwords, "A password for each device: lines of ID, password and perhaps the user name")
            ->type_name("FILE");
    verb.add_flag("--fallback", options.fallback, "A device that is not in --passwords uses --password; else it is refused with 404")
        ->needs(passwords);
    verb.add_option("--allow", options.allow, "Refuse (403) whose ID is not in this file of IDs and prefixes of IDs")->type_name("FILE");
    verb.add_option("--lockout", options.lockout, "Refuse a device and source for DURATION after N wrong passwords in a row, as 5/10m")
        ->type_name("N/DURATION");
    verb.add_option("--min-expires", options.min_expires, "Refuse (423) to register for less than this many seconds")
        ->type_name("N")
        ->check(CLI::Range(1U, 3600U));
    cli::add_duration(verb, "--keepalive", options.keepalive, "Three heartbeats of this interval missed are offline; without it learned");
    verb.add_option("--date", options.date, "Date of a 200: Beijing time, UTC (as platforms in the wrong zone do), or none")
        ->check(CLI::IsMember({"beijing", "utc", "off"}))
        ->capture_default_str();
    verb.add_option("--redirect", options.redirect, "Send devices to that platform (302) when they have proven their password")
        ->type_name("ID@HOST:PORT");
    verb.add_option("--store", options.store, "Keep who is registered in this file, across restarts and kill -9; without it in memory")
        ->type_name("FILE");
    verb.add_option("--reject", options.reject, "Status for a wrong password")->check(CLI::IsMember({401, 403}))->capture_default_str();
    verb.add_flag("--strict", options.strict, "Refuse another server ID, IDs that are not 20 digits, and digests without qop");
    define_shared(verb, options, Role::platform);
    verb.footer("Examples:\n"
                "  gb-register serve                                 (port 5060, password 12345678: the usual defaults)\n"
                "  gb-register serve --listen 192.0.2.10:5060 --password-file pw --pcap site.pcapng\n"
                "  gb-register serve --listen 127.0.0.1:0 --json --until unregistered=1\n"
                "  gb-register serve --passwords cameras.txt --allow sites.txt --lockout 5/10m\n"
                "  gb-register serve --password-file pw --store site.db\n"
                "  gb-register serve --listen 0.0.0.0:5061 --transport tcp --cert platform.pem --key platform.key\n"
                "\nExit status: 0 whatever the devices did, unless --expect says otherwise");
}

void define_merge(CLI::App& verb, MergeOptions& options) {
    verb.add_option("files", options.files, "Records of runs; - is standard input")->type_name("FILE")->required();
    verb.add_option("--expect", options.expect, "Exit 1 unless the added-up counters fit: registered>=100,refused=0")->type_name("CONDITIONS");
    verb.footer("Examples:\n"
                "  gb-register merge shard-*.jsonl --expect refused=0,rtt_p99_ms<500\n"
                "\nExit status: 0, 1 when --expect is not met, 3 when a file holds no summary of gb-register");
}

}  // namespace

void define(CLI::App& app, Options& options) {
    app.description("Be a GB/T 28181 device that registers, or the platform it registers with");
    define_device(*app.add_subcommand("device", "Register with a platform, stay registered, leave in order"), options.device);
    define_serve(*app.add_subcommand("serve", "Be the platform: accept devices and say what is wrong with them"), options.serve);
    define_merge(*app.add_subcommand("merge", "Add up the summaries of several runs"), options.merge);
}

}  // namespace gbkit::register_tool
