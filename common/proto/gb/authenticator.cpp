#include "proto/gb/authenticator.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/crypto/hash.hpp"
#include "base/text.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::proto::gb {

namespace {

// nc is eight hexadecimal digits; 0 stands for "none sent".
std::uint32_t count_of(const wire::digest::Credentials& credentials) noexcept {
    std::uint32_t count = 0;
    if (credentials.qop && credentials.nc)
        std::from_chars(credentials.nc->data(), credentials.nc->data() + credentials.nc->size(), count, 16);
    return count;
}

bool qop_is_good(const wire::digest::Credentials& credentials, bool required) noexcept {
    if (!credentials.qop) return !required;
    return iequals(*credentials.qop, "auth") || iequals(*credentials.qop, "auth-int");
}

}  // namespace

Proof check_proof(const wire::sip::Message& request, const ProofPolicy& policy, Time now, NonceStore& nonces) {
    const wire::sip::HeaderField* field = request.find("Authorization");
    if (!field) return Proof::none;
    const auto credentials = wire::digest::parse_credentials(field->value);
    if (!credentials) return credentials.error().code == Errc::unsupported ? Proof::none : Proof::malformed;
    const auto algorithm = wire::digest::parse_algorithm(credentials->algorithm);
    if (!algorithm || algorithm->hash != HashAlgorithm::md5 || algorithm->session) return Proof::wrong;
    if (credentials->realm != policy.realm || !qop_is_good(*credentials, policy.qop_required)) return Proof::wrong;
    if (!policy.username.empty() && credentials->username != policy.username) return Proof::wrong;
    const std::string expected =
        wire::digest::response_of(wire::digest::inputs_of(*credentials, request.method(), policy.password, request.body()));
    if (!equal_constant_time(expected, credentials->response)) return Proof::wrong;
    const bool good = nonces.is_fresh(now, credentials->nonce) && nonces.use(credentials->nonce, count_of(*credentials));
    return good ? Proof::right : Proof::stale;
}

std::string challenge_value(std::string_view realm, std::string_view nonce, bool stale) {
    return fmt::format("Digest realm=\"{}\", nonce=\"{}\", algorithm=MD5, qop=\"auth\"{}", realm, nonce, stale ? ", stale=true" : "");
}

}  // namespace gbkit::proto::gb
