#include "proto/observe/conversation.hpp"

#include <algorithm>

#include "proto/observe/census.hpp"
#include "proto/observe/conversation_traits.hpp"

namespace gbkit::proto::observe {

namespace {

std::string transaction_of(const wire::sip::Message& message) {
    const std::string branch = message.vias.empty() ? std::string() : message.vias.front().branch;
    return message.call_id + '\n' + std::to_string(message.cseq.number) + message.cseq.method + '\n' + branch;
}

struct Kind {
    std::string name;
    Step step;
};

Kind kind_of(const wire::sip::Message& message) {
    const std::string method(message.method());
    if (method == "REGISTER") {
        const bool leaving = expires_of(message) == 0U;
        const bool authorized = message.find("Authorization") != nullptr;
        return {std::string(leaving ? "REGISTER to leave" : "REGISTER") + (authorized ? " with Authorization" : ""), Step::registration};
    }
    if (method == "INVITE" || method == "ACK" || method == "BYE" || method == "CANCEL") return {method, Step::invite};
    const std::string command = command_of(message);
    const Step step = command == "Notify Keepalive" ? Step::keepalive : command.empty() ? Step::other : Step::query;
    return {command.empty() ? method : method + ' ' + command, step};
}

void sample(std::vector<Duration>& samples, Duration value) {
    if (samples.size() < Conversation::max_samples && value >= Duration::zero()) samples.push_back(value);
}

}  // namespace

Bilingual name_of(Step step) noexcept {
    switch (step) {
        case Step::registration: return {"registration", "注册"};
        case Step::keepalive: return {"keepalive", "心跳"};
        case Step::query: return {"queries and notices", "查询与通知"};
        case Step::invite: return {"INVITE and SDP", "点播信令与 SDP"};
        case Step::media: return {"media", "媒体"};
        case Step::other: break;
    }
    return {"other", "其他"};
}

std::optional<Duration> median(std::vector<Duration> samples) {
    if (samples.empty()) return std::nullopt;
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle;
}

void Conversation::see(const SipSeen& seen) {
    ++messages_;
    seen.message.is_request() ? request(seen) : answer(seen);
}

void Conversation::request(const SipSeen& seen) {
    const std::string transaction = transaction_of(seen.message);
    if (const Pending* known = pending_.touch(transaction); known != nullptr && seen.retransmission) {
        ++exchanges_[known->exchange].resends;
        return;
    }
    Kind kind = kind_of(seen.message);
    auto found = by_name_.find(kind.name);
    if (found == by_name_.end()) {
        if (exchanges_.size() >= max_exchanges) return;
        Exchange& fresh = exchanges_.emplace_back();
        fresh.name = kind.name;
        fresh.step = kind.step;
        fresh.first_frame = seen.packet.number;
        fresh.traits = traits_of(seen.message);
        fresh.traits.insert(fresh.traits.begin(), {"transport", "传输协议", seen.packet.transport == Transport::udp ? "UDP" : "TCP", Weight::value});
        for (const wire::sip::HeaderField& header : seen.message.headers()) fresh.headers.emplace_back(header.name);
        found = by_name_.emplace(std::move(kind.name), exchanges_.size() - 1).first;
    }
    Exchange& exchange = exchanges_[found->second];
    if (exchange.requests > 0) sample(exchange.periods, seen.packet.time - exchange.last_request);
    ++exchange.requests;
    exchange.last_request = seen.packet.time;
    if (Pending* known = pending_.touch(transaction)) *known = {found->second, seen.packet.time, false};
    else pending_.add(transaction, {found->second, seen.packet.time, false});
}

void Conversation::answer(const SipSeen& seen) {
    Pending* pending = pending_.touch(transaction_of(seen.message));
    if (pending == nullptr || pending->done || seen.message.status() < 200) return;
    pending->done = true;
    Exchange& exchange = exchanges_[pending->exchange];
    ++exchange.answered;
    exchange.last_status = seen.message.status();
    sample(exchange.delays, seen.packet.time - pending->time);
    if (exchange.first_status != 0) return;
    exchange.first_status = seen.message.status();
    for (Trait& trait : traits_of(seen.message)) {
        trait.name = "answer: " + trait.name;
        trait.name_chinese = "应答:" + trait.name_chinese;
        exchange.traits.push_back(std::move(trait));
    }
}

void Conversation::media(const std::vector<RtpSource>& sources) {
    const auto packets = [](const RtpSource& source) { return source.statistics == nullptr ? 0 : source.statistics->packets; };
    const auto most = std::max_element(sources.begin(), sources.end(), [&](const RtpSource& a, const RtpSource& b) { return packets(a) < packets(b); });
    if (most != sources.end()) media_ = traits_of(*most);
}

}  // namespace gbkit::proto::observe
