// Does this request prove that its sender knows the password? RFC 3261 section 22, RFC 7616.
//
// The digest is taken over the `uri` parameter and nc as sent: both may differ from the Request-URI and from how
// we would write them (facts R7, R11). Credentials without qop (RFC 2069) are accepted unless qop
// is required: cameras send them although it was offered (R9). The comparison takes the same time for every wrong response.
#pragma once

#include <string>
#include <string_view>

#include "proto/gb/nonce_store.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::gb {

enum class Proof {
    none,       // no credentials for our realm: challenge
    malformed,  // an Authorization that cannot be read
    wrong,      // the digest is not that of the password
    stale,      // right, but the nonce is no longer good: challenge with stale=true
    right,
};

struct ProofPolicy {
    std::string_view realm;
    std::string_view password;
    bool qop_required = false;
    std::string_view username = {};  // that must have been used; empty: any
};

[[nodiscard]] Proof check_proof(const wire::sip::Message& request, const ProofPolicy& policy, Time now, NonceStore& nonces);

/// The value of WWW-Authenticate.
[[nodiscard]] std::string challenge_value(std::string_view realm, std::string_view nonce, bool stale);

}  // namespace gbkit::proto::gb
