#include "proto/gb/register_exchange.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "proto/sip/reply.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::proto::gb {

namespace {

using wire::digest::Challenge;
using wire::sip::Message;

// Section 22.4 and RFC 8760 section 2.4: the topmost challenge with an algorithm and a qop we know.
std::optional<Challenge> choose_challenge(const Message& answer) {
    for (const wire::sip::HeaderField* field : answer.all("WWW-Authenticate")) {
        auto challenge = wire::digest::parse_challenge(field->value);
        if (!challenge || !wire::digest::parse_algorithm(challenge->algorithm)) continue;
        if (challenge->qop && !challenge->offers_qop("auth") && !challenge->offers_qop("auth-int")) continue;
        if (!sip::is_header_text(challenge->realm) || !sip::is_header_text(challenge->nonce)) continue;
        return std::move(*challenge);
    }
    return std::nullopt;
}

std::string answer_to(const Challenge& challenge, const DeviceSettings& settings, const DeviceIdentity& who, Random& random) {
    wire::digest::Inputs inputs;
    inputs.algorithm = *wire::digest::parse_algorithm(challenge.algorithm);
    inputs.username = who.username;
    inputs.realm = challenge.realm;
    inputs.password = who.password.value_or("");
    inputs.method = "REGISTER";
    inputs.uri = server_uri(settings);
    inputs.nonce = challenge.nonce;
    if (challenge.qop) {
        inputs.qop = challenge.offers_qop("auth") ? "auth" : "auth-int";
        inputs.nc = "00000001";
    }
    if (challenge.qop || inputs.algorithm.session) inputs.cnonce = random.hex(16);
    return wire::digest::authorization_value(inputs, challenge.opaque, challenge.algorithm);
}

// RFC 3261 section 10.2.4: the expires parameter of our own Contact, else the Expires header, else what was asked.
std::uint32_t granted(const Message& answer, std::string_view id, std::uint32_t asked) {
    for (const wire::sip::NameAddr& contact : answer.contacts)
        if (contact.expires && (contact.uri.user == id || answer.contacts.size() == 1)) return *contact.expires;
    const auto header = to_number(trim(answer.value("Expires")), UINT32_MAX);
    return header ? static_cast<std::uint32_t>(*header) : asked;
}

}  // namespace

void RegisterExchange::start(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who, std::uint32_t expires) {
    if (call_id_.empty()) {
        call_id_ = turn.random.hex(20);
        tag_ = turn.random.hex(10);
    }
    expires_ = expires;
    rounds_ = 0;
    heard_ = false;
    send(turn, settings, who, std::nullopt);
}

void RegisterExchange::send(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who,
                            const std::optional<std::string>& authorization) {
    const std::string branch = "z9hG4bK" + turn.random.hex(16);
    const RequestLine line{branch, tag_, call_id_, ++cseq_, turn.local};
    sent_ = turn.now;
    transaction_ = turn.layer
                       .request(turn.now, turn.member, turn.route, "REGISTER", branch,
                                register_text(settings, who.id, line, expires_, authorization), turn.out)
                       .value_or(sip::TransactionId{});
}

ExchangeEnd RegisterExchange::ended(Time now, ExchangeEnd::Kind kind, const Message& answer) const {
    return {.kind = kind, .status = answer.status(), .reason = std::string(answer.reason()), .round_trip = now - sent_};
}

std::optional<ExchangeEnd> RegisterExchange::on_challenge(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who,
                                                          const Message& answer) {
    const auto challenge = choose_challenge(answer);
    if (!challenge && rounds_ == 0) return ended(turn.now, ExchangeEnd::Kind::not_understood, answer);
    if (!who.password) {
        ExchangeEnd end = ended(turn.now, ExchangeEnd::Kind::refused, answer);
        end.reason += " (a password is asked for and this device has none)";
        return end;
    }
    const bool stale_once = challenge && challenge->stale && rounds_ == 1;
    if (rounds_ > 0 && !stale_once) return ended(turn.now, ExchangeEnd::Kind::refused, answer);
    ++rounds_;
    send(turn, settings, who, answer_to(*challenge, settings, who, turn.random));
    return std::nullopt;
}

std::optional<ExchangeEnd> RegisterExchange::take(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who,
                                                  const sip::Incoming& incoming) {
    using Kind = sip::Incoming::Kind;
    if (!running() || !(incoming.transaction == transaction_)) return std::nullopt;
    const Message& answer = incoming.message;
    if (incoming.kind == Kind::response) {
        heard_ = true;
        if (answer.status() < 200) return std::nullopt;
    }
    transaction_ = {};
    if (incoming.kind == Kind::timeout)
        return ExchangeEnd{.kind = ExchangeEnd::Kind::unanswered, .reason = "no answer"};
    if (incoming.kind == Kind::unreachable) return ExchangeEnd{.kind = ExchangeEnd::Kind::unreachable, .reason = incoming.why};
    if (answer.status() == 401) return on_challenge(turn, settings, who, answer);
    if (answer.status() >= 300) return ended(turn.now, ExchangeEnd::Kind::refused, answer);
    ExchangeEnd end = ended(turn.now, ExchangeEnd::Kind::granted, answer);
    end.expires = granted(answer, who.id, expires_);
    return end;
}

}  // namespace gbkit::proto::gb
