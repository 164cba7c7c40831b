// TCP segments with other content: each lies in its connection as it lay, with the bytes that are there now.
//
//   segment -> wire/tcp_stream -> wire/sanitize/stream -> wire/sanitize/course
//   Ticket: what a segment must know to be written: where it and what it acknowledges have gone. A message that comes in
//   several segments is known with the last of them, so a ticket may have to wait.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "wire/frame_transport.hpp"
#include "wire/sanitize/course.hpp"
#include "wire/sanitize/stream.hpp"
#include "wire/tcp_stream.hpp"

namespace gbkit::wire::sanitize {

class Connections {
public:
    static constexpr std::size_t max_connections = 32768;
    static constexpr std::size_t kept_bytes = 64 << 20;   // for resends, of all connections
    static constexpr std::size_t max_held = 64 << 20;     // until their rest comes; then those silent longest do without

    Connections(Messages& messages, const Aliases& aliases, bool keep_media) : messages_(messages), aliases_(aliases), keep_media_(keep_media) {}

private:
    // From one beginning of a direction to the next one on the same ports.
    struct Run {
        Course course;
        std::unique_ptr<Stream> stream;
    };
    struct Side {
        TcpStream order;
        std::shared_ptr<Run> run;
        std::uint64_t read = 0;   // of the run, in order
    };
    using Sides = std::array<Side, 2>;

public:
    class Ticket {
    public:
        /// All that it carries is known. One that cannot wait is written with zeros for what is not.
        [[nodiscard]] bool ready() const noexcept;
        /// The segment (of `header_bytes` header, then payload) as it is written; captured numbers in the original.
        [[nodiscard]] Bytes segment(ByteView original) const;

    private:
        friend class Connections;
        std::shared_ptr<Run> own, other;
        std::uint32_t sequence = 0, acknowledgement = 0;
        bool ack = false, syn = false;
        std::size_t payload = 0;
    };

    [[nodiscard]] Ticket push(const Endpoint& source, const Endpoint& destination, const TcpSegment& segment, std::uint64_t frame);
    /// Every stream has ended: all tickets are ready.
    void finish();

    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_; }
    [[nodiscard]] std::uint64_t messages_seen() const noexcept { return messages_seen_; }
    [[nodiscard]] std::uint64_t packets_seen() const noexcept { return packets_seen_; }

private:
    struct Flow {   // the lower end first
        Endpoint low, high;
        friend bool operator==(const Flow&, const Flow&) = default;
    };
    struct FlowHash {
        std::size_t operator()(const Flow& flow) const noexcept { return std::hash<Endpoint>{}(flow.low) * 131 + std::hash<Endpoint>{}(flow.high); }
    };
    struct Connection {
        Flow flow;
        Sides sides;
    };
    using List = std::list<Connection>;   // most recently used first

    [[nodiscard]] Sides& sides_of(const Flow& flow);
    [[nodiscard]] std::shared_ptr<Run> fresh_run();
    [[nodiscard]] std::unique_ptr<Stream> stream_into(Course& course);
    [[nodiscard]] static std::size_t held_by(const Sides& sides) noexcept;
    void relieve();
    void count(const Stream& stream);
    void order(Side& side, const TcpSegment& segment, std::uint64_t frame);
    void take(Side& side, const TcpPiece& piece);
    void renew(Side& side);
    void end(Side& side);
    void end_run(Side& side);

    Messages& messages_;
    const Aliases& aliases_;
    bool keep_media_;
    List connections_;
    std::unordered_map<Flow, List::iterator, FlowHash> index_;
    std::size_t held_ = 0;
    std::uint64_t messages_seen_ = 0, packets_seen_ = 0;
};

}  // namespace gbkit::wire::sanitize
