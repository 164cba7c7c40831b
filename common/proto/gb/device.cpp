#include "proto/gb/device.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proto/sip/reply.hpp"
#include "wire/manscdp.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::gb {

namespace {

using ReportState = RegistrationReport::State;

constexpr std::string_view allowed = "MESSAGE, OPTIONS";
constexpr Duration longest_reconnect = seconds{5};
constexpr Duration restart_time = seconds{30};

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
    const bool routed = settings_->habits.route && ever_registered_;
    if (!destination()) return {turn.route, settings_->server_id, routed};
    const Redirected& now = *detours_->now;
    if (now.place.peer.address.is_unspecified()) return {turn.route, now.server_id, routed};  // not found yet
    return {transport() == Transport::udp ? now.route : turn.route, now.server_id, routed};
}

void Device::begin_register(Turn& turn, std::string reason) {
    const bool told = phase_ == Phase::moving;  // when it set out
    phase_ = Phase::registering;
    next_keepalive_.reset();
    register_at_.reset();
    exchange_.start(turn, towards(turn), *settings_, who_, settings_->expires);
    if (!told) report(turn, ReportState::trying, {.kind = ExchangeEnd::Kind::granted, .reason = std::move(reason)});
    if (!exchange_.running()) on_exchange_end(turn, RegisterExchange::not_sent());
}

void Device::begin_unregister(Turn& turn) {
    phase_ = Phase::unregistering;
    next_keepalive_.reset();
    register_at_.reset();
    exchange_.start(turn, towards(turn), *settings_, who_, 0);
    if (!exchange_.running()) on_exchange_end(turn, RegisterExchange::not_sent());
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
        if (comes_back_) return come_back(turn);
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
    forget_detours();
    report(turn, ReportState::registered, over);
    if (settings_->once) return begin_unregister(turn);
    // Refresh somewhere in 70-90 % of the lifetime, so that devices that came together do not come back together.
    register_at_ = turn.now + share(seconds{over.expires}, 0.7 + 0.2 * turn.random.unit());
    next_keepalive_ = turn.now + settings_->keepalive;
}

// GB/T 28181-2022 9.1.2.3. A platform that just failed is not tried again, and a circle has an end.
bool Device::follow(Turn& turn, const ExchangeEnd& over) {
    constexpr std::uint8_t most_followed = 4;
    const Redirection& to = *over.redirection;
    if (!detours_) detours_ = std::make_unique<Detours>();
    Detours& detours = *detours_;
    if (to.place.host.empty() || to.place == detours.failed || detours.followed >= most_followed) return false;
    const auto address = IpAddress::parse(to.place.host);
    if (address && address->is_v6() != turn.route.peer.address.is_v6()) return false;
    ++detours.followed;
    detours.asked = to.place;
    exchange_.forget_challenge();
    detours.now = Redirected{{{address.value_or(IpAddress{}), to.place.port}, to.place.host}, to.server_id.empty() ? settings_->server_id : to.server_id};
    std::string reason = "redirected to " + to.text;
    if (address) {
        set_out(turn, std::move(reason));
    } else {
        phase_ = Phase::moving;
        report(turn, ReportState::trying, {.kind = ExchangeEnd::Kind::granted, .reason = std::move(reason)});
        turn.out.push_back(Ask{turn.member, to.place.host});
    }
    return true;
}

void Device::resolved(Turn& turn, const Reply& reply) {
    if (phase_ != Phase::moving || !destination() || !destination()->peer.address.is_unspecified()) return;
    for (const IpAddress& address : reply.addresses)
        if (address.is_v6() == turn.route.peer.address.is_v6()) {
            detours_->now->place.peer.address = address;
            return set_out(turn, {});
        }
    const std::string why = reply.error.empty() ? "no address of our family" : reply.error;
    on_failed(turn, {.kind = ExchangeEnd::Kind::unreachable, .reason = fmt::format("cannot find {}: {}", destination()->name, why)});
}

// Over datagrams the new way is another address; a connection has to be made first, and the fleet does that.
void Device::set_out(Turn& turn, std::string reason) {
    const bool datagrams = transport() == Transport::udp;
    if (destination() && datagrams) detours_->now->route = {turn.route.flow, destination()->peer, turn.route.from};
    if (datagrams || (destination() && turn.route.peer == destination()->peer)) return begin_register(turn, std::move(reason));
    if (phase_ != Phase::moving) report(turn, ReportState::trying, {.kind = ExchangeEnd::Kind::granted, .reason = std::move(reason)});
    phase_ = Phase::moving;
    register_at_ = turn.now;
}

bool Device::back_to_redirector(Turn& turn, const ExchangeEnd& over) {
    if (!destination()) return false;
    detours_->failed = detours_->asked;
    detours_->now.reset();
    exchange_.abandon();
    exchange_.forget_challenge();
    next_keepalive_.reset();
    phase_ = Phase::registering;
    set_out(turn, "back to the redirector: " + why_of(over));
    return true;
}

void Device::forget_detours() {
    if (!destination()) return detours_.reset();
    detours_->failed = {};
    detours_->followed = 0;
}

void Device::on_failed(Turn& turn, const ExchangeEnd& over) {
    if (phase_ == Phase::registering && over.redirection && follow(turn, over)) return;
    const bool refused = over.kind == ExchangeEnd::Kind::refused || over.kind == ExchangeEnd::Kind::not_understood;
    report(turn, refused ? ReportState::refused : ReportState::unanswered, over);
    if (phase_ != Phase::unregistering && back_to_redirector(turn, over)) return;
    if (phase_ == Phase::unregistering && comes_back_) return come_back(turn);
    if (phase_ == Phase::unregistering || (!ever_registered_ && !settings_->persistent)) return end(outcome_of(over.kind), why_of(over));
    wait_for_retry(turn);
}

// GB/T 28181-2022 9.1.1 c: not at once, and not all together.
void Device::wait_for_retry(Turn& turn) {
    forget_detours();
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

// As a device that starts anew: it knows no challenge.
void Device::come_back(Turn& turn) {
    comes_back_ = false;
    exchange_.forget_challenge();
    phase_ = Phase::lost;
    register_at_ = turn.now + restart_time;
}

void Device::wake(Turn& turn) {
    if (register_at_ && *register_at_ <= turn.now) return begin_register(turn);
    if (next_keepalive_ && *next_keepalive_ <= turn.now) send_keepalive(turn);
}

void Device::stop(Turn& turn) {
    comes_back_ = false;
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
    const Habits& habits = settings_->habits;
    if (habits.ignores_strangers && request.source.address != towards(turn).route.peer.address) return;
    const bool stranger = phase_ == Phase::lost || phase_ == Phase::moving || (phase_ == Phase::registering && !ever_registered_);
    if (habits.warns_not_registered && stranger)
        return reply(turn, request, 403, "Warning", "399 devnull \"<102>[Component]Not registered\"");
    if (method == "MESSAGE") reply(turn, request, 200, {}, {});
    else reply(turn, request, method == "OPTIONS" ? 200 : 405, "Allow", allowed);
    if (phase_ != Phase::registered || !restarts_for(request.message)) return;
    comes_back_ = true;
    begin_unregister(turn);
}

void Device::reply(Turn& turn, const sip::Incoming& request, int status, std::string_view header, std::string_view value) {
    sip::HeaderLines extra;
    if (!header.empty()) extra.emplace_back(header, value);
    extra.emplace_back("User-Agent", agent_of(*settings_));
    auto reply = sip::make_reply(request.message, request.source, status, wire::sip::reason_phrase(status), turn.random.hex(10), extra);
    if (reply) turn.layer.respond(turn.now, request.transaction, status, std::move(*reply), turn.out);
}

bool Device::restarts_for(const wire::sip::Message& request) const {
    if (!settings_->habits.restarts_on_config || request.method() != "MESSAGE") return false;
    const auto body = wire::parse_manscdp(request.body());
    return body && body->root == "Control" && body->cmd_type == "DeviceConfig";
}

void Device::send_keepalive(Turn& turn) {
    next_keepalive_ = turn.now + settings_->keepalive;
    const Habits& habits = settings_->habits;
    const std::string branch = "z9hG4bK" + fresh_token(turn.random, habits, 16);
    const std::string call_id = fresh_token(turn.random, habits, 20);
    const std::string tag = fresh_token(turn.random, habits, 10);
    const Towards platform = towards(turn);
    const RequestLine line{branch, tag, call_id, 1, turn.local, platform.route.peer, platform.server_id, platform.routed};
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
