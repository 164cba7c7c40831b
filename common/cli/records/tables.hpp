// The tables of record types, one .cpp per subject; record.cpp puts them together.
//
// A new record type: a row in the table of its subject. A new subject: a function here, its file beside, and a
// line in record_schemas(). Then run `gbkit-gen --write .` for gbkit-records(7).
#pragma once

#include <vector>

#include "cli/record.hpp"

namespace gbkit::cli {

[[nodiscard]] std::vector<RecordSchema> shared_records();        // run, finding, summary, sip_message, listening, capture
[[nodiscard]] std::vector<RecordSchema> registration_records();  // registration, keepalive
[[nodiscard]] std::vector<RecordSchema> digest_records();        // digest_check
[[nodiscard]] std::vector<RecordSchema> media_records();         // rtp_stream, stream, psm, frame, packet
[[nodiscard]] std::vector<RecordSchema> query_records();         // query, notices
[[nodiscard]] std::vector<RecordSchema> dialog_records();        // dialog, rtp_interval
[[nodiscard]] std::vector<RecordSchema> compare_records();       // difference

}  // namespace gbkit::cli
