#include "proto/gb/device.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proto/sip/reply.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::gb {

namespace {

using ReportState = RegistrationReport::State;

constexpr std::string_view allowed = "MESSAGE, OPTIONS";
constexpr Duration longest_reconnect = seconds{5};

Outcome outcome_of(ExchangeEnd::Kind kind) noexcept {
    switch (kind) {
        case ExchangeEnd::Kind::granted: return Outcome::yes;
        case ExchangeEnd::Kind::refused: return Outcome::refused;
        case ExchangeEnd::Kind::unanswered: return Outcome::timeout;
        case ExchangeEnd::Kind::unreachable: return Outcome::unreachable;
        case ExchangeEnd::Kind::not_understood: break;
    }
    return Outcome::protocol_error;
}

std::string why_of(const ExchangeEnd& end) {
    if (end.redirection) return fmt::format("{} {} to {}, which cannot be followed", end.status, end.reason, end.redirection->text);
    if (end.kind == ExchangeEnd::Kind::not_understood) return "the challenge names no algorithm or qop this device knows";
    return end.status == 0 ? end.reason : std::to_string(end.status) + ' ' + end.reason;
}

Duration share(Duration whole, double part) noexcept {
    return Duration{static_cast<Duration::rep>(static_cast<double>(whole.count()) * part)};
}

}  // namespace

void Device::start(Turn& turn) { begin_register(turn); }

void Device::renew(Turn& turn) {
    if (phase_ == Phase::registered) begin_register(turn);
}

Towards Device::towards(const Turn& turn) const noexcept {
    if (detours_.now) return {detours_.now->route, detours_.now->server_id};
    return {turn.route, settings_->server_id};
}

void Device::begin_register(Turn& turn, std::string reason) {
    phase_ = Phase::registering;
    next_keepalive_.reset();
    register_at_.reset();
    exchange_.start(turn, towards(turn), *settings_, who_, settings_->expires);
    report(turn, ReportState::trying, {.kind = ExchangeEnd::Kind::granted, .reason = std::move(reason)});
}

void Device::begin_unregister(Turn& turn) {
    phase_ = Phase::unregistering;
    next_keepalive_.reset();
    register_at_.reset();
    exchange_.start(turn, towards(turn), *settings_, who_, 0);
}

void Device::take(Turn& turn, const sip::Incoming& incoming) {
    if (incoming.kind == sip::Incoming::Kind::request) return answer(turn, incoming);
    if (incoming.transaction == keepalive_) return on_keepalive_answer(turn, incoming);
    const bool challenged_before = exchange_.answered_challenge();
    const auto over = exchange_.take(turn, towards(turn), *settings_, who_, incoming);
    if (over) return on_exchange_end(turn, *over);
    if (!challenged_before && exchange_.answered_challenge())
        report(turn, ReportState::challenged,
               {.kind = ExchangeEnd::Kind::granted, .status = incoming.message.status(), .reason = std::string(incoming.message.reason())});
}

void Device::on_exchange_end(Turn& turn, const ExchangeEnd& over) {
    if (over.kind != ExchangeEnd::Kind::granted) return on_failed(turn, over);
    if (phase_ == Phase::unregistering) {
        report(turn, ReportState::unregistered, over);
        return end(ever_registered_ ? Outcome::yes : Outcome::interrupted, "unregistered");
    }
    on_granted(turn, over);
}

void Device::on_granted(Turn& turn, const ExchangeEnd& over) {
    if (over.expires == 0)
        return on_failed(turn, {.kind = ExchangeEnd::Kind::refused, .status = over.status, .reason = "a lifetime of 0 s was granted"});
    phase_ = Phase::registered;
    ever_registered_ = true;
    missed_ = 0;
    detours_.failed.reset();
    detours_.followed = 0;
    report(turn, ReportState::registered, over);
    if (settings_->once) return begin_unregister(turn);
    // Refresh somewhere in 70-90 % of the lifetime, so that devices that came together do not come back together.
    register_at_ = turn.now + share(seconds{over.expires}, 0.7 + 0.2 * turn.random.unit());
    next_keepalive_ = turn.now + settings_->keepalive;
}

// GB/T 28181-2022 9.1.2.3. A platform that just failed is not tried again, and a circle has an end.
bool Device::follow(Turn& turn, const Redirection& redirection) {
    constexpr std::uint8_t most_followed = 4;
    const bool known = redirection.address && redirection.address != detours_.failed;
    if (!known || settings_->transport != Transport::udp || detours_.followed >= most_followed) return false;
    ++detours_.followed;
    exchange_.forget_challenge();
    detours_.now = std::make_unique<Redirected>(
        Redirected{{turn.route.flow, *redirection.address, turn.route.from}, redirection.server_id.empty() ? settings_->server_id : redirection.server_id});
    begin_register(turn, "redirected to " + redirection.text);
    return true;
}

bool Device::back_to_redirector(Turn& turn, const ExchangeEnd& over) {
    if (!detours_.now) return false;
    detours_.failed = detours_.now->route.peer;
    detours_.now.reset();
    exchange_.forget_challenge();
    begin_register(turn, "back to the redirector: " + why_of(over));
    return true;
}

void Device::on_failed(Turn& turn, const ExchangeEnd& over) {
    if (phase_ == Phase::registering && over.redirection && follow(turn, *over.redirection)) return;
    const bool refused = over.kind == ExchangeEnd::Kind::refused || over.kind == ExchangeEnd::Kind::not_understood;
    report(turn, refused ? ReportState::refused : ReportState::unanswered, over);
    if (phase_ == Phase::registering && back_to_redirector(turn, over)) return;
    if (phase_ == Phase::unregistering || (!ever_registered_ && !settings_->persistent)) return end(outcome_of(over.kind), why_of(over));
    wait_for_retry(turn);
}

// GB/T 28181-2022 9.1.1 c: not at once, and not all together.
void Device::wait_for_retry(Turn& turn) {
    detours_.failed.reset();
    detours_.followed = 0;
    phase_ = Phase::lost;
    register_at_ = turn.now + share(settings_->retry, 1.0 + turn.random.unit());
}

// Reconnecting waits a moment: after a restart of the platform all come back, but not all at once.
void Device::disconnected(Turn& turn, const std::string& why) {
    if (phase_ == Phase::ended) return;
    exchange_.abandon();
    keepalive_ = {};
    next_keepalive_.reset();
    if (phase_ != Phase::registered) return on_failed(turn, {.kind = ExchangeEnd::Kind::unreachable, .reason = why});
    report(turn, ReportState::expired, {.kind = ExchangeEnd::Kind::unreachable, .reason = "the connection has ended: " + why});
    phase_ = Phase::lost;
    register_at_ = turn.now + share(std::min<Duration>(settings_->retry, longest_reconnect), 0.2 + 0.8 * turn.random.unit());
}

void Device::wake(Turn& turn) {
    if (register_at_ && *register_at_ <= turn.now) return begin_register(turn);
    if (next_keepalive_ && *next_keepalive_ <= turn.now) send_keepalive(turn);
}

void Device::stop(Turn& turn) {
    if (phase_ == Phase::unregistering || phase_ == Phase::ended) return;
    const bool known_to_server = phase_ == Phase::registered || (phase_ == Phase::registering && (exchange_.heard() || ever_registered_));
    exchange_.abandon();
    if (known_to_server) return begin_unregister(turn);
    end(ever_registered_ ? Outcome::yes : Outcome::interrupted, "stopped");
}

std::optional<Time> Device::deadline() const noexcept {
    if (!register_at_) return next_keepalive_;
    return next_keepalive_ ? std::min(*register_at_, *next_keepalive_) : register_at_;
}

void Device::answer(Turn& turn, const sip::Incoming& request) {
    const std::string_view method = request.message.method();
    if (method == "ACK") return;
    const bool known = method == "MESSAGE" || method == "OPTIONS";
    const int status = known ? 200 : 405;
    sip::HeaderLines extra;
    if (method != "MESSAGE") extra.emplace_back("Allow", std::string(allowed));
    extra.emplace_back("User-Agent", settings_->user_agent);
    auto reply = sip::make_reply(request.message, request.source, status, wire::sip::reason_phrase(status), turn.random.hex(10), extra);
    if (reply) turn.layer.respond(turn.now, request.transaction, status, std::move(*reply), turn.out);
}

void Device::send_keepalive(Turn& turn) {
    next_keepalive_ = turn.now + settings_->keepalive;
    const std::string branch = "z9hG4bK" + turn.random.hex(16);
    const std::string call_id = turn.random.hex(20);
    const std::string tag = turn.random.hex(10);
    const Towards platform = towards(turn);
    const RequestLine line{branch, tag, call_id, 1, turn.local, platform.server_id};
    keepalive_ = turn.layer
                     .request(turn.now, turn.member, platform.route, "MESSAGE", branch,
                              keepalive_text(*settings_, who_.id, line, ++keepalive_serial_), turn.out)
                     .value_or(sip::TransactionId{});
}

void Device::on_keepalive_answer(Turn& turn, const sip::Incoming& incoming) {
    const int status = incoming.message.status();
    if (incoming.kind == sip::Incoming::Kind::response && status < 200) return;
    keepalive_ = {};
    const bool answered = incoming.kind == sip::Incoming::Kind::response;
    missed_ = answered ? 0 : missed_ + 1;
    turn.out.push_back(KeepaliveReport{.device = who_.id, .answered = answered, .status = status, .missed = missed_});
    if (phase_ != Phase::registered) return;
    if (missed_ >= settings_->missed_limit) {
        report(turn, ReportState::unanswered, {.kind = ExchangeEnd::Kind::unanswered, .reason = "keepalives unanswered"});
        begin_register(turn);
    } else if (answered && status >= 300) {
        begin_register(turn);  // the platform no longer knows us
    }
}

void Device::report(Turn& turn, ReportState state, const ExchangeEnd& over) const {
    turn.out.push_back(RegistrationReport{.state = state,
                                          .device = who_.id,
                                          .peer = towards(turn).route.peer,
                                          .status = over.status,
                                          .expires = over.expires,
                                          .round_trip = over.round_trip,
                                          .reason = over.reason,
                                          .transport = settings_->transport});
}

void Device::end(Outcome outcome, std::string why) {
    phase_ = Phase::ended;
    next_keepalive_.reset();
    register_at_.reset();
    finished_ = Finish{outcome, std::move(why)};
}

}  // namespace gbkit::proto::gb
