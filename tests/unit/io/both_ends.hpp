// A machine that is both ends of its connections: it listens on loopback and calls itself. For tests of the loop's flows.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <system_error>
#include <vector>

#include "io/loop.hpp"
#include "io/tcp_flows.hpp"

namespace gbkit::test {

inline constexpr proto::FlowId listener = 1, first_client = 10;

// It connects to itself `clients` times over `over` and tells everything to `on`.
template <proto::Transport over>
struct BothEnds {
    std::function<void(const proto::Event&, proto::Actions&)> on;
    Endpoint bind{*IpAddress::parse("127.0.0.1"), 0};
    proto::FlowId clients = 1;
    Endpoint server{};
    std::vector<proto::FlowId> accepted{};
    std::map<proto::FlowId, proto::Transport> accepted_over{};

    void step(Time, const proto::Event& event, proto::Actions& out) {
        if (std::holds_alternative<proto::Started>(event)) out.push_back(proto::Open{listener, proto::Transport::tcp, bind, std::nullopt});
        if (const auto* opened = std::get_if<proto::Opened>(&event)) {
            if (opened->flow == listener) {
                server = opened->local;
                for (proto::FlowId i = 0; i < clients; ++i) out.push_back(proto::Open{first_client + i, over, {}, server});
            }
            if (opened->listener) {
                CHECK(*opened->listener == listener);
                CHECK(opened->flow >= proto::first_accepted_flow);
                CHECK(opened->local == server);
                accepted.push_back(opened->flow);
                accepted_over[opened->flow] = opened->transport;
            }
        }
        on(event, out);
    }
    [[nodiscard]] std::optional<Time> deadline() const { return std::nullopt; }
};

inline bool is_stop(const proto::Event& event) { return std::holds_alternative<proto::Stop>(event); }

inline bool has_v6() {
    try {
        io::TcpListener probe({*IpAddress::parse("::1"), 0});
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace gbkit::test
