// Findings about digest authentication: rows R3-R5 and R7-R16 of the registration table.
//
// A device that got in is never given an error here: what it does differently is then `digest-deviation-accepted`
// (vendor) or info. The errors below are used only where the answer was a refusal, or where no answer was seen.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// The response does not verify.
inline constexpr FindingId digest_password_differs{"digest-password-differs"};            // R3, R4
inline constexpr FindingId digest_password_form{"digest-password-form"};                  // R3: hashed, empty, GBK ...
inline constexpr FindingId digest_formula_differs{"digest-formula-differs"};              // R4, R10
inline constexpr FindingId digest_uri_hashed_differs{"digest-uri-hashed-differs"};        // R7
// The answer does not fit the challenge, or is written so that verifiers stumble; and it was refused.
inline constexpr FindingId digest_realm_not_challenged{"digest-realm-not-challenged"};    // R5
inline constexpr FindingId digest_qop_null{"digest-qop-null"};                            // R8
inline constexpr FindingId digest_qop_ignored{"digest-qop-ignored"};                      // R9
inline constexpr FindingId digest_nc_case{"digest-nc-case"};                              // R11
inline constexpr FindingId digest_response_upper_case{"digest-response-upper-case"};      // R12
inline constexpr FindingId digest_space_trimmed{"digest-space-trimmed"};                  // R13
inline constexpr FindingId digest_algorithm_differs{"digest-algorithm-differs"};          // R14
inline constexpr FindingId digest_header_malformed{"digest-header-malformed"};
// The digest is right and the answer is still no: R10 and the commoner cases outside the digest.
inline constexpr FindingId digest_right_still_refused{"digest-right-still-refused"};
// Habits and notes: the outcome was good, or they are legal.
inline constexpr FindingId digest_deviation_accepted{"digest-deviation-accepted"};        // R5, R8, R9, R12-R14 accepted
inline constexpr FindingId digest_given_password_differs{"digest-given-password-differs"};
inline constexpr FindingId digest_rspauth_differs{"digest-rspauth-differs"};              // R10 seen in Authentication-Info
inline constexpr FindingId digest_stale_nonce{"digest-stale-nonce"};                      // R15
inline constexpr FindingId digest_uri_differs{"digest-uri-differs"};                      // R7
inline constexpr FindingId digest_constant_cnonce{"digest-constant-cnonce"};              // R16
inline constexpr FindingId digest_username_not_device_id{"digest-username-not-device-id"};
inline constexpr FindingId digest_realm_not_domain{"digest-realm-not-domain"};            // R5
inline constexpr FindingId digest_sha512_cut{"digest-sha512-cut"};
inline constexpr FindingId digest_algorithm_unknown{"digest-algorithm-unknown"};          // R14

}  // namespace gbkit::findings
