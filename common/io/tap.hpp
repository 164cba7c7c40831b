// Everything a loop sends and receives, as packets for whoever wants to see it: observers, a capture file.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "proto/machine.hpp"
#include "proto/observe/packet.hpp"

namespace gbkit::io {

class Tap {
public:
    struct Watcher {
        std::function<void(const proto::Packet&)> packet;
        std::function<void(const proto::Unreachable&)> unreachable{};  // may be empty
        std::function<void(Time)> advance{};                          // about once a second; may be empty
        std::function<void(const proto::ConnectionChange&)> connection{};  // may be empty
    };
    void add(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

    /// `stream_offset`: of a TCP connection's bytes, how many went before them in that direction.
    void sent(Time now, proto::Transport transport, const Endpoint& from, const Endpoint& to, std::string_view bytes,
              std::uint64_t stream_offset = 0);
    void received(Time now, proto::Transport transport, const Endpoint& from, const Endpoint& to, std::string_view bytes,
                  std::uint64_t stream_offset = 0);
    /// A datagram from `from` to `to` could not be delivered.
    void unreachable(Time now, const Endpoint& from, const Endpoint& to, std::uint8_t icmp_code);
    /// A connection that could not be had, or has ended. Its number is given here.
    void connection(proto::ConnectionChange change);
    void advance(Time now);

    [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

private:
    void see(proto::Packet packet);

    std::vector<Watcher> watchers_;
    std::uint64_t packets_ = 0;
};

}  // namespace gbkit::io
