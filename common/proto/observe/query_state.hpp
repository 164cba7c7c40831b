// What the query observer remembers: open queries, the parts of their answers, who sits where.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/query_observer.hpp"
#include "wire/manscdp_text.hpp"

namespace gbkit::proto::observe {

constexpr Duration query_time = seconds(32);       // 64*T1, timer F (RFC 3261 17.1.2.2)
constexpr Duration response_time = seconds(30);    // from the 200 to the Response
constexpr Duration part_time = seconds(10);        // from one part to the next
constexpr Duration mirror_window = milliseconds(50);  // nobody resends sooner, a mirror port does

struct QueryExchange {
    QueryStory story;
    std::uint64_t order = 0;
    std::optional<Time> deadline{};
    Time last_copy{};                               // of the query
    bool wants_type = false;                        // RecordInfo without Type
    std::unordered_map<std::uint64_t, std::uint64_t> names{};  // hash of the ID, hash of the name
    bool forgetful = false;                         // IDs beyond the limit are not remembered
    std::string duplicate{};                        // the first ID that came twice
    bool duplicate_differs = false;                 // with another name
    std::string last_part_key{};                    // its transaction
    std::string foreign_sn{};                       // of a Response that fits but for its SN
    DialogPlace foreign{};
    bool overlap_told = false, to_told = false, slow_told = false, judged = false, told_over = false;
};
using QueryExchangePointer = std::shared_ptr<QueryExchange>;

/// A request whose SIP answer is awaited: a query (part 0), or a part of an answer, from 1.
struct Transaction {
    std::weak_ptr<QueryExchange> exchange;
    std::uint64_t part = 0;
    std::optional<Time> next_sent{};                // when the part after it was sent before its answer
};

/// An INVITE to something that is no camera.
struct OddCall {
    std::string callee;
    int type = 0;
};

/// Says what is wrong; the sentences are in base/findings/catalog.
class QueryJudge {
public:
    QueryJudge(const Context& context, const FindingSink& sink) : context_(context), sink_(sink) {}

    /// The text of a body, whoever sent it; false when it is no XML.
    void text(const SipSeen& seen) const;
    void broken(const SipSeen& seen, const Error& error) const;
    void attributes(const SipSeen& seen, const wire::ManscdpBody& body) const;
    void ptz(const QueryExchange& exchange, std::string_view sent) const;
    void refused(const QueryExchange& exchange) const;
    void undelivered(const QueryExchange& exchange) const;
    void unanswered(const QueryExchange& exchange, bool logged_out) const;
    void overlap(const QueryExchange& exchange, const Packet& answer) const;
    void part(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const;
    void receiver(const QueryExchange& exchange, const SipSeen& seen) const;
    /// A part came, `gap` after the one before it: true when that is too late for the platform that the user named.
    [[nodiscard]] bool slow(const QueryExchange& exchange, Duration gap) const;
    /// Nothing more is expected: the list as a whole.
    void list(const QueryExchange& exchange) const;
    void incomplete(const QueryExchange& exchange) const;
    void shared(const QueryExchange& exchange, const std::string& channel, const std::string& other) const;
    void alarm(const SipSeen& seen, const wire::ManscdpBody& body) const;
    void media_status(const SipSeen& seen, const std::string& registered) const;
    void odd_call(const SipSeen& seen, const OddCall& call) const;

private:
    [[nodiscard]] Finding about(FindingId id, const SipSeen& seen) const;
    [[nodiscard]] Finding about(FindingId id, const QueryExchange& exchange, const DialogPlace& place) const;
    void parents(const QueryExchange& exchange) const;
    void field_values(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const;
    void config_blocks(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const;

    const Context& context_;
    const FindingSink& sink_;
};

struct QueryObserver::State {
    Context context;
    QuerySinks sinks;
    QueryLimits limits;

    std::list<QueryExchangePointer> exchanges{};                               // the oldest first
    Lru<std::string, std::weak_ptr<QueryExchange>> by_name{limits.queries * 2};   // CmdType, SN, and DeviceID or device
    Lru<std::string, std::weak_ptr<QueryExchange>> latest{limits.queries};        // CmdType and device
    Lru<std::string, std::weak_ptr<QueryExchange>> subscriptions{limits.queries}; // by Call-ID
    Lru<std::string, Transaction> transactions{limits.queries * 2};          // by Call-ID and CSeq
    Lru<std::string, OddCall> odd_calls{1'000};                              // by Call-ID and CSeq
    Lru<std::string, std::string> owner_of_channel{limits.channels};         // by platform and channel: the device
    Lru<Endpoint, std::string> registered_at{limits.devices};
    Lru<std::string, Time> logged_out{limits.devices};
    Lru<std::string, NoticeStory> notices{limits.devices};
    Lru<Endpoint, char> heard{limits.devices};
    std::set<std::pair<Time, QueryExchange*>> deadlines{};
    std::size_t items = 0, listed = 0;    // remembered now
    std::uint64_t next_order = 0, not_followed = 0;

    [[nodiscard]] QueryJudge judge() const { return {context, sinks.finding}; }

    void request(const SipSeen& seen);
    void body(const SipSeen& seen);
    void repeated(const SipSeen& seen);
    void answer(const SipSeen& seen);
    void invite(const SipSeen& seen);
    void sender(const SipSeen& seen);

    void query(const SipSeen& seen, const wire::ManscdpBody& body);
    void response(const SipSeen& seen, const wire::ManscdpBody& body, bool readable);
    void notice(const SipSeen& seen, const wire::ManscdpBody& body);
    void subscribe(const SipSeen& seen, const wire::ManscdpBody& body);

    [[nodiscard]] QueryExchangePointer begin(const SipSeen& seen, const wire::ManscdpBody& body, bool is_query);
    [[nodiscard]] QueryExchangePointer exchange_of(const SipSeen& seen, const wire::Manscdp& head);
    void index(const QueryExchangePointer& exchange);
    void make_room();
    void add_part(const QueryExchangePointer& exchange, const SipSeen& seen, const wire::ManscdpBody& body);
    void add_item(QueryExchange& exchange, const wire::ManscdpItem& item);
    void note_overlap(const QueryExchangePointer& exchange, const SipSeen& seen);
    void complete(QueryExchange& exchange);
    void set_deadline(QueryExchange& exchange, std::optional<Time> when);
    void expire(QueryExchange& exchange);
    void over(QueryExchange& exchange);
};

}  // namespace gbkit::proto::observe
