#include "io/loop.hpp"

#include <chrono>
#include <csignal>
#include <deque>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

#include <poll.h>

#define ASIO_STANDALONE
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include "io/name_lookups.hpp"
#include "io/tcp_flows.hpp"
#include "io/udp_socket.hpp"

namespace gbkit::io {

namespace {

constexpr std::chrono::milliseconds one_wish{300};  // between two signals

void deliver_signals(int how) {
    sigset_t ends{};
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(how, &ends, nullptr);
}

struct Flow {
    Flow(proto::FlowId flow_id, asio::io_context& context, const Endpoint& local, int receive_buffer, std::shared_ptr<UdpBuffers> buffers)
        : id(flow_id), socket(local, receive_buffer, std::move(buffers)), descriptor(context, socket.descriptor()) {}
    ~Flow() { descriptor.release(); }  // the socket closes it
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;

    proto::FlowId id;
    UdpSocket socket;
    asio::posix::stream_descriptor descriptor;
    bool waits_for_room = false;
    bool to_flush = false;
};

}  // namespace

struct Loop::State {
    State(LoopOptions given, Tap& all)
        : options(std::move(given)),
          tap(all),
          streams(context, tap, clock, {.accepted = options.connections, .connect_patience = options.connect_patience},
                  {options.tls_client, options.tls_server},
                  [this](const proto::Event& event) { if (!end) step(event); },
                  [this](const proto::Opened& opened) {
                      if (hooks.opened) hooks.opened(now(), {opened.transport, opened.local, opened.peer, 0});
                  }) {}

    void start();
    void step(const proto::Event& event);
    void carry_out();
    void act(proto::Open& open);
    void act(proto::Send& send);
    void act(proto::Close& close);
    void act(proto::Ask& ask) { lookups.ask(std::move(ask)); }
    void act(proto::Report& report) {
        if (hooks.report) hooks.report(now(), report);
    }
    void act(proto::Finish& finish);
    void wait_for_input(Flow& flow);
    void on_input(Flow& flow);
    void flush(Flow& flow);
    void fail_peer(const Flow& flow, const UdpSocket::Failure& failure);
    void drain();
    void set_timer();
    void wait_for_signal();
    void tick();
    [[nodiscard]] Time now() const { return clock.now(); }

    LoopOptions options;
    LoopHooks hooks;
    Tap& tap;
    Clock clock;
    asio::io_context context{1};
    asio::steady_timer timer{context}, second{context}, end_timer{context};
    asio::signal_set signals{context};
    std::shared_ptr<UdpBuffers> udp_buffers = std::make_shared<UdpBuffers>();
    std::unordered_map<proto::FlowId, std::unique_ptr<Flow>> flows;
    std::vector<proto::FlowId> to_flush;   // flows with something queued since the last flush
    TcpFlows streams;
    NameLookups lookups{context, [this](const proto::Reply& reply) { if (!end) step(reply); }};
    const proto::Machine* machine = nullptr;
    proto::Actions actions;
    std::deque<proto::Event> events;   // made while actions are carried out
    bool stepping = false;
    bool receiving = false;            // a batch is being taken in: what answers it leaves as a batch
    bool stop_sent = false;
    int last_signal = 0;
    std::chrono::steady_clock::time_point last_signal_at{};
    std::optional<Time> timer_at;
    std::optional<LoopEnd> end;
};

Loop::Loop(LoopOptions options, Tap& tap) : state_(std::make_unique<State>(options, tap)) {}
Loop::~Loop() {
    // A late second signal must not cut short what the program still writes: from here on it is not delivered.
    if (state_->options.signals) deliver_signals(SIG_BLOCK);
}

void Loop::set_hooks(LoopHooks hooks) { state_->hooks = std::move(hooks); }

const Clock& Loop::clock() const noexcept { return state_->clock; }

const TcpCounters& Loop::connections() const noexcept { return state_->streams.counters(); }

void Loop::stop() {
    if (!std::exchange(state_->stop_sent, true)) asio::post(state_->context, [this] { state_->step(proto::Stop{}); });
}

LoopEnd Loop::run(const proto::Machine& machine) {
    state_->machine = &machine;
    state_->start();
    while (!state_->end) {
        if (state_->context.run_one() == 0) throw std::logic_error("a machine that waits for nothing");
    }
    state_->drain();
    state_->tap.advance(state_->now());
    return *state_->end;
}

void Loop::State::start() {
    if (options.signals) {
        deliver_signals(SIG_UNBLOCK);
        signals.add(SIGINT);
        signals.add(SIGTERM);
        wait_for_signal();
    }
    if (options.duration) {
        end_timer.expires_after(*options.duration);
        end_timer.async_wait([this](const asio::error_code& error) {
            if (!error && !std::exchange(stop_sent, true)) step(proto::Stop{});
        });
    }
    tick();
    step(proto::Started{});
}

void Loop::State::wait_for_signal() {
    signals.async_wait([this](const asio::error_code& error, int number) {
        if (error) return;
        // timeout(1) signals its child and then the whole group: two at once are one wish.
        const auto when = std::chrono::steady_clock::now();
        const bool same_wish = last_signal == number && when - last_signal_at < one_wish;
        last_signal = number;
        last_signal_at = when;
        if (same_wish) return wait_for_signal();
        if (std::exchange(stop_sent, true)) {
            end = LoopEnd{{proto::Outcome::interrupted, "stopped by a signal"}, number};
            return;
        }
        wait_for_signal();
        step(proto::Stop{});
    });
}

void Loop::State::tick() {
    second.expires_after(std::chrono::seconds(1));
    second.async_wait([this](const asio::error_code& error) {
        if (error) return;
        tap.advance(now());
        tick();
    });
}

// Events that come up while actions are carried out (a socket that opens, a send that fails) wait their turn.
void Loop::State::step(const proto::Event& event) {
    if (stepping) return events.push_back(event);
    stepping = true;
    machine->step(now(), event, actions);
    carry_out();
    while (!events.empty()) {
        const proto::Event next = std::move(events.front());
        events.pop_front();
        if (!end) machine->step(now(), next, actions);
        carry_out();
    }
    stepping = false;
    if (!end && !receiving) set_timer();
}

void Loop::State::carry_out() {
    for (proto::Action& action : actions) std::visit([this](auto& what) { act(what); }, action);
    actions.clear();
    if (receiving) return;
    if (hooks.leaving) hooks.leaving(now());
    for (const proto::FlowId id : std::exchange(to_flush, {}))
        if (const auto flow = flows.find(id); flow != flows.end()) {
            flow->second->to_flush = false;
            flush(*flow->second);
        }
    streams.flush();
}

void Loop::State::act(proto::Open& open) {
    if (open.transport != proto::Transport::udp) return streams.open(open);
    Endpoint local = open.local;
    if (open.peer && local.address.is_unspecified()) {
        const auto ours = route_address(*open.peer);
        if (!ours) return events.push_back(proto::Refused{open.flow, "no route to " + open.peer->address.text(), {}});
        local.address = *ours;
    }
    auto flow = std::make_unique<Flow>(open.flow, context, local, options.receive_buffer_bytes, udp_buffers);
    events.push_back(proto::Opened{open.flow, flow->socket.local(), open.peer.value_or(Endpoint{})});
    if (hooks.opened) hooks.opened(now(), {proto::Transport::udp, flow->socket.local(), open.peer.value_or(Endpoint{}), flow->socket.receive_buffer()});
    wait_for_input(*flow);
    flows[open.flow] = std::move(flow);
}

void Loop::State::act(proto::Send& send) {
    const auto flow = flows.find(send.flow);
    if (flow == flows.end()) {
        streams.send(send);
        return;
    }
    Endpoint from = flow->second->socket.local();
    if (send.from) from.address = *send.from;
    tap.sent(now(), proto::Transport::udp, from, send.to, send.bytes);
    flow->second->socket.queue({send.to, std::move(send.bytes), send.from});
    if (!std::exchange(flow->second->to_flush, true)) to_flush.push_back(send.flow);
}

void Loop::State::act(proto::Close& close) {
    if (!streams.close(close.flow)) asio::post(context, [this, id = close.flow] { flows.erase(id); });
}

void Loop::State::act(proto::Finish& finish) {
    if (!end) end = LoopEnd{std::move(finish)};
}

void Loop::State::wait_for_input(Flow& flow) {
    flow.descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, id = flow.id](const asio::error_code& error) {
        const auto found = flows.find(id);
        if (error || found == flows.end()) return;
        on_input(*found->second);
        if (!end) wait_for_input(*found->second);
    });
}

void Loop::State::on_input(Flow& flow) {
    flow.socket.take_failures([&](const UdpSocket::Failure& failure) { fail_peer(flow, failure); });
    const Time at = now();
    receiving = true;
    flow.socket.receive([&](const UdpSocket::Datagram& datagram) {
        tap.received(at, proto::Transport::udp, datagram.from, datagram.to, datagram.bytes);
        if (!end) step(proto::Received{flow.id, datagram.from, datagram.bytes, datagram.to});
    });
    receiving = false;
    if (hooks.leaving) hooks.leaving(now());
    flush(flow);
    carry_out();
    if (!end) set_timer();
}

void Loop::State::fail_peer(const Flow& flow, const UdpSocket::Failure& failure) {
    if (failure.icmp_code) tap.unreachable(now(), flow.socket.local(), failure.peer, *failure.icmp_code);
    const proto::Refused refused{flow.id, error_text(failure.error), failure.peer};
    if (!end) step(refused);
}

void Loop::State::flush(Flow& flow) {
    flow.socket.flush([&](const UdpSocket::Failure& failure) { fail_peer(flow, failure); });
    if (flow.socket.queued() == 0 || flow.waits_for_room) return;
    flow.waits_for_room = true;
    flow.descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, id = flow.id](const asio::error_code& error) {
        const auto found = flows.find(id);
        if (error || found == flows.end()) return;
        found->second->waits_for_room = false;
        flush(*found->second);
    });
}

// What the machine sent last (an answer, a goodbye) still leaves; a second is plenty for a full buffer.
void Loop::State::drain() {
    for (auto& [id, flow] : flows)
        for (int tries = 0; flow->socket.queued() != 0 && tries < 10; ++tries) {
            pollfd room{flow->socket.descriptor(), POLLOUT, 0};
            poll(&room, 1, 100);
            flow->socket.flush([](const UdpSocket::Failure&) {});
        }
    streams.drain();
}

// Deadlines mostly move away: a timer that is too early stays and looks again when it fires.
void Loop::State::set_timer() {
    const auto deadline = machine->deadline();
    if (!deadline || (timer_at && *timer_at <= *deadline)) return;
    timer_at = deadline;
    timer.expires_at(clock.steady(*deadline));
    timer.async_wait([this](const asio::error_code& error) {
        if (error || !timer_at) return;
        timer_at.reset();
        const auto due = machine->deadline();
        if (due && *due <= now()) step(proto::Woken{});
        else if (!end) set_timer();
    });
}

}  // namespace gbkit::io
