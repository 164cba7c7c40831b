// What is rewritten for sharing: no crash, the same every time, media keep their length, a message that could be read can
// still be read, and its body has the length it says when it had before. First byte: what the rest is.
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "wire/sanitize/body.hpp"
#include "wire/sanitize/media.hpp"
#include "wire/sanitize/message.hpp"
#include "wire/sip/message.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string scrubbed(std::string_view message, bool password_known) {
    sanitize::Aliases aliases;
    const auto password = [password_known](std::string_view, std::string_view) { return password_known ? std::optional<std::string>("12345678") : std::nullopt; };
    sanitize::Messages messages(aliases, password, "sanitized");
    return messages.scrub_message(message);
}

/// Content-Length minus the bytes of the body; nothing where that cannot be said.
std::optional<std::int64_t> missing(const sip::Message& message) {
    const auto promised = to_number(trim(message.value("Content-Length")), 1U << 30);
    if (!promised) return std::nullopt;
    return static_cast<std::int64_t>(*promised) - static_cast<std::int64_t>(message.body().size());
}

void message(std::string_view bytes) {
    for (const bool password_known : {false, true}) {
        const std::string once = scrubbed(bytes, password_known);
        require(once == scrubbed(bytes, password_known));
        const auto before = sip::parse(bytes);
        if (!before || before->defect) continue;
        const auto after = sip::parse(once);
        require(after.has_value() && after->headers().size() == before->headers().size());
        require(after->is_request() == before->is_request() && after->status() == before->status());
        if (missing(*before) == 0) require(missing(*after) == 0);
    }
}

void body(std::string_view bytes) {
    sanitize::Aliases first, second;
    require(sanitize::scrub_body(bytes, first) == sanitize::scrub_body(bytes, second));
    (void)sanitize::scrub_xml(bytes, first);
    (void)sanitize::scrub_sdp(bytes, first);
}

void media(ByteView bytes) {
    sanitize::Aliases aliases;
    for (const bool keep : {false, true}) require(sanitize::scrub_media(bytes, keep, aliases).size() == bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView rest(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0: message(as_text(rest)); break;
        case 1: body(as_text(rest)); break;
        default: media(rest);
    }
    return 0;
}
