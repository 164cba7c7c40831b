// Record types about registrations: what a device or a platform went through.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

std::vector<RecordSchema> registration_records() {
    constexpr bool required = true;
    constexpr bool optional = false;
    return {
        {"registration",
         "A change in the registration of a device.",
         {
             {"device", FieldKind::text, required, "The 20-digit ID of the device."},
             {"state", FieldKind::text, required, "trying, challenged, registered, refused, unanswered or unregistered."},
             {"peer", FieldKind::text, optional, "Address and port of the other side."},
             {"transport", FieldKind::text, optional, "UDP, TCP or TLS."},
             {"frame", FieldKind::integer, optional, "Number of the packet in the capture, from 1."},
             {"status", FieldKind::integer, optional, "SIP status of the last answer."},
             {"reason", FieldKind::text, optional, "Reason phrase, or what happened."},
             {"expires", FieldKind::integer, optional, "Seconds granted."},
             {"rtt_ms", FieldKind::number, optional, "From REGISTER to its final answer."},
             {"attempts", FieldKind::integer, optional, "REGISTER requests so far, resends not counted."},
             {"user_agent", FieldKind::text, optional, "User-Agent of the device."},
         }},
        {"device",
         "A device at the end of a capture: who it is, and how it went.",
         {
             {"device", FieldKind::text, required, "The 20-digit ID of the device."},
             {"state", FieldKind::text, required, "unknown (its registration is not in the capture), trying, registered, refused, unanswered or unregistered."},
             {"user_agent", FieldKind::text, optional, "User-Agent of the device."},
             {"from", FieldKind::text, optional, "Address and port its last request came from."},
             {"to", FieldKind::text, optional, "Address and port it went to."},
             {"transport", FieldKind::text, optional, "UDP, TCP or TLS."},
             {"via", FieldKind::text, optional, "What its Via says where it is not the source: behind NAT."},
             {"seen_from", FieldKind::text, optional, "Where its packets were taken: device, platform or middle; absent when unknown."},
             {"platform", FieldKind::text, optional, "ID of the platform."},
             {"platform_agent", FieldKind::text, optional, "Server or User-Agent of the platform."},
             {"first", FieldKind::time, optional, "Its first message; the record's own time is the last one's."},
             {"status", FieldKind::integer, optional, "SIP status of the last final answer to a REGISTER."},
             {"reason", FieldKind::text, optional, "Its reason phrase."},
             {"expires", FieldKind::integer, optional, "Seconds granted."},
             {"rtt_ms", FieldKind::number, optional, "From REGISTER to its final answer, the last one."},
             {"registers", FieldKind::integer, required, "REGISTER messages, resends included."},
             {"attempts", FieldKind::integer, required, "REGISTER transactions."},
             {"with_credentials", FieldKind::integer, required, "Those with an Authorization."},
             {"challenges", FieldKind::integer, required, "401 and 407, resends included."},
             {"accepted", FieldKind::integer, required, "Transactions answered with 200."},
             {"refused", FieldKind::integer, required, "Transactions answered with another final status."},
             {"unanswered", FieldKind::integer, required, "Transactions given up without an answer."},
             {"resends", FieldKind::integer, required, "The same message again."},
             {"keepalives", FieldKind::integer, required, "Heartbeats."},
             {"keepalives_answered", FieldKind::integer, required, "Those answered with 200."},
             {"keepalive_gap_min_s", FieldKind::number, optional, "The shortest time between two heartbeats."},
             {"keepalive_gap_max_s", FieldKind::number, optional, "The longest."},
             {"one_sided", FieldKind::boolean, optional, "Only one direction is in the capture."},
         }},
        {"keepalive",
         "A keepalive of a device, answered or not.",
         {
             {"device", FieldKind::text, required, "The 20-digit ID of the device."},
             {"answered", FieldKind::boolean, required, "Whether an answer came."},
             {"frame", FieldKind::integer, optional, "Number of the packet in the capture, from 1."},
             {"status", FieldKind::integer, optional, "SIP status of the answer."},
             {"missed", FieldKind::integer, optional, "Unanswered ones in a row."},
         }},
        {"phase",
         "A phase of a load has ended: what happened in it.",
         {
             {"phase", FieldKind::text, required, "ramp, hold or storm."},
             {"number", FieldKind::integer, required, "Its place among the phases, from 1."},
             {"duration_s", FieldKind::number, required, "How long it took."},
             {"registered", FieldKind::integer, required, "Registrations that got a 200."},
             {"refused", FieldKind::integer, required, "Registrations that were refused."},
             {"unanswered", FieldKind::integer, required, "Registrations nobody answered."},
             {"keepalives", FieldKind::integer, required, "Keepalives, answered or given up."},
             {"rtt_ms", FieldKind::number, optional, "Median time from REGISTER to its final answer."},
             {"rtt_p90_ms", FieldKind::number, optional, "The time nine of ten stayed under."},
             {"rtt_p99_ms", FieldKind::number, optional, "The same for the slowest hundredth."},
             {"rtt_max_ms", FieldKind::number, optional, "The longest of them."},
         }},
        {"offline",
         "A device that was registered is no longer reachable.",
         {
             {"device", FieldKind::text, required, "The 20-digit ID of the device."},
             {"reason", FieldKind::text, optional, "How that shows."},
         }},
    };
}

}  // namespace gbkit::cli
