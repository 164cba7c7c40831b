// Each edge of figures 5 to 8 of RFC 3261, with its timers.
#include "proto/sip/transaction.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace gbkit;
using namespace gbkit::proto::sip;

namespace {

constexpr bool reliable = true;
constexpr bool unreliable = false;
const Timers timers{};
const Time start = from_unix(1'700'000'000);

bool nothing(const Effect& effect) {
    return !effect.transmit && !effect.deliver && !effect.acknowledge && !effect.timed_out && !effect.ended;
}

// Wakes the machine at each of its deadlines until it ends: the milliseconds of its copies, and of the end.
struct Life {
    std::vector<long> copies;
    long end = -1;
    bool timed_out = false;
};
template <class Machine>
Life live(Machine& machine, Time from) {
    Life life;
    while (const auto when = machine.deadline()) {
        const Effect effect = machine.wake(*when, timers);
        const long ms = std::chrono::duration_cast<milliseconds>(*when - from).count();
        if (effect.transmit) life.copies.push_back(ms);
        if (effect.ended) {
            life.end = ms;
            life.timed_out = effect.timed_out;
            break;
        }
    }
    return life;
}

}  // namespace

TEST_CASE("non-INVITE client: E doubles up to T2, F ends it after 64*T1") {
    NonInviteClient client;
    const Effect first = client.start(start, timers, unreliable);
    CHECK(first.transmit);
    CHECK(client.state() == State::trying);
    const Life life = live(client, start);
    CHECK(life.copies == std::vector<long>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500});
    CHECK(life.end == 32000);
    CHECK(life.timed_out);
    CHECK(client.state() == State::terminated);
}

TEST_CASE("non-INVITE client: a provisional answer slows it to T2 and does not stop F") {
    NonInviteClient client;
    client.start(start, timers, unreliable);
    const Effect provisional = client.response(start + milliseconds{100}, timers, 100);
    CHECK(provisional.deliver);
    CHECK_FALSE(provisional.ended);
    CHECK(client.state() == State::proceeding);
    CHECK(client.response(start + milliseconds{110}, timers, 100).deliver);
    const Life life = live(client, start);
    CHECK(life.copies == std::vector<long>{500, 4500, 8500, 12500, 16500, 20500, 24500, 28500});
    CHECK(life.end == 32000);
    CHECK(life.timed_out);
}

TEST_CASE("non-INVITE client: a final answer is given on once, K absorbs its copies for T4") {
    NonInviteClient client;
    client.start(start, timers, unreliable);
    const Effect final_answer = client.response(start + seconds{1}, timers, 200);
    CHECK(final_answer.deliver);
    CHECK_FALSE(final_answer.ended);
    CHECK(client.state() == State::completed);
    CHECK(nothing(client.response(start + seconds{2}, timers, 200)));
    CHECK(nothing(client.response(start + seconds{2}, timers, 100)));
    const Life life = live(client, start);
    CHECK(life.copies.empty());
    CHECK(life.end == 6000);
    CHECK_FALSE(life.timed_out);
}

TEST_CASE("non-INVITE client on a reliable transport: no copies, no K") {
    NonInviteClient client;
    client.start(start, timers, reliable);
    CHECK(client.deadline() == start + seconds{32});
    const Effect final_answer = client.response(start + seconds{1}, timers, 401);
    CHECK(final_answer.deliver);
    CHECK(final_answer.ended);
    NonInviteClient silent;
    silent.start(start, timers, reliable);
    const Life life = live(silent, start);
    CHECK(life.copies.empty());
    CHECK(life.timed_out);
}

TEST_CASE("non-INVITE client: patience shortens F, a transport error ends it") {
    Timers impatient;
    impatient.patience = seconds{3};
    NonInviteClient client;
    client.start(start, impatient, unreliable);
    CHECK(nothing(client.wake(start + milliseconds{400}, impatient)));
    CHECK(client.wake(start + seconds{3}, impatient).timed_out);
    NonInviteClient failed;
    failed.start(start, timers, unreliable);
    CHECK(failed.transport_failed().ended);
    CHECK(failed.state() == State::terminated);
}

TEST_CASE("INVITE client: A doubles without a bound, B ends it") {
    InviteClient client;
    CHECK(client.start(start, timers, unreliable).transmit);
    CHECK(client.state() == State::calling);
    const Life life = live(client, start);
    CHECK(life.copies == std::vector<long>{500, 1500, 3500, 7500, 15500, 31500});
    CHECK(life.end == 32000);
    CHECK(life.timed_out);
}

TEST_CASE("INVITE client: a provisional answer stops A and B") {
    InviteClient client;
    client.start(start, timers, unreliable);
    CHECK(client.response(start, timers, 180).deliver);
    CHECK(client.state() == State::proceeding);
    CHECK_FALSE(client.deadline());
    CHECK(client.response(start, timers, 183).deliver);
}

TEST_CASE("INVITE client: a 2xx ends it, a 300-699 is acknowledged, again for each copy, until D") {
    InviteClient accepted;
    accepted.start(start, timers, unreliable);
    const Effect ok = accepted.response(start, timers, 200);
    CHECK(ok.deliver);
    CHECK(ok.ended);
    CHECK_FALSE(ok.acknowledge);

    InviteClient refused;
    refused.start(start, timers, unreliable);
    const Effect busy = refused.response(start + seconds{1}, timers, 486);
    CHECK(busy.deliver);
    CHECK(busy.acknowledge);
    CHECK_FALSE(busy.ended);
    const Effect again = refused.response(start + seconds{2}, timers, 486);
    CHECK(again.acknowledge);
    CHECK_FALSE(again.deliver);
    CHECK(nothing(refused.response(start + seconds{2}, timers, 180)));
    const Life life = live(refused, start);
    CHECK(life.end == 33000);
    CHECK_FALSE(life.timed_out);

    InviteClient over_tcp;
    over_tcp.start(start, timers, reliable);
    const Effect busy_tcp = over_tcp.response(start, timers, 486);
    CHECK(busy_tcp.acknowledge);
    CHECK(busy_tcp.ended);
    InviteClient failed;
    failed.start(start, timers, reliable);
    CHECK(failed.transport_failed().ended);
}

TEST_CASE("non-INVITE server: silent until answered, then repeats its answer until J") {
    NonInviteServer server;
    CHECK(server.start(start, timers, unreliable).deliver);
    CHECK(server.state() == State::trying);
    CHECK(nothing(server.request(start, timers)));
    CHECK(server.reply(start, timers, 100).transmit);
    CHECK(server.state() == State::proceeding);
    CHECK(server.request(start, timers).transmit);
    CHECK(server.reply(start + seconds{1}, timers, 200).transmit);
    CHECK(server.state() == State::completed);
    CHECK(server.request(start + seconds{2}, timers).transmit);
    CHECK(nothing(server.reply(start + seconds{2}, timers, 500)));
    CHECK(nothing(server.wake(start + seconds{32}, timers)));
    const Life life = live(server, start);
    CHECK(life.end == 33000);
    CHECK_FALSE(life.timed_out);
    NonInviteServer over_tcp;
    over_tcp.start(start, timers, reliable);
    CHECK(over_tcp.reply(start, timers, 200).ended);
    NonInviteServer failed;
    CHECK(failed.transport_failed().ended);
}

TEST_CASE("INVITE server: 300-699 repeated by G until the ACK; I absorbs more ACKs; H without any") {
    InviteServer server;
    CHECK(server.start(start, timers, unreliable).deliver);
    CHECK(nothing(server.request(start, timers)));
    CHECK(nothing(server.ack(start, timers)));
    CHECK(server.reply(start, timers, 180).transmit);
    CHECK(server.request(start, timers).transmit);
    CHECK(server.reply(start, timers, 486).transmit);
    CHECK(server.state() == State::completed);
    CHECK(server.deadline() == start + milliseconds{500});
    CHECK(server.wake(start + milliseconds{500}, timers).transmit);
    CHECK(server.request(start + milliseconds{600}, timers).transmit);
    CHECK(nothing(server.ack(start + seconds{1}, timers)));
    CHECK(server.state() == State::confirmed);
    CHECK(nothing(server.ack(start + seconds{2}, timers)));
    CHECK(nothing(server.request(start + seconds{2}, timers)));
    CHECK(live(server, start).end == 6000);

    InviteServer unheard;
    unheard.start(start, timers, unreliable);
    unheard.reply(start, timers, 404);
    const Life life = live(unheard, start);
    CHECK(life.copies == std::vector<long>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500});
    CHECK(life.end == 32000);
    CHECK(life.timed_out);
}

TEST_CASE("INVITE server: a 2xx is the user's to repeat; over TCP the ACK ends it") {
    InviteServer accepted;
    accepted.start(start, timers, unreliable);
    const Effect ok = accepted.reply(start, timers, 200);
    CHECK(ok.transmit);
    CHECK(ok.ended);
    CHECK(nothing(accepted.reply(start, timers, 486)));
    InviteServer over_tcp;
    over_tcp.start(start, timers, reliable);
    over_tcp.reply(start, timers, 486);
    CHECK(over_tcp.deadline() == start + seconds{32});
    CHECK(over_tcp.ack(start, timers).ended);
    InviteServer failed;
    CHECK(failed.transport_failed().ended);
}
