#include "proto/gb/register_exchange.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "proto/sip/reply.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::proto::gb {

namespace {

using wire::digest::Challenge;
using wire::sip::Message;

// Section 22.4 and RFC 8760 section 2.4: the topmost challenge with an algorithm and a qop we know.
std::optional<Challenge> choose_challenge(const Message& answer, const Habits& habits) {
    for (const wire::sip::HeaderField* field : answer.all("WWW-Authenticate")) {
        auto challenge = wire::digest::parse_challenge(field->value);
        if (!challenge || !wire::digest::parse_algorithm(challenge->algorithm)) continue;
        if (habits.needs_algorithm && !challenge->algorithm) continue;
        if (challenge->qop && !challenge->offers_qop("auth") && !challenge->offers_qop("auth-int")) continue;
        if (!sip::is_header_text(challenge->realm) || !sip::is_header_text(challenge->nonce)) continue;
        return std::move(*challenge);
    }
    return std::nullopt;
}

// RFC 3261 section 10.2.4: the expires parameter of our own Contact, else the Expires header, else what was asked.
std::uint32_t granted(const Message& answer, std::string_view id, const Endpoint& local, std::uint32_t asked) {
    for (const wire::sip::NameAddr& contact : answer.contacts)  // other devices of that ID may be bound as well
        if (contact.expires && contact.uri.user == id && contact.uri.port == local.port &&
            IpAddress::parse(contact.uri.host) == local.address)
            return *contact.expires;
    for (const wire::sip::NameAddr& contact : answer.contacts)
        if (contact.expires && (contact.uri.user == id || answer.contacts.size() == 1)) return *contact.expires;
    const auto header = to_number(trim(answer.value("Expires")), UINT32_MAX);
    return header ? static_cast<std::uint32_t>(*header) : asked;
}

Redirection redirection_of(const Message& answer) {
    if (answer.contacts.empty()) return {.server_id = {}, .text = "nowhere"};
    const wire::sip::Uri& uri = answer.contacts.front().uri;
    const bool tls = iequals(uri.scheme, "sips");
    const std::uint16_t usual = tls ? 5061 : 5060;
    return {.server_id = uri.user, .place = {uri.host, uri.port == 0 ? usual : uri.port}, .text = uri.text};
}

bool is_redirection(int status) noexcept { return status == 301 || status == 302 || status == 305; }

}  // namespace

RegisterExchange::Remembered::Remembered(const Challenge& challenge)
    : qop(challenge.qop.has_value()),
      integrity(challenge.qop && !challenge.offers_qop("auth")),
      realm_(static_cast<std::uint32_t>(challenge.realm.size())),
      nonce_(static_cast<std::uint32_t>(challenge.nonce.size())),
      opaque_(static_cast<std::uint32_t>(challenge.opaque.value_or("").size())),
      algorithm_(static_cast<std::uint32_t>(challenge.algorithm.value_or("").size())),
      has_opaque_(challenge.opaque.has_value()),
      has_algorithm_(challenge.algorithm.has_value()) {
    text_.reserve(std::size_t{realm_} + nonce_ + opaque_ + algorithm_);
    text_.append(challenge.realm).append(challenge.nonce).append(challenge.opaque.value_or("")).append(challenge.algorithm.value_or(""));
}

void RegisterExchange::Remembered::renew(std::string_view nonce) {
    text_.replace(realm_, nonce_, nonce);
    nonce_ = static_cast<std::uint32_t>(nonce.size());
    count = 0;
}

void RegisterExchange::start(Turn& turn, const Towards& platform, const DeviceSettings& settings, const DeviceIdentity& who,
                             std::uint32_t expires) {
    if (call_id_.empty()) {
        call_id_ = fresh_token(turn.random, settings.habits, 20);
        tag_ = fresh_token(turn.random, settings.habits, 10);
    }
    expires_ = expires == 0 ? 0 : std::max(expires, least_expires_);
    rounds_ = 0;
    heard_ = lengthened_ = false;
    const Scene scene{turn, platform, settings, who};
    reused_ = expires_ != 0 && !remembered_.empty() && who.password;
    if (reused_) send_signed(scene);
    else send(scene, std::nullopt);
}

void RegisterExchange::send(const Scene& scene, const std::optional<std::string>& authorization) {
    Turn& turn = scene.turn;
    const std::string branch = "z9hG4bK" + fresh_token(turn.random, scene.settings.habits, 16);
    const RequestLine line{branch, tag_, call_id_, ++cseq_, turn.local, scene.platform.route.peer, scene.platform.server_id, scene.platform.routed};
    sent_ = turn.now;
    if (!authorization) signed_.reset();
    transaction_ = turn.layer
                       .request(turn.now, turn.member, scene.platform.route, "REGISTER", branch,
                                register_text(scene.settings, scene.who.id, line, expires_, authorization), turn.out)
                       .value_or(sip::TransactionId{});
}

// Answers the challenge that is remembered; one without qop has no count and is answered once only.
void RegisterExchange::send_signed(const Scene& scene) {
    Remembered& known = remembered_;
    auto inputs = std::make_unique<wire::digest::Inputs>();
    inputs->algorithm = *wire::digest::parse_algorithm(known.algorithm());
    inputs->username = scene.who.username.empty() ? scene.who.id : scene.who.username;
    inputs->realm = known.realm();
    inputs->password = scene.who.password.value_or("");
    inputs->method = "REGISTER";
    const Habits& habits = scene.settings.habits;
    inputs->uri = server_uri(scene.settings, habits.digest_uri, scene.platform.server_id, scene.platform.route.peer);
    inputs->nonce = known.nonce();
    if (known.qop) {
        inputs->qop = known.integrity ? "auth-int" : "auth";
        inputs->nc = fmt::format("{:08x}", ++known.count);
    }
    if (known.qop || inputs->algorithm.session)
        inputs->cnonce = habits.cnonce.empty() ? scene.turn.random.hex(16) : std::string(habits.cnonce);
    const std::string value = wire::digest::authorization_value(*inputs, known.opaque(), known.algorithm());
    if (!known.qop || inputs->algorithm.session) remembered_ = {};
    signed_ = std::move(inputs);
    send(scene, value);
}

ExchangeEnd RegisterExchange::ended(Time now, ExchangeEnd::Kind kind, const Message& answer) const {
    return {.kind = kind, .status = answer.status(), .reason = std::string(answer.reason()), .round_trip = now - sent_};
}

std::optional<ExchangeEnd> RegisterExchange::on_challenge(const Scene& scene, const Message& answer) {
    const Time now = scene.turn.now;
    const auto challenge = choose_challenge(answer, scene.settings.habits);
    if (!challenge && rounds_ == 0) return ended(now, ExchangeEnd::Kind::not_understood, answer);
    if (!scene.who.password) {
        ExchangeEnd end = ended(now, ExchangeEnd::Kind::refused, answer);
        end.reason += " (a password is asked for and this device has none)";
        return end;
    }
    const bool stale_once = challenge && challenge->stale && rounds_ == 1;
    if (rounds_ > 0 && !stale_once) return ended(now, ExchangeEnd::Kind::refused, answer);
    ++rounds_;
    const std::uint32_t count = remembered_.nonce() == challenge->nonce ? remembered_.count : 0;
    remembered_ = Remembered(*challenge);
    remembered_.count = count;
    send_signed(scene);
    return std::nullopt;
}

std::optional<ExchangeEnd> RegisterExchange::on_refusal(const Scene& scene, const Message& answer) {
    if (answer.status() == 423 && expires_ != 0 && !lengthened_) {
        const auto least = to_number(trim(answer.value("Min-Expires")), UINT32_MAX);
        if (least && *least > expires_) {
            lengthened_ = true;
            expires_ = least_expires_ = static_cast<std::uint32_t>(*least);
            rounds_ = 0;
            if (!remembered_.empty() && scene.who.password) send_signed(scene);
            else send(scene, std::nullopt);
            return std::nullopt;
        }
    }
    ExchangeEnd end = ended(scene.turn.now, ExchangeEnd::Kind::refused, answer);
    if (is_redirection(answer.status())) {
        end.redirection = redirection_of(answer);
        return end;
    }
    remembered_ = {};
    if (!std::exchange(reused_, false) || rounds_ > 0) return end;
    send(scene, std::nullopt);  // old credentials were refused: that is no verdict about the password
    return std::nullopt;
}

// RFC 7616 section 3.5: who knows the password can say so. What is not sent is not missed.
bool RegisterExchange::platform_is_genuine(const Message& answer) {
    const wire::sip::HeaderField* field = answer.find("Authentication-Info");
    if (!field || !signed_) return true;
    const auto info = wire::digest::parse_authentication_info(field->value);
    if (!info) return true;
    if (info->nextnonce && !remembered_.empty() && sip::is_header_text(*info->nextnonce)) remembered_.renew(*info->nextnonce);
    if (!info->rspauth) return true;
    signed_->body = answer.body();
    return equal_constant_time(wire::digest::rspauth_of(*signed_), *info->rspauth);
}

ExchangeEnd RegisterExchange::on_success(const Scene& scene, const Message& answer) {
    ExchangeEnd end = ended(scene.turn.now, ExchangeEnd::Kind::granted, answer);
    end.expires = granted(answer, scene.who.id, scene.turn.local, expires_);
    if (!platform_is_genuine(answer)) end.reason += " (its rspauth is wrong: the platform does not prove that it knows the password)";
    signed_.reset();
    return end;
}

std::optional<ExchangeEnd> RegisterExchange::take(Turn& turn, const Towards& platform, const DeviceSettings& settings,
                                                  const DeviceIdentity& who, const sip::Incoming& incoming) {
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
    const Scene scene{turn, platform, settings, who};
    if (answer.status() < 300) return on_success(scene, answer);
    std::optional<ExchangeEnd> over = answer.status() == 401 ? on_challenge(scene, answer) : on_refusal(scene, answer);
    if (!over && !running()) over = not_sent();
    return over;
}

ExchangeEnd RegisterExchange::not_sent() {
    return {.kind = ExchangeEnd::Kind::unanswered, .reason = "not sent: too many requests wait for their answers"};
}

}  // namespace gbkit::proto::gb
