// Any bytes through scan, parse and judge.
//
// Oracles: the header fields tile the head and are the bytes as sent; what both our scanner and libosip2's own
// message parser accept has the same Call-ID, From tag and CSeq; what the Writer writes of the headers, scan reads
// back. libosip2 gets the six headers the kit relies on and no body (its MIME parser leaks).
#include <ctime>
#include <sys/time.h>

#include <osipparser2/osip_parser.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "wire/sip/looks_like.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/writer.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

void demand(bool holds, int line = __builtin_LINE()) {
    if (holds) return;
    std::fprintf(stderr, "sip_message.cpp:%d: demand failed\n", line);
    std::abort();
}

void check_places(const Message& message, std::string_view bytes) {
    demand(message.text().size() == bytes.size());
    std::size_t at = message.headers().empty() ? 0 : message.headers().front().offset;
    for (const HeaderField& header : message.headers()) {
        demand(header.offset == at && at + header.length <= bytes.size());
        demand(bytes.substr(at, header.name.size()) == header.name);
        demand(message.find(header.name) != nullptr);
        at += header.length;
    }
    demand(message.body().size() <= message.bytes_after_head() && at + message.bytes_after_head() <= bytes.size());
}

std::string head_for_osip(const Message& message) {
    std::string head = message.is_request()
                           ? std::string(message.method()).append(" sip:a@b SIP/2.0\r\n")
                           : "SIP/2.0 " + std::to_string(message.status()) + " x\r\n";
    for (const HeaderField& header : message.headers())
        for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq", "Contact"})
            if (same_header(header.name, name)) head += std::string(message.text().substr(header.offset, header.length));
    return head + "\r\n";
}

void compare_with_osip(const Message& message) {
    const std::string head = head_for_osip(message);
    // It unescapes and stops at NUL, and reads "From: a" cut by the end of the input otherwise than we do.
    if (head.find('%') != std::string::npos || head.find('\0') != std::string::npos || !message.head_complete()) return;
    osip_message_t* other = nullptr;
    demand(osip_message_init(&other) == OSIP_SUCCESS);
    if (osip_message_parse(other, head.data(), head.size()) == OSIP_SUCCESS) {
        osip_generic_param_t* tag = nullptr;
        char name[] = "tag";
        if (other->from != nullptr) osip_uri_param_get_byname(&other->from->gen_params, name, &tag);
        demand(message.from.tag == (tag == nullptr || tag->gvalue == nullptr ? "" : tag->gvalue));
        if (other->call_id != nullptr) {
            std::string call_id = other->call_id->number == nullptr ? "" : other->call_id->number;
            if (other->call_id->host != nullptr) call_id.append("@").append(other->call_id->host);
            demand(message.call_id == call_id);
        }
        if (other->cseq != nullptr) {
            demand(to_number(other->cseq->number) == message.cseq.number);
            demand(message.cseq.method == other->cseq->method);
        }
    }
    osip_message_free(other);
}

void check_round_trip(const Message& message) {
    Writer writer = message.is_request() ? Writer::request(message.method(), message.request_uri()) : Writer::response(message.status(), message.reason());
    for (const HeaderField& header : message.headers()) {
        if (header.value.find('\0') != std::string_view::npos) return;
        if (!same_header(header.name, "Content-Length")) writer.header(header.name, header.value);
    }
    Limits limits;
    limits.head_bytes *= 2;  // the Writer's own spaces and Content-Length come on top
    limits.header_lines += 1;
    const std::string bytes = std::move(writer).finish(message.body());
    const Result<Message> again = scan(bytes, limits);
    demand(again.has_value());
    demand(again->body() == message.body());
    demand(again->method() == message.method());
    std::size_t i = 0;
    for (const HeaderField& header : message.headers()) {
        if (same_header(header.name, "Content-Length")) continue;
        demand(again->headers()[i].name == header.name && again->headers()[i].value == header.value);
        ++i;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(looks_like_sip(bytes));
    const Result<Message> message = parse(bytes);
    if (!message) {
        demand(message.error().offset <= size);
        return 0;
    }
    demand(!message->defect || message->defect->offset <= size);
    demand(judge(*message).why.offset <= size);
    check_places(*message, bytes);
    check_round_trip(*message);
    if (!message->defect) compare_with_osip(*message);
    return 0;
}
