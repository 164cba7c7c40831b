// UDP packets that may be RTP: held until a few of them agree (same ends, same SSRC, same payload type, sequence
// numbers that rise, but for neighbours that changed places), or until one carries a pack header. Then nothing of the stream is lost. Part of MediaFeed.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/media/rtp_receiver.hpp"
#include "proto/observe/packet.hpp"

namespace gbkit::proto::observe {

/// Who sends what to whom.
struct RtpFlow {
    Endpoint source, destination;
    std::uint32_t ssrc = 0;
    Transport transport = Transport::udp;
    friend bool operator==(const RtpFlow&, const RtpFlow&) = default;
};
struct HashRtpFlow {
    std::size_t operator()(const RtpFlow& flow) const noexcept {
        return std::hash<Ends>{}({flow.source, flow.destination}) * 1000003 ^ flow.ssrc;
    }
};

class RtpCandidates {
public:
    struct Held {
        Bytes bytes;
        RtpPlace place;
        bool live = false;
    };
    /// A packet of a flow that is not known yet. The packets of the flow, this one included, when they are RTP; else none.
    [[nodiscard]] std::vector<Held> see(const RtpFlow& flow, const Packet& packet, const RtpPlace& place);
    /// At the end two packets that agree will do.
    void finish(const std::function<void(const RtpFlow&, const std::vector<Held>&)>& promote);

private:
    struct Candidate {
        RtpFlow flow;
        std::vector<Held> held{};
        unsigned agreed = 0;          // packets in a row
        std::uint16_t sequence = 0;
        std::uint8_t payload_type = 0;
    };
    static constexpr std::size_t most_flows = 1024;
    static constexpr std::size_t most_bytes = 16 << 20;

    Lru<RtpFlow, Candidate, HashRtpFlow> flows_{most_flows};
    std::size_t bytes_ = 0;           // held
};

}  // namespace gbkit::proto::observe
