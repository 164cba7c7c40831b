// Digest headers with other names, and answers that are right, or wrong in the same way, for another password.
//
// With the old password an answer is explained (wire/digest/explain) and computed anew by the same recipe, mistakes
// included; an answer that nothing explains stays wrong. Without it the answer becomes zeros: with the nonce and the names
// it could be used to search for the password. Basic and other credentials are taken out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "wire/digest/header.hpp"
#include "wire/sanitize/aliases.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::wire::sanitize {

/// An answer to a challenge, and what became of it.
struct CredentialCounts {
    std::uint64_t right = 0;      // signed anew
    std::uint64_t wrong = 0;      // wrong before and after
    std::uint64_t removed = 0;    // made zeros: no password was given
};

class Credentials {
public:
    /// The old password of a device or a user name; nothing when it is not known.
    using Password = std::function<std::optional<std::string>(std::string_view device, std::string_view username)>;

    Credentials(Aliases& aliases, Password old_password, std::string new_password)
        : aliases_(aliases), old_password_(std::move(old_password)), new_password_(std::move(new_password)) {}

    /// Is this a header whose value names() rewrites?
    [[nodiscard]] static bool is_credential(std::string_view header_name) noexcept;
    /// The value with aliases; responses are zeros until sign() puts them in.
    [[nodiscard]] std::string names(std::string_view header_name, std::string_view value);
    /// Puts the responses into `after`, the rewritten form of `before`; remembers challenges. The length stays the same.
    void sign(const sip::Message& before, std::string& after);

    [[nodiscard]] const CredentialCounts& counts() const noexcept { return counts_; }

private:
    struct Pair {
        digest::Challenge before, after;
    };
    void remember(const sip::HeaderField& before, const sip::HeaderField& after);
    std::optional<std::string> answer(const sip::Message& before, std::string_view old_value, const sip::Message& after, std::string_view new_value);

    Aliases& aliases_;
    Password old_password_;
    std::string new_password_;
    std::unordered_map<std::string, Pair> challenges_;   // by nonce as it was
    CredentialCounts counts_;
};

/// Every run of hexadecimal digits behind response= and rspauth= becomes zeros; for text that cannot be parsed.
[[nodiscard]] std::string without_responses(std::string text);

}  // namespace gbkit::wire::sanitize
