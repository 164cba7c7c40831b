// A day on the wire of a platform's host, round by round: a few honest devices, and somebody who never does the same twice.
//
// A round is one slice of the day. The honest part is always the same: devices that register and beat, cameras that stream
// without end over UDP and TCP, one SIP connection that never closes. The hostile part is new in every round: devices,
// Call-IDs, nonces, branches, channels, sources of RTP, connections with half a message, first fragments, ports.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "wire/pcap.hpp"
#include "wire/ps/muxer.hpp"
#include "wire/rtp/packetizer.hpp"

namespace gbkit::followed {

class Traffic {
public:
    using Sink = std::function<void(const wire::CapturedFrame&)>;
    Traffic(Time start, Sink sink);

    /// The next slice, that long.
    void round(Duration length);
    [[nodiscard]] Time now() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

private:
    struct Camera {
        Endpoint from;
        bool tcp = false;
        wire::ps::Muxer muxer;
        wire::rtp::Packetizer packetizer;
        std::uint32_t sequence = 1;     // TCP
        std::uint64_t frame = 0;
    };

    void give(const Bytes& packet);
    void udp(const Endpoint& source, const Endpoint& destination, ByteView payload);
    void udp(const Endpoint& source, const Endpoint& destination, const std::string& payload);
    void tcp(const Endpoint& source, const Endpoint& destination, std::uint32_t sequence, bool syn, const std::string& payload);

    void honest_device(unsigned index);
    void honest_camera(Camera& camera);
    void honest_connection();
    void strange_device(std::uint64_t id);
    void strange_call(std::uint64_t id);
    void strange_query(std::uint64_t id);
    void strange_source(std::uint64_t id);
    void strange_connections(std::uint64_t id);
    void strange_packets(std::uint64_t id);

    Sink sink_;
    Time now_;
    std::uint64_t rounds_ = 0, frames_ = 0;
    std::uint16_t ip_id_ = 0;
    std::vector<Camera> cameras_;
    std::vector<Time> registered_, beaten_;   // honest devices: when last
    std::uint32_t connection_sequence_ = 1;
    std::vector<Bytes> made_;                 // RTP packets of a strange source
};

}  // namespace gbkit::followed
