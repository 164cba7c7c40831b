#include "io/tap.hpp"

namespace gbkit::io {

void Tap::see(proto::Packet packet) {
    packet.number = ++packets_;
    for (const Watcher& watcher : watchers_) watcher.packet(packet);
}

void Tap::sent(Time now, proto::Transport transport, const Endpoint& from, const Endpoint& to, std::string_view bytes,
               std::uint64_t stream_offset) {
    proto::Packet packet;
    packet.time = now;
    packet.source = from;
    packet.destination = to;
    packet.direction = proto::Direction::sent;
    packet.transport = transport;
    packet.bytes = as_bytes(bytes);
    packet.stream_offset = stream_offset;
    see(packet);
}

void Tap::received(Time now, proto::Transport transport, const Endpoint& from, const Endpoint& to, std::string_view bytes,
                   std::uint64_t stream_offset) {
    proto::Packet packet;
    packet.time = now;
    packet.source = from;
    packet.destination = to;
    packet.direction = proto::Direction::received;
    packet.transport = transport;
    packet.bytes = as_bytes(bytes);
    packet.stream_offset = stream_offset;
    see(packet);
}

void Tap::unreachable(Time now, const Endpoint& from, const Endpoint& to, std::uint8_t icmp_code) {
    const proto::Unreachable error{++packets_, now, from, to, icmp_code};
    for (const Watcher& watcher : watchers_)
        if (watcher.unreachable) watcher.unreachable(error);
}

void Tap::connection(proto::ConnectionChange change) {
    change.number = ++packets_;
    for (const Watcher& watcher : watchers_)
        if (watcher.connection) watcher.connection(change);
}

void Tap::advance(Time now) {
    for (const Watcher& watcher : watchers_)
        if (watcher.advance) watcher.advance(now);
}

}  // namespace gbkit::io
