// Conversations by content: streams and datagrams between a few ends, built from the input. Nothing may crash; the tables
// stay within their limits; every packet and byte is in the totals; one stream gives the same kind whatever its cuts.
//
// The input is a run of records: kind, ends, size; then so many bytes.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "proto/observe/content_rtp.hpp"
#include "proto/observe/content_sip.hpp"
#include "proto/observe/content_table.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

Endpoint end_of(unsigned number) { return {IpAddress::v4(0xC0000200U + number % 3), static_cast<std::uint16_t>(5000 + number % 4)}; }

ContentTable::Total sum_of(const ContentTable::Totals& totals) {
    ContentTable::Total sum;
    for (const ContentTable::Total& total : totals) {
        sum.packets += total.packets;
        sum.bytes += total.bytes;
    }
    return sum;
}

/// The kind of one stream, in pieces of `step` bytes.
Content kind_of(ByteView stream, std::size_t step) {
    ContentTable table;
    Packet packet;
    packet.transport = Transport::tcp;
    packet.source = end_of(1);
    packet.destination = end_of(2);
    for (std::size_t at = 0; at < stream.size(); at += step) {
        packet.bytes = stream.subspan(at, std::min(step, stream.size() - at));
        packet.stream_offset = at;
        table.see(packet);
    }
    table.finish();
    return table.flows().empty() ? Content::undecided : table.flows().front()->content;
}

void read_records(ByteReader reader) {
    ContentTable contents(true, {.flows = 6, .framers = 2});
    ContentTable::Total given;
    ContentRtp rtp([&contents](const ContentFlow& flow) { contents.add_counted(flow); }, 4);
    ContentSip sip(4);
    SipFeed feed([&sip](const SipSeen& seen) { sip.see(seen); }, [](Finding) {});
    Packet packet;
    std::uint64_t offsets[2] = {};
    while (reader.remaining() > 3) {
        const std::uint8_t kind = reader.u8(), ends = reader.u8();
        packet.bytes = reader.take(std::min<std::size_t>(reader.u8() * ((kind & 8) != 0 ? 16U : 1U), reader.remaining()));
        ++packet.number;
        packet.time = from_unix(1'700'000'000) + milliseconds(10) * static_cast<std::int64_t>(packet.number);
        packet.source = end_of(ends);
        packet.destination = end_of(ends / 16U + 1);
        packet.transport = (kind & 1) != 0 ? Transport::tcp : Transport::udp;
        packet.gap = (kind & 6) == 6 ? kind : 0;
        std::uint64_t& offset = offsets[packet.source < packet.destination ? 0 : 1];
        packet.stream_offset = offset = (kind & 0x30) == 0x30 ? 0 : offset + packet.gap;
        offset += packet.bytes.size();
        ++given.packets;
        given.bytes += packet.bytes.size();
        feed.see(packet);
        if (packet.transport == Transport::udp && rtp.see(packet)) continue;
        contents.see(packet, (kind & 0xC0) == 0xC0 ? Content::rtp : Content::undecided);
    }
    rtp.finish();
    contents.finish();
    require(contents.flows().size() <= 6 && rtp.flows().size() <= 4 && sip.stories().size() <= 4);
    const ContentTable::Total counted = sum_of(contents.totals());
    std::uint64_t packets = counted.packets + rtp.dropped().packets, bytes = counted.bytes + rtp.dropped().bytes;
    for (const ContentFlow* flow : rtp.flows()) {
        packets += flow->packets;
        bytes += flow->bytes;
    }
    require(packets == given.packets && bytes == given.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    if (size > 0 && size <= 8192 && data[0] != 0xFE) {
        const Content whole = kind_of(input, size);
        require(kind_of(input, 1) == whole && kind_of(input, 100) == whole);
    }
    read_records(ByteReader(input));
    return 0;
}
