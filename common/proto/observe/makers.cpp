#include "proto/observe/makers.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t id_limit = 64;
constexpr std::size_t ssrc_digits = 10;   // GB/T 28181-2022 annex G

std::string kept(std::string_view id) { return printable(id.substr(0, id_limit)); }

std::string_view agent_of(const wire::sip::Message& message) {
    const std::string_view agent = message.value("User-Agent");
    return agent.empty() ? message.value("Server") : agent;
}

/// What stands in the first element of that name; no XML parser, for a hint needs none.
std::string_view element(std::string_view body, std::string_view name) {
    const std::string open = "<" + std::string(name) + ">";
    const std::size_t start = body.find(open);
    if (start == std::string_view::npos) return {};
    body.remove_prefix(start + open.size());
    return body.substr(0, std::min(body.find('<'), id_limit));
}

/// Who speaks and who listens. In a REGISTER both names are the device's: the platform has none there.
struct Speakers {
    std::string sender, receiver;
};

Speakers speakers_of(const wire::sip::Message& message) {
    std::string from = kept(message.from.uri.user), to = kept(message.to.uri.user);
    if (message.method() == "REGISTER") return {from, from};
    if (message.is_request()) return {std::move(from), std::move(to)};
    return {std::move(to), std::move(from)};
}

}  // namespace

Parties& Makers::entry(const std::string& id) {
    if (Parties* known = parties_.touch(id)) return *known;
    return parties_.add(id, {});
}

void Makers::see(const SipSeen& seen) {
    if (seen.retransmission) return;
    const wire::sip::Message& message = seen.message;
    const Vendor maker = vendor_of(agent_of(message));
    if (maker == Vendor::unknown && message.body().empty() && places_.size() == 0) return;
    const Speakers speakers = speakers_of(message);
    // Some makers of devices sell platforms too, under the same name: whoever answers a REGISTER is none of their devices.
    const bool registers = message.method() == "REGISTER";
    if (maker != Vendor::unknown) {
        came_from(seen.packet.source, maker);
        if (is_platform(maker)) entry(speakers.receiver).platform = maker;
        else if (message.is_request() || !registers) entry(speakers.sender).device = maker;
    }
    manufacturer(message, speakers.sender);
    stream(message);
    const Vendor* other = places_.touch(seen.packet.destination.text());
    if (other == nullptr) return;
    if (is_platform(*other)) {
        if (Vendor& platform = entry(speakers.sender).platform; platform == Vendor::unknown) platform = *other;
    } else if (!registers || !message.is_request()) {
        if (Vendor& device = entry(speakers.receiver).device; device == Vendor::unknown) device = *other;
    }
}

void Makers::came_from(const Endpoint& at, Vendor maker) {
    const std::string place = at.text();
    if (Vendor* known = places_.touch(place)) *known = maker;
    else places_.add(place, maker);
}

/// The Manufacturer of a DeviceInfo is the sender's own. Catalogs do not count: an NVR lists the cameras of others.
void Makers::manufacturer(const wire::sip::Message& message, const std::string& sender) {
    if (message.method() != "MESSAGE" || !message.is_request() || element(message.body(), "CmdType") != "DeviceInfo") return;
    const Vendor maker = vendor_of({}, element(message.body(), "Manufacturer"));
    if (maker == Vendor::unknown) return;
    if (Vendor& device = entry(sender).device; device == Vendor::unknown) device = maker;
}

void Makers::stream(const wire::sip::Message& message) {
    if (message.method() != "INVITE" || message.body().empty()) return;
    const std::string_view body = message.body();
    const std::size_t line = body.find("\ny=");
    if (line == std::string_view::npos) return;
    const std::string_view digits = body.substr(line + 3, ssrc_digits);
    if (digits.size() < ssrc_digits || !all_digits(digits)) return;
    const std::string subject = "ssrc " + std::string(digits);
    const std::string channel = kept(message.to.uri.user);
    if (std::string* known = streams_.touch(subject)) *known = channel;
    else streams_.add(subject, channel);
}

Parties Makers::of(const std::string& subject) {
    const std::string* channel = streams_.touch(subject);
    const Parties* parties = parties_.touch(channel != nullptr ? *channel : subject);
    return parties == nullptr ? Parties{} : *parties;
}

}  // namespace gbkit::proto::observe
