// A conversation written down by hand: messages at virtual times, run through the feed and the observer.
//
// Each scenario puts one cause into an otherwise healthy conversation; the tests then look at the whole of it, at
// every prefix, at mirrored copies and at one direction alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"

namespace gbkit::scenario {

inline const std::string device_id = "34020000001320000264";
inline const std::string server_id = "34020000002000000001";

Endpoint endpoint(std::string_view address, std::uint16_t port);

struct Recorded {
    Time time{};
    Endpoint source, destination;
    proto::Transport transport = proto::Transport::udp;
    std::string bytes;
    bool icmp = false;             // about a packet from source to destination
    std::uint8_t icmp_code = 3;
    std::uint64_t stream_offset = 0;
    bool media = false;            // RTP: it keeps its datagrams where the signalling takes a connection
};

/// A REGISTER as the device writes it; change what the scenario is about.
struct RegisterText {
    std::string device = device_id;
    std::string server = server_id;
    std::string call_id = "c1";
    std::uint32_t cseq = 1;
    std::string branch = "z9hG4bK1";
    std::string via = "192.168.1.64:5060";
    bool rport = true;
    std::string nonce;             // not empty: with an Authorization
    int expires = 3600;            // -1: no Expires header
    [[nodiscard]] std::string request() const;
    /// The answer to it. 401 brings `challenge` as its nonce (empty: no WWW-Authenticate); 200 brings Expires.
    [[nodiscard]] std::string answer(int status, std::string_view reason, std::string_view challenge = {}, bool stale = false) const;
};

std::string keepalive(const std::string& device, std::uint32_t sn, std::string_view status = "OK");
std::string keepalive_answer(const std::string& device, std::uint32_t sn, int status, std::string_view reason);
/// A query of the platform, or the device's answer to it when there is a status.
std::string query(int status = 0, const std::string& more = {});

class Conversation {
public:
    Endpoint device = endpoint("192.168.1.64", 5060);     // where its packets come from
    Endpoint platform = endpoint("203.0.113.9", 5060);
    Endpoint answers_to = device;                         // where the platform's packets go

    Conversation& wait(Duration duration) { now_ += duration; return *this; }
    Conversation& from_device(std::string bytes);
    Conversation& from_platform(std::string bytes);
    /// RTP packets, 40 ms apart.
    Conversation& streams(const std::vector<Bytes>& packets, const Endpoint& from, const Endpoint& to);
    Conversation& icmp(const Endpoint& source, const Endpoint& destination, std::uint8_t code = 3);
    /// The same request `times` more, at 500 ms, 1 s, 2 s, 4 s, 4 s ... (RFC 3261 17.1.2.2), each answered by `answer`.
    Conversation& resend(const std::string& request, int times, const std::string& answer = {});
    /// Four steps of a registration that works; 12 ms each.
    Conversation& register_well(RegisterText text = {}, std::string_view nonce = "n1");
    /// A beat and its 200, a minute apart.
    Conversation& beats(int count, const std::string& device_name = device_id, std::uint32_t first_sn = 1);

    [[nodiscard]] Time now() const noexcept { return now_; }
    [[nodiscard]] const std::vector<Recorded>& packets() const noexcept { return packets_; }

private:
    void add(const Endpoint& source, const Endpoint& destination, std::string bytes);
    Time now_ = from_unix(1'700'000'000);
    std::vector<Recorded> packets_;
};

/// What the observer made of it.
struct Told {
    std::vector<Finding> findings;
    std::vector<proto::observe::DeviceStory> devices;
    std::vector<proto::observe::DialogStory> dialogs;
    std::vector<proto::observe::QueryStory> queries;
    std::vector<proto::observe::NoticeStory> notices;
    std::vector<proto::observe::RegistrationSeen> events;
    proto::observe::SipFeedCounts counts;
    /// Findings that are errors or violations.
    [[nodiscard]] std::vector<Finding> serious() const;
    [[nodiscard]] const Finding* find(FindingId id) const;
    [[nodiscard]] std::string ids() const;   // for a test's message
};

struct Run {
    proto::observe::Context context{};
    Duration after{};               // the observation goes on that long after the last packet
    proto::Direction device_packets = proto::Direction::unknown;  // as a tap would know
    std::string password{};         // of every device; empty: nobody knows it
};

/// Every SIP observer behind one feed, and the media of the calls: what a stream itself says is judged elsewhere
/// (media_causes). Packets come from whoever has them: a list, a tap, a capture that is read.
class Watch {
public:
    explicit Watch(const Run& run);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    void see(const proto::Packet& packet);
    void see(const proto::Unreachable& error) { registrations_.see(error); }
    /// The observation ends at `end`; call it once.
    [[nodiscard]] Told finish(Time end);

private:
    Told told_;
    proto::observe::RegistrationObserver registrations_;
    proto::observe::DialogObserver dialogs_;
    proto::observe::QueryObserver queries_;
    proto::observe::DigestObserver digests_;
    proto::observe::MediaFeed media_;
    proto::observe::SipFeed feed_;
};
Told observe(const std::vector<Recorded>& packets, const Run& run = {});

/// Every packet twice, the copy 30 us later: a mirror port whose copies nobody took out.
std::vector<Recorded> mirrored(const std::vector<Recorded>& packets);
std::vector<Recorded> only_from(const std::vector<Recorded>& packets, const Endpoint& source);
std::vector<Recorded> without_from(const std::vector<Recorded>& packets, const Endpoint& source);

}  // namespace gbkit::scenario
