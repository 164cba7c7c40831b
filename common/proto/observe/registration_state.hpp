// What the registration observer remembers of a device: its open and last attempts, its last heartbeats.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "proto/observe/device_story.hpp"

namespace gbkit::proto::observe {

constexpr Duration transaction_time = seconds(32);  // 64*T1: a client transaction is given up (RFC 3261 17.1.2.2)
constexpr Duration mirror_window = milliseconds(50);// T1 is 500 ms: nobody resends sooner, a mirror port does

/// Call-ID, CSeq number and branch of a request and its answers.
struct TransactionKey {
    std::string call_id;
    std::uint32_t cseq = 0;
    std::string branch;
    friend bool operator==(const TransactionKey&, const TransactionKey&) = default;
};

/// One REGISTER transaction.
struct Attempt {
    TransactionKey key;
    bool request_seen = false;
    Time first{}, last{};                  // of the request's copies
    std::uint64_t first_frame = 0, last_frame = 0;
    std::uint32_t copies = 0;              // on the first leg
    std::uint32_t copies_after_answer = 0; // sent again although an answer had left
    std::vector<Ends> legs;                // more than one on both sides of a proxy; at most four
    Transport transport = Transport::udp;
    std::string via;                       // topmost sent-by: host:port

    bool head_cut = false;                 // by the capture: headers that are not there may have been sent
    bool credentials = false;
    std::string nonce;
    bool unregister = false;
    bool has_expires = false;              // the header; Contact;expires does not count
    std::uint32_t expires = 0;
    std::string server_user;               // user of the Request-URI
    std::string version;                   // X-GB-Ver

    int status = 0;                        // of the last final answer
    std::string reason;
    std::uint32_t answers = 0;             // final answers, copies included
    Time answered{};
    std::uint64_t answer_frame = 0;
    Endpoint answered_to;
    bool misdirected = false;              // no leg comes from there
    bool challenge_header = false;
    std::string challenge_nonce;
    bool stale = false;
    bool went_on = false;                  // a request came after its answer that the capture does not hold

    std::optional<std::uint8_t> unreachable;  // ICMP code about the request
    std::uint64_t unreachable_frame = 0;
    bool answer_unreachable = false;          // ICMP about the answer
    bool misdirection_told = false;
    bool judged = false;

    [[nodiscard]] bool challenged() const noexcept { return status == 401 || status == 407; }
    [[nodiscard]] bool may_have_credentials() const noexcept { return credentials || head_cut; }
    [[nodiscard]] bool from_a_leg(const Endpoint& endpoint) const {
        return std::any_of(legs.begin(), legs.end(), [&](const Ends& leg) { return leg.source == endpoint; });
    }
};

/// One heartbeat.
struct Beat {
    TransactionKey key;
    Time first{};
    std::uint64_t frame = 0;
    int status = 0;
};

/// A request of the platform to the device.
struct Call {
    TransactionKey key;
    std::string method;
    Endpoint source, destination;
    Time first{};
    std::uint64_t frame = 0;
    int status = 0;
    std::optional<Time> after{};       // the device's last packet on that way before it
    std::optional<Time> last_after{};  // and before its last copy
    Time last{};                       // that copy
    std::optional<Time> heard_again{}; // the device's next packet
};

/// What became of a request of the platform, by the time since the device's last packet on that way.
struct Reach {
    Duration age{};
    bool answered = false;
    std::string method;
    Time after{};                   // when that last packet was
    std::uint64_t frame = 0;
    Time at{};
};

/// How long a NAT lets the platform's requests through to the device (row K2).
struct Binding {
    std::vector<Reach> reached{};   // the last 64
    std::optional<Call> open{};     // not answered, and the device has not been heard since
    bool told = false;
};

/// Who registers with this ID: a source and the Call-ID it used last.
struct Registrant {
    Endpoint source;
    std::string call_id;
    Time last{};
};

struct Device {
    explicit Device(std::size_t steps) { story.ladder = Ladder(steps); }

    DeviceStory story;
    std::size_t order = 0;
    std::deque<Attempt> attempts;          // the last eight
    std::deque<Beat> beats;                // the last four
    std::optional<Time> deadline;          // when the open attempt or heartbeat is over

    std::uint32_t ignored = 0;             // challenges heard and not answered, in a row
    bool ignored_at_once = false;          // one of them within two seconds: it was heard
    bool hidden_answers = false;           // the device knows what the capture does not show
    std::string challenged_nonce;          // of the last challenge
    Time challenged_at{};
    TransactionKey challenged;             // the request that was challenged
    std::string used_nonce;                // of the last credentials that were accepted, or challenged again
    std::uint32_t rejected_in_a_row = 0;   // credentials answered by one more challenge
    std::uint32_t silent_in_a_row = 0;     // attempts without any answer
    std::uint32_t missed_beats = 0;        // in a row
    std::uint32_t refused_beats = 0;       // in a row
    Time first_refused_beat{};
    std::optional<Time> granted_at;        // the last 200 to a REGISTER
    std::uint32_t beats_too_late = 0;      // heartbeats after the registration ran out, in a row
    std::deque<Call> calls;                // the last four
    Endpoint registered_from, registered_with;  // ends of the last REGISTER that was accepted; none: it is not in the capture
    Endpoint heard_from;                   // source of the newest REGISTER or heartbeat
    Binding binding;
    std::string redirected_to;             // HOST:PORT of a 302 nobody followed yet
    Endpoint redirected_by;                // who sent it
    std::uint32_t refused_passwords = 0;   // in a row
    std::deque<Registrant> registrants;    // the last two, the present one in front
    std::uint32_t turns = 0;               // between those two, in a row
    std::vector<FindingId> said;           // circumstances that are told once
};

}  // namespace gbkit::proto::observe
