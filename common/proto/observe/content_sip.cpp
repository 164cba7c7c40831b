#include "proto/observe/content_sip.hpp"

#include <algorithm>

#include "base/charset.hpp"

namespace gbkit::proto::observe {

namespace {

using Kind = ContentSipStory::Kind;

constexpr std::size_t longest_text = 128;
constexpr std::size_t most_methods = 20;

std::string shown(std::string_view text) { return printable(text.substr(0, longest_text)); }

/// What the exchange belongs to, by the method that the CSeq names (answers have it too).
Kind kind_of(std::string_view method) noexcept {
    if (method == "REGISTER") return Kind::registration;
    if (method == "SUBSCRIBE" || method == "NOTIFY") return Kind::subscription;
    const bool call = method == "INVITE" || method == "ACK" || method == "BYE" || method == "CANCEL" || method == "PRACK" || method == "UPDATE" || method == "INFO";
    return call ? Kind::call : Kind::messages;
}

/// Messages go both ways between two parties: one key for both.
std::string key_of(Kind kind, const wire::sip::Message& message) {
    const std::string& from = message.from.uri.user;
    const std::string& to = message.to.uri.user;
    switch (kind) {
        case Kind::registration: return "r" + from;
        case Kind::messages: return "m" + std::min(from, to) + '\n' + std::max(from, to);
        case Kind::call:
        case Kind::subscription: break;
    }
    return "c" + message.call_id;
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::registration: return "registration";
        case Kind::call: return "call";
        case Kind::subscription: return "subscription";
        case Kind::messages: break;
    }
    return "messages";
}

ContentSipStory& ContentSip::story_of(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const Kind kind = kind_of(message.method());
    const std::string key = key_of(kind, message);
    if (ContentSipStory* known = stories_.touch(key)) return *known;
    if (stories_.size() >= most_) ++dropped_;
    const bool asks = message.is_request();
    ContentSipStory fresh;
    fresh.kind = kind;
    fresh.caller = shown(message.from.uri.user);
    if (kind != Kind::registration) fresh.callee = shown(message.to.uri.user);
    if (kind == Kind::call || kind == Kind::subscription) fresh.call_id = shown(message.call_id);
    fresh.from = asks ? seen.packet.source : seen.packet.destination;
    fresh.to = asks ? seen.packet.destination : seen.packet.source;
    fresh.transport = seen.packet.transport;
    fresh.first_frame = seen.packet.number;
    fresh.first = seen.packet.time;
    return stories_.add(key, std::move(fresh));
}

void ContentSip::see(const SipSeen& seen) {
    ContentSipStory& story = story_of(seen);
    ++story.packets;
    story.bytes += seen.packet.bytes.size();
    story.last_frame = std::max(story.last_frame, seen.packet.number);
    story.last = std::max(story.last, seen.packet.time);
    if (!seen.message.is_request()) story.status = seen.message.status();
    else if (std::string method = shown(seen.message.method()); story.methods.contains(method) || story.methods.size() < most_methods) ++story.methods[std::move(method)];
}

std::vector<const ContentSipStory*> ContentSip::stories() const {
    std::vector<const ContentSipStory*> all;
    stories_.each([&all](const ContentSipStory& story) { all.push_back(&story); });
    std::sort(all.begin(), all.end(), [](const ContentSipStory* a, const ContentSipStory* b) { return std::pair(a->first, a->first_frame) < std::pair(b->first, b->first_frame); });
    return all;
}

}  // namespace gbkit::proto::observe
