#include "proto/sip/dialog.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::sip {

namespace {

using wire::sip::Message;

// The URI of the first Contact; nothing when it cannot be a Request-URI.
std::optional<std::string> target_of(const Message& request) {
    if (request.contacts.empty() || request.contacts.front().star) return std::nullopt;
    const std::string& uri = request.contacts.front().uri.text;
    const bool usable = !uri.empty() && is_header_text(uri) && uri.find_first_of(" \t<>\"") == std::string::npos;
    return usable ? std::optional(uri) : std::nullopt;
}

// Where the peer listens: at its Contact when that is the address it speaks from, else (a NAT) where it spoke from.
Route way_to(const Incoming& request) {
    Route route = request.back;
    if (request.transport != Transport::udp) return route;
    route.peer = request.source;
    const wire::sip::Uri& contact = request.message.contacts.front().uri;
    if (IpAddress::parse(contact.host) == request.source.address) route.peer.port = contact.port == 0 ? std::uint16_t{5060} : contact.port;
    return route;
}

}  // namespace

std::optional<Dialog> Dialog::answered(const Incoming& request, std::string local_tag) {
    const Message& message = request.message;
    auto target = target_of(message);
    const std::string to(message.value("To")), from(message.value("From"));
    if (!target || message.from.tag.empty() || !is_header_text(to) || !is_header_text(from)) return std::nullopt;
    Dialog dialog;
    for (const wire::sip::HeaderField* line : message.all("Record-Route")) {
        if (!is_header_text(line->value)) return std::nullopt;
        dialog.routes_.emplace_back(line->value);
    }
    dialog.call_id_ = message.call_id;
    dialog.remote_tag_ = message.from.tag;
    dialog.local_ = ifind(to, ";tag=") == std::string::npos ? to + ";tag=" + local_tag : to;
    dialog.local_tag_ = std::move(local_tag);
    dialog.remote_ = from;
    dialog.remote_target_ = std::move(*target);
    dialog.remote_cseq_ = message.cseq.number;
    dialog.route_ = way_to(request);
    dialog.transport_ = request.transport;
    return dialog;
}

bool Dialog::holds(const Message& request) const noexcept {
    return request.call_id == call_id_ && request.to.tag == local_tag_ && request.from.tag == remote_tag_;
}

bool Dialog::take(const Incoming& request) {
    if (request.message.cseq.number <= remote_cseq_) return false;
    remote_cseq_ = request.message.cseq.number;
    if (auto target = target_of(request.message)) {
        remote_target_ = std::move(*target);
        route_ = way_to(request);
        transport_ = request.transport;
    }
    return true;
}

std::string Dialog::request(std::string_view method, std::string_view via, const HeaderLines& extra, std::string_view body) {
    wire::sip::Writer writer = wire::sip::Writer::request(method, remote_target_);
    writer.header("Via", via);
    for (const std::string& route : routes_) writer.header("Route", route);
    writer.header("From", local_);
    writer.header("To", remote_);
    writer.header("Call-ID", call_id_);
    writer.header("CSeq", std::to_string(++local_cseq_).append(1, ' ').append(method));
    writer.header("Max-Forwards", 70);
    for (const auto& [name, value] : extra) writer.header(name, value);
    return std::move(writer).finish(body);
}

}  // namespace gbkit::proto::sip
