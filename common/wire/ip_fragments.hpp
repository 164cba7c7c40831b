// IP fragments back into datagrams: RFC 791 section 3.2, RFC 8200 section 4.5.
//
// Each datagram has one buffer and one bit per 8-byte block (offsets are multiples of 8), so a fragment costs
// its length whatever the order. The same bytes twice are a copy; different bytes for one place make the whole
// datagram refused (RFC 5722). Datagrams wait in order of arrival; time is the capture's.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "wire/frame_ip.hpp"

namespace gbkit::wire {

class IpFragments {
public:
    struct Limits {
        std::size_t bytes = 16 << 20;      // buffers of all datagrams; the oldest are given up first
        std::size_t datagrams = 4096;
        Duration timeout = seconds{30};    // RFC 791 and RFC 8200: 15 to 60 s
    };
    struct Counts {
        std::uint64_t fragments = 0;
        std::uint64_t incomplete = 0;      // datagrams whose rest never came (or was cut off, or had no room)
        std::uint64_t conflicting = 0;     // datagrams refused: two fragments contradict each other
    };

    /// `begin`: the first frame's time. Fragments come together, so what is missing within `edge` of the begin or
    /// the end of the capture may be on the other side of it, and is not counted.
    IpFragments(Limits limits, Time begin) : limits_(limits), begin_(begin) {}
    static constexpr Duration edge = milliseconds{200};

    /// Takes a fragment (packet.fragment is true). The last one missing gives the whole datagram, whose payload
    /// lives until the next call.
    [[nodiscard]] std::optional<IpPacket> push(const IpPacket& fragment, Time now);
    /// Gives up whatever waits; `end` is the time of the last frame.
    void finish(Time end);
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_; }

private:
    struct Key {
        IpAddress source, destination;
        std::uint32_t id = 0;
        std::uint8_t protocol = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    enum class State : std::uint8_t { waiting, refused, complete };
    struct Datagram {
        Key key;
        Time first{};
        State state = State::waiting;
        bool after_complete = false;          // late copies of a datagram that was put together already
        std::uint8_t first_protocol = 0;      // IPv6: the first fragment's next header counts
        Bytes bytes;
        std::vector<std::uint64_t> blocks;    // one bit per 8 bytes that came
        std::size_t blocks_present = 0;
        std::optional<std::size_t> total;     // known once the last fragment came
    };
    using Datagrams = std::list<Datagram>;    // oldest first

    Datagram& find_or_add(const IpPacket& fragment, Time now);
    bool place(Datagram& datagram, const IpPacket& fragment);
    void refuse(Datagram& datagram);
    void give_up(Datagrams::iterator oldest, Time end = Time::max());
    void expire(Time now);
    void release_buffer(Datagram& datagram);

    Limits limits_;
    Time begin_;
    Counts counts_;
    std::size_t held_ = 0;
    Datagrams datagrams_;
    std::unordered_map<Key, Datagrams::iterator, KeyHash> index_;
    Bytes whole_;
};

}  // namespace gbkit::wire
