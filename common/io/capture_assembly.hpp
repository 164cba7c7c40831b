// From captured frames to packets: decode, recognise second copies, put fragments and TCP streams together.
//
//   frame -> wire/frame -> wire/duplicates -> wire/ip_fragments -> UDP -----------------> Packet
//                                                               -> TCP -> wire/tcp_connection -> ConnectionSeen
//                                                                      -> wire/tcp_stream -> Packet
//                                                               -> ICMP error ------------> Unreachable
//
// Memory is bounded: connections by number (the longest silent goes first), held bytes by the options.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "io/capture.hpp"
#include "wire/duplicates.hpp"
#include "wire/ip_fragments.hpp"
#include "wire/pcap.hpp"
#include "wire/tcp_connection.hpp"
#include "wire/tcp_stream.hpp"

namespace gbkit::io {

class CaptureAssembly {
public:
    CaptureAssembly(const CaptureOptions& options, const CaptureSink& sink, CaptureFacts& facts);

    /// `number` counts in file `file`; numbers and times of packets come from here.
    void frame(const wire::CapturedFrame& captured, std::uint64_t number, std::uint32_t file);
    /// The last frame has been given: what waits is given out or given up, the counts go into the facts.
    void finish();

    static constexpr std::size_t max_connections = 65536;

private:
    struct FrameTag {
        std::uint64_t number = 0;
        Time time{};
        std::uint32_t file = 0;
    };
    struct Flow {  // both ends, the lower first, so that both directions are one connection
        std::array<Endpoint, 2> ends;
        friend bool operator==(const Flow&, const Flow&) = default;
    };
    struct FlowHash {
        std::size_t operator()(const Flow& flow) const noexcept;
    };
    struct Connection {
        Flow flow;
        std::array<wire::TcpStream, 2> streams;  // [0] from ends[0]
        wire::TcpConnection life;
    };
    struct Giver;
    using Connections = std::list<Connection>;   // most recently used first

    void not_decoded(const wire::NotDecoded& why);
    void layers(std::uint32_t link_type, ByteView bytes, std::size_t wire_length, const FrameTag& tag, std::uint32_t point);
    void reassembled(const wire::IpPacket& whole, const FrameTag& tag, std::uint32_t point);
    void datagram(const wire::IpPacket& ip, const FrameTag& tag);
    void udp(const wire::IpPacket& ip, const FrameTag& tag);
    void tcp(const wire::IpPacket& ip, const FrameTag& tag);
    void icmp(const wire::IpPacket& ip, const FrameTag& tag);
    Connection& connection_of(const Flow& flow);
    void tell(const Connection& connection, const FrameTag& tag);
    void close(Connection& connection, const FrameTag& tag);
    void count(const wire::TcpStream::Counts& counts);

    const CaptureOptions& options_;
    const CaptureSink& sink_;
    CaptureFacts& facts_;
    wire::Duplicates duplicates_;
    std::optional<wire::IpFragments> fragments_;  // from the first frame on: it needs to know when that was
    Connections connections_;
    std::unordered_map<Flow, Connections::iterator, FlowHash> index_;
    std::size_t held_bytes_ = 0;  // by all TCP streams
    FrameTag last_;
};

}  // namespace gbkit::io
