#include "proto/observe/conversations.hpp"

#include <algorithm>

#include "proto/observe/census.hpp"
#include "proto/observe/compare.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t max_places = 65536;
constexpr std::size_t paired_at_most = 64;   // of each side, when nobody said which

bool is_platform(const std::string& id) {
    const auto parsed = wire::parse_gb_id(id);
    return parsed && wire::is_platform_type(parsed->type);
}

bool is_device(const std::string& id) {
    const auto parsed = wire::parse_gb_id(id);
    return parsed && wire::is_device_type(parsed->type);
}

// Who registers or notifies speaks of itself.
bool speaks_for_itself(const wire::sip::Message& message) {
    return message.method() == "REGISTER" || command_of(message) == "Notify Keepalive";
}

}  // namespace

bool Conversations::Device::in_trouble() const {
    const auto& exchanges = conversation.exchanges();
    return std::any_of(exchanges.begin(), exchanges.end(), [](const Exchange& one) {
        if (one.name == "ACK") return false;
        const bool challenged = one.last_status == 401 || one.last_status == 407;
        return one.answered < one.requests || (one.last_status >= 400 && !(challenged && one.name == "REGISTER"));
    });
}

Conversations::Device* Conversations::known(const std::string& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

Conversations::Device* Conversations::device(const std::string& id) {
    if (Device* one = known(id)) return one;
    if (devices_.size() >= max_devices) {
        ++left_out_;
        return nullptr;
    }
    Device& fresh = devices_.emplace_back();
    fresh.id = id;
    by_id_.emplace(id, &fresh);
    return &fresh;
}

// A call is wanted by its Call-ID or by whom it calls; from its INVITE on.
bool Conversations::is_wanted(const wire::sip::Message& message) {
    if (play_.empty() || message.call_id == play_ || wanted_calls_.touch(message.call_id) != nullptr) return true;
    const bool calls = message.method() == "INVITE" && (message.uri.user == play_ || message.to.uri.user == play_);
    if (calls) wanted_calls_.add(message.call_id, true);
    return calls;
}

Conversations::Device* Conversations::whose(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const std::string &from = message.from.uri.user, &to = message.to.uri.user;
    if (speaks_for_itself(message)) return device(from);
    if (Device** called = by_call_.touch(message.call_id)) return *called;
    for (const std::string* id : {&from, &to, &message.uri.user})
        if (Device* one = known(*id)) return one;
    for (const Endpoint* place : {&seen.packet.destination, &seen.packet.source})
        if (const auto found = by_place_.find(*place); found != by_place_.end()) return found->second;
    if (!message.is_request()) return device(is_platform(from) ? to : from);
    if (is_device(from) || (is_platform(to) && !is_platform(from))) return device(from);
    return device(message.uri.user.empty() ? to : message.uri.user);
}

void Conversations::see(const SipSeen& seen) {
    ++messages_;
    if (!is_wanted(seen.message)) return;
    Device* owner = whose(seen);
    if (owner == nullptr) return;
    if (by_call_.touch(seen.message.call_id) == nullptr) by_call_.add(seen.message.call_id, owner);
    const bool its_own = seen.message.is_request() && speaks_for_itself(seen.message);
    if (its_own && by_place_.size() < max_places) by_place_.try_emplace(seen.packet.source, owner);
    if (its_own && owner->agent.empty()) owner->agent = std::string(seen.message.value("User-Agent"));
    owner->conversation.see(seen);
}

void Conversations::media(const std::vector<RtpSource>& sources, const std::vector<Finding>& findings) {
    if (messages_ == 0 && !sources.empty()) (void)device("");
    for (Device& one : devices_) one.conversation.media(sources, devices_.size() == 1 && play_.empty(), findings);
    devices_.remove_if([](const Device& one) { return one.conversation.empty(); });
}

const Conversations::Device* Conversations::find(std::string_view id) const {
    const auto found = std::find_if(devices_.begin(), devices_.end(), [&](const Device& one) { return one.id == id; });
    return found == devices_.end() ? nullptr : &*found;
}

ConversationPair pair_up(const Conversations& good, const Conversations& bad, const Conversations::Device* given_good, const Conversations::Device* given_bad, bool same) {
    const bool given = given_good != nullptr || given_bad != nullptr;
    ConversationPair best;
    std::size_t most = 0, goods = 0;
    for (const Conversations::Device& one : good.devices()) {
        if (given_good != nullptr && given_good != &one) continue;
        if (++goods > paired_at_most) break;
        std::size_t bads = 0;
        for (const Conversations::Device& other : bad.devices()) {
            if ((given_bad != nullptr && given_bad != &other) || (same && given && one.id == other.id)) continue;
            if (++bads > paired_at_most) break;
            const std::size_t troubles = (one.in_trouble() ? 0U : 1U) + (other.in_trouble() ? 1U : 0U);
            const std::size_t alike = (one.id == other.id ? 10'000U : 0U) + 4 * shared_exchanges(one.conversation, other.conversation) + troubles + 1;
            if (alike > most) {
                most = alike;
                best = {&one, &other};
            }
        }
    }
    return best;
}

}  // namespace gbkit::proto::observe
