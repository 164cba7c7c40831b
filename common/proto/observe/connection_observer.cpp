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

void ConnectionObserver::advance(Time now) {
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
