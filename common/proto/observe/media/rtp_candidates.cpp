#include "proto/observe/media/rtp_candidates.hpp"

#include <algorithm>

#include "wire/rtp/packet.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr unsigned packets_that_agree = 3;
constexpr int longest_step = 64;               // sequence numbers between two of them
constexpr int longest_step_back = 8;           // packets overtake each other in the beginning too
constexpr std::size_t most_held = 16;          // packets of one flow

bool begins_with_pack(ByteView payload) noexcept {
    return payload.size() > 4 && payload[0] == 0 && payload[1] == 0 && payload[2] == 1 && payload[3] == 0xBA;
}

}  // namespace

std::vector<RtpCandidates::Held> RtpCandidates::see(const RtpFlow& flow, const Packet& packet, const RtpPlace& place) {
    const bool whole = packet.cut == 0;
    if (whole && !wire::rtp::looks_like_rtp(packet.bytes)) return {};
    const std::uint8_t payload_type = packet.bytes[1] & 0x7F;
    const auto sequence = static_cast<std::uint16_t>(packet.bytes[2] << 8 | packet.bytes[3]);
    Candidate* candidate = flows_.touch(flow);
    if (candidate == nullptr) {
        if (flows_.size() >= most_flows)
            for (const Held& held : flows_.oldest().held) bytes_ -= held.bytes.size();
        candidate = &flows_.add(flow, Candidate{.flow = flow});
    }
    const int step = static_cast<std::int16_t>(sequence - candidate->sequence);
    const bool agrees = candidate->agreed > 0 && payload_type == candidate->payload_type && step <= longest_step && step >= -longest_step_back;
    if (!agrees || candidate->held.size() >= most_held) {
        for (const Held& held : candidate->held) bytes_ -= held.bytes.size();
        candidate->held.clear();
        candidate->agreed = 0;
    }
    if (step != 0 || !agrees) ++candidate->agreed;
    if (step > 0 || !agrees) candidate->sequence = sequence;
    candidate->payload_type = payload_type;
    bytes_ += packet.bytes.size();
    candidate->held.push_back({Bytes(packet.bytes.begin(), packet.bytes.end()), place, packet.direction != Direction::unknown});
    const Result<wire::rtp::Packet> rtp = wire::rtp::parse_packet(packet.bytes);
    if (candidate->agreed < packets_that_agree && !(rtp && begins_with_pack(rtp->payload))) {
        while (bytes_ > most_bytes && flows_.size() > 1) {
            for (const Held& held : flows_.oldest().held) bytes_ -= held.bytes.size();
            flows_.drop_oldest();
        }
        return {};
    }
    for (const Held& held : candidate->held) bytes_ -= held.bytes.size();
    std::vector<Held> held = std::move(candidate->held);
    candidate->held.clear();
    candidate->agreed = 0;
    return held;
}

void RtpCandidates::finish(const std::function<void(const RtpFlow&, const std::vector<Held>&)>& promote) {
    std::vector<const Candidate*> found;
    flows_.each([&found](const Candidate& candidate) {
        if (candidate.agreed + 1 >= packets_that_agree) found.push_back(&candidate);
    });
    std::reverse(found.begin(), found.end());  // least recent first
    for (const Candidate* candidate : found) promote(candidate->flow, candidate->held);
}

}  // namespace gbkit::proto::observe
