// Any packets in any order through the feed and all SIP observers: no crash, bounded time, every finding well formed.
//
// Input: packets one after the other: flags (1 from the platform, 2 TCP, 4 ICMP), tenths of a second since the one
// before, length (two bytes, big-endian), payload.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "proto/observe/census.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/makers.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

void well_formed(const Finding& finding) {
    for (const Language language : {Language::english, Language::chinese}) {
        if (message_of(finding, language).empty()) std::abort();
        (void)advice_of(finding, language);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Endpoint device{IpAddress::v4(0xC0000201), 5060};
    const Endpoint platform{IpAddress::v4(0xC0000209), 5060};
    const observe::Context context{.server_id = "34020000002000000001", .domain = "3402000000"};
    observe::RegistrationObserver registrations(context, {well_formed, {}}, {.devices = 50, .ladder_steps = 10});
    observe::DigestObserver digests(
        context, [](std::string_view, std::string_view) { return observe::Secret{"12345678"}; }, well_formed);
    observe::QueryObserver queries(context, {well_formed, {}}, {.queries = 50, .items = 500, .listed = 20, .listed_in_all = 200, .channels = 50, .devices = 50});
    observe::Census census;
    observe::Makers makers;
    observe::SipFeed feed(
        [&](const observe::SipSeen& seen) {
            registrations.see(seen);
            digests.see(seen);
            queries.see(seen);
            census.see(seen);
            makers.see(seen);
            (void)makers.of(seen.message.from.uri.user);
        },
        well_formed);

    ByteReader reader({data, size});
    Packet packet;
    packet.time = from_unix(1'700'000'000);
    std::uint64_t offsets[2] = {0, 0};
    while (reader.remaining() >= 4) {
        const std::uint8_t flags = reader.u8();
        packet.time += milliseconds(100) * reader.u8();
        const std::size_t length = reader.u16be();
        packet.bytes = reader.take(std::min(length, reader.remaining()));
        const bool down = (flags & 1) != 0;
        ++packet.number;
        packet.source = down ? platform : device;
        packet.destination = down ? device : platform;
        packet.transport = (flags & 2) != 0 ? Transport::tcp : Transport::udp;
        packet.stream_offset = 0;
        if ((flags & 4) != 0) {
            registrations.see(Unreachable{packet.number, packet.time, packet.source, packet.destination, flags});
            continue;
        }
        if (packet.transport == Transport::tcp) {
            packet.stream_offset = offsets[down];
            offsets[down] += packet.bytes.size();
        }
        feed.see(packet);
        census.see_other(packet);
    }
    registrations.finish(packet.time + minutes(1));
    digests.finish();
    queries.finish(packet.time + minutes(1));
    (void)census.other_flows();
    return 0;
}
