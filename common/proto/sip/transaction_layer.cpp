#include "proto/sip/transaction_layer.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.hpp"
#include "proto/sip/reply.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::sip {

namespace {

using wire::sip::Message;

constexpr std::string_view magic_cookie = "z9hG4bK";
constexpr std::uint64_t garbage_bytes = 64 * 1024;  // of an accepted connection that never spoke SIP

std::string client_key(std::string_view branch, std::string_view method) {
    std::string key;
    key.reserve(branch.size() + method.size() + 1);
    return key.append(branch).append(1, ' ').append(method);
}

// 17.2.3: branch, sent-by and method; without the magic cookie the fields RFC 2543 compared. An ACK looks for
// the INVITE it belongs to (its To tag is the response's, so the tag cannot take part).
std::string server_key(const Message& request) {
    const std::string_view method = request.method() == "ACK" ? "INVITE" : request.method();
    if (!request.vias.empty() && istarts_with(request.vias.front().branch, magic_cookie)) {
        const wire::sip::Via& via = request.vias.front();
        std::string key;
        key.reserve(via.branch.size() + via.host.size() + method.size() + 8);
        key.append(via.branch).append(1, ' ');
        for (const char c : via.host) key += ascii_lower(c);
        return key.append(1, ':').append(std::to_string(via.port)).append(1, ' ').append(method);
    }
    std::string key(request.request_uri());
    key.append(1, ' ').append(request.from.tag).append(1, ' ').append(request.call_id);
    key.append(1, ' ').append(std::to_string(request.cseq.number)).append(1, ' ').append(method);
    return key.append(1, ' ').append(request.value("Via"));
}

// A tag for answers no machine had a part in: the same for the same request, as 8.2.7 asks of a stateless server.
std::string stateless_tag(const Message& request) {
    return std::to_string(std::hash<std::string_view>{}(request.value("Call-ID")) % 1'000'000'000);
}

}  // namespace

void TransactionLayer::opened(FlowId flow, Transport transport) {
    if (transport != Transport::udp) streams_.insert_or_assign(flow, Stream{.transport = transport});
}

void TransactionLayer::accepted(Time now, FlowId flow, Transport transport) {
    const auto [stream, added] = streams_.insert_or_assign(flow, Stream{.transport = transport, .guarded = true});
    stream->second.waiting_since = now;
    guard(now, flow, stream->second);
}

void TransactionLayer::guard(Time now, FlowId flow, Stream& stream) {
    if (!stream.guarded || stream.queued) return;
    stream.queued = true;
    patience_.push_back({now + timers_.linger(), flow});
}

void TransactionLayer::closed(FlowId flow, std::string_view why, std::vector<Incoming>& up) {
    const auto stream = streams_.find(flow);
    if (stream == streams_.end()) return;
    const std::vector<std::uint32_t> open = std::move(stream->second.open);
    streams_.erase(stream);
    for (const std::uint32_t index : open) fail(index, std::string(why), up);
}

void TransactionLayer::drop(FlowId flow, Actions& out, std::vector<Incoming>& up) {
    ++counters_.streams_dropped;
    out.push_back(Close{flow});
    closed(flow, "no SIP message came", up);
    dropped_.push_back(flow);
}

// A stream may have moved on since it was queued: then it is looked at again after as long.
void TransactionLayer::wake_streams(Time now, Actions& out, std::vector<Incoming>& up) {
    while (!patience_.empty() && patience_.front().until <= now) {
        const FlowId flow = patience_.front().flow;
        patience_.pop_front();
        const auto found = streams_.find(flow);
        if (found == streams_.end() || !found->second.queued) continue;
        Stream& stream = found->second;
        stream.queued = false;
        if (!stream.waiting_since) continue;
        if (*stream.waiting_since + timers_.linger() <= now) drop(flow, out, up);
        else guard(now, flow, stream);
    }
}

std::optional<Time> TransactionLayer::deadline() const noexcept {
    const std::optional<Time> next = deadlines_.next();
    if (patience_.empty()) return next;
    return next ? std::min(*next, patience_.front().until) : patience_.front().until;
}

void TransactionLayer::bind(std::uint32_t index, FlowId flow) {
    if (const auto stream = streams_.find(flow); stream != streams_.end()) stream->second.open.push_back(index);
}

void TransactionLayer::unbind(std::uint32_t index) {
    if (const auto stream = streams_.find(slots_[index].route.flow); stream != streams_.end()) std::erase(stream->second.open, index);
}

bool TransactionLayer::reliable(FlowId flow) const { return streams_.contains(flow); }

Transport TransactionLayer::transport_of(FlowId flow) const {
    const auto stream = streams_.find(flow);
    return stream == streams_.end() ? Transport::udp : stream->second.transport;
}

void TransactionLayer::receive(Time now, const Received& received, Actions& out, std::vector<Incoming>& up) {
    const auto found = streams_.find(received.flow);
    if (found == streams_.end()) {
        if (received.flow < first_accepted_flow) on_message(now, received.bytes, received, out, up);
        return;  // else: the rest of what came on a connection that was given up
    }
    Stream& stream = found->second;  // no message below adds or removes streams
    stream.framer.push(received.bytes);
    bool whole = false;
    while (const auto piece = stream.framer.next()) {
        whole = true;
        on_message(now, piece->bytes, received, out, up);
    }
    stream.spoke = stream.spoke || whole;
    if (stream.guarded && !stream.spoke && stream.framer.skipped_bytes() >= garbage_bytes) return drop(received.flow, out, up);
    const bool complete = stream.spoke && stream.framer.buffered() == 0;
    if (complete) stream.waiting_since.reset();
    else if (whole || !stream.waiting_since) stream.waiting_since = now;
    if (stream.waiting_since) guard(now, received.flow, stream);
}

void TransactionLayer::on_message(Time now, std::string_view bytes, const Received& received, Actions& out,
                                  std::vector<Incoming>& up) {
    if (trim(bytes).empty()) return;  // CRLF keepalive
    auto message = parsed_->take(bytes);
    if (!message) {
        ++counters_.malformed;
        return;
    }
    ++counters_.received;
    if (wire::sip::judge(*message).verdict != wire::sip::Verdict::accept) return refuse_malformed(*message, received, out);
    if (message->is_request()) on_request(now, std::move(*message), received, out, up);
    else on_response(now, std::move(*message), out, up);
}

void TransactionLayer::refuse_malformed(const Message& message, const Received& received, Actions& out) {
    ++counters_.malformed;
    const wire::sip::Judgement judgement = wire::sip::judge(message);
    if (judgement.verdict != wire::sip::Verdict::reject || !message.is_request() || message.method() == "ACK") return;
    const Route back = way_back(message, received);
    const std::string reason = is_header_text(judgement.why.what) && !judgement.why.what.empty()
                                   ? judgement.why.what
                                   : std::string(wire::sip::reason_phrase(judgement.status));
    if (auto reply = make_reply(message, received.from, judgement.status, reason, stateless_tag(message)))
        out.push_back(Send{back.flow, back.peer, std::move(*reply), back.from});
}

Route TransactionLayer::way_back(const Message& request, const Received& received) const {
    Route route{received.flow, reliable(received.flow) ? received.from : reply_address(request, received.from), {}};
    if (!received.to.address.is_unspecified()) route.from = received.to.address;
    return route;
}

void TransactionLayer::on_ack(Time now, Message message, const Route& back, const Endpoint& source, std::vector<Incoming>& up) {
    const auto found = servers_.find(server_key(message));
    if (found == servers_.end()) {
        up.push_back({.kind = Incoming::Kind::request, .message = std::move(message), .source = source, .back = back, .transport = transport_of(back.flow)});
        return;
    }
    const std::uint32_t index = found->second;
    auto* invite = std::get_if<InviteServer>(std::get_if<Server>(&slots_[index].machine));
    if (!invite) return;
    const Effect effect = invite->ack(now, timers_);
    deadlines_.set(index, invite->deadline());
    if (effect.ended) release(index);
}

void TransactionLayer::on_request(Time now, Message message, const Received& received, Actions& out, std::vector<Incoming>& up) {
    Route back = way_back(message, received);
    if (message.method() == "ACK") return on_ack(now, std::move(message), back, received.from, up);
    std::string key = server_key(message);
    if (const auto found = servers_.find(key); found != servers_.end()) {
        ++counters_.resends_received;
        Slot& slot = slots_[found->second];
        unbind(found->second);
        bind(found->second, back.flow);
        slot.route = back;  // a resend through a rebound NAT is answered where it came from
        const Effect effect = std::visit([&](auto& machine) { return machine.request(now, timers_); }, std::get<Server>(slot.machine));
        if (effect.transmit) ++counters_.resends_sent;
        return settle(found->second, effect, out);
    }
    const auto index = take_slot();
    if (!index) return;
    Slot& slot = slots_[*index];
    slot.machine = message.method() == "INVITE" ? Server(InviteServer{}) : Server(NonInviteServer{});
    slot.route = back;
    slot.key = key;
    bind(*index, received.flow);
    servers_.emplace(std::move(key), *index);
    std::visit([&](auto& machine) { return machine.start(now, timers_, reliable(received.flow)); }, std::get<Server>(slot.machine));
    up.push_back({.kind = Incoming::Kind::request,
                  .transaction = {*index, slot.generation},
                  .message = std::move(message),
                  .source = received.from,
                  .back = back,
                  .transport = transport_of(received.flow)});
}

void TransactionLayer::on_response(Time now, Message message, Actions& out, std::vector<Incoming>& up) {
    const auto found = message.vias.empty() ? clients_.end()
                                            : clients_.find(client_key(message.vias.front().branch, message.cseq.method));
    if (found == clients_.end()) {
        ++counters_.strays;
        return;
    }
    const std::uint32_t index = found->second;
    Slot& slot = slots_[index];
    const bool final_answer = message.status() >= 200 && message.cseq.method != "INVITE";
    const Effect effect =
        std::visit([&](auto& machine) { return machine.response(now, timers_, message.status()); }, std::get<Client>(slot.machine));
    if (effect.acknowledge) {
        const auto invite = wire::sip::parse(slot.bytes);
        auto ack = invite ? make_ack(*invite, message) : std::nullopt;
        if (ack) out.push_back(Send{slot.route.flow, slot.route.peer, std::move(*ack), slot.route.from});
    }
    if (effect.deliver)
        up.push_back({.kind = Incoming::Kind::response,
                      .transaction = {index, slot.generation},
                      .owner = slot.owner,
                      .message = std::move(message)});
    else ++counters_.resends_received;
    const TransactionId transaction{index, slot.generation};
    settle(index, effect, out);
    if (!effect.deliver || !final_answer) return;
    linger(transaction);
    if (slots_[index].generation == transaction.generation) slots_[index].bytes = {};  // it is not sent again
}

std::optional<TransactionId> TransactionLayer::request(Time now, std::uint32_t owner, const Route& route, std::string_view method,
                                                       std::string_view branch, std::string bytes, Actions& out) {
    std::string key = client_key(branch, method);
    if (clients_.contains(key)) return std::nullopt;
    const auto index = take_slot();
    if (!index) return std::nullopt;
    Slot& slot = slots_[*index];
    slot.machine = method == "INVITE" ? Client(InviteClient{}) : Client(NonInviteClient{});
    slot.owner = owner;
    slot.route = route;
    slot.key = key;
    slot.bytes = std::move(bytes);
    bind(*index, route.flow);
    clients_.emplace(std::move(key), *index);
    const TransactionId id{*index, slot.generation};
    settle(*index,
           std::visit([&](auto& machine) { return machine.start(now, timers_, reliable(route.flow)); }, std::get<Client>(slot.machine)),
           out);
    return id;
}

void TransactionLayer::respond(Time now, TransactionId transaction, int status, std::string bytes, Actions& out) {
    if (transaction.slot >= slots_.size() || slots_[transaction.slot].generation != transaction.generation) return;
    Slot& slot = slots_[transaction.slot];
    auto* server = std::get_if<Server>(&slot.machine);
    if (!server) return;
    const Effect effect = std::visit([&](auto& machine) { return machine.reply(now, timers_, status); }, *server);
    if (effect.transmit) slot.bytes = std::move(bytes);
    settle(transaction.slot, effect, out);
}

void TransactionLayer::wake(Time now, Actions& out, std::vector<Incoming>& up) {
    while (const auto index = deadlines_.pop_due(now)) wake_slot(now, *index, out, up);
    wake_streams(now, out, up);
}

void TransactionLayer::wake_slot(Time now, std::uint32_t index, Actions& out, std::vector<Incoming>& up) {
    Slot& slot = slots_[index];
    const auto turn = [&](auto& kind) { return std::visit([&](auto& machine) { return machine.wake(now, timers_); }, kind); };
    auto* client = std::get_if<Client>(&slot.machine);
    const Effect effect = client ? turn(*client) : turn(std::get<Server>(slot.machine));
    if (effect.transmit) ++counters_.resends_sent;
    if (effect.timed_out)
        up.push_back({.kind = Incoming::Kind::timeout, .transaction = {index, slot.generation}, .owner = slot.owner});
    settle(index, effect, out);
}

void TransactionLayer::refused(const Refused& refused, std::vector<Incoming>& up) {
    std::vector<std::uint32_t> failed;
    for (const auto& [key, index] : clients_) {
        const Slot& slot = slots_[index];
        const bool waiting =
            std::visit([](const auto& machine) { return machine.state() < State::completed; }, std::get<Client>(slot.machine));
        if (waiting && slot.route.flow == refused.flow && (!refused.peer || slot.route.peer == *refused.peer))
            failed.push_back(index);
    }
    for (const std::uint32_t index : failed) fail(index, refused.error, up);
}

// A client transaction whose request or answer cannot come through (section 8.1.3.1); of a server's nobody waits for the answer.
void TransactionLayer::fail(std::uint32_t index, const std::string& why, std::vector<Incoming>& up) {
    const Slot& slot = slots_[index];
    const auto* client = std::get_if<Client>(&slot.machine);
    const bool waiting = client && std::visit([](const auto& machine) { return machine.state() < State::completed; }, *client);
    if (waiting)
        up.push_back({.kind = Incoming::Kind::unreachable,
                      .transaction = {index, slot.generation},
                      .owner = slot.owner,
                      .source = slot.route.peer,
                      .why = why});
    release(index);
}

// Timer K is the same for all, so the oldest of these ends first.
void TransactionLayer::linger(TransactionId transaction) {
    const auto gone = [this](const TransactionId& id) { return slots_[id.slot].generation != id.generation; };
    while (!lingering_.empty() && gone(lingering_.front())) lingering_.pop_front();
    if (!gone(transaction)) lingering_.push_back(transaction);
}

bool TransactionLayer::make_room() {
    while (!lingering_.empty()) {
        const TransactionId oldest = lingering_.front();
        lingering_.pop_front();
        if (slots_[oldest.slot].generation != oldest.generation) continue;
        ++counters_.given_up;
        release(oldest.slot);
        return true;
    }
    const auto first = deadlines_.first();
    if (!first || !std::holds_alternative<Server>(slots_[*first].machine)) return false;
    ++counters_.given_up;
    release(*first);
    return true;
}

std::optional<std::uint32_t> TransactionLayer::take_slot() {
    if (open() >= limit_ && !make_room()) return std::nullopt;
    if (free_.empty()) {
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
}

void TransactionLayer::settle(std::uint32_t index, const Effect& effect, Actions& out) {
    Slot& slot = slots_[index];
    if (effect.transmit) transmit(slot, out);
    if (effect.ended) return release(index);
    const auto next = [](const auto& kind) { return std::visit([](const auto& machine) { return machine.deadline(); }, kind); };
    const auto* client = std::get_if<Client>(&slot.machine);
    deadlines_.set(index, client ? next(*client) : next(std::get<Server>(slot.machine)));
}

void TransactionLayer::release(std::uint32_t index) {
    Slot& slot = slots_[index];
    unbind(index);
    (std::holds_alternative<Client>(slot.machine) ? clients_ : servers_).erase(slot.key);
    const std::uint32_t generation = slot.generation + 1;
    slot = Slot{};
    slot.generation = generation;
    deadlines_.set(index, std::nullopt);
    free_.push_back(index);
}

void TransactionLayer::transmit(const Slot& slot, Actions& out) const {
    out.push_back(Send{slot.route.flow, slot.route.peer, slot.bytes, slot.route.from});
}

}  // namespace gbkit::proto::sip
