#include "selection.hpp"

#include <algorithm>

#include "wire/sdp.hpp"

namespace gbkit::replay_tool {

namespace {

constexpr std::size_t announced_limit = 100'000;
constexpr std::size_t places_limit = 65'536;   // then all begin anew, as connections whose start was not seen

}  // namespace

bool Selection::chosen(const wire::sip::Message& message) const {
    if (!call_.empty() && message.call_id != call_) return false;
    if (device_.empty()) return true;
    const auto is_it = [this](const wire::sip::NameAddr& name) { return name.uri.user == device_; };
    return is_it(message.from) || is_it(message.to) || message.uri.user == device_ ||
           std::any_of(message.contacts.begin(), message.contacts.end(), is_it);
}

bool Selection::see(const proto::observe::SipSeen& seen) {
    if (everything()) return true;
    if (!chosen(seen.message)) return false;
    const auto sdp = wire::parse_sdp(seen.message.body());
    if (!sdp) return true;
    for (const wire::SdpMedia& media : sdp->media) {
        const auto address = media.address ? IpAddress::parse(*media.address) : std::nullopt;
        if (!address || media.port == 0 || media.port >= 65535 || announced_.size() >= announced_limit) continue;
        announced_.insert({*address, static_cast<std::uint16_t>(media.port)});
        announced_.insert({*address, static_cast<std::uint16_t>(media.port + 1)});
    }
    return true;
}

bool Selection::wants(const proto::Packet& media) const {
    return everything() || announced_.contains(media.source) || announced_.contains(media.destination);
}

proto::Packet StreamPlaces::placed(proto::Packet packet) {
    if (packet.transport == proto::Transport::udp) return packet;
    if (places_.size() >= places_limit) places_.clear();
    Place& place = places_[{packet.source, packet.destination}];
    if (packet.stream_offset < place.read) place = {};   // the ports are used again
    place.read = packet.stream_offset + 1;
    packet.stream_offset = place.written;
    packet.gap = 0;
    place.written += packet.bytes.size();
    return packet;
}

}  // namespace gbkit::replay_tool
