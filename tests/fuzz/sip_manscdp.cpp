// Any bytes as a MANSCDP body: an error at a place inside the input, or a root that has a name; the text readers stay
// inside the input whatever the XML is worth, and a PTZCmd in it is read or refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/manscdp.hpp"
#include "wire/manscdp_text.hpp"
#include "wire/ptz.hpp"

using namespace gbkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Result<wire::Manscdp> head = wire::parse_manscdp(bytes);
    if (head ? head->root.empty() : head.error().offset > size) std::abort();
    const Result<wire::ManscdpBody> body = wire::parse_manscdp_body(bytes);
    if (body.has_value() != head.has_value()) std::abort();
    if (body && (body->head.cmd_type != head->cmd_type || body->fields.size() > 64)) std::abort();
    (void)wire::charset_of(bytes);
    const auto bare = wire::find_bare_ampersand(bytes);
    if (bare && bytes.at(*bare) != '&') std::abort();
    (void)wire::element_before(bytes, bare.value_or(size));
    (void)wire::salvage_manscdp(bytes);
    const auto command = wire::parse_ptz(body ? body->value("PTZCmd") : bytes);
    if (command) (void)wire::words_of(*command, Language::english);
    else if (command.error().offset > size) std::abort();
    return 0;
}
