// Findings about queries and their answers: catalogs, record lists, configuration, notices and control (GB/T 28181-2022
// 9.4 to 9.11, annexes A, J and M). Texts: catalog.cpp.
//
// C rows are those of the field tables that tests/fixtures/rows.tsv maps.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// The exchange: a query and its answers
inline constexpr FindingId query_refused{"query-refused"};                          // any SIP refusal
inline constexpr FindingId query_undelivered{"query-undelivered"};                  // repeated, no SIP answer in 32 s
inline constexpr FindingId query_unanswered{"query-unanswered"};                    // 200, and no Response in 30 s
inline constexpr FindingId query_sn_differs{"query-sn-differs"};                    // C9: unanswered, and a Response with an SN nobody asked
inline constexpr FindingId query_to_differs{"query-to-differs"};                    // C9: To of the Response is not From of the query
inline constexpr FindingId query_parts_overlap{"query-parts-overlap"};              // C12
inline constexpr FindingId query_list_empty{"query-list-empty"};                    // C15: SumNum 0 and a list element
inline constexpr FindingId query_num_differs{"query-num-differs"};                  // Num of a list is not the number of its items
inline constexpr FindingId query_result_error{"query-result-error"};                // info: Result ERROR
inline constexpr FindingId query_attributes{"query-attributes"};                    // C5

// The body
inline constexpr FindingId xml_broken{"xml-broken"};                                // C4
inline constexpr FindingId xml_not_escaped{"xml-not-escaped"};                      // C4: a bare &
inline constexpr FindingId xml_charset_differs{"xml-charset-differs"};              // C3: the bytes are not what is declared
inline constexpr FindingId xml_charset_undeclared{"xml-charset-undeclared"};        // C3, info
inline constexpr FindingId xml_beyond_gb2312{"xml-beyond-gb2312"};                  // C3, info

// Lists
inline constexpr FindingId catalog_incomplete{"catalog-incomplete"};                // C1
inline constexpr FindingId catalog_too_slow{"catalog-too-slow"};                    // C2: for the platform that the user named
inline constexpr FindingId catalog_duplicate_ids{"catalog-duplicate-ids"};          // C1, C10: two items of one catalog
inline constexpr FindingId catalog_channel_shared{"catalog-channel-shared"};        // C10: two devices
inline constexpr FindingId catalog_parent_unknown{"catalog-parent-unknown"};        // C6
inline constexpr FindingId catalog_field_value{"catalog-field-value"};              // C6: Parental, Status
inline constexpr FindingId catalog_not_playable{"catalog-not-playable"};            // C11: refused INVITE to what is no camera
inline constexpr FindingId records_incomplete{"records-incomplete"};                // C13
inline constexpr FindingId records_type_missing{"records-type-missing"};            // C14

// Configuration, notices, control
inline constexpr FindingId config_unanswered{"config-unanswered"};                  // C17
inline constexpr FindingId config_block_differs{"config-block-differs"};            // C17
inline constexpr FindingId alarm_of_channel{"alarm-of-channel"};                    // C16, info
inline constexpr FindingId media_status_sender{"media-status-sender"};              // C16, info
inline constexpr FindingId ptz_malformed{"ptz-malformed"};                          // check digit, checksum, contradictory bits

}  // namespace gbkit::findings
