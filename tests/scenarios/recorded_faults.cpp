#include "scenarios/recorded_faults.hpp"

#include <map>
#include <set>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"

namespace gbkit::scenario {

namespace {

using proto::fault::Fault;
using proto::fault::Role;

/// Where this kit's own platform lets the device in all the same, the fault shows as a habit: another id.
const std::map<std::string_view, FindingId> accepted_here{
    {"register-server-id-differs", findings::register_server_id_accepted},
    {"register-id-not-20-digits", findings::register_id_unusual},
    {"digest-qop-ignored", findings::digest_deviation_accepted},
};

/// Faults of which this link shows nothing wrong, each with its reason; a scenario of the name shows the failure.
const std::set<std::string_view> harmless_here{
    "register-id-is-server-id",          // this platform lets it in
    "register-expires-below-keepalive",  // this device registers again in time
    "digest-algorithm-unknown",          // this device gives up without an answer that could be judged
};

/// The same over TCP: these are about where a datagram goes.
const std::set<std::string_view> harmless_on_tcp{
    "register-401-to-private-via",       // answers take the connection
    "register-answer-misdirected",       // the same
    "sip-datagram-cut",                  // a stream waits for the rest
};

world::PairOptions with_fault(const Fault& fault, proto::Transport transport) {
    world::PairOptions options;
    (fault.role == Role::device ? options.device_fault : options.platform_fault) = std::string(fault.id.slug);
    world::surround(options, fault.id.slug);
    if (transport != proto::Transport::udp)
        options.kind = [transport, inner = options.kind](proto::gb::DeviceSettings& settings, std::uint32_t number) {
            if (inner) inner(settings, number);
            settings.transport = transport;
        };
    // Heartbeats and what follows from them need a device that stays.
    options.once = !fault.id.slug.starts_with("keepalive") && fault.id != findings::register_expires_below_keepalive &&
                   fault.id != findings::register_challenge_ignored && fault.id != findings::register_device_forgot;
    return options;
}

/// Somebody has to ask a device that forgot its registration.
void ask(world::Pair& pair) {
    pair.net.inject(*pair.platform, {1, world::device_address,
                                     "MESSAGE sip:" + world::device_id + "@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;rport;"
                                     "branch=z9hG4bKcall\r\nFrom: <sip:34020000002000000001@3402000000>;tag=c\r\nTo: <sip:" + world::device_id +
                                         "@3402000000>\r\nCall-ID: call\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"});
}

std::vector<RecordedFault> record_all(proto::Transport transport) {
    std::vector<RecordedFault> all;
    const bool tcp = transport != proto::Transport::udp;
    for (const Fault& fault : proto::fault::all_faults()) {
        if (harmless_here.contains(fault.id.slug) || (tcp && harmless_on_tcp.contains(fault.id.slug))) continue;
        if (tcp && fault.id == findings::register_device_forgot) continue;   // asked by a datagram
        const auto habit = accepted_here.find(fault.id.slug);
        all.push_back({fault.id, habit == accepted_here.end() ? fault.id : habit->second, record_pair(with_fault(fault, transport), minutes(15))});
    }
    return all;
}

}  // namespace

PairRecord record_pair(const world::PairOptions& options, Duration limit) {
    PairRecord record;
    world::Pair pair(options);
    pair.net.tap = [&](const proto::Packet& packet) {
        record.packets.push_back({.time = packet.time, .source = packet.source, .destination = packet.destination, .transport = packet.transport,
                                  .bytes = std::string(as_text(packet.bytes)), .stream_offset = packet.stream_offset});
    };
    pair.start();
    pair.run(std::min<Duration>(limit, seconds{5}));
    if (options.device_fault == findings::register_device_forgot.slug) ask(pair);
    pair.run(limit);
    record.run.context = {.server_id = pair.settings.server_id, .domain = pair.settings.domain};
    record.run.password = options.device_password;
    record.run.after = seconds(40) + (record.packets.empty() ? Duration{} : pair.net.now - record.packets.back().time);
    return record;
}

const std::vector<RecordedFault>& recorded_faults(proto::Transport transport) {
    static const std::vector<RecordedFault> datagrams = record_all(proto::Transport::udp);
    static const std::vector<RecordedFault> streams = record_all(proto::Transport::tcp);
    return transport == proto::Transport::udp ? datagrams : streams;
}

}  // namespace gbkit::scenario
