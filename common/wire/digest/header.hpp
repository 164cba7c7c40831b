// Digest headers as they were sent: WWW-Authenticate, Authorization, Authentication-Info (RFC 7616 section 3).
//
// Read from the raw bytes, because what a lenient parser drops is the evidence: whether a value was quoted,
// a parameter came twice, a letter case, an empty value. Used for SIP (RFC 3261 section 22), HTTP and RTSP.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gbkit::wire::digest {

struct Parameter {
    std::string name;         // as sent
    std::string value;        // unquoted, backslash escapes removed
    std::string raw;          // between the quotes as sent, escapes kept (same as value without any)
    bool quoted = false;
    std::size_t offset = 0;   // of the name in the header value
};

/// A scheme and its parameters: "Digest realm=..., nonce=...".
struct Header {
    std::string scheme;                    // as sent
    std::vector<Parameter> parameters;     // in order, duplicates kept
    [[nodiscard]] const Parameter* find(std::string_view name) const noexcept;  // first of that name, any case
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
    [[nodiscard]] bool is_digest() const noexcept;
};

/// At most `limit` parameters; more is too_large.
[[nodiscard]] Result<Header> parse_header(std::string_view value, std::size_t limit = 64);
/// HTTP may put several challenges into one line; each becomes a Header. Other schemes than Digest keep the
/// parameters that could be read.
[[nodiscard]] Result<std::vector<Header>> parse_headers(std::string_view value, std::size_t limit = 64);
/// Authentication-Info has parameters without a scheme.
[[nodiscard]] Result<Header> parse_parameters(std::string_view value, std::size_t limit = 64);

/// RFC 7616 section 3.3
struct Challenge {
    std::string realm;
    std::string nonce;
    std::optional<std::string> opaque;
    std::optional<std::string> algorithm;     // as sent; absent means MD5
    std::optional<std::string> qop;           // the offered list as sent: "auth,auth-int"
    bool stale = false;
    bool userhash = false;
    Header header;
    [[nodiscard]] bool offers_qop(std::string_view option) const;
};
/// RFC 7616 section 3.4
struct Credentials {
    std::string username;                     // or the hash when userhash=true; username* decoded
    std::string realm;
    std::string nonce;
    std::string uri;
    std::string response;
    std::optional<std::string> algorithm;
    std::optional<std::string> cnonce;
    std::optional<std::string> opaque;
    std::optional<std::string> qop;
    std::optional<std::string> nc;
    bool userhash = false;
    Header header;
};
/// RFC 7616 section 3.5
struct AuthenticationInfo {
    std::optional<std::string> nextnonce;
    std::optional<std::string> qop;
    std::optional<std::string> rspauth;
    std::optional<std::string> cnonce;
    std::optional<std::string> nc;
};

/// Not a Digest scheme is unsupported; a missing required parameter is not_found and names it.
[[nodiscard]] Result<Challenge> parse_challenge(std::string_view value);  // the first Digest in the line
[[nodiscard]] Result<std::vector<Challenge>> parse_challenges(std::string_view value);
[[nodiscard]] Result<Credentials> parse_credentials(std::string_view value);
[[nodiscard]] Result<AuthenticationInfo> parse_authentication_info(std::string_view value);

}  // namespace gbkit::wire::digest
