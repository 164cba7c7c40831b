// What is told of one device: who it is, the ladder of its registrations and heartbeats, how it ended.
//
// The story is language-free: pages and records put it into words. It is bounded: of a long ladder the first
// and the last steps stay and the number between them is kept.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/finding.hpp"
#include "base/time.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto::observe {

/// One row of the ladder. Resends of the same message are one row.
struct Step {
    enum class Kind : std::uint8_t {
        request,      // REGISTER
        answer,       // to a REGISTER
        keepalive,    // a run of heartbeats
        unreachable,  // ICMP about one of the device's packets
    };
    Kind kind = Kind::request;
    bool from_device = true;
    Transport transport = Transport::udp;
    Time time{};
    std::uint64_t frame = 0;
    Endpoint source{};
    Endpoint destination{};
    std::uint32_t cseq = 0;
    bool credentials = false;              // request: carries an Authorization
    bool unregister = false;               // request: Expires 0
    int status = 0;                        // answer; for a run of heartbeats the last one
    std::string reason{};                  // answer: reason phrase; unreachable: what ICMP said
    std::string realm{};                   // 401: of the challenge
    std::optional<std::string> qop{};      // 401
    std::optional<std::uint32_t> expires{};// request: asked for; 200: granted
    bool elsewhere = false;                // answer: sent to another place than the request came from
    std::uint64_t count = 1;               // this message and its resends, or the heartbeats of the run
    std::uint64_t answered = 0;            // heartbeats of the run that were answered 200
    std::uint64_t last_frame = 0;
    Time last_time{};
};

/// The first and the last steps of a ladder.
class Ladder {
public:
    explicit Ladder(std::size_t keep = 60) : keep_(keep) {}
    /// The new last step; stays valid until the next add().
    Step& add(Step step);
    /// The latest step that `wanted` accepts, nullptr when there is none among the steps kept.
    template <class Wanted>
    Step* latest(Wanted wanted) {
        for (auto step = tail_.rbegin(); step != tail_.rend(); ++step)
            if (wanted(*step)) return &*step;
        for (auto step = head_.rbegin(); step != head_.rend(); ++step)
            if (wanted(*step)) return &*step;
        return nullptr;
    }
    [[nodiscard]] const std::vector<Step>& head() const noexcept { return head_; }
    [[nodiscard]] const std::deque<Step>& tail() const noexcept { return tail_; }  // after `left_out` steps
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }
    [[nodiscard]] bool empty() const noexcept { return head_.empty() && tail_.empty(); }

private:
    std::size_t keep_;
    std::vector<Step> head_;
    std::deque<Step> tail_;
    std::uint64_t left_out_ = 0;
};

struct DeviceStory {
    enum class State : std::uint8_t {
        unknown,       // heartbeats or answers only: the registration is not in the capture
        trying,        // REGISTER without a final answer yet
        registered,
        refused,
        unanswered,
        unregistered,
    };
    std::string id;                 // From user: the device ID
    std::string user_agent;
    Endpoint source;                // where its last REGISTER or heartbeat came from
    Endpoint platform;              // where it went
    std::string platform_id;        // user of the Request-URI
    std::string platform_agent;     // Server or User-Agent of the answers
    Transport transport = Transport::udp;
    std::string via;                // sent-by of the topmost Via, when it is not the source: NAT
    SeenFrom seen_from = SeenFrom::unknown;
    Time first{};
    Time last{};

    State state = State::unknown;
    bool ever_registered = false;
    int last_status = 0;            // of the last final answer to a REGISTER
    std::string last_reason;
    std::uint32_t granted = 0;      // seconds, of the last 200
    Duration round_trip{};          // REGISTER to its final answer, the last one

    std::uint64_t registers = 0;            // REGISTER messages, resends included
    std::uint64_t attempts = 0;             // transactions
    std::uint64_t with_credentials = 0;     // transactions
    std::uint64_t challenges = 0;           // 401 and 407, resends included
    std::uint64_t accepted = 0;             // transactions
    std::uint64_t refused = 0;              // transactions
    std::uint64_t unanswered = 0;           // transactions given up without any answer
    std::uint64_t resends = 0;
    std::uint64_t keepalives = 0;           // transactions
    std::uint64_t keepalives_answered = 0;
    std::optional<Duration> keepalive_gap_min{};
    std::optional<Duration> keepalive_gap_max{};

    bool answers_seen = false;      // something from the platform to this device was captured
    bool requests_seen = false;
    Ladder ladder{};

    /// Only one direction is in the capture.
    [[nodiscard]] bool one_sided() const noexcept { return answers_seen != requests_seen; }
};

}  // namespace gbkit::proto::observe
