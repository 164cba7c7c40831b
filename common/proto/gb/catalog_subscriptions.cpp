#include "proto/gb/catalog_subscriptions.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "wire/manscdp.hpp"

namespace gbkit::proto::gb {

namespace {

using wire::sip::Message;

constexpr std::size_t datagram_items = 450;    // bytes of items that keep a NOTIFY below 1,300 (RFC 3261 section 18.1.1)
constexpr std::size_t connection_items = 8000; // about 100 items (GB/T 28181-2022 N.1)

std::size_t item_bytes(std::string_view device) noexcept { return device.size() + 51; }

// Event: some platforms say presence where they mean the CmdType of the body (facts I18).
bool is_catalog_event(std::string_view event, const Message& request) {
    const std::string_view package = trim(event.substr(0, event.find(';')));
    const bool named = iequals(package, "Catalog");
    if (request.body().empty()) return named;
    const auto body = wire::parse_manscdp(request.body());
    return (named || iequals(package, "presence")) && body && iequals(body->root, "Query") && iequals(body->cmd_type, "Catalog");
}

// The ID a Query is about; nothing in it means everything, and so does the platform's own.
std::string catalog_of(const Message& request, std::string_view server_id) {
    const auto body = wire::parse_manscdp(request.body());
    return body && body->device_id != server_id ? body->device_id : std::string();
}

std::optional<std::uint32_t> expires_asked(const Message& request, const SubscriptionPolicy& policy) {
    if (request.find("Expires") == nullptr) return policy.usual_expires;
    const auto asked = to_number(trim(request.value("Expires")), UINT32_MAX);
    if (!asked) return std::nullopt;
    return std::min(static_cast<std::uint32_t>(*asked), policy.longest_expires);
}

std::string contact_of(const std::string& server_id, const Endpoint& own, Transport transport) {
    return fmt::format("<sip:{}@{}{}>", server_id, own.text(), transport == Transport::udp ? "" : ";transport=" + to_lower(name_of(transport)));
}

}  // namespace

CatalogSubscriptions::Table::iterator CatalogSubscriptions::find(const Message& request) {
    return std::find_if(subscriptions_.begin(), subscriptions_.end(), [&](const auto& entry) { return entry.second.dialog.holds(request); });
}

Answer CatalogSubscriptions::subscribe(const Scene& scene, const sip::Incoming& request, const Endpoint& own) {
    const Message& message = request.message;
    const std::string event(message.value("Event"));
    if (!is_catalog_event(event, message) || !sip::is_header_text(event)) return {.status = 489, .extra = {{"Allow-Events", "Catalog"}}};
    const auto expires = expires_asked(message, policy_);
    if (!expires) return {.status = 400, .reason = "Malformed Expires Header"};
    if (!message.to.tag.empty()) {
        const auto known = find(message);
        if (known == subscriptions_.end() || !known->second.over.empty()) return {.status = 481};
        if (!known->second.dialog.take(request)) return {.status = 500, .reason = "CSeq Out Of Order"};
        return accept(scene, request, known, *expires);
    }
    auto dialog = sip::Dialog::answered(request, scene.random.hex(10));
    if (!dialog) return {.status = 400, .reason = "No Dialog Can Be Made"};
    // A subscriber that did not hear its 200 begins again with the same tag: that replaces what it began before.
    std::erase_if(subscriptions_, [&](const auto& entry) {
        return entry.second.dialog.call_id() == message.call_id && entry.second.dialog.remote_tag() == message.from.tag;
    });
    if (subscriptions_.size() >= policy_.most) return {.status = 503, .reason = "Too Many Subscriptions"};
    Subscription begun{.dialog = std::move(*dialog), .own = own, .event = event, .catalog = catalog_of(message, policy_.server_id)};
    return accept(scene, request, subscriptions_.emplace(next_id_++, std::move(begun)).first, *expires);
}

// RFC 6665 section 4.2.1.2: what holds now is told at once, after a refresh as well; Expires: 0 asks for it a last time.
Answer CatalogSubscriptions::accept(const Scene& scene, const sip::Incoming& request, Table::iterator subscription, std::uint32_t expires) {
    Subscription& accepted = subscription->second;
    accepted.until = scene.now + seconds{expires};
    accepted.due = true;
    if (expires == 0) accepted.over = "timeout";
    add_offline(accepted);
    return {.status = 200,
            .extra = {{"Expires", std::to_string(expires)}, {"Contact", contact_of(policy_.server_id, accepted.own, request.transport)}},
            .to_tag = accepted.dialog.local_tag()};
}

void CatalogSubscriptions::add_offline(Subscription& subscription) const {
    for (const std::string& device : offline_) {
        if (subscription.waiting.size() >= policy_.most_waiting) return;
        if (device.starts_with(subscription.catalog)) subscription.waiting.insert_or_assign(device, false);
    }
}

void CatalogSubscriptions::changed(std::string_view device, bool online) {
    std::string key(device);
    if (online) offline_.erase(key);
    else if (offline_.size() < policy_.most_offline) offline_.insert(key);
    for (auto& [id, subscription] : subscriptions_)
        if (subscription.over.empty() && device.starts_with(subscription.catalog)) subscription.waiting.insert_or_assign(key, online);
    std::erase_if(subscriptions_, [this](const auto& entry) { return entry.second.waiting.size() > policy_.most_waiting; });
}

void CatalogSubscriptions::take(const Scene& scene, const sip::Incoming& incoming) {
    const auto found = subscriptions_.find(incoming.owner);
    if (found == subscriptions_.end() || found->second.notify != incoming.transaction) return;
    const int status = incoming.kind == sip::Incoming::Kind::response ? incoming.message.status() : 408;
    if (status < 200) return;
    found->second.notify = {};
    if (status >= 300 || found->second.last_sent) subscriptions_.erase(found);
    else notify(scene, found->first, found->second);
}

void CatalogSubscriptions::disconnected(FlowId flow) {
    std::erase_if(subscriptions_, [&](const auto& entry) {
        return entry.second.dialog.transport() != Transport::udp && entry.second.dialog.route().flow == flow;
    });
}

void CatalogSubscriptions::wake(const Scene& scene) {
    for (auto& [id, subscription] : subscriptions_)
        if (subscription.over.empty() && subscription.until <= scene.now) {
            subscription.over = "timeout";
            subscription.due = true;
        }
    pump(scene);
}

void CatalogSubscriptions::pump(const Scene& scene) {
    for (auto& [id, subscription] : subscriptions_) notify(scene, id, subscription);
}

void CatalogSubscriptions::stop(const Scene& scene) {
    for (auto& [id, subscription] : subscriptions_) {
        if (subscription.last_sent) continue;
        subscription.over = "probation";
        subscription.due = true;
        subscription.waiting.clear();
        subscription.notify = {};
        notify(scene, id, subscription);
    }
    subscriptions_.clear();
}

std::vector<wire::CatalogChange> CatalogSubscriptions::take_batch(Subscription& subscription) {
    const std::size_t room = subscription.dialog.transport() == Transport::udp ? datagram_items : connection_items;
    std::vector<wire::CatalogChange> batch;
    std::size_t bytes = 0;
    while (!subscription.waiting.empty()) {
        const auto first = subscription.waiting.begin();
        bytes += item_bytes(first->first);
        if (!batch.empty() && bytes > room) break;
        batch.push_back({first->first, first->second});
        subscription.waiting.erase(first);
    }
    return batch;
}

// The last NOTIFY is the one after which nothing waits.
std::string CatalogSubscriptions::state_of(const Scene& scene, Subscription& subscription) const {
    subscription.last_sent = !subscription.over.empty() && subscription.waiting.empty();
    if (subscription.last_sent) return fmt::format("terminated;reason={}", subscription.over);
    const auto left = std::chrono::ceil<seconds>(std::max(subscription.until - scene.now, Duration{0})).count();
    return fmt::format("active;expires={}", left);
}

void CatalogSubscriptions::notify(const Scene& scene, std::uint32_t id, Subscription& subscription) {
    const bool under_way = subscription.notify != sip::TransactionId{} || subscription.last_sent;
    if (under_way || (!subscription.due && subscription.waiting.empty())) return;
    std::vector<wire::CatalogChange> batch = take_batch(subscription);
    sip::Dialog& dialog = subscription.dialog;
    const std::string branch = "z9hG4bK" + scene.random.hex(16);
    const std::string via = fmt::format("SIP/2.0/{} {};rport;branch={}", name_of(dialog.transport()), subscription.own.text(), branch);
    const std::string body =
        wire::catalog_notify_body(++subscription.serial, subscription.catalog.empty() ? policy_.server_id : subscription.catalog, batch);
    const sip::HeaderLines extra{{"Contact", contact_of(policy_.server_id, subscription.own, dialog.transport())},
                                 {"Event", subscription.event},
                                 {"Subscription-State", state_of(scene, subscription)},
                                 {"User-Agent", policy_.user_agent},
                                 {"Content-Type", "Application/MANSCDP+xml"}};
    const auto sent = scene.layer.request(scene.now, id, dialog.route(), "NOTIFY", branch, dialog.request("NOTIFY", via, extra, body), scene.out);
    subscription.due = !sent;
    if (sent) {
        subscription.notify = *sent;
        return;
    }
    // The transaction table is full: said again when there is room.
    subscription.last_sent = false;
    for (const wire::CatalogChange& change : batch) subscription.waiting.emplace(change.device, change.online);
}

std::optional<Time> CatalogSubscriptions::deadline() const {
    std::optional<Time> next;
    for (const auto& [id, subscription] : subscriptions_)
        if (subscription.over.empty() && (!next || subscription.until < *next)) next = subscription.until;
    return next;
}

}  // namespace gbkit::proto::gb
