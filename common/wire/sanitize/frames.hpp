// A whole capture, frame by frame, without what must not be shared: each frame keeps its own story.
//
//   frame -> wire/sanitize/frame (where everything stands) -> UDP: message or media           -> frame
//                                                          -> TCP: wire/sanitize/connections  -> frame, when its bytes are known
//                                                          -> fragment: when the others came  -> frame
//                                                          -> ICMP                            -> frame
//
// Frames leave in the order in which they came, with their times, link layers, tags, tunnels, TTL and identification; a
// second copy stays a second copy, a resend a resend, a fragment a fragment. A frame that cannot be rewritten safely is left
// out and counted by what it is. What waits for others is bounded: then it goes out without its content.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "wire/ip_fragments.hpp"
#include "wire/pcap.hpp"
#include "wire/sanitize/connections.hpp"
#include "wire/sanitize/frame.hpp"

namespace gbkit::wire::sanitize {

class Frames {
public:
    static constexpr std::size_t waiting_bytes = 16 << 20;

    /// `sink` gets the frames to write; the bytes live during the call. The others live longer.
    using Sink = std::function<void(const CapturedFrame&)>;
    Frames(Messages& messages, Aliases& aliases, bool keep_media, Sink sink);

    /// `number` counts the frames.
    void push(const CapturedFrame& frame, std::uint64_t number);
    void finish();

    struct Counts {
        std::uint64_t frames = 0, written = 0;
        std::uint64_t messages = 0, packets = 0;              // SIP; RTP and whatever else came in datagrams or streams
        std::map<std::string, std::uint64_t> left_out{};      // by what they are
    };
    /// Whole after finish().
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

private:
    struct Job;
    // The fragments of one datagram.
    struct Datagram {
        std::unique_ptr<Job> whole;   // once all of them came
        std::optional<Bytes> content; // of the IP packet, as it is written
        bool over = false;            // the rest never came
        Time first{};
    };
    struct Job {
        Time time{};
        std::uint32_t interface = 0, link_type = 0;
        std::size_t cut = 0;           // bytes of the frame that were not captured
        Bytes frame;
        FrameLayout layout;            // its views lie in `frame`
        Bytes payload;                 // what the IP packet carries now; of TCP and fragments when it is their turn
        std::optional<Connections::Ticket> segment{};
        std::shared_ptr<Datagram> datagram{};
    };
    struct DatagramKey {
        IpAddress source, destination;
        std::uint32_t id = 0;
        std::uint8_t protocol = 0;
        friend auto operator<=>(const DatagramKey&, const DatagramKey&) = default;
    };
    // What a datagram became a moment ago: a second copy becomes the same, and counts once.
    struct Recent {
        std::uint64_t identity = 0;
        Time time{};
        Bytes content;
    };

    [[nodiscard]] std::unique_ptr<Job> prepare(const CapturedFrame& frame, std::uint64_t number);
    [[nodiscard]] bool fill(Job& job, std::uint64_t number);
    [[nodiscard]] bool fill_udp(Job& job);
    [[nodiscard]] bool fill_icmp(Job& job);
    void fill_fragment(Job& job, std::uint64_t number);
    void put_together(Datagram& datagram, const IpPacket& whole, const Job& last, std::uint64_t number);
    [[nodiscard]] Bytes content_of(const UdpDatagram& datagram, const IpPacket& ip, Time time);
    [[nodiscard]] Bytes scrubbed(ByteView payload);
    [[nodiscard]] static bool is_ready(const Job& job);
    static void give_up(Job& job);
    [[nodiscard]] std::optional<Bytes> made(Job& job);
    [[nodiscard]] std::optional<Bytes> made_fragment(Job& job);
    void write(Job& job);
    void drain(std::size_t limit);
    void expire(Time now);
    void leave_out(std::string what) { ++counts_.left_out[std::move(what)]; }

    Messages& messages_;
    Aliases& aliases_;
    bool keep_media_;
    Sink sink_;
    Connections connections_;
    std::optional<IpFragments> fragments_;
    std::map<DatagramKey, std::shared_ptr<Datagram>> datagrams_;
    Time looked_{};                  // for datagrams whose rest never came
    std::deque<std::unique_ptr<Job>> waiting_;
    std::size_t waiting_size_ = 0;
    std::vector<Recent> recent_;
    Counts counts_;
};

}  // namespace gbkit::wire::sanitize
