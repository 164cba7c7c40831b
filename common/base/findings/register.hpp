// Findings about REGISTER and the heartbeat (GB/T 28181 9.1, 9.6; RFC 3261 10, RFC 3581). Texts: register.cpp.
//
// R and K rows are those of the field tables that tests/fixtures/rows.tsv maps. A fault or a scenario of the
// same name makes each of them. What the digest itself says (wrong password, realm, formula) is in digest.hpp;
// those entries imply register_refused.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// The challenge or an answer does not arrive
inline constexpr FindingId register_challenge_lost{"register-challenge-lost"};          // R1: the same transaction goes on after its 401 left
inline constexpr FindingId register_401_to_private_via{"register-401-to-private-via"};  // R1: the 401 goes to the private Via address, not to the source
inline constexpr FindingId register_answer_misdirected{"register-answer-misdirected"};  // R1: an answer goes elsewhere than the request came from
inline constexpr FindingId register_answer_lost{"register-answer-lost"};                // as R1, for the 200 or a refusal

// The challenge is not answered
inline constexpr FindingId register_challenge_ignored{"register-challenge-ignored"};    // R2: new transactions, never an Authorization
inline constexpr FindingId register_challenge_missing{"register-challenge-missing"};    // a 401 without WWW-Authenticate

// The platform says no
inline constexpr FindingId register_refused{"register-refused"};                        // final non-2xx after credentials; the digest rows imply it
inline constexpr FindingId register_refused_outright{"register-refused-outright"};      // final non-2xx, nobody asked for a password
inline constexpr FindingId register_server_failure{"register-server-failure"};          // 5xx and 6xx
inline constexpr FindingId register_400_no_expires{"register-400-no-expires"};          // R17
inline constexpr FindingId register_bad_request{"register-bad-request"};                // R17: 400 with Expires: IDs or headers
inline constexpr FindingId register_redirected{"register-redirected"};                  // R30, info: 302 to another platform

// Who registers with whom
inline constexpr FindingId register_server_id_differs{"register-server-id-differs"};    // R6, --server-id known, only where it failed
inline constexpr FindingId register_server_id_accepted{"register-server-id-accepted"};  // R6 where it works, info
inline constexpr FindingId register_id_not_20_digits{"register-id-not-20-digits"};      // R20, only where it failed
inline constexpr FindingId register_id_is_server_id{"register-id-is-server-id"};        // R20, only where it failed
inline constexpr FindingId register_id_unusual{"register-id-unusual"};                  // R20 where it works: a vendor habit

// Nobody answers
inline constexpr FindingId register_no_answer{"register-no-answer"};                    // R21: silence
inline constexpr FindingId register_port_unreachable{"register-port-unreachable"};      // R21: ICMP says nothing listens

// Leaving, and the time it lasts
inline constexpr FindingId register_logging_out{"register-logging-out"};                // R18, info: Expires 0
inline constexpr FindingId register_expires_below_keepalive{"register-expires-below-keepalive"};  // R19: it ran out and the device only beats

// Around a registration
inline constexpr FindingId register_platform_elsewhere{"register-platform-elsewhere"};  // R22: requests come from another address than was registered with
inline constexpr FindingId register_seen_as{"register-seen-as"};                        // R23, info: received/rport differ from Via
inline constexpr FindingId register_source_moved{"register-source-moved"};              // R23, info: heartbeats come from another place than the REGISTER
inline constexpr FindingId register_old_address_called{"register-old-address-called"};  // R23: the platform calls where the device no longer is
inline constexpr FindingId register_port_filtered{"register-port-filtered"};            // R24: silence on a source port that networks drop
inline constexpr FindingId register_route{"register-route"};                            // R25, info: a Route header in REGISTER
inline constexpr FindingId register_device_forgot{"register-device-forgot"};            // R26: the device refuses with "Not registered"
inline constexpr FindingId register_date_shifted{"register-date-shifted"};              // R27: Date is whole hours off
inline constexpr FindingId register_date_differs{"register-date-differs"};              // R27, info: the clocks differ
inline constexpr FindingId register_date_form{"register-date-form"};                    // R27, info: not the form of 9.10
inline constexpr FindingId register_banned{"register-banned"};                          // R28: refused outright or ignored after wrong passwords
inline constexpr FindingId register_version_unanswered{"register-version-unanswered"};  // R29, info: X-GB-Ver in the request only
inline constexpr FindingId register_redirect_ignored{"register-redirect-ignored"};      // R30: a 302, and the device does not go there
inline constexpr FindingId register_duplicate_id{"register-duplicate-id"};              // R31: one ID, two devices in turns
inline constexpr FindingId register_lifetime_cut{"register-lifetime-cut"};              // info: granted less than was asked for
inline constexpr FindingId register_lifetime_short{"register-lifetime-short"};          // info: under 3600 s

// Heartbeat
inline constexpr FindingId keepalive_unanswered{"keepalive-unanswered"};                // K1, K4: three beats in a row
inline constexpr FindingId keepalive_too_rare{"keepalive-too-rare"};                    // K2: calls reach it only shortly after its own packets
inline constexpr FindingId keepalive_refused{"keepalive-refused"};                      // K3: 403, 404, twice in a row
inline constexpr FindingId keepalive_status{"keepalive-status"};                        // K5: Status is neither OK nor ERROR

}  // namespace gbkit::findings
