// Who wants to be told which devices come and go: SUBSCRIBE with Event: Catalog, and the NOTIFYs that follow.
//
//   SUBSCRIBE  Event: Catalog[;id=n], Expires, <Query><CmdType>Catalog      200 with Expires; 489, 481, 503
//     NOTIFY   Subscription-State: active;expires=n                          at once: the devices that are offline now
//     NOTIFY   ... <Item><DeviceID/><Event>ON|OFF</Event>                    whenever one comes or goes
//     NOTIFY   Subscription-State: terminated;reason=timeout                 after Expires: 0, and when time is over
// What is not said to be offline is online (GB/T 28181-2022 N.4). One NOTIFY is under way at a time; what happens
// meanwhile waits, the last word on each device, and goes together: as much as fits a datagram, or 100 on a connection.
// A subscriber that does not answer, or answers anything but 2xx, is dropped. RFC 6665 sections 4.2, 4.1.2.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/random.hpp"
#include "proto/gb/answer.hpp"
#include "proto/machine.hpp"
#include "proto/sip/dialog.hpp"
#include "proto/sip/transaction_layer.hpp"
#include "wire/manscdp_catalog.hpp"

namespace gbkit::proto::gb {

struct SubscriptionPolicy {
    std::string server_id{};
    std::string user_agent{};
    std::size_t most = 32;                 // subscriptions at a time
    std::size_t most_waiting = 100'000;    // devices a subscriber was not told of yet; beyond that it is dropped
    std::size_t most_offline = 200'000;    // devices remembered as offline
    std::uint32_t usual_expires = 600;     // seconds, where none are asked for
    std::uint32_t longest_expires = 86400;
};

class CatalogSubscriptions {
public:
    explicit CatalogSubscriptions(SubscriptionPolicy policy) : policy_(std::move(policy)) {}

    /// What one call may use.
    struct Scene {
        Time now;
        sip::TransactionLayer& layer;
        Random& random;
        Actions& out;
    };

    /// Answers a SUBSCRIBE that came to `own` address; pump() after the answer is out.
    [[nodiscard]] Answer subscribe(const Scene& scene, const sip::Incoming& request, const Endpoint& own);
    /// A device came or went.
    void changed(std::string_view device, bool online);
    /// What became of a NOTIFY.
    void take(const Scene& scene, const sip::Incoming& incoming);
    /// Subscriptions over a connection end with it.
    void disconnected(FlowId flow);
    /// Ends those whose time is over.
    void wake(const Scene& scene);
    /// Sends what waits and may be sent.
    void pump(const Scene& scene);
    /// The last NOTIFY to everybody: try again later. Answers are not waited for.
    void stop(const Scene& scene);

    /// It was here, went, and did not come back.
    [[nodiscard]] bool is_offline(const std::string& device) const { return offline_.contains(device); }
    [[nodiscard]] std::optional<Time> deadline() const;
    [[nodiscard]] std::size_t size() const noexcept { return subscriptions_.size(); }

private:
    struct Subscription {
        sip::Dialog dialog;
        Endpoint own;
        std::string event;                       // as it was sent
        std::string catalog;                     // an ID or the beginning of one; empty: everything
        Time until{};
        std::map<std::string, bool> waiting{};   // devices it was not told of: online?
        bool due = true;                         // a NOTIFY is owed although nothing waits
        std::string_view over{};                 // why it ends; empty while it lives
        bool last_sent = false;
        sip::TransactionId notify{};             // under way
        std::uint32_t serial = 0;
    };
    using Table = std::map<std::uint32_t, Subscription>;

    [[nodiscard]] Table::iterator find(const wire::sip::Message& request);
    [[nodiscard]] Answer accept(const Scene& scene, const sip::Incoming& request, Table::iterator subscription, std::uint32_t expires);
    void add_offline(Subscription& subscription) const;
    static std::vector<wire::CatalogChange> take_batch(Subscription& subscription);
    void notify(const Scene& scene, std::uint32_t id, Subscription& subscription);
    [[nodiscard]] std::string state_of(const Scene& scene, Subscription& subscription) const;

    SubscriptionPolicy policy_;
    Table subscriptions_;
    std::uint32_t next_id_ = 1;
    std::unordered_set<std::string> offline_;   // devices that went and did not come back
};

}  // namespace gbkit::proto::gb
