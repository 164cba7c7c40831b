#include "world/world.hpp"

#include <algorithm>

namespace world {

World::World(std::uint64_t seed, LinkProfile link_profile) : link(link_profile), random_(seed) {}
World::~World() = default;

Node& World::add(proto::Machine machine, Endpoint address) {
    nodes_.push_back(std::make_unique<Node>(Node{std::move(machine), address}));
    return *nodes_.back();
}

void World::start(Node& node) {
    step(node, proto::Started{});
}

void World::step(Node& node, const proto::Event& event) {
    if (node.finish) return;
    actions_.clear();
    node.machine.step(now, event, actions_);
    for (proto::Action& action : actions_) take(node, action);
    for (std::deque<proto::Event> opened = std::exchange(opened_, {}); !opened.empty(); opened.pop_front()) step(node, opened.front());
}

bool World::run(Time until) {
    for (;;) {
        Node* next = nullptr;
        std::optional<Time> when;
        for (const auto& node : nodes_) {
            const auto deadline = node->finish ? std::nullopt : node->machine.deadline();
            if (deadline && (!when || *deadline < *when)) {
                when = deadline;
                next = node.get();
            }
        }
        const bool flight_first = !flights_.empty() && (!when || flights_.top().at <= *when);
        if (!flight_first && !when) return true;
        const Time at = flight_first ? flights_.top().at : *when;
        if (at > until) {
            now = until;
            return false;
        }
        now = std::max(now, at);
        if (flight_first) land();
        else step(*next, proto::Woken{});
        ++events;
    }
}

void World::take(Node& node, proto::Action& action) {
    if (auto* send = std::get_if<proto::Send>(&action)) {
        const auto wire = wires_.find({&node, send->flow});
        return wire == wires_.end() ? put(node, *send) : put(wire->second, &node, send->bytes);
    }
    if (auto* open = std::get_if<proto::Open>(&action)) this->open(node, *open);
    if (auto* close = std::get_if<proto::Close>(&action)) hang_up(node, close->flow);
    if (auto* ask = std::get_if<proto::Ask>(&action)) look_up(node, *ask);
    if (auto* report = std::get_if<proto::Report>(&action)) {
        if (reported) reported(*report);
        if (!keeps_reports) return;
        if (auto* registration = std::get_if<proto::RegistrationReport>(report)) node.registrations.push_back(*registration);
        if (auto* keepalive = std::get_if<proto::KeepaliveReport>(report)) node.keepalives.push_back(*keepalive);
    }
    if (auto* finish = std::get_if<proto::Finish>(&action)) {
        node.finish = *finish;
        node.finished_at = now;
    }
}

void World::open(Node& node, const proto::Open& open) {
    if (open.transport != proto::Transport::udp && open.peer) return connect(node, open);
    if (open.transport != proto::Transport::udp) node.listener = open.flow;
    opened_.push_back(proto::Opened{open.flow, node.inside.value_or(node.address), {}});
}

void World::later(Time at, std::function<void()> arrive) { flights_.push({at, ++order_, {}, {}, {}, false, std::move(arrive)}); }

void World::look_up(Node& node, const proto::Ask& ask) {
    const auto found = names.find(ask.host);
    proto::Reply reply{ask.request, {}, {}};
    if (found == names.end()) reply.error = "name not known";
    else reply.addresses = {found->second};
    later(now + delay(), [this, &node, reply] { step(node, reply); });
}

void World::connect(Node& node, const proto::Open& open) {
    later(now + 2 * delay(), [this, &node, open] {
        const auto there = std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& other) {
            return other->address == *open.peer && other->listener && !other->finish;
        });
        if (there == nodes_.end()) return step(node, proto::Refused{open.flow, "connection refused", {}});
        Node& server = **there;
        const Endpoint own{node.address.address, static_cast<std::uint16_t>(20000 + ports_++ % 40000)};
        const proto::FlowId accepted = proto::first_accepted_flow + accepted_++;
        const auto wire = std::make_shared<Wire>(Wire{{&node, &server}, {open.flow, accepted}, {own, server.address}});
        wires_[{&node, open.flow}] = wire;
        wires_[{&server, accepted}] = wire;
        step(server, proto::Opened{accepted, server.address, own, server.listener, open.transport});
        step(node, proto::Opened{open.flow, own, server.address});
    });
}

void World::forget(Wire& wire) {
    wire.open = false;
    for (int end = 0; end < 2; ++end) wires_.erase({wire.node[end], wire.flow[end]});
}

void World::tell_closed(const std::shared_ptr<Wire>& wire, int end, const std::string& why) {
    later(std::max(wire->last[end], now + delay()), [this, wire, end, why] { step(*wire->node[end], proto::Closed{wire->flow[end], why}); });
}

void World::hang_up(Node& node, proto::FlowId flow) {
    const auto found = wires_.find({&node, flow});
    if (found == wires_.end()) return;
    const std::shared_ptr<Wire> wire = found->second;
    forget(*wire);
    tell_closed(wire, wire->node[0] == &node ? 1 : 0, "the peer closed the connection");
}

void World::put(const std::shared_ptr<Wire>& wire, const Node* from, const std::string& bytes) {
    const int to = wire->node[0] == from ? 1 : 0;
    ++wire->node[1 - to]->sent;
    if (tap) show(proto::Transport::tcp, wire->address[1 - to], wire->address[to], bytes, wire->sent[to]);
    wire->sent[to] += bytes.size();
    if (lose && lose(*from, proto::Send{wire->flow[1 - to], wire->address[to], bytes})) return;  // the rest may still come: a hole
    if (random_.unit() < link.breaks) {
        const std::shared_ptr<Wire> broken = wire;
        forget(*broken);
        for (const int end : {0, 1}) tell_closed(broken, end, "connection reset by peer");
        return;
    }
    const std::size_t cut = bytes.empty() ? 0 : random_.below(bytes.size());  // where one read ends and the next begins
    for (const std::string& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
        if (piece.empty()) continue;
        wire->last[to] = std::max(wire->last[to], now + delay());
        later(wire->last[to], [this, wire, to, piece] {
            if (wire->open) step(*wire->node[to], proto::Received{wire->flow[to], wire->address[1 - to], piece, wire->address[to]});
        });
    }
}

void World::show(proto::Transport transport, const Endpoint& from, const Endpoint& to, const std::string& bytes, std::uint64_t offset) {
    proto::Packet packet;
    packet.number = ++packets_;
    packet.time = now;
    packet.source = from;
    packet.destination = to;
    packet.transport = transport;
    packet.stream_offset = offset;
    packet.bytes = as_bytes(bytes);
    tap(packet);
}

void World::put(Node& node, const proto::Send& send) {
    ++node.sent;
    if (tap) show(proto::Transport::udp, node.address, send.to, send.bytes, 0);
    if (lose && lose(node, send)) return;
    const int copies = random_.unit() < link.repeat ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy)
        if (random_.unit() >= link.loss) flights_.push({now + delay(), ++order_, node.address, send.to, send.bytes, false, {}});
}

Duration World::delay() {
    const auto span = static_cast<std::uint64_t>((link.longest - link.shortest).count());
    return link.shortest + Duration{static_cast<Duration::rep>(random_.below(span + 1))};
}

void World::land() {
    const Flight flight = flights_.top();
    flights_.pop();
    if (flight.arrive) return flight.arrive();
    for (const auto& node : nodes_)
        if (node->address == flight.to && !node->finish) {
            if (flight.unreachable) return step(*node, proto::Refused{1, "connection refused", flight.from});
            return step(*node, proto::Received{1, flight.from, flight.bytes, {}});
        }
    if (link.icmp && !flight.unreachable)
        flights_.push({now + delay(), ++order_, flight.to, flight.from, {}, true, {}});
}

}  // namespace world
