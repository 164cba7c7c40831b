#include "proto/observe/census.hpp"

#include <algorithm>
#include <array>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "wire/manscdp.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t max_ids = 1000;
constexpr std::size_t max_commands = 100;

std::string method_name(std::string_view method) {
    constexpr std::array<std::string_view, 14> known{"REGISTER", "INVITE", "ACK",     "BYE",    "CANCEL", "MESSAGE", "OPTIONS",
                                                     "INFO",     "NOTIFY", "SUBSCRIBE", "UPDATE", "PRACK",  "REFER",   "PUBLISH"};
    return std::find(known.begin(), known.end(), method) == known.end() ? "other" : std::string(method);
}

/// RFC 3550 5.1: version 2, a payload type that is no RTCP packet's.
bool looks_like_rtp(ByteView bytes) {
    if (bytes.size() < 12 || bytes[0] >> 6 != 2) return false;
    const int type = bytes[1] & 0x7F;
    return type < 72 || type > 76;
}

std::string command_text(std::string_view root, std::string_view type) {
    constexpr std::size_t longest = 40;
    return printable(root.substr(0, longest)) + ' ' + printable(type.substr(0, longest));
}

/// The command of a body that is written as everybody writes it: a declaration or none, <Query>, then soon <CmdType>.
std::string plain_command(std::string_view body) {
    constexpr std::string_view tag = "<CmdType>", letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t reach = 512;
    body = body.substr(0, reach);
    if (body.starts_with("<?xml")) body.remove_prefix(std::min(body.find('>'), body.size() - 1) + 1);
    const std::size_t open = body.find('<');
    const std::size_t end = std::min(body.find_first_not_of(letters, open + 1), body.size());
    const std::size_t type = body.find(tag);
    const bool plain = end < body.size() && body[end] == '>' && type != std::string_view::npos && type > open && body.substr(0, type).find('!') == std::string_view::npos;
    if (!plain) return {};
    const std::string_view value = body.substr(type + tag.size());
    const std::size_t close = value.find("</CmdType>");
    if (close == std::string_view::npos || value.substr(0, close).find_first_of("<&") != std::string_view::npos) return {};
    return command_text(body.substr(open + 1, end - open - 1), trim(value.substr(0, close)));
}

}  // namespace

std::string command_of(const wire::sip::Message& message) {
    if (message.body().empty() || message.body().find('<') == std::string_view::npos) return {};
    if (std::string command = plain_command(message.body()); !command.empty()) return command;
    const auto body = wire::parse_manscdp(message.body());
    return !body || body->cmd_type.empty() ? std::string() : command_text(body->root, body->cmd_type);
}

void Census::add_id(const std::string& user) {
    if (user.empty() || ids_.size() >= max_ids || known_ids_.touch(user) != nullptr) return;
    known_ids_.add(user, 0);
    ids_.push_back(printable(std::string_view(user).substr(0, 64)));
}

void Census::see(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    if (seen.retransmission || !message.is_request()) return;
    ++requests_[method_name(message.method())];
    add_id(message.from.uri.user);
    add_id(message.to.uri.user);
    if (message.method() == "INVITE" && invites_.touch(message.call_id) == nullptr) {
        invites_.add(message.call_id, 0);
        ++invite_dialogs_;
    }
    if (const std::string command = command_of(message); !command.empty())
        if (commands_.size() < max_commands || commands_.contains(command)) ++commands_[command];
}

void Census::see_other(const Packet& packet) {
    const Ends ends{packet.source, packet.destination};
    OtherFlow* flow = flows_.touch(ends);
    const bool rtp = looks_like_rtp(packet.bytes);
    std::uint32_t ssrc = 0;
    if (rtp) {
        ByteReader reader(packet.bytes);
        reader.skip(8);
        ssrc = reader.u32be();
    }
    if (flow == nullptr) {
        OtherFlow fresh{.source = packet.source, .destination = packet.destination};
        fresh.first_frame = packet.number;
        fresh.rtp = rtp;
        fresh.ssrc = ssrc;
        fresh.payload_type = rtp ? static_cast<std::uint8_t>(packet.bytes[1] & 0x7F) : std::uint8_t{0};
        flow = &flows_.add(ends, fresh);
    }
    ++flow->packets;
    flow->bytes += packet.bytes.size();
    flow->rtp = flow->rtp && rtp && flow->ssrc == ssrc;
}

void Census::forget_other(const Endpoint& source, const Endpoint& destination) {
    if (OtherFlow* flow = flows_.touch({source, destination})) flow->packets = 0;
}

std::vector<OtherFlow> Census::other_flows() const {
    std::vector<OtherFlow> flows;
    flows_.each([&](const OtherFlow& flow) {
        if (flow.packets > 0) flows.push_back(flow);
    });
    std::sort(flows.begin(), flows.end(), [](const OtherFlow& a, const OtherFlow& b) { return a.bytes > b.bytes; });
    return flows;
}

}  // namespace gbkit::proto::observe
