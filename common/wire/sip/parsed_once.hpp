// One parse for two readers of the same bytes: an observer looks at a message first, then the machine gets it.
//
// Kept is the last message only, and it is known by its bytes: who asks for others gets a parse of its own.
#pragma once

#include <optional>
#include <string_view>

#include "wire/sip/message.hpp"

namespace gbkit::wire::sip {

class ParsedOnce {
public:
    /// As parse(); good until the next call.
    const Result<Message>& look(std::string_view bytes, const Limits& limits = {});
    /// As parse() within the usual limits; the message that was looked at last is handed over instead of being parsed
    /// again.
    [[nodiscard]] Result<Message> take(std::string_view bytes);

private:
    std::optional<Result<Message>> last_;
};

}  // namespace gbkit::wire::sip
