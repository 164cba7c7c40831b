#include "proto/observe/conversation.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "proto/observe/census.hpp"
#include "proto/observe/conversation_traits.hpp"
#include "wire/digest/header.hpp"
#include "wire/sdp.hpp"

namespace gbkit::proto::observe {

namespace {

std::string transaction_of(const wire::sip::Message& message) {
    const std::string branch = message.vias.empty() ? std::string() : message.vias.front().branch;
    return message.call_id + '\n' + std::to_string(message.cseq.number) + message.cseq.method + '\n' + branch;
}

struct Kind {
    std::string name;
    Stage stage;
};

Kind kind_of(const wire::sip::Message& message) {
    const std::string method(message.method());
    if (method == "REGISTER") {
        const bool leaving = expires_of(message) == 0U;
        const bool authorized = message.find("Authorization") != nullptr;
        return {std::string(leaving ? "REGISTER to leave" : "REGISTER") + (authorized ? " with Authorization" : ""), leaving ? Stage::ending : Stage::registration};
    }
    if (method == "BYE" || method == "CANCEL") return {method, Stage::ending};
    if (method == "INVITE" || method == "ACK") return {method, Stage::invite};
    const std::string command = command_of(message);
    const Stage stage = command == "Notify Keepalive" ? Stage::keepalive : command.empty() ? Stage::other : Stage::query;
    return {command.empty() ? method : method + ' ' + command, stage};
}

void sample(std::vector<Duration>& samples, Duration value) {
    if (samples.size() < Conversation::max_samples && value >= Duration::zero()) samples.push_back(value);
}

}  // namespace

Bilingual name_of(Stage stage) noexcept {
    switch (stage) {
        case Stage::registration: return {"registration", "注册"};
        case Stage::keepalive: return {"keepalive", "心跳"};
        case Stage::query: return {"queries and notices", "查询与通知"};
        case Stage::invite: return {"INVITE and SDP", "点播信令与 SDP"};
        case Stage::media: return {"media", "媒体"};
        case Stage::ending: return {"the end", "结束"};
        case Stage::other: break;
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
    before_.now = seen.packet.time;
    seen.message.is_request() ? request(seen) : answer(seen);
    remember_digest(seen.message);
    remember_media(seen.message);
}

void Conversation::remember_digest(const wire::sip::Message& message) {
    for (const wire::sip::HeaderField& field : message.headers()) {
        if (!istarts_with(field.value, "Digest")) continue;
        if (message.is_request()) {
            if (const auto answer = wire::digest::parse_credentials(field.value)) before_.cnonce = answer->cnonce.value_or("");
        } else if (const auto challenge = wire::digest::parse_challenge(field.value)) {
            if (before_.challenges.size() >= SaidBefore::max_challenges) before_.challenges.erase(before_.challenges.begin());
            before_.challenges.push_back({challenge->nonce, challenge->realm, challenge->opaque.value_or("")});
        }
    }
}

void Conversation::remember_media(const wire::sip::Message& message) {
    const auto sdp = wire::parse_sdp(message.body());
    if (!sdp) return;
    if (const auto ssrc = sdp->ssrc(); ssrc && promised_.size() < max_places) promised_.insert(*ssrc);
    for (const wire::SdpMedia& media : sdp->media) {
        const auto address = media.address ? IpAddress::parse(*media.address) : std::nullopt;
        if (address && media.port > 0 && media.port < 65536 && places_.size() < max_places) places_.insert({*address, static_cast<std::uint16_t>(media.port)});
    }
}

void Conversation::request(const SipSeen& seen) {
    const std::string transaction = transaction_of(seen.message);
    if (const Pending* known = pending_.touch(transaction); known != nullptr && seen.retransmission) {
        ++exchanges_[known->exchange].resends;
        return;
    }
    Kind kind = kind_of(seen.message);
    if (kind.name == "INVITE") caller_ = seen.packet.source;
    auto found = by_name_.find(kind.name);
    if (found == by_name_.end()) {
        if (exchanges_.size() >= max_exchanges) return;
        Exchange& fresh = exchanges_.emplace_back();
        fresh.name = kind.name;
        fresh.stage = kind.stage;
        fresh.first_frame = seen.packet.number;
        fresh.traits = traits_of(seen.message, before_);
        fresh.traits.insert(fresh.traits.begin(), {"transport", "传输协议", seen.packet.transport == Transport::udp ? "UDP" : "TCP", Weight::value});
        if (kind.name == "BYE" && caller_)
            fresh.traits.push_back({"sent by", "发送方", *caller_ == seen.packet.source ? "who called" : "who was called", Weight::value});
        for (const wire::sip::HeaderField& header : seen.message.headers()) fresh.headers.emplace_back(header.name);
        found = by_name_.emplace(std::move(kind.name), exchanges_.size() - 1).first;
    }
    Exchange& exchange = exchanges_[found->second];
    if (exchange.requests > 0) sample(exchange.periods, seen.packet.time - exchange.last_request);
    ++exchange.requests;
    exchange.last_request = seen.packet.time;
    if (Pending* known = pending_.touch(transaction)) *known = {found->second, seen.packet.time, false, seen.packet.source};
    else pending_.add(transaction, {found->second, seen.packet.time, false, seen.packet.source});
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
    if (seen.packet.destination != pending->from)
        exchange.traits.push_back({"the answer goes", "应答发往", "to another place than the request came from", Weight::value});
    for (Trait& trait : traits_of(seen.message, before_)) {
        trait.name = "answer: " + trait.name;
        trait.name_chinese = "应答:" + trait.name_chinese;
        exchange.traits.push_back(std::move(trait));
    }
}

void Conversation::media_findings(const RtpSource& source, const std::vector<Finding>& findings) {
    std::vector<Finding> own;
    std::set<std::string_view> told;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(own), [&](const Finding& one) { return one.subject == source.subject && told.insert(one.id.slug).second; });
    for (const Finding& finding : root_causes(own)) {
        const Severity severity = info_of(finding.id).severity;
        const Weight weight = severity == Severity::info ? Weight::form : severity == Severity::vendor ? Weight::habit : Weight::value;
        const std::string name = std::string(finding_trait) + std::string(finding.id.slug);
        media_.push_back({name, "诊断 " + std::string(finding.id.slug), "yes", weight});
    }
}

void Conversation::media(const std::vector<RtpSource>& sources, bool alone, const std::vector<Finding>& findings) {
    const RtpSource* most = nullptr;
    const auto named = [&](const RtpSource& source) { return places_.contains(source.source) || places_.contains(source.destination); };
    const auto packets = [](const RtpSource& source) { return source.statistics == nullptr ? 0 : source.statistics->packets; };
    for (const RtpSource& source : sources) {
        if (source.copy_of != 0 || (!named(source) && !(alone && places_.empty()))) continue;
        if (most == nullptr || packets(source) > packets(*most)) most = &source;
    }
    if (most == nullptr) return;
    media_findings(*most, findings);
    std::vector<Trait> traits = traits_of(*most);
    std::move(traits.begin(), traits.end(), std::back_inserter(media_));
    if (!promised_.empty())
        media_.push_back({"SSRC", "SSRC", promised_.contains(most->ssrc) ? "as y= says" : "another than y= says", Weight::value});
    if (places_.empty()) return;
    media_.push_back({"RTP goes to", "RTP 发往", places_.contains(most->destination) ? "the place its SDP names" : "another place than its SDP names", Weight::value});
    media_.push_back({"RTP comes from", "RTP 来自", places_.contains(most->source) ? "the place its SDP names" : "another place than its SDP names", Weight::form});
}

}  // namespace gbkit::proto::observe
