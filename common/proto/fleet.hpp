// Many members on one socket: one transaction layer, one deadline heap, messages given to whom they are for.
//
// Answers find their member by the transaction, requests by the user part of the Request-URI, then of To, then by the
// flow when it is one member's own. The fleet ends when its last member has; its outcome is the one that counts among
// theirs (worse()). A member has user(), transport(), destination(), start, renew, take, wake, disconnected, resolved,
// stop, deadline, busy, lost, known and finished as gb::Device has them. Those that speak UDP share sockets, or have
// one each; over TCP and TLS each has a connection of its own, opened when it starts and again when it is woken
// without one. A connection leads to the server, or to the member's destination; when that changes it is hung up.
//
// Starting, renewing and stopping are rounds over all members: at most `rate` a second and at most `outstanding`
// busy at a time. A platform's receive buffer holds a few thousand datagrams, whoever sends more at once measures
// its own losses. Phases are rounds with pauses between them; when the last has ended the members are stopped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    sip::Timers timers{};
    double rate = 0;                           // members begun in a second; 0: no limit
    std::size_t outstanding = SIZE_MAX;        // members busy at a time
    std::vector<Endpoint> more_binds{};        // further own addresses; members take them in turn
    bool socket_per_member = false;            // UDP: instead of one for each own address
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
        lay_ways();
        index_users();
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    /// Messages an observer has parsed already are taken from there.
    void share(std::shared_ptr<wire::sip::ParsedOnce> parsed) { layer_.share(std::move(parsed)); }

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

    static constexpr std::uint32_t shared = UINT32_MAX;

    /// One of our addresses, and the way from it to the server; of a connection's two ends each member has its own.
    struct Way {
        Endpoint bind;
        Endpoint local;  // once it is open
        sip::Route route;
        Transport transport = Transport::udp;
        enum class Link : std::uint8_t { down, opening, up } link = Link::down;
        bool starts = false;            // it is opened for its member's start
        std::uint32_t owner = shared;   // the one member that uses it
        [[nodiscard]] bool connects() const noexcept { return transport != Transport::udp; }
    };
    enum class Round : std::uint8_t { none, start, renew, stop };

    // Sockets first, then a connection for each member that wants one.
    void lay_ways() {
        std::vector<Endpoint> binds{settings_.bind};
        binds.insert(binds.end(), settings_.more_binds.begin(), settings_.more_binds.end());
        const auto talkers = static_cast<std::size_t>(
            std::count_if(members_.begin(), members_.end(), [](const Member& member) { return member.transport() == Transport::udp; }));
        sockets_ = settings_.socket_per_member ? talkers : std::min(talkers, binds.size());
        const auto add = [&](std::size_t number, Transport transport) {
            Way way;
            way.bind = binds[number % binds.size()];
            way.route = {static_cast<FlowId>(first_flow + ways_.size()), settings_.server};
            way.transport = transport;
            ways_.push_back(std::move(way));
        };
        for (std::size_t i = 0; i < sockets_; ++i) add(i, Transport::udp);
        std::size_t talker = 0;
        for (std::uint32_t i = 0; i < members_.size(); ++i) {
            const bool talks = members_[i].transport() == Transport::udp;
            way_of_.push_back(static_cast<std::uint32_t>(talks ? talker++ % sockets_ : ways_.size()));
            if (!talks) add(i, members_[i].transport());
            if (!talks || settings_.socket_per_member) ways_[way_of_[i]].owner = i;
        }
    }

    [[nodiscard]] Way& way_of(std::uint32_t index) noexcept { return ways_[way_of_[index]]; }
    [[nodiscard]] bool connects(std::uint32_t index) const noexcept { return ways_[way_of_[index]].connects(); }

    void on(Time now, const Started&, Actions& out) {
        if (sockets_ == 0) return next_phase(now, out);
        for (std::size_t i = 0; i < sockets_; ++i) out.push_back(Open{ways_[i].route.flow, Transport::udp, ways_[i].bind, settings_.server});
    }

    [[nodiscard]] Way* find_way(FlowId flow) noexcept {
        return flow >= first_flow && flow - first_flow < ways_.size() ? &ways_[flow - first_flow] : nullptr;
    }

    // A connection is opened when its member wants to say something; meanwhile the member counts as busy.
    void connect(std::uint32_t index, bool starts, Actions& out) {
        Way& way = way_of(index);
        if (way.link != Way::Link::down) return;
        const Destination* elsewhere = members_[index].destination();
        way.route.peer = elsewhere ? elsewhere->peer : settings_.server;
        way.link = Way::Link::opening;
        way.starts = starts;
        ++busy_;
        out.push_back(Open{way.route.flow, way.transport, way.bind, way.route.peer, elsewhere ? elsewhere->name : std::string()});
    }

    void on_connected(Time now, Way& way, Actions& out) {
        way.link = Way::Link::up;
        --busy_;
        if (members_[way.owner].finished()) return out.push_back(Close{way.route.flow});
        with(now, way.owner, out, [&way](Member& member, Turn& turn) { way.starts ? member.start(turn) : member.wake(turn); });
        proceed(now, out);
    }

    void disconnected(Time now, Way& way, const std::string& why, Actions& out) {
        if (way.link == Way::Link::opening) --busy_;
        way.link = Way::Link::down;
        if (!members_[way.owner].finished())
            with(now, way.owner, out, [&why](Member& member, Turn& turn) { member.disconnected(turn, why); });
        layer_.closed(way.route.flow, why, incoming_);
        dispatch(now, out);
    }

    // What is not answered on a connection may be lost with it: the next try has a new one. So has a new destination.
    void hang_up(std::uint32_t index, Actions& out) {
        Way& way = way_of(index);
        if (!way.connects() || way.link != Way::Link::up || !(members_[index].lost() || astray(index))) return;
        way.link = Way::Link::down;
        out.push_back(Close{way.route.flow});
        std::vector<sip::Incoming> nobody_waits;
        layer_.closed(way.route.flow, "", nobody_waits);
    }

    [[nodiscard]] bool astray(std::uint32_t index) const {
        const Destination* elsewhere = members_[index].destination();
        if (elsewhere && elsewhere->peer.address.is_unspecified()) return false;  // not known yet
        return ways_[way_of_[index]].route.peer != (elsewhere ? elsewhere->peer : settings_.server);
    }

    void on(Time now, const Opened& opened_flow, Actions& out) {
        Way* way = find_way(opened_flow.flow);
        if (!way) return;
        way->local = opened_flow.local;
        layer_.opened(opened_flow.flow, way->transport);
        if (way->connects()) return on_connected(now, *way, out);
        if (++open_flows_ == sockets_ && round_ == Round::none) next_phase(now, out);
    }

    void on(Time now, const Reply& reply, Actions& out) {
        if (reply.request >= members_.size() || members_[reply.request].finished()) return;
        with(now, reply.request, out, [&reply](Member& member, Turn& turn) { member.resolved(turn, reply); });
        proceed(now, out);
    }

    void on(Time now, const Received& received, Actions& out) {
        layer_.receive(now, received, out, incoming_);
        dispatch(now, out);
    }

    void on(Time now, const Woken&, Actions& out) {
        layer_.wake(now, out, incoming_);
        dispatch(now, out);
        while (const auto due = deadlines_.pop_due(now)) {
            if (connects(*due) && way_of(*due).link != Way::Link::up) connect(*due, false, out);
            else with(now, *due, out, [](Member& member, Turn& turn) { member.wake(turn); });
        }
        proceed(now, out);
    }

    void on(Time now, const Refused& refused, Actions& out) {
        Way* way = find_way(refused.flow);
        if (!refused.peer && way && way->connects()) return disconnected(now, *way, refused.error, out);
        if (!refused.peer && !opened()) return end({Outcome::unreachable, refused.error}, out);
        layer_.refused(refused, incoming_);
        dispatch(now, out);
    }

    void on(Time now, const Closed& closed, Actions& out) {
        if (Way* way = find_way(closed.flow); way && way->connects()) return disconnected(now, *way, closed.why, out);
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
        if (connects(index) && round_ == Round::start && way_of(index).link == Way::Link::down) return connect(index, true, out);
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
        const Way& way = way_of(index);
        Turn turn{now, index, way.local, way.route, layer_, random_, out};
        const bool was_done = member.finished().has_value();
        const bool was_busy = member.busy();
        act(member, turn);
        deadlines_.set(index, member.deadline());
        if (was_busy != member.busy()) was_busy ? --busy_ : ++busy_;
        if (astray(index)) hang_up(index, out);
        if (was_done || !member.finished()) return;
        ++done_;
        const Outcome total = done_ == 1 ? member.finished()->outcome : worse(total_.outcome, member.finished()->outcome);
        if (done_ == 1 || total != total_.outcome) total_ = Finish{total, member.finished()->why};
    }

    void dispatch(Time now, Actions& out) {
        for (const sip::Incoming& incoming : incoming_) {
            const auto whose = incoming.kind == sip::Incoming::Kind::request ? member_of(incoming)
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

    // Open addressing over numbers of members: a map of strings would weigh more than the members do.
    void index_users() {
        std::size_t size = 2;
        while (size < 2 * members_.size()) size *= 2;
        users_.assign(size, shared);
        for (std::uint32_t i = 0; i < members_.size(); ++i)
            if (std::uint32_t& slot = slot_of(members_[i].user()); slot == shared) slot = i;
    }

    /// Where that user stands, or the free place where it would.
    [[nodiscard]] std::uint32_t& slot_of(const std::string& user) noexcept {
        std::size_t at = std::hash<std::string>{}(user) & (users_.size() - 1);
        while (users_[at] != shared && members_[users_[at]].user() != user) at = (at + 1) & (users_.size() - 1);
        return users_[at];
    }

    [[nodiscard]] std::optional<std::uint32_t> member_of(const sip::Incoming& request) {
        for (const std::string* user : {&request.message.uri.user, &request.message.to.uri.user})
            if (const std::uint32_t found = slot_of(*user); found != shared) return found;
        const Way* way = find_way(request.back.flow);
        return way && way->owner != shared ? std::optional(way->owner) : std::nullopt;
    }

    void nobody(Time now, const sip::Incoming& request, Actions& out) {
        auto reply = sip::make_reply(request.message, request.source, 404, "Not Found", random_.hex(10));
        if (reply) layer_.respond(now, request.transaction, 404, std::move(*reply), out);
    }

    [[nodiscard]] bool opened() const noexcept { return open_flows_ >= sockets_; }

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
    std::vector<std::uint32_t> way_of_;               // of each member
    std::size_t sockets_ = 0;                         // the first ways: datagrams
    std::size_t open_flows_ = 0;
    Round round_ = Round::none;
    std::uint32_t cursor_ = 0;                        // the member the round begins next
    std::size_t busy_ = 0;                            // members that wait for a final answer
    std::size_t phase_ = 0;                           // phases begun
    std::optional<Time> begin_at_, hold_until_;
    std::vector<std::uint32_t> users_;                // by the hash of user(); at most half full
    Deadlines deadlines_;
    std::vector<sip::Incoming> incoming_;  // reused
    Finish total_{Outcome::yes, {}};
    std::size_t done_ = 0;
    bool ended_ = false;
};

}  // namespace gbkit::proto
