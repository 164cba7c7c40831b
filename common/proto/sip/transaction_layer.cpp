#include "proto/sip/transaction_layer.hpp"

#include <functional>
#include <utility>

#include "base/text.hpp"
#include "proto/sip/reply.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::sip {

namespace {

using wire::sip::Message;

constexpr std::string_view magic_cookie = "z9hG4bK";

std::string client_key(std::string_view branch, std::string_view method) {
    return std::string(branch).append(1, ' ').append(method);
}

// 17.2.3: branch, sent-by and method; without the magic cookie the fields RFC 2543 compared. An ACK looks for
// the INVITE it belongs to (its To tag is the response's, so the tag cannot take part).
std::string server_key(const Message& request) {
    const std::string_view method = request.method() == "ACK" ? "INVITE" : request.method();
    if (!request.vias.empty() && istarts_with(request.vias.front().branch, magic_cookie)) {
        const wire::sip::Via& via = request.vias.front();
        return via.branch + ' ' + to_lower(via.host) + ':' + std::to_string(via.port) + ' ' + std::string(method);
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
    if (transport != Transport::udp) streams_.try_emplace(flow);
}

void TransactionLayer::closed(FlowId flow) { streams_.erase(flow); }

bool TransactionLayer::reliable(FlowId flow) const { return streams_.contains(flow); }

void TransactionLayer::receive(Time now, const Received& received, Actions& out, std::vector<Incoming>& up) {
    const auto stream = streams_.find(received.flow);
    if (stream == streams_.end()) return on_message(now, received.bytes, received, out, up);
    stream->second.push(received.bytes);
    while (const auto piece = stream->second.next()) on_message(now, piece->bytes, received, out, up);
}

void TransactionLayer::on_message(Time now, std::string_view bytes, const Received& received, Actions& out,
                                  std::vector<Incoming>& up) {
    if (trim(bytes).empty()) return;  // CRLF keepalive
    auto message = wire::sip::parse(bytes);
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
        up.push_back({.kind = Incoming::Kind::request, .message = std::move(message), .source = source, .back = back});
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
    servers_.emplace(std::move(key), *index);
    std::visit([&](auto& machine) { return machine.start(now, timers_, reliable(received.flow)); }, std::get<Server>(slot.machine));
    up.push_back({.kind = Incoming::Kind::request,
                  .transaction = {*index, slot.generation},
                  .message = std::move(message),
                  .source = received.from,
                  .back = back});
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
    settle(index, effect, out);
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
    for (const std::uint32_t index : failed) {
        const Slot& slot = slots_[index];
        up.push_back({.kind = Incoming::Kind::unreachable,
                      .transaction = {index, slot.generation},
                      .owner = slot.owner,
                      .source = slot.route.peer,
                      .why = refused.error});
        release(index);
    }
}

std::optional<std::uint32_t> TransactionLayer::take_slot() {
    if (open() >= limit_) {
        const auto oldest = deadlines_.first();
        if (!oldest || !std::holds_alternative<Server>(slots_[*oldest].machine)) return std::nullopt;
        ++counters_.given_up;
        release(*oldest);
    }
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
