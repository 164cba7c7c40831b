#include "proto/fault/message_edit.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/digest/header.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::fault {

Result<MessageEdit> MessageEdit::read(std::string_view bytes) {
    const auto message = wire::sip::scan(bytes);
    if (!message) return tl::unexpected<Error>(message.error());
    MessageEdit edit;
    if (message->is_request()) edit.method = message->method();
    edit.uri = message->request_uri();
    edit.status = message->status();
    edit.reason = message->reason();
    for (const wire::sip::HeaderField& field : message->headers())
        if (!iequals(field.name, "Content-Length")) edit.headers.emplace_back(field.name, field.value);
    edit.body = message->body();
    return edit;
}

std::string MessageEdit::text() const {
    wire::sip::Writer writer =
        is_request() ? wire::sip::Writer::request(method, uri) : wire::sip::Writer::response(status, reason);
    for (const auto& [name, value] : headers) writer.header(name, value);
    std::string whole = std::move(writer).finish(body);
    if (content_length)
        whole = replace_all(std::move(whole), "Content-Length: " + std::to_string(body.size()) + "\r\n",
                            "Content-Length: " + std::to_string(*content_length) + "\r\n");
    return whole;
}

const std::string* MessageEdit::find(std::string_view name) const noexcept {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return iequals(header.first, name); });
    return found == headers.end() ? nullptr : &found->second;
}

void MessageEdit::set(std::string_view name, std::string value) {
    for (auto& header : headers)
        if (iequals(header.first, name)) {
            header.second = std::move(value);
            return;
        }
    headers.emplace_back(name, std::move(value));
}

void MessageEdit::remove(std::string_view name) {
    std::erase_if(headers, [&](const auto& header) { return iequals(header.first, name); });
}

std::string_view MessageEdit::cseq_method() const noexcept {
    const std::string* cseq = find("CSeq");
    const std::size_t space = cseq ? cseq->find(' ') : std::string::npos;
    return space == std::string::npos ? std::string_view{} : trim(std::string_view(*cseq).substr(space));
}

void MessageEdit::replace_everywhere(std::string_view from, std::string_view to) {
    uri = replace_all(uri, from, to);
    for (auto& header : headers) header.second = replace_all(header.second, from, to);
}

void MessageEdit::resign(std::string_view password, const std::function<void(Signing&)>& change) {
    const std::string* header = find("Authorization");
    if (!header) return;
    const auto credentials = wire::digest::parse_credentials(*header);
    if (!credentials) return;
    const wire::digest::Inputs sent = wire::digest::inputs_of(*credentials, method, password, body);
    Signing signing{.written = sent, .hashed = sent, .algorithm = credentials->algorithm};
    change(signing);
    const std::string response = wire::digest::work_out(signing.hashed, signing.formula).response;
    std::string value = wire::digest::authorization_value(signing.written, credentials->opaque, signing.algorithm);
    set("Authorization", replace_all(std::move(value), wire::digest::response_of(signing.written), response));
}

}  // namespace gbkit::proto::fault
