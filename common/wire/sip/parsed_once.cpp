#include "wire/sip/parsed_once.hpp"

#include <utility>

namespace gbkit::wire::sip {

const Result<Message>& ParsedOnce::look(std::string_view bytes, const Limits& limits) {
    last_.emplace(parse(bytes, limits));
    return *last_;
}

Result<Message> ParsedOnce::take(std::string_view bytes) {
    std::optional<Result<Message>> last = std::exchange(last_, std::nullopt);
    if (last && *last && (*last)->text() == bytes) return std::move(*last);
    return parse(bytes);
}

}  // namespace gbkit::wire::sip
