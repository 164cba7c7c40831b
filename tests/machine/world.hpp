// A small network in virtual time: machines at addresses, a seeded link between them that loses, delays and
// repeats datagrams. Nothing waits; a day takes as long as its events.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "proto/machine.hpp"
#include "proto/observe/packet.hpp"

namespace world {

using namespace gbkit;

struct LinkProfile {
    double loss = 0;
    double repeat = 0;
    Duration shortest = milliseconds{1};
    Duration longest = milliseconds{1};
    bool icmp = false;   // says so when nobody is at an address
};

struct Node {
    proto::Machine machine;
    Endpoint address;
    std::optional<proto::Finish> finish{};
    Time finished_at{};
    std::vector<proto::RegistrationReport> registrations{};
    std::vector<proto::KeepaliveReport> keepalives{};
    std::uint64_t sent = 0;
};

class World {
public:
    World(std::uint64_t seed, LinkProfile link) : random_(seed), link_(link) {}

    Node& add(proto::Machine machine, Endpoint address) {
        nodes_.push_back(std::make_unique<Node>(Node{std::move(machine), address}));
        return *nodes_.back();
    }
    void start(Node& node) {
        step(node, proto::Started{});
        step(node, proto::Opened{1, node.address, {}});
    }
    void step(Node& node, const proto::Event& event) {
        if (node.finish) return;
        proto::Actions actions;
        node.machine.step(now, event, actions);
        for (proto::Action& action : actions) take(node, action);
    }

    /// Runs until nothing is left to happen, or `until`. False when `until` came first.
    bool run(Time until) {
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

    Time now = from_unix(1'700'000'000);
    std::uint64_t events = 0;
    std::function<void(const proto::Packet&)> tap{};            // everything that is put on the link
    std::function<bool(const Node&, const proto::Send&)> lose{}; // loses exactly this

private:
    struct Flight {
        Time at;
        std::uint64_t order;
        Endpoint from, to;
        std::string bytes;
        bool unreachable = false;
        bool operator<(const Flight& other) const { return at != other.at ? at > other.at : order > other.order; }
    };

    void take(Node& node, proto::Action& action) {
        if (auto* send = std::get_if<proto::Send>(&action)) return put(node, *send);
        if (auto* report = std::get_if<proto::Report>(&action)) {
            if (auto* registration = std::get_if<proto::RegistrationReport>(report)) node.registrations.push_back(*registration);
            if (auto* keepalive = std::get_if<proto::KeepaliveReport>(report)) node.keepalives.push_back(*keepalive);
        }
        if (auto* finish = std::get_if<proto::Finish>(&action)) {
            node.finish = *finish;
            node.finished_at = now;
        }
    }

    void put(Node& node, const proto::Send& send) {
        ++node.sent;
        if (tap) {
            proto::Packet packet;
            packet.number = ++packets_;
            packet.time = now;
            packet.source = node.address;
            packet.destination = send.to;
            packet.bytes = as_bytes(send.bytes);
            tap(packet);
        }
        if (lose && lose(node, send)) return;
        const int copies = random_.unit() < link_.repeat ? 2 : 1;
        for (int copy = 0; copy < copies; ++copy)
            if (random_.unit() >= link_.loss) flights_.push({now + delay(), ++order_, node.address, send.to, send.bytes});
    }

    Duration delay() {
        const auto span = static_cast<std::uint64_t>((link_.longest - link_.shortest).count());
        return link_.shortest + Duration{static_cast<Duration::rep>(random_.below(span + 1))};
    }

    void land() {
        const Flight flight = flights_.top();
        flights_.pop();
        for (const auto& node : nodes_)
            if (node->address == flight.to && !node->finish) {
                if (flight.unreachable) return step(*node, proto::Refused{1, "connection refused", flight.from});
                return step(*node, proto::Received{1, flight.from, flight.bytes, {}});
            }
        if (link_.icmp && !flight.unreachable)
            flights_.push({now + delay(), ++order_, flight.to, flight.from, {}, true});
    }

    Random random_;
    LinkProfile link_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::priority_queue<Flight> flights_;
    std::uint64_t order_ = 0, packets_ = 0;
};

}  // namespace world
