// A dialog: what two agents remember of each other so that later requests find the same conversation.
//
//   Call-ID + our tag + their tag     which dialog a request belongs to       RFC 3261 section 12
//   CSeq of either side               each rises on its own                   12.2.1.1, 12.2.2
//   remote target, route set          whom a request is for, and by which way 12.1.1, 12.2.1.1
// Any method may make one (SUBSCRIBE, INVITE). It sends nothing: request() gives the text, the transaction layer sends.
// Requests leave by the way the first one came (a NAT lets nothing else through); the route set stands in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/sip/reply.hpp"
#include "proto/sip/transaction_layer.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::sip {

class Dialog {
public:
    /// Made by a request that came and is answered with a 2xx whose To has `local_tag` (section 12.1.1). Nothing
    /// when the request has no tag or Contact, or holds what may not stand in a header.
    [[nodiscard]] static std::optional<Dialog> answered(const Incoming& request, std::string local_tag);

    /// Is this request one of this dialog?
    [[nodiscard]] bool holds(const wire::sip::Message& request) const noexcept;
    /// Takes a request of this dialog: false when a later one has come before (answer 500). A new Contact is the
    /// new remote target (section 12.2.2), and answers to us go by the way it came.
    bool take(const Incoming& request);

    /// One request in the dialog, with the next CSeq. `via` is the whole value; `extra` stands before Content-Length.
    [[nodiscard]] std::string request(std::string_view method, std::string_view via, const HeaderLines& extra, std::string_view body);

    [[nodiscard]] const std::string& local_tag() const noexcept { return local_tag_; }
    [[nodiscard]] const std::string& remote_tag() const noexcept { return remote_tag_; }
    [[nodiscard]] const std::string& call_id() const noexcept { return call_id_; }
    [[nodiscard]] const Route& route() const noexcept { return route_; }
    [[nodiscard]] Transport transport() const noexcept { return transport_; }

private:
    Dialog() = default;

    std::string call_id_, local_tag_, remote_tag_;
    std::string local_, remote_;        // From and To of what we send
    std::string remote_target_;
    std::vector<std::string> routes_;   // Route lines in order
    std::uint32_t local_cseq_ = 0, remote_cseq_ = 0;
    Route route_;
    Transport transport_ = Transport::udp;
};

}  // namespace gbkit::proto::sip
