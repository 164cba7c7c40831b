// Many members on one socket: one transaction layer, one deadline heap, messages given to whom they are for.
//
// Answers find their member by the transaction, requests by the user part of the Request-URI, then of To. The
// fleet ends when its last member has; its outcome is the one that counts among theirs (worse()). A member has
// user(), start, take, wake, stop, deadline and finished as gb::Device has them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proto/deadlines.hpp"
#include "proto/fleet_member.hpp"
#include "proto/machine.hpp"
#include "proto/sip/reply.hpp"
#include "proto/sip/transaction_layer.hpp"

namespace gbkit::proto {

struct FleetSettings {
    Endpoint server{};
    Endpoint bind{};                           // unspecified address and port 0: the system chooses
    Transport transport = Transport::udp;
    sip::Timers timers{};
};

template <class Member>
class Fleet {
public:
    Fleet(FleetSettings settings, std::vector<Member> members, Random random)
        : settings_(settings),
          members_(std::move(members)),
          random_(std::move(random)),
          layer_(settings.timers, std::max<std::size_t>(1024, 4 * members_.size())),
          route_{flow, settings.server} {
        for (std::uint32_t i = 0; i < members_.size(); ++i) by_user_.emplace(members_[i].user(), i);
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    void step(Time now, const Event& event, Actions& out) {
        if (ended_) return;
        std::visit([&](const auto& happened) { on(now, happened, out); }, event);
        finish_when_done(out);
    }

    [[nodiscard]] std::optional<Time> deadline() const {
        if (ended_) return std::nullopt;
        const auto mine = deadlines_.next();
        const auto theirs = layer_.deadline();
        if (!mine || !theirs) return mine ? mine : theirs;
        return std::min(*mine, *theirs);
    }

    [[nodiscard]] const sip::LayerCounters& counters() const noexcept { return layer_.counters(); }
    [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }

private:
    static constexpr FlowId flow = 1;

    void on(Time, const Started&, Actions& out) { out.push_back(Open{flow, settings_.transport, settings_.bind, settings_.server}); }

    void on(Time now, const Opened& opened, Actions& out) {
        local_ = opened.local;
        layer_.opened(flow, settings_.transport);
        for (std::uint32_t i = 0; i < members_.size(); ++i)
            with(now, i, out, [](Member& member, Turn& turn) { member.start(turn); });
    }

    void on(Time now, const Received& received, Actions& out) {
        layer_.receive(now, received, out, incoming_);
        dispatch(now, out);
    }

    void on(Time now, const Woken&, Actions& out) {
        layer_.wake(now, out, incoming_);
        dispatch(now, out);
        while (const auto due = deadlines_.pop_due(now)) with(now, *due, out, [](Member& member, Turn& turn) { member.wake(turn); });
    }

    void on(Time now, const Refused& refused, Actions& out) {
        if (!refused.peer && !opened()) return end({Outcome::unreachable, refused.error}, out);
        layer_.refused(refused, incoming_);
        dispatch(now, out);
    }

    void on(Time, const Closed& closed, Actions& out) { end({Outcome::unreachable, closed.why}, out); }

    void on(Time now, const Stop&, Actions& out) {
        if (!opened()) return end({Outcome::interrupted, "stopped"}, out);
        for (std::uint32_t i = 0; i < members_.size(); ++i)
            with(now, i, out, [](Member& member, Turn& turn) { member.stop(turn); });
    }

    template <class Do>
    void with(Time now, std::uint32_t index, Actions& out, const Do& act) {
        Member& member = members_[index];
        Turn turn{now, index, local_, route_, layer_, random_, out};
        const bool was_done = member.finished().has_value();
        act(member, turn);
        deadlines_.set(index, member.deadline());
        if (was_done || !member.finished()) return;
        ++done_;
        const Outcome total = done_ == 1 ? member.finished()->outcome : worse(total_.outcome, member.finished()->outcome);
        if (done_ == 1 || total != total_.outcome) total_ = Finish{total, member.finished()->why};
    }

    void dispatch(Time now, Actions& out) {
        for (const sip::Incoming& incoming : incoming_) {
            const auto whose = incoming.kind == sip::Incoming::Kind::request ? member_of(incoming.message)
                                                                             : std::optional<std::uint32_t>(incoming.owner);
            if (whose) with(now, *whose, out, [&](Member& member, Turn& turn) { member.take(turn, incoming); });
            else nobody(now, incoming, out);
        }
        incoming_.clear();
    }

    [[nodiscard]] std::optional<std::uint32_t> member_of(const wire::sip::Message& request) const {
        for (const std::string& user : {request.uri.user, request.to.uri.user})
            if (const auto found = by_user_.find(user); found != by_user_.end()) return found->second;
        return std::nullopt;
    }

    void nobody(Time now, const sip::Incoming& request, Actions& out) {
        auto reply = sip::make_reply(request.message, request.source, 404, "Not Found", random_.hex(10));
        if (reply) layer_.respond(now, request.transaction, 404, std::move(*reply), out);
    }

    [[nodiscard]] bool opened() const noexcept { return local_.port != 0; }

    void finish_when_done(Actions& out) {
        if (!ended_ && done_ == members_.size()) end(total_, out);
    }

    void end(Finish finish, Actions& out) {
        ended_ = true;
        out.push_back(std::move(finish));
    }

    FleetSettings settings_;
    std::vector<Member> members_;
    Random random_;
    sip::TransactionLayer layer_;
    sip::Route route_;
    Endpoint local_{};
    std::unordered_map<std::string, std::uint32_t> by_user_;
    Deadlines deadlines_;
    std::vector<sip::Incoming> incoming_;  // reused
    Finish total_{Outcome::yes, {}};
    std::size_t done_ = 0;
    bool ended_ = false;
};

}  // namespace gbkit::proto
