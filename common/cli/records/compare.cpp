// What pcap-replay compare tells.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

std::vector<RecordSchema> compare_records() {
    constexpr bool required = true, optional = false;
    return {{"difference",
             "Something in which two captures of the same conversation differ, most telling first.",
             {
                 {"step", FieldKind::text, required, "registration, keepalive, queries and notices, INVITE and SDP, media, the end, other."},
                 {"exchange", FieldKind::text, optional, "The request it is about: REGISTER with Authorization."},
                 {"weight", FieldKind::text, required, "outcome, value, timing, form or habit: how much it tells."},
                 {"what", FieldKind::text, required, "What differs: header Expires, first answer, SDP m=video setup."},
                 {"good", FieldKind::text, optional, "In the first capture."},
                 {"bad", FieldKind::text, optional, "In the second."},
                 {"also", FieldKind::integer, optional, "Further exchanges in which the same differs."},
                 {"good_frame", FieldKind::integer, optional, "The first such request in the first capture."},
                 {"bad_frame", FieldKind::integer, optional, "The first such request in the second."},
                 {"good_device", FieldKind::text, optional, "The device compared in the first capture."},
                 {"bad_device", FieldKind::text, optional, "The device compared in the second."},
             }}};
}

}  // namespace gbkit::cli
