#include "proto/observe/query_observer.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "proto/observe/query_state.hpp"
#include "wire/gb_id.hpp"
#include "wire/hash64.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t longest_text = 200;
constexpr Duration clear_order = milliseconds(1);   // two interfaces of one capture may swap less

std::string kept(std::string_view text) { return printable(text.substr(0, longest_text)); }

std::uint64_t hash_of(std::string_view text) noexcept { return wire::hash64(as_bytes(text)); }

/// As sent, or its hash when it is longer than any device writes.
std::string call_of(const wire::sip::Message& message) {
    return message.call_id.size() <= longest_text ? message.call_id : std::to_string(hash_of(message.call_id));
}
std::string key_of(const wire::sip::Message& message) { return call_of(message) + '\n' + std::to_string(message.cseq.number) + std::string(message.method().substr(0, 16)); }
std::string name_of(std::string_view command, std::string_view sn, std::string_view id) {
    return std::string(command) + '\n' + std::string(sn) + '\n' + std::string(id);
}
std::string name_of(std::string_view command, std::string_view device) { return std::string(command) + '\n' + std::string(device); }

template <class Key, class Value>
void put(Lru<Key, Value>& table, const Key& key, Value value) {
    if (Value* known = table.touch(key)) *known = std::move(value);
    else table.add(key, std::move(value));
}

// A second copy from a mirror is no resend.
bool count(DialogPlace& place, const Packet& packet) {
    if (place.seen() && packet.time - place.time < mirror_window) return false;
    if (!place.seen()) {
        place.frame = packet.number;
        place.time = packet.time;
    }
    ++place.copies;
    return place.copies == 1;
}

bool is_manscdp(const wire::sip::Message& message) {
    return ifind(message.value("Content-Type"), "MANSCDP+xml") != std::string_view::npos && !message.body().empty();
}

bool is_keepalive(std::string_view body) { return ifind(body.substr(0, 512), ">Keepalive<") != std::string_view::npos; }

/// All that Content-Length promises is there.
bool whole(const SipSeen& seen) {
    const std::string_view length = trim(seen.message.value("Content-Length"));
    return seen.packet.cut == 0 && (length.empty() || to_number(length).value_or(0) <= seen.message.body().size());
}

/// Control commands that are answered by a Response of their own (GB/T 28181-2022 9.3); all queries are.
bool wants_response(const QueryStory& story) {
    if (story.subscription) return false;
    if (iequals(story.root, "Query")) return true;
    if (iequals(story.command, "DeviceConfig")) return true;
    for (const std::string_view element : {"RecordCmd", "GuardCmd", "AlarmCmd", "HomePosition", "DeviceUpgrade"})
        if (iequals(story.element, element)) return true;
    return false;
}

/// What a control does, or what a query asks for beside its CmdType.
std::string element_of(const wire::ManscdpBody& body) {
    if (!iequals(body.head.root, "Control"))
        return kept(body.has("ConfigType") ? body.value("ConfigType") : body.value("Type"));
    for (const auto& [name, text] : body.fields)
        if (!iequals(name, "Info") && !iequals(name, "PTZCmdParams")) return kept(name);
    return {};
}

wire::ManscdpItem kept_item(const wire::ManscdpItem& item) {
    return {.device_id = kept(item.device_id), .name = kept(item.name), .manufacturer = kept(item.manufacturer),
            .parent_id = kept(item.parent_id), .business_group_id = kept(item.business_group_id),
            .parental = kept(item.parental), .status = kept(item.status), .event = kept(item.event),
            .start_time = kept(item.start_time), .end_time = kept(item.end_time)};
}

}  // namespace

QueryObserver::QueryObserver(Context context, QuerySinks sinks, QueryLimits limits)
    : state_(std::make_unique<State>(State{std::move(context), std::move(sinks), limits})) {}
QueryObserver::~QueryObserver() = default;

void QueryObserver::see(const SipSeen& seen) {
    advance(seen.packet.time);
    if (seen.message.call_id.empty()) return;
    if (seen.message.is_request()) state_->request(seen);
    else state_->answer(seen);
    put(state_->heard, seen.packet.source, char{0});
}

void QueryObserver::advance(Time now) {
    while (!state_->deadlines.empty() && state_->deadlines.begin()->first <= now) state_->expire(*state_->deadlines.begin()->second);
}

void QueryObserver::finish(Time end) {
    advance(end);
    for (const QueryExchangePointer& exchange : state_->exchanges) state_->over(*exchange);
}

std::vector<const QueryStory*> QueryObserver::queries() const {
    std::vector<const QueryStory*> stories;
    for (const QueryExchangePointer& exchange : state_->exchanges) stories.push_back(&exchange->story);
    return stories;
}

std::vector<const NoticeStory*> QueryObserver::notices() const {
    std::vector<const NoticeStory*> stories;
    state_->notices.each([&](const NoticeStory& story) { stories.push_back(&story); });
    std::sort(stories.begin(), stories.end(), [](const NoticeStory* a, const NoticeStory* b) { return a->first.frame < b->first.frame; });
    return stories;
}

std::uint64_t QueryObserver::not_followed() const noexcept { return state_->not_followed; }

void QueryObserver::State::request(const SipSeen& seen) {
    const std::string_view method = seen.message.method();
    sender(seen);
    if (method == "INVITE") return invite(seen);
    if (method != "MESSAGE" && method != "NOTIFY" && method != "SUBSCRIBE") return;
    if (seen.retransmission) return repeated(seen);
    if (is_manscdp(seen.message) && !is_keepalive(seen.message.body())) body(seen);
}

// Who is registered at an address, and who left.
void QueryObserver::State::sender(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const bool registers = message.method() == "REGISTER";
    if (!registers && !(message.method() == "MESSAGE" && is_keepalive(message.body()))) return;
    const std::string device = kept(message.from.uri.user);
    put(registered_at, seen.packet.source, device);
    if (registers && wire::sip::expires_of(message) == 0U) put(logged_out, device, seen.packet.time);
}

void QueryObserver::State::repeated(const SipSeen& seen) {
    const Transaction* transaction = transactions.touch(key_of(seen.message));
    const QueryExchangePointer exchange = transaction == nullptr ? nullptr : transaction->exchange.lock();
    if (exchange == nullptr || transaction->part > 0) return;
    if (seen.packet.time - exchange->last_copy >= mirror_window) count(exchange->story.query, seen.packet);
    exchange->last_copy = seen.packet.time;
}

void QueryObserver::State::body(const SipSeen& seen) {
    const std::string_view bytes = seen.message.body();
    const Result<wire::ManscdpBody> parsed = whole(seen) ? wire::parse_manscdp_body(bytes) : fail(Errc::truncated, "a body that is cut");
    wire::ManscdpBody body;
    if (parsed) {
        body = *parsed;
        judge().text(seen);
        judge().attributes(seen, body);
    } else {
        body.head = wire::salvage_manscdp(bytes);
        if (parsed.error().code == Errc::malformed) judge().broken(seen, parsed.error());
    }
    const std::string& root = body.head.root;
    if (seen.message.method() == "SUBSCRIBE") return subscribe(seen, body);
    if (iequals(root, "Query") || iequals(root, "Control")) query(seen, body);
    else if (iequals(root, "Response")) response(seen, body, parsed.has_value());
    else if (iequals(root, "Notify")) notice(seen, body);
}

QueryExchangePointer QueryObserver::State::begin(const SipSeen& seen, const wire::ManscdpBody& body, bool is_query) {
    make_room();
    auto exchange = std::make_shared<QueryExchange>();
    exchange->order = next_order++;
    const wire::sip::Message& message = seen.message;
    const auto& asker = is_query ? message.from : message.to;
    const auto& asked = is_query ? message.to : message.from;
    QueryStory& story = exchange->story;
    story.root = is_query ? kept(body.head.root) : "Query";
    story.command = kept(body.head.cmd_type);
    story.sn = kept(body.head.sn);
    story.device = kept(asked.uri.user);
    story.platform = kept(asker.uri.user);
    story.target = kept(body.head.device_id);
    story.platform_at = is_query ? seen.packet.source : seen.packet.destination;
    story.device_at = is_query ? seen.packet.destination : seen.packet.source;
    story.transport = seen.packet.transport;
    exchanges.push_back(exchange);
    return exchange;
}

void QueryObserver::State::make_room() {
    if (exchanges.size() < limits.queries) return;
    const QueryExchangePointer oldest = exchanges.front();
    set_deadline(*oldest, std::nullopt);
    items -= oldest->names.size();
    listed -= oldest->story.listed.size();
    exchanges.pop_front();
    ++not_followed;
}

// Devices put their own ID where a channel was asked for: both names find the query.
void QueryObserver::State::index(const QueryExchangePointer& exchange) {
    const QueryStory& story = exchange->story;
    put(by_name, name_of(story.command, story.sn, story.target), std::weak_ptr(exchange));
    if (story.device != story.target) put(by_name, name_of(story.command, story.sn, story.device), std::weak_ptr(exchange));
}

QueryExchangePointer QueryObserver::State::exchange_of(const SipSeen& seen, const wire::Manscdp& head) {
    for (const std::string& id : {kept(head.device_id), kept(seen.message.from.uri.user)})
        if (const auto* known = by_name.touch(name_of(kept(head.cmd_type), kept(head.sn), id)))
            if (QueryExchangePointer exchange = known->lock()) return exchange;
    return nullptr;
}

void QueryObserver::State::query(const SipSeen& seen, const wire::ManscdpBody& body) {
    const QueryExchangePointer exchange = begin(seen, body, true);
    QueryStory& story = exchange->story;
    count(story.query, seen.packet);
    exchange->last_copy = seen.packet.time;
    story.element = element_of(body);
    exchange->wants_type = iequals(story.command, "RecordInfo") && !body.has("Type");
    if (body.has("PTZCmd")) {
        if (const auto command = wire::parse_ptz(body.value("PTZCmd"))) story.ptz = *command;
        judge().ptz(*exchange, body.value("PTZCmd"));
    }
    index(exchange);
    put(latest, name_of(story.command, story.device), std::weak_ptr(exchange));
    put(transactions, key_of(seen.message), Transaction{exchange, 0, std::nullopt});
    set_deadline(*exchange, seen.packet.time + query_time);
}

void QueryObserver::State::subscribe(const SipSeen& seen, const wire::ManscdpBody& body) {
    const auto* known = subscriptions.touch(call_of(seen.message));
    QueryExchangePointer exchange = known == nullptr ? nullptr : known->lock();
    const bool fresh = exchange == nullptr;
    if (fresh) {
        exchange = begin(seen, body, true);
        exchange->story.subscription = true;
        put(subscriptions, call_of(seen.message), std::weak_ptr(exchange));
    }
    if (const auto seconds_asked = to_number(trim(seen.message.value("Expires")), UINT32_MAX))
        exchange->story.expires = static_cast<std::uint32_t>(*seconds_asked);
    if (fresh) {
        count(exchange->story.query, seen.packet);
        put(transactions, key_of(seen.message), Transaction{exchange, 0, std::nullopt});
    }
}

void QueryObserver::State::answer(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    if (message.status() < 200) return;
    const std::string key = key_of(message);
    if (const OddCall* call = odd_calls.touch(key); call != nullptr && message.status() >= 400 && message.status() != 401 &&
                                                    message.status() != 407 && message.status() != 487 && !seen.retransmission)
        judge().odd_call(seen, *call);
    Transaction* transaction = transactions.touch(key);
    const QueryExchangePointer exchange = transaction == nullptr ? nullptr : transaction->exchange.lock();
    if (exchange == nullptr) return;
    QueryStory& story = exchange->story;
    if (transaction->part > 0) {
        if (transaction->next_sent && seen.packet.time - *transaction->next_sent > clear_order) {
            ++story.overlaps;
            if (!exchange->overlap_told) judge().overlap(*exchange, seen.packet);
            exchange->overlap_told = true;
        }
        transaction->exchange.reset();  // answered
        return;
    }
    if (!count(story.accepted, seen.packet)) return;
    story.status = message.status();
    story.reason = kept(message.reason());
    if (story.device_agent.empty()) story.device_agent = kept(message.value("User-Agent"));
    if (story.state != QueryStory::State::asked) return;  // the Response was faster
    if (story.status >= 300) {
        set_deadline(*exchange, std::nullopt);
        story.state = QueryStory::State::refused;
        if (story.status >= 400 && story.status != 401 && story.status != 407) judge().refused(*exchange);
        return over(*exchange);
    }
    story.state = QueryStory::State::accepted;
    const bool more = wants_response(story);
    set_deadline(*exchange, more ? std::optional(seen.packet.time + response_time) : std::nullopt);
    if (!more && !story.subscription) over(*exchange);
}

void QueryObserver::State::response(const SipSeen& seen, const wire::ManscdpBody& body, bool readable) {
    if (body.head.cmd_type.empty()) return;
    QueryExchangePointer exchange = exchange_of(seen, body.head);
    if (exchange == nullptr) {
        if (iequals(body.head.cmd_type, "Alarm") || iequals(body.head.cmd_type, "Broadcast")) return;  // answers to a Notify
        const auto* known = latest.touch(name_of(kept(body.head.cmd_type), kept(seen.message.from.uri.user)));
        const QueryExchangePointer waiting = known == nullptr ? nullptr : known->lock();
        if (waiting != nullptr && !waiting->foreign.seen()) {
            waiting->foreign_sn = kept(body.head.sn);
            count(waiting->foreign, seen.packet);
        }
        exchange = begin(seen, body, false);
        index(exchange);
    }
    if (!readable) exchange->story.unreadable = true;
    if (exchange->story.device_agent.empty()) exchange->story.device_agent = kept(seen.message.value("User-Agent"));
    note_overlap(exchange, seen);
    if (exchange->story.query.seen() && !exchange->to_told && exchange->story.platform != kept(seen.message.to.uri.user)) {
        exchange->to_told = true;
        judge().receiver(*exchange, seen);
    }
    add_part(exchange, seen, body);
}

// The part before this one was not answered yet: whether that is true shows when its answer comes.
void QueryObserver::State::note_overlap(const QueryExchangePointer& exchange, const SipSeen& seen) {
    const std::string key = key_of(seen.message);
    if (!exchange->last_part_key.empty() && exchange->last_part_key != key)
        if (Transaction* before = transactions.touch(exchange->last_part_key); before != nullptr && !before->next_sent) before->next_sent = seen.packet.time;
    exchange->last_part_key = key;
    put(transactions, key, Transaction{exchange, exchange->story.parts + 1, std::nullopt});
}

void QueryObserver::State::add_part(const QueryExchangePointer& pointer, const SipSeen& seen, const wire::ManscdpBody& body) {
    QueryExchange& exchange = *pointer;
    QueryStory& story = exchange.story;
    const Time now = seen.packet.time;
    const Duration gap = story.parts > 0 ? now - story.last_part.time : Duration{};
    story.largest_gap = std::max(story.largest_gap, gap);
    ++story.parts;
    story.last_part = {seen.packet.number, now, 1};
    if (!story.first_part.seen()) story.first_part = story.last_part;
    story.largest_part = std::max(story.largest_part, seen.message.text().size());
    if (const std::string_view result = body.value("Result"); !result.empty()) story.result = kept(result);
    if (iequals(story.command, "DeviceInfo") && body.has("Manufacturer")) story.manufacturer = kept(body.value("Manufacturer"));
    if (body.sum_num) story.sum_num = body.sum_num;
    if (body.list)
        for (const wire::ManscdpItem& item : body.list->items) add_item(exchange, item);
    judge().part(exchange, seen, body);
    if (!exchange.slow_told) exchange.slow_told = judge().slow(exchange, gap);
    if (exchange.judged) return;
    const bool open = story.unreadable || (story.sum_num && story.unique < *story.sum_num);
    if (!open) return complete(exchange);
    story.state = QueryStory::State::answering;
    set_deadline(exchange, now + part_time);
}

void QueryObserver::State::add_item(QueryExchange& exchange, const wire::ManscdpItem& item) {
    QueryStory& story = exchange.story;
    ++story.items;
    if (story.listed.size() < limits.listed && listed < limits.listed_in_all) {
        story.listed.push_back(kept_item(item));
        ++listed;
    }
    if (items >= limits.items) exchange.forgetful = true;
    if (exchange.forgetful) return;
    const bool catalog = iequals(story.command, "Catalog");
    const bool records = iequals(story.command, "RecordInfo");
    if (!catalog && !records) {
        ++story.unique;
        return;
    }
    const std::string identity = catalog ? item.device_id : item.device_id + '\n' + item.name + '\n' + item.start_time + '\n' + item.end_time;
    const auto [place, fresh] = exchange.names.emplace(hash_of(identity), hash_of(item.name));
    if (fresh) {
        ++items;
        ++story.unique;
        return;
    }
    ++story.duplicates;
    const bool differs = place->second != hash_of(item.name);
    if (exchange.duplicate.empty() || (differs && !exchange.duplicate_differs)) exchange.duplicate = kept(item.device_id);
    exchange.duplicate_differs = exchange.duplicate_differs || differs;
}

void QueryObserver::State::complete(QueryExchange& exchange) {
    QueryStory& story = exchange.story;
    set_deadline(exchange, std::nullopt);
    story.state = QueryStory::State::complete;
    exchange.judged = true;
    judge().list(exchange);
    if (iequals(story.command, "Catalog"))
        for (const wire::ManscdpItem& item : story.listed) {
            const auto id = wire::parse_gb_id(item.device_id);
            if (!id || !wire::is_device_type(id->type) || item.device_id == story.device) continue;
            const std::string key = story.platform + '\n' + item.device_id;
            const std::string* owner = owner_of_channel.touch(key);
            if (owner == nullptr) owner_of_channel.add(key, story.device);
            else if (*owner != story.device) judge().shared(exchange, item.device_id, *owner);
        }
    over(exchange);
}

void QueryObserver::State::notice(const SipSeen& seen, const wire::ManscdpBody& body) {
    const std::string device = kept(seen.message.from.uri.user);
    NoticeStory* story = notices.touch(device);
    if (story == nullptr) story = &notices.add(device, NoticeStory{.device = device});
    story->last = {seen.packet.number, seen.packet.time, story->last.copies + 1};
    if (!story->first.seen()) story->first = story->last;
    if (seen.message.method() == "NOTIFY")
        if (const auto* known = subscriptions.touch(call_of(seen.message)))
            if (const QueryExchangePointer subscription = known->lock()) ++subscription->story.notifies;
    const std::string& command = body.head.cmd_type;
    const auto text = [&](std::string_view name) { return kept(body.value(name)); };
    if (iequals(command, "Alarm")) {
        ++story->alarms;
        story->last_alarm = {kept(body.head.device_id), text("AlarmPriority"), text("AlarmMethod"), text("AlarmTime"), text("AlarmDescription")};
        judge().alarm(seen, body);
    } else if (iequals(command, "MobilePosition")) {
        ++story->positions;
        story->last_position = {text("Time"), text("Longitude"), text("Latitude"), text("Speed")};
    } else if (iequals(command, "MediaStatus")) {
        ++story->media_statuses;
        const std::string* registered = registered_at.touch(seen.packet.source);
        if (registered != nullptr && *registered != device) judge().media_status(seen, *registered);
    } else if (iequals(command, "Catalog")) {
        ++story->catalog_events;
    } else {
        ++story->others;
    }
}

// A platform that calls something which has no picture.
void QueryObserver::State::invite(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const std::string callee = message.uri.user.empty() ? message.to.uri.user : message.uri.user;
    const auto caller = wire::parse_gb_id(message.from.uri.user);
    const auto id = wire::parse_gb_id(callee);
    if (seen.retransmission || !caller || !id || !wire::is_platform_type(caller->type)) return;
    const bool group = id->type == 215 || id->type == 216;
    const bool alarm = id->type == 134 || id->type == 135;
    if (group || alarm || wire::is_platform_type(id->type)) put(odd_calls, key_of(message), OddCall{callee, id->type});
}

void QueryObserver::State::set_deadline(QueryExchange& exchange, std::optional<Time> when) {
    if (exchange.deadline) deadlines.erase({*exchange.deadline, &exchange});
    exchange.deadline = when;
    if (when) deadlines.insert({*when, &exchange});
}

void QueryObserver::State::expire(QueryExchange& exchange) {
    set_deadline(exchange, std::nullopt);
    QueryStory& story = exchange.story;
    if (story.state == QueryStory::State::asked) {
        // Whoever is never heard may be on a path the capture does not show.
        const bool repeated = story.query.copies >= 4;
        if (!repeated || story.transport != Transport::udp || heard.touch(story.device_at) == nullptr) return;
        story.state = QueryStory::State::undelivered;
        judge().undelivered(exchange);
    } else if (story.state == QueryStory::State::accepted) {
        story.state = QueryStory::State::unanswered;
        const Time* left = logged_out.touch(story.device);
        judge().unanswered(exchange, left != nullptr && *left >= story.query.time);
    } else if (story.state == QueryStory::State::answering) {
        exchange.judged = true;
        const bool all = story.sum_num && story.items >= *story.sum_num && !story.unreadable;
        if (all) return complete(exchange);
        story.state = QueryStory::State::incomplete;
        if (story.query.seen() && !story.unreadable && !exchange.forgetful) judge().incomplete(exchange);
    }
    over(exchange);
}

void QueryObserver::State::over(QueryExchange& exchange) {
    if (exchange.told_over || !sinks.over) return;
    exchange.told_over = true;
    sinks.over(exchange.story);
}

}  // namespace gbkit::proto::observe
