// A small network in virtual time: machines at addresses, a seeded link between them that loses, delays and
// repeats datagrams, and connections that keep their order and break. Nothing waits; a day takes as long as its events.
#pragma once

#include <deque>
#include <functional>
#include <map>
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
    double breaks = 0;   // of what is sent on a connection: it breaks with it, for both ends
};

struct Node {
    proto::Machine machine;
    Endpoint address;
    std::optional<Endpoint> inside{};        // what it believes its address is: a NAT lies between
    std::optional<proto::FlowId> listener{}; // of its TCP socket
    std::optional<proto::Finish> finish{};
    Time finished_at{};
    std::vector<proto::RegistrationReport> registrations{};
    std::vector<proto::KeepaliveReport> keepalives{};
    std::uint64_t sent = 0;
};

class World {
public:
    World(std::uint64_t seed, LinkProfile link_profile);
    ~World();

    Node& add(proto::Machine machine, Endpoint address);
    void start(Node& node);
    void step(Node& node, const proto::Event& event);
    /// A packet out of nowhere, from that node.
    void inject(Node& node, const proto::Send& send) { put(node, send); }

    /// Runs until nothing is left to happen, or `until`. False when `until` came first.
    bool run(Time until);

    Time now = from_unix(1'700'000'000);
    std::uint64_t events = 0;
    std::function<void(const proto::Packet&)> tap{};            // everything that is put on the link
    std::function<bool(const Node&, const proto::Send&)> lose{}; // loses exactly this
    std::function<void(const proto::Report&)> reported{};        // of any node
    bool keeps_reports = true;                                   // in the nodes; a long run has too many
    LinkProfile link;
    std::map<std::string, IpAddress> names{};                    // what the resolver knows
    [[nodiscard]] std::size_t connections() const noexcept { return wires_.size() / 2; }

private:
    /// A connection: its ends, and when the last byte to each arrives.
    struct Wire {
        Node* node[2];
        proto::FlowId flow[2];
        Endpoint address[2];
        Time last[2]{};
        std::uint64_t sent[2]{};
        bool open = true;
    };
    struct Flight {
        Time at;
        std::uint64_t order;
        Endpoint from, to;
        std::string bytes;
        bool unreachable = false;
        std::function<void()> arrive{};   // what is not a datagram
        bool operator<(const Flight& other) const { return at != other.at ? at > other.at : order > other.order; }
    };

    void take(Node& node, proto::Action& action);
    void open(Node& node, const proto::Open& open);
    void later(Time at, std::function<void()> arrive);

    void look_up(Node& node, const proto::Ask& ask);
    void connect(Node& node, const proto::Open& open);
    void forget(Wire& wire);
    void tell_closed(const std::shared_ptr<Wire>& wire, int end, const std::string& why);
    void hang_up(Node& node, proto::FlowId flow);
    void put(const std::shared_ptr<Wire>& wire, const Node* from, const std::string& bytes);
    void show(proto::Transport transport, const Endpoint& from, const Endpoint& to, const std::string& bytes, std::uint64_t offset);
    void put(Node& node, const proto::Send& send);
    Duration delay();
    void land();

    Random random_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::priority_queue<Flight> flights_;
    std::uint64_t order_ = 0, packets_ = 0, ports_ = 0;
    std::uint32_t accepted_ = 0;
    proto::Actions actions_;               // reused; taken in whole before anybody else acts
    std::deque<proto::Event> opened_;      // of the machine that acts
    std::map<std::pair<const Node*, proto::FlowId>, std::shared_ptr<Wire>> wires_;  // by either end
};

}  // namespace world
