// One SIP message without what identifies somebody (the list: wire/sanitize/text, body, credentials).
//
// Headers keep their order, spelling and white space; Content-Length changes by what the body changes, so a wrong length
// stays wrong by as much. User-Agent, Server, Date, CSeq, methods and statuses stay, and so do Call-ID, tag and branch
// but for the addresses and IDs in them.
#pragma once

#include <string>
#include <string_view>

#include "wire/sanitize/credentials.hpp"

namespace gbkit::wire::sanitize {

class Messages {
public:
    Messages(Aliases& aliases, Credentials::Password old_password, std::string new_password)
        : aliases_(aliases), credentials_(aliases, std::move(old_password), std::move(new_password)) {}

    /// Any bytes; what cannot be parsed is scrubbed as text.
    [[nodiscard]] std::string scrub_message(std::string_view bytes);
    [[nodiscard]] const CredentialCounts& credentials() const noexcept { return credentials_.counts(); }

private:
    [[nodiscard]] std::string header(const sip::HeaderField& field, std::string_view raw, std::int64_t longer);
    [[nodiscard]] std::string value(const sip::HeaderField& field, std::string_view value, std::int64_t longer);

    Aliases& aliases_;
    Credentials credentials_;
};

}  // namespace gbkit::wire::sanitize
