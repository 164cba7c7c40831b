#include "selection.hpp"

#include <algorithm>

#include "wire/sdp.hpp"

namespace gbkit::replay_tool {

namespace {

constexpr std::size_t announced_limit = 100'000;
constexpr std::size_t places_limit = 65'536;   // then all begin anew, as connections whose start was not seen

}  // namespace

void Selection::note_place(const proto::observe::SipSeen& seen) {
    if (device_.empty() || seen.message.method() != "REGISTER" || !seen.message.is_request() || registrants_.size() >= places_limit) return;
    const auto [place, fresh] = registrants_.try_emplace(seen.packet.source, seen.message.from.uri.user);
    if (!fresh && place->second != seen.message.from.uri.user) place->second.clear();
}

bool Selection::is_of_device(const proto::observe::SipSeen& seen) const {
    const wire::sip::Message& message = seen.message;
    const auto is_it = [this](const wire::sip::NameAddr& name) { return name.uri.user == device_; };
    if (is_it(message.from) || is_it(message.to) || message.uri.user == device_ || std::any_of(message.contacts.begin(), message.contacts.end(), is_it)) return true;
    const auto place = registrants_.find(seen.packet.destination);
    return message.method() == "INVITE" && message.is_request() && place != registrants_.end() && place->second == device_;
}

bool Selection::is_of_play(const wire::sip::Message& message) const {
    return message.call_id == play_ || (message.method() == "INVITE" && (message.uri.user == play_ || message.to.uri.user == play_));
}

// Once chosen, a call is chosen to its end.
bool Selection::chosen(const proto::observe::SipSeen& seen) {
    note_place(seen);
    if (!call_.empty() && seen.message.call_id != call_) return false;
    if (calls_.contains(seen.message.call_id)) return true;
    if ((!device_.empty() && !is_of_device(seen)) || (!play_.empty() && !is_of_play(seen.message))) return false;
    if (calls_.size() < announced_limit) calls_.insert(seen.message.call_id);
    return true;
}

bool Selection::see(const proto::observe::SipSeen& seen) {
    if (everything()) return true;
    if (!chosen(seen)) return false;
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
