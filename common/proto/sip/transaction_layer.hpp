// RFC 3261 section 17 between machines and flows: which transaction a message belongs to, what is sent again.
//
// Bytes go in; messages that are new to the user come out as Incoming. Resends are answered from here, and
// waiting is done here. Matching is by branch and method (17.1.3, 17.2.3); a request without the magic cookie
// is matched the way RFC 2543 did. All devices of a fleet share one layer: `owner` says whose request it was.
// State is bounded: at the limit a client transaction that only waits for copies of its answer makes room, then the
// server transaction that would end first; a resend that comes after that is a new request.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "proto/deadlines.hpp"
#include "proto/machine.hpp"
#include "proto/sip/transaction.hpp"
#include "wire/sip/framer.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/parsed_once.hpp"

namespace gbkit::proto::sip {

struct TransactionId {
    std::uint32_t slot = UINT32_MAX;
    std::uint32_t generation = 0;
    friend bool operator==(const TransactionId&, const TransactionId&) = default;
};

/// The way to a peer: flow, its address, and ours on a wildcard socket.
struct Route {
    FlowId flow = 0;
    Endpoint peer;
    std::optional<IpAddress> from{};
};

struct Incoming {
    enum class Kind : std::uint8_t { request, response, timeout, unreachable } kind;
    TransactionId transaction{};   // an ACK of a 2xx has none
    std::uint32_t owner = 0;       // of the client transaction
    wire::sip::Message message{};  // request, response
    Endpoint source{};             // request: where it came from; unreachable: who could not be reached
    Route back{};                  // request: where its answer goes
    Transport transport = Transport::udp;  // request: how it came
    std::string why{};             // unreachable
};

struct LayerCounters {
    std::uint64_t received = 0;         // messages
    std::uint64_t resends_sent = 0;     // by our timers, and answers to resends
    std::uint64_t resends_received = 0;
    std::uint64_t malformed = 0;        // dropped or answered 4xx before any machine saw them
    std::uint64_t strays = 0;           // responses nobody waits for
    std::uint64_t given_up = 0;         // transactions ended early at the limit
    std::uint64_t streams_dropped = 0;  // accepted connections closed: garbage, or no whole message in time
};

class TransactionLayer {
public:
    explicit TransactionLayer(Timers timers = {}, std::size_t limit = 65536) : timers_(timers), limit_(limit) {}

    /// Messages an observer has parsed already are taken from there.
    void share(std::shared_ptr<wire::sip::ParsedOnce> parsed) { parsed_ = std::move(parsed); }
    void opened(FlowId flow, Transport transport);
    /// A connection that somebody else opened: it has 64*T1 for each message, from its opening or from the message's
    /// first byte, and 64 KiB to begin one; then it is closed. It may be silent once a message has come.
    void accepted(Time now, FlowId flow, Transport transport);
    /// The flow is gone: its client transactions have failed, its server transactions end without an answer.
    void closed(FlowId flow, std::string_view why, std::vector<Incoming>& up);
    /// Flows closed for what came on them, since the last call: their Close has been given out, no Closed will come.
    [[nodiscard]] std::vector<FlowId> take_dropped() { return std::exchange(dropped_, {}); }
    void receive(Time now, const Received& received, Actions& out, std::vector<Incoming>& up);
    void wake(Time now, Actions& out, std::vector<Incoming>& up);
    /// ICMP: every client transaction towards that peer has failed (section 18.4).
    void refused(const Refused& refused, std::vector<Incoming>& up);
    [[nodiscard]] std::optional<Time> deadline() const noexcept;

    /// Sends a request in a new client transaction; nothing at the limit, or when this branch is in use.
    std::optional<TransactionId> request(Time now, std::uint32_t owner, const Route& route, std::string_view method,
                                         std::string_view branch, std::string bytes, Actions& out);
    /// Answers a request; a transaction that is gone is not answered.
    void respond(Time now, TransactionId transaction, int status, std::string bytes, Actions& out);

    [[nodiscard]] const LayerCounters& counters() const noexcept { return counters_; }
    /// Of a flow that is open; UDP also for what is none.
    [[nodiscard]] Transport transport_of(FlowId flow) const;
    [[nodiscard]] std::size_t open() const noexcept { return slots_.size() - free_.size(); }

private:
    using Client = std::variant<InviteClient, NonInviteClient>;
    using Server = std::variant<InviteServer, NonInviteServer>;
    struct Slot {
        std::variant<std::monostate, Client, Server> machine;
        std::uint32_t generation = 0;
        std::uint32_t owner = 0;
        Route route;
        std::string key;
        std::string bytes;  // client: the request; server: the last response
    };
    using Index = std::unordered_map<std::string, std::uint32_t>;
    /// A reliable flow.
    struct Stream {
        Transport transport = Transport::tcp;
        bool guarded = false;                  // accepted: a message must come in time
        bool queued = false;                   // stands in patience_
        bool spoke = false;                    // a whole message has come
        std::optional<Time> waiting_since{};   // for the rest of a message, or for the first one
        wire::sip::Framer framer{};
        std::vector<std::uint32_t> open{};     // slots of its transactions
    };
    struct Patience {
        Time until;
        FlowId flow;
    };

    void on_message(Time now, std::string_view bytes, const Received& received, Actions& out, std::vector<Incoming>& up);
    void on_request(Time now, wire::sip::Message message, const Received& received, Actions& out, std::vector<Incoming>& up);
    void on_response(Time now, wire::sip::Message message, Actions& out, std::vector<Incoming>& up);
    void on_ack(Time now, wire::sip::Message message, const Route& back, const Endpoint& source, std::vector<Incoming>& up);
    void refuse_malformed(const wire::sip::Message& message, const Received& received, Actions& out);
    void guard(Time now, FlowId flow, Stream& stream);
    void wake_streams(Time now, Actions& out, std::vector<Incoming>& up);
    void drop(FlowId flow, Actions& out, std::vector<Incoming>& up);
    void bind(std::uint32_t index, FlowId flow);
    void unbind(std::uint32_t index);
    void fail(std::uint32_t index, const std::string& why, std::vector<Incoming>& up);
    void wake_slot(Time now, std::uint32_t index, Actions& out, std::vector<Incoming>& up);
    [[nodiscard]] Route way_back(const wire::sip::Message& request, const Received& received) const;
    [[nodiscard]] bool reliable(FlowId flow) const;
    std::optional<std::uint32_t> take_slot();
    bool make_room();
    void linger(TransactionId transaction);
    void settle(std::uint32_t index, const Effect& effect, Actions& out);
    void release(std::uint32_t index);
    void transmit(const Slot& slot, Actions& out) const;

    Timers timers_;
    std::size_t limit_;
    LayerCounters counters_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    Index clients_, servers_;
    Deadlines deadlines_;
    std::deque<TransactionId> lingering_;  // clients that have their answer and wait for copies of it (timer K)
    std::unordered_map<FlowId, Stream> streams_;
    std::deque<Patience> patience_;   // by time: all wait equally long; a stream stands in it once
    std::vector<FlowId> dropped_;
    std::shared_ptr<wire::sip::ParsedOnce> parsed_ = std::make_shared<wire::sip::ParsedOnce>();
};

}  // namespace gbkit::proto::sip
