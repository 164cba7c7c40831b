#include "proto/observe/connection_observer.hpp"

#include <optional>
#include <utility>

#include "base/findings/connection.hpp"

namespace gbkit::proto::observe {

namespace {

std::optional<FindingId> id_of(ConnectionChange::Kind kind) noexcept {
    switch (kind) {
        case ConnectionChange::Kind::refused: return findings::connection_refused;
        case ConnectionChange::Kind::silent: return findings::connection_no_answer;
        case ConnectionChange::Kind::insecure: return findings::connection_no_tls;
        case ConnectionChange::Kind::untrusted: return findings::connection_untrusted;
        default: return std::nullopt;  // it had come about
    }
}

constexpr std::uint32_t many_syns = 3;         // 0, 1, 3 s (RFC 6298): an answer had its time
constexpr Duration nat_delay = milliseconds{20};
constexpr Duration apart = seconds{2};         // between two tries in earnest; a scanner does not wait

bool is_sip_port(std::uint16_t port) noexcept { return port == 5060 || port == 5061 || port == 15060; }

}  // namespace

void ConnectionObserver::see(const ConnectionChange& change) {
    if (change.kind == ConnectionChange::Kind::opened) waiting_.erase(change.peer);
    const auto id = id_of(change.kind);
    if (!id) return;
    // A caller's port is another one each time.
    const std::string subject = change.accepted ? change.peer.address.text() : change.peer.text();
    if (change.accepted && !callers_.contains(subject)) {
        if (callers_.size() >= most_callers) return;
        callers_.insert(subject);
    }
    Finding finding{.id = *id};
    finding.certainty = change.accepted ? Certainty::likely : Certainty::certain;
    finding.where = Where{.frame = change.number, .offset = {}, .time = change.time};
    finding.subject = subject;
    finding.observed = change.peer.text();
    finding.seen_from = context_.seen_from;
    finding.values = {{"transport", std::string(name_of(change.transport))}, {"reason", change.why}};
    const bool may_pass = *id == findings::connection_refused || *id == findings::connection_no_answer;
    if (may_pass) waiting_.try_emplace(change.peer, std::move(finding));  // the peers we call are few
    else findings_(std::move(finding));
}

bool ConnectionObserver::speaks_sip(const Endpoint& listener) { return is_sip_port(listener.port) || registrars_.touch(listener) != nullptr; }

void ConnectionObserver::see(const SipSeen& seen) {
    advance(seen.packet.time);
    if (seen.message.method() != "REGISTER") return;
    if (seen.message.is_request()) {
        if (registrars_.touch(seen.packet.destination) == nullptr) registrars_.add(seen.packet.destination, 0);
    } else if (seen.message.status() == 200) {
        const Endpoint host{seen.packet.destination.address, 0};
        if (Time* when = registered_.touch(host)) *when = seen.packet.time;
        else registered_.add(host, seen.packet.time);
    }
}

bool ConnectionObserver::beyond_nat(const ConnectionSeen& seen) {
    const Syn syn{seen.first_sequence, seen.listener};
    Dialled* first = syns_.touch(syn);
    const bool same = first != nullptr && seen.syn_time - first->time <= nat_delay && first->time - seen.syn_time <= nat_delay;
    if (same) return first->opener != seen.opener.address;
    if (first != nullptr) *first = {seen.opener.address, seen.syn_time};
    else syns_.add(syn, {seen.opener.address, seen.syn_time});
    return false;
}

void ConnectionObserver::see(const ConnectionSeen& seen) {
    advance(seen.time);
    if (beyond_nat(seen)) return;
    using State = ConnectionSeen::State;
    const Way way{seen.opener.address, seen.listener};
    const auto known = attempts_.find(way);
    if (seen.state != State::refused && seen.state != State::dialling) {   // it came about
        if (known != attempts_.end()) attempts_.erase(known);
        return;
    }
    const bool failed = seen.state == State::refused || seen.syn_copies >= many_syns;
    if (!failed || !speaks_sip(seen.listener)) return;
    if (known == attempts_.end()) {
        if (attempts_.size() >= most_callers && told_attempts_ > 0) {
            std::erase_if(attempts_, [](const auto& entry) { return entry.second.told; });
            told_attempts_ = 0;
        }
        if (attempts_.size() < most_callers) attempts_.emplace(way, Attempts{seen, seen});
        return;
    }
    Attempts& attempts = known->second;
    const bool another = attempts.last.first_sequence != seen.first_sequence || attempts.last.opener != seen.opener;
    if (another && seen.syn_time - attempts.last.syn_time >= apart) ++attempts.count;
    attempts.last = seen;
}

void ConnectionObserver::tell(const Way& way, const Attempts& attempts, bool waited) {
    const ConnectionSeen& first = attempts.first;
    if (const Time* when = registered_.touch({way.opener, 0}); when != nullptr && *when >= first.syn_time) return;
    const bool again = attempts.count > 1;
    const bool may_scan = !way.opener.is_private() && !way.opener.is_loopback() && registered_.touch({way.opener, 0}) == nullptr;
    if (!again && may_scan) return;
    const bool refused = attempts.last.state == ConnectionSeen::State::refused;
    Finding finding{.id = refused ? findings::connection_refused : findings::connection_no_answer};
    finding.certainty = again && waited ? Certainty::certain : waited ? Certainty::likely : Certainty::possible;
    if (finding.certainty == Certainty::certain && !refused) finding.certainty = Certainty::likely;   // the answer may take another way
    finding.where = Where{.frame = first.frame, .offset = {}, .time = first.time};
    finding.subject = way.opener.text();
    finding.observed = way.listener.text();
    finding.seen_from = context_.seen_from;
    finding.values = {{"transport", std::string(name_of(Transport::tcp))}, {"reason", "connection refused (RST)"},
                      {"count", std::to_string(attempts.last.syn_copies)}};
    ++told_;
    findings_(std::move(finding));
}

void ConnectionObserver::finish(Time end) {
    advance(end);
    for (const auto& [way, attempts] : std::exchange(attempts_, {}))
        if (!attempts.told) tell(way, attempts, attempts.count > 1 && end - attempts.first.time >= patience);
    finish();
}

void ConnectionObserver::judge_attempts(Time now) {
    next_look_ = now + seconds{1};
    for (auto& [way, attempts] : attempts_) {
        if (attempts.told || now - attempts.first.time < 3 * patience) continue;
        attempts.told = true;
        ++told_attempts_;
        tell(way, attempts, true);
    }
}

void ConnectionObserver::advance(Time now) {
    if (!attempts_.empty() && now >= next_look_) judge_attempts(now);
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        if (now - each->second.where.time < patience) {
            ++each;
            continue;
        }
        findings_(std::move(each->second));
        each = waiting_.erase(each);
    }
}

void ConnectionObserver::finish() {
    for (auto& [peer, finding] : std::exchange(waiting_, {})) findings_(std::move(finding));
}

}  // namespace gbkit::proto::observe
