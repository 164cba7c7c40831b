#include "proto/observe/content_rtp.hpp"

#include <algorithm>

#include "wire/load.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr unsigned packets_that_agree = 3;
constexpr std::uint16_t longest_step = 64;
constexpr std::size_t rtp_header = 12;
constexpr std::uint32_t pack_start = 0x000001BA;

}  // namespace

bool ContentRtp::see(const Packet& packet) {
    if (packet.bytes.size() < rtp_header || packet.bytes[0] >> 6 != 2 || wire::rtp::looks_like_rtcp(packet.bytes)) return false;
    const RtpFlow key{packet.source, packet.destination, wire::load32be(packet.bytes, 8)};
    Source& source = source_of(packet, key);
    ContentFlow& flow = source.flow;
    ++flow.packets;
    flow.bytes += packet.bytes.size();
    flow.last_frame = packet.number;
    flow.last = std::max(flow.last, packet.time);
    if (flow.content != Content::rtp) look(source, packet);
    return true;
}

ContentRtp::Source& ContentRtp::source_of(const Packet& packet, const RtpFlow& key) {
    if (last_ != nullptr && key == last_key_) return *last_;
    last_key_ = key;
    last_ = sources_.touch(key);
    if (last_ != nullptr) return *last_;
    if (sources_.size() >= most_) leave(sources_.oldest());
    Source fresh;
    fresh.flow.from = packet.source;
    fresh.flow.to = packet.destination;
    fresh.flow.first_frame = packet.number;
    fresh.flow.first = packet.time;
    fresh.flow.ssrc = key.ssrc;
    last_ = &sources_.add(key, std::move(fresh));
    return *last_;
}

void ContentRtp::look(Source& source, const Packet& packet) const {
    if (packet.cut == 0 && !wire::rtp::looks_like_rtp(packet.bytes)) return;
    const std::uint8_t payload_type = packet.bytes[1] & 0x7F;
    const std::uint16_t sequence = wire::load16be(packet.bytes, 2);
    const auto step = static_cast<std::uint16_t>(sequence - source.sequence);
    const bool agrees = source.agreed > 0 && payload_type == source.flow.payload_type && step > 0 && step <= longest_step;
    source.agreed = agrees ? source.agreed + 1 : 1;
    source.sequence = sequence;
    source.flow.payload_type = payload_type;
    const bool pack = packet.bytes.size() >= rtp_header + 4 && (packet.bytes[0] & 0x3F) == 0 && wire::load32be(packet.bytes, rtp_header) == pack_start;
    if (pack || source.agreed >= packets_that_agree) source.flow.content = Content::rtp;
}

void ContentRtp::leave(const Source& source) {
    if (source.flow.content != Content::rtp) return other_(source.flow);
    ++dropped_.flows;
    dropped_.packets += source.flow.packets;
    dropped_.bytes += source.flow.bytes;
}

void ContentRtp::finish() {
    sources_.each([this](const Source& source) {
        if (source.flow.content != Content::rtp) other_(source.flow);
    });
}

std::vector<const ContentFlow*> ContentRtp::flows() const {
    std::vector<const ContentFlow*> all;
    sources_.each([&all](const Source& source) {
        if (source.flow.content == Content::rtp) all.push_back(&source.flow);
    });
    std::reverse(all.begin(), all.end());
    return all;
}

}  // namespace gbkit::proto::observe
