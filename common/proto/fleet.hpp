// Many members on one socket: one transaction layer, one deadline heap, messages given to whom they are for.
//
// Answers find their member by the transaction, requests by the user part of the Request-URI, then of To. The
// fleet ends when its last member has; its outcome is the one that counts among theirs (worse()). A member has
// user(), start, renew, take, wake, disconnected, stop, deadline, busy, lost, known and finished as gb::Device has them.
// Over TCP each member has a connection of its own, opened when it starts and again when it is woken without one.
//
// Starting, renewing and stopping are rounds over all members: at most `rate` a second and at most `outstanding`
// busy at a time. A platform's receive buffer holds a few thousand datagrams, whoever sends more at once measures
// its own losses. Phases are rounds with pauses between them; when the last has ended the members are stopped.
#pragma once

#include <algorithm>
#include <cstdint>
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
#include "proto/token_bucket.hpp"

namespace gbkit::proto {

/// A part of a load: everybody registers, nothing happens, everybody registers again as after a platform's restart.
struct FleetPhase {
    enum class Kind : std::uint8_t { ramp, hold, storm } kind = Kind::ramp;
    Duration length{};      // of a hold; the others end when nobody is busy any more
};

struct FleetSettings {
    Endpoint server{};
    Endpoint bind{};                           // unspecified address and port 0: the system chooses
    Transport transport = Transport::udp;
    sip::Timers timers{};
    double rate = 0;                           // members begun in a second; 0: no limit
    std::size_t outstanding = SIZE_MAX;        // members busy at a time
    std::vector<Endpoint> more_binds{};        // further own addresses; members take them in turn
    std::vector<FleetPhase> phases{};          // empty: ramp, then until a Stop
};

template <class Member>
class Fleet {
public:
    Fleet(FleetSettings settings, std::vector<Member> members, Random random)
        : settings_(std::move(settings)),
          members_(std::move(members)),
          random_(std::move(random)),
          layer_(settings_.timers, std::max<std::size_t>(1024, 4 * members_.size())),
          pace_(settings_.rate) {
        std::vector<Endpoint> binds{settings_.bind};
        binds.insert(binds.end(), settings_.more_binds.begin(), settings_.more_binds.end());
        const std::size_t ways = connects() ? members_.size() : binds.size();
        for (std::size_t i = 0; i < ways; ++i)
            ways_.push_back({binds[i % binds.size()], {}, {static_cast<FlowId>(first_flow + i), settings_.server}});
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
        std::optional<Time> next = deadlines_.next();
        for (const std::optional<Time>& other : {layer_.deadline(), begin_at_, hold_until_})
            if (other && (!next || *other < *next)) next = other;
        return next;
    }

    [[nodiscard]] const sip::LayerCounters& counters() const noexcept { return layer_.counters(); }
    [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }

private:
    static constexpr FlowId first_flow = 1;

    /// One of our addresses, and the way from it to the server; of a connection's two ends each member has its own.
    struct Way {
        Endpoint bind;
        Endpoint local;  // once it is open
        sip::Route route;
        enum class Link : std::uint8_t { down, opening, up } link = Link::down;
        bool starts = false;  // it is opened for its member's start
    };
    enum class Round : std::uint8_t { none, start, renew, stop };

    [[nodiscard]] bool connects() const noexcept { return settings_.transport != Transport::udp; }

    void on(Time now, const Started&, Actions& out) {
        if (connects()) return next_phase(now, out);
        for (const Way& way : ways_) out.push_back(Open{way.route.flow, settings_.transport, way.bind, settings_.server});
    }

    [[nodiscard]] bool is_ours(FlowId flow) const noexcept { return flow >= first_flow && flow - first_flow < ways_.size(); }

    // A connection is opened when its member wants to say something; meanwhile the member counts as busy.
    void connect(std::uint32_t index, bool starts, Actions& out) {
        Way& way = ways_[index];
        if (way.link != Way::Link::down) return;
        way.link = Way::Link::opening;
        way.starts = starts;
        ++busy_;
        out.push_back(Open{way.route.flow, settings_.transport, way.bind, settings_.server});
    }

    void on_connected(Time now, std::uint32_t index, Actions& out) {
        Way& way = ways_[index];
        way.link = Way::Link::up;
        --busy_;
        if (members_[index].finished()) return out.push_back(Close{way.route.flow});
        with(now, index, out, [&way](Member& member, Turn& turn) { way.starts ? member.start(turn) : member.wake(turn); });
        proceed(now, out);
    }

    void disconnected(Time now, FlowId flow, const std::string& why, Actions& out) {
        const std::uint32_t index = flow - first_flow;
        Way& way = ways_[index];
        if (way.link == Way::Link::opening) --busy_;
        way.link = Way::Link::down;
        if (!members_[index].finished())
            with(now, index, out, [&why](Member& member, Turn& turn) { member.disconnected(turn, why); });
        layer_.closed(flow, why, incoming_);
        dispatch(now, out);
    }

    // What is not answered on a connection may be lost with it: the next try has a new one.
    void hang_up(std::uint32_t index, Actions& out) {
        Way& way = ways_[index];
        if (!connects() || way.link != Way::Link::up || !members_[index].lost()) return;
        way.link = Way::Link::down;
        out.push_back(Close{way.route.flow});
        std::vector<sip::Incoming> nobody_waits;
        layer_.closed(way.route.flow, "", nobody_waits);
    }

    void on(Time now, const Opened& opened_flow, Actions& out) {
        if (!is_ours(opened_flow.flow)) return;
        ways_[opened_flow.flow - first_flow].local = opened_flow.local;
        layer_.opened(opened_flow.flow, settings_.transport);
        if (connects()) return on_connected(now, opened_flow.flow - first_flow, out);
        if (++open_flows_ == ways_.size() && round_ == Round::none) next_phase(now, out);
    }

    void on(Time now, const Received& received, Actions& out) {
        layer_.receive(now, received, out, incoming_);
        dispatch(now, out);
    }

    void on(Time now, const Woken&, Actions& out) {
        layer_.wake(now, out, incoming_);
        dispatch(now, out);
        while (const auto due = deadlines_.pop_due(now)) {
            if (connects() && ways_[*due].link != Way::Link::up) connect(*due, false, out);
            else with(now, *due, out, [](Member& member, Turn& turn) { member.wake(turn); });
        }
        proceed(now, out);
    }

    void on(Time now, const Refused& refused, Actions& out) {
        if (!refused.peer && connects() && is_ours(refused.flow)) return disconnected(now, refused.flow, refused.error, out);
        if (!refused.peer && !opened()) return end({Outcome::unreachable, refused.error}, out);
        layer_.refused(refused, incoming_);
        dispatch(now, out);
    }

    void on(Time now, const Closed& closed, Actions& out) {
        if (connects() && is_ours(closed.flow)) return disconnected(now, closed.flow, closed.why, out);
        end({Outcome::unreachable, closed.why}, out);
    }

    void on(Time now, const Stop&, Actions& out) {
        if (!opened()) return end({Outcome::interrupted, "stopped"}, out);
        if (!settings_.phases.empty()) out.push_back(PhaseReport{settings_.phases.size()});
        begin_round(now, Round::stop, out);
    }

    void begin_round(Time now, Round round, Actions& out) {
        round_ = round;
        cursor_ = 0;
        hold_until_.reset();
        proceed(now, out);
    }

    // The round goes on as far as rate and busy members let it; when it is over the next phase begins.
    void proceed(Time now, Actions& out) {
        begin_at_.reset();
        if (hold_until_) {
            if (*hold_until_ <= now) next_phase(now, out);
            return;
        }
        while (cursor_ < members_.size() && round_ != Round::none) {
            if (needs_pace(members_[cursor_])) {
                if (busy_ >= settings_.outstanding) return;
                if (!pace_.take(now)) {
                    begin_at_ = pace_.next(now);
                    return;
                }
            }
            begin(now, cursor_++, out);
        }
        if (busy_ == 0 && round_ != Round::stop && !settings_.phases.empty()) next_phase(now, out);
    }

    // Stopping one that is busy already, or that nobody knows, puts nothing more on the wire.
    [[nodiscard]] bool needs_pace(const Member& member) const {
        if (member.finished()) return false;
        return round_ != Round::stop || (!member.busy() && member.known());
    }

    void begin(Time now, std::uint32_t index, Actions& out) {
        if (connects() && round_ == Round::start && ways_[index].link == Way::Link::down) return connect(index, true, out);
        with(now, index, out, [this](Member& member, Turn& turn) {
            if (round_ == Round::start) member.start(turn);
            else if (round_ == Round::renew) member.renew(turn);
            else member.stop(turn);
        });
    }

    // Without phases everybody is started, and that is all.
    void next_phase(Time now, Actions& out) {
        if (settings_.phases.empty()) return begin_round(now, Round::start, out);
        hold_until_.reset();
        if (phase_ == settings_.phases.size()) {
            out.push_back(PhaseReport{phase_});
            return begin_round(now, Round::stop, out);
        }
        const FleetPhase& phase = settings_.phases[phase_++];
        out.push_back(PhaseReport{phase_ - 1});
        if (phase.kind == FleetPhase::Kind::hold) {
            hold_until_ = now + phase.length;
            return;
        }
        begin_round(now, phase.kind == FleetPhase::Kind::ramp ? Round::start : Round::renew, out);
    }

    template <class Do>
    void with(Time now, std::uint32_t index, Actions& out, const Do& act) {
        Member& member = members_[index];
        const Way& way = ways_[index % ways_.size()];
        Turn turn{now, index, way.local, way.route, layer_, random_, out};
        const bool was_done = member.finished().has_value();
        const bool was_busy = member.busy();
        act(member, turn);
        deadlines_.set(index, member.deadline());
        if (was_busy != member.busy()) was_busy ? --busy_ : ++busy_;
        if (was_done || !member.finished()) return;
        ++done_;
        const Outcome total = done_ == 1 ? member.finished()->outcome : worse(total_.outcome, member.finished()->outcome);
        if (done_ == 1 || total != total_.outcome) total_ = Finish{total, member.finished()->why};
    }

    void dispatch(Time now, Actions& out) {
        for (const sip::Incoming& incoming : incoming_) {
            const auto whose = incoming.kind == sip::Incoming::Kind::request ? member_of(incoming.message)
                                                                             : std::optional<std::uint32_t>(incoming.owner);
            if (whose) {
                with(now, *whose, out, [&](Member& member, Turn& turn) { member.take(turn, incoming); });
                if (incoming.kind == sip::Incoming::Kind::timeout) hang_up(*whose, out);
            }
            else nobody(now, incoming, out);
        }
        incoming_.clear();
        proceed(now, out);
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

    [[nodiscard]] bool opened() const noexcept { return connects() || open_flows_ >= ways_.size(); }

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
    TokenBucket pace_;
    std::vector<Way> ways_;
    std::size_t open_flows_ = 0;
    Round round_ = Round::none;
    std::uint32_t cursor_ = 0;                        // the member the round begins next
    std::size_t busy_ = 0;                            // members that wait for a final answer
    std::size_t phase_ = 0;                           // phases begun
    std::optional<Time> begin_at_, hold_until_;
    std::unordered_map<std::string, std::uint32_t> by_user_;
    Deadlines deadlines_;
    std::vector<sip::Incoming> incoming_;  // reused
    Finish total_{Outcome::yes, {}};
    std::size_t done_ = 0;
    bool ended_ = false;
};

}  // namespace gbkit::proto
