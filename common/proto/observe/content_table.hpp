// The conversations of a capture: who talks to whom, what they speak, how much. Nothing is judged.
//
// Both directions of an address pair are one conversation. A stream's head is kept until its content is known; of RTMP
// the client's direction until its connect has come. In streams that begin with nothing known, RTP is searched by the
// framer (a capture may begin in the middle of a connection) when `find_rtp` asks for it. Memory is bounded: the
// least recently used conversation goes first and stays in the totals.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/observe/content.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/packet.hpp"
#include "wire/rtmp.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::proto::observe {

struct ContentFlow {
    Content content = Content::undecided;
    Endpoint from, to;                       // `from` asks: the client where that is known, else who was seen first
    Transport transport = Transport::udp;
    std::uint64_t packets = 0, bytes = 0;    // payload, both directions; of TCP pieces of the stream
    std::uint64_t first_frame = 0, last_frame = 0;
    Time first{}, last{};
    std::string name{};                      // SNI, Host, app of RTMP, URL of RTSP; secrets masked
    std::string url{};                       // tcUrl of RTMP; secrets masked
    std::optional<std::uint32_t> ssrc{};     // RTP
    std::uint8_t payload_type = 0;
};

class ContentTable {
public:
    struct Limits {
        std::size_t flows = 4096;
        std::size_t framers = 256;           // streams in which RTP is searched at the same time
    };
    struct Total {
        std::uint64_t flows = 0, packets = 0, bytes = 0;
    };
    using Totals = std::array<Total, content_kinds>;

    explicit ContentTable(bool find_rtp = false) : ContentTable(find_rtp, Limits()) {}
    ContentTable(bool find_rtp, Limits limits);
    ~ContentTable();

    /// A packet, and what somebody else knows it to be (undecided: nothing). UDP that is neither SIP nor RTP, and all of TCP.
    void see(const Packet& packet, Content known = Content::undecided);
    /// Datagrams that were counted elsewhere and turned out to be nothing known.
    void add_counted(const ContentFlow& counted);
    /// Somebody else has found out later what these datagrams were: RTP is believed after a few.
    void know(const Endpoint& a, const Endpoint& b, Content known);
    /// The end: what is open is decided by what there is.
    void finish();

    /// In order of appearance; after finish().
    [[nodiscard]] std::vector<const ContentFlow*> flows() const;
    /// By kind, dropped ones included; after finish().
    [[nodiscard]] Totals totals() const;
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

private:
    struct Ends {
        Endpoint low, high;
        Transport transport = Transport::udp;
        friend bool operator==(const Ends&, const Ends&) = default;
    };
    struct HashEnds {
        std::size_t operator()(const Ends& ends) const noexcept {
            return std::hash<Endpoint>{}(ends.low) * 1000003 ^ std::hash<Endpoint>{}(ends.high) ^ static_cast<std::size_t>(ends.transport);
        }
    };
    struct Side {
        Bytes head{};
        bool decided = false, likely_rtmp = false;
        std::unique_ptr<wire::RtmpOpening> rtmp{};
        std::unique_ptr<wire::rtp::Framer> framer{};
    };
    struct Entry {
        ContentFlow flow;
        std::array<Side, 2> sides{};         // [0]: what ends.low sends
    };

    Entry& entry_of(const Packet& packet, bool& from_low);
    void drop_oldest();
    void stream(Entry& entry, std::size_t from, const Packet& packet);
    void decide(Entry& entry, std::size_t from, bool last);
    void believe(Entry& entry, std::size_t from, const ContentGuess& guess);
    void opening(Entry& entry, std::size_t from, ByteView bytes, bool gap);
    void search_rtp(Entry& entry, std::size_t from, ByteView bytes);
    void found_rtp(Entry& entry, std::size_t from, ByteView packet);
    void settle(Entry& entry);
    void release(Side& side);

    bool find_rtp_;
    Limits limits_;
    Lru<Ends, std::unique_ptr<Entry>, HashEnds> flows_;
    Ends last_ends_;
    Entry* last_ = nullptr;
    Totals gone_{};
    std::uint64_t dropped_ = 0;
    std::size_t framers_ = 0;
};

}  // namespace gbkit::proto::observe
