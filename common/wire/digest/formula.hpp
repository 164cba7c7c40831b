// The digest itself: RFC 2617 section 3.2.2, RFC 7616 section 3.4, RFC 8760 for SIP.
//
//   HA1 = H(username:realm:password)          -sess: H(HA1:nonce:cnonce)
//   HA2 = H(method:uri)                       auth-int: H(method:uri:H(body))
//   response = H(HA1:nonce:HA2)               without qop (RFC 2069)
//            = H(HA1:nonce:nc:cnonce:qop:HA2) with qop
// Every text is taken as sent: no case is changed and nothing is trimmed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto/hash.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::wire::digest {

struct Algorithm {
    HashAlgorithm hash = HashAlgorithm::md5;
    bool session = false;  // "-sess"
    friend bool operator==(const Algorithm&, const Algorithm&) = default;
};
/// "MD5", "SHA-256-sess", "SHA-512-256", "SM3" in any letter case; absent is MD5; nothing when unknown.
[[nodiscard]] std::optional<Algorithm> parse_algorithm(const std::optional<std::string>& name);
[[nodiscard]] std::string name_of(Algorithm algorithm);

/// Everything that goes into one response.
struct Inputs {
    Algorithm algorithm{};
    std::string username;
    std::string realm;
    std::string password;
    std::string method;
    std::string uri;
    std::string nonce;
    std::string nc;
    std::string cnonce;
    std::optional<std::string> qop;  // as hashed: "auth", "auth-int"; nothing for the RFC 2069 formula
    std::string body;                // auth-int only
    friend bool operator==(const Inputs&, const Inputs&) = default;
};

/// How an implementation may leave the formula; the default is the standard's.
struct Deviation {
    enum class Ha2 : std::uint8_t { used, omitted, omitted_with_qop };  // H(HA1:nonce), H(HA1:nonce:nc:cnonce:qop)
    Ha2 ha2 = Ha2::used;
    bool upper_ha1 = false;
    bool upper_ha2 = false;
    bool upper_response = false;
    bool body_left_out = false;              // auth-int with the HA2 of auth
    std::optional<std::string> ha1{};        // taken instead of H(username:realm:password)
    std::optional<std::string> body_hash{};  // H(body) when it is known already; Inputs::body is then not read
    friend bool operator==(const Deviation&, const Deviation&) = default;
};

/// What was hashed and what came out: for --explain. a1 holds the password: mask it before showing.
struct Worked {
    std::string a1, ha1, a2, ha2, joined, response;
};
[[nodiscard]] Worked work_out(const Inputs& inputs, const Deviation& deviation = {});
[[nodiscard]] std::string response_of(const Inputs& inputs);
/// RFC 7616 section 3.5: as the response, with an empty method.
[[nodiscard]] std::string rspauth_of(const Inputs& inputs);
/// RFC 7616 section 3.4.4: H(username:realm)
[[nodiscard]] std::string userhash_of(Algorithm algorithm, std::string_view username, std::string_view realm);

/// The inputs these credentials claim, for this method, password and body.
[[nodiscard]] Inputs inputs_of(const Credentials& credentials, std::string_view method, std::string_view password,
                               std::string_view body = {});

/// The value of an Authorization header: quoted and unquoted as RFC 7616 section 3.4 says. With userhash the
/// name goes out as H(username:realm); the response is computed from the name itself (section 3.4.4).
[[nodiscard]] std::string authorization_value(const Inputs& inputs, const std::optional<std::string>& opaque,
                                              const std::optional<std::string>& algorithm_as_challenged,
                                              bool userhash = false);

}  // namespace gbkit::wire::digest
