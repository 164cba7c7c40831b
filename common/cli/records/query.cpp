// Record types about queries, control and notices.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

std::vector<RecordSchema> query_records() {
    constexpr bool required = true;
    constexpr bool optional = false;
    return {
        {"query",
         "A query, control or subscription, and what came back.",
         {
             {"command", FieldKind::text, required, "CmdType: Catalog, RecordInfo, DeviceControl ..."},
             {"state", FieldKind::text, required, "asked, accepted, answering, complete, incomplete, refused, undelivered or unanswered."},
             {"kind", FieldKind::text, required, "Query, Control or Subscription."},
             {"device", FieldKind::text, optional, "ID of the device that is asked."},
             {"platform", FieldKind::text, optional, "ID of the platform that asks."},
             {"sn", FieldKind::text, optional, "Its SN."},
             {"target", FieldKind::text, optional, "DeviceID of the body: the device or a channel."},
             {"element", FieldKind::text, optional, "Of a control its command element, of a query its Type or ConfigType."},
             {"ptz", FieldKind::text, optional, "The PTZCmd in words."},
             {"frame", FieldKind::integer, optional, "Packet of the query."},
             {"first_frame", FieldKind::integer, optional, "Packet of the first Response."},
             {"last_frame", FieldKind::integer, optional, "Packet of the last Response."},
             {"status", FieldKind::integer, optional, "SIP status of the answer to the query."},
             {"reason", FieldKind::text, optional, "Its reason phrase."},
             {"result", FieldKind::text, optional, "Result of the Response."},
             {"parts", FieldKind::integer, optional, "Response messages."},
             {"sum_num", FieldKind::integer, optional, "Items the device announces."},
             {"items", FieldKind::integer, optional, "Items that arrived."},
             {"unique", FieldKind::integer, optional, "Those with an ID of their own."},
             {"overlaps", FieldKind::integer, optional, "Parts sent before the last one was answered."},
             {"largest_part_bytes", FieldKind::integer, optional, "The longest Response message."},
             {"first_answer_ms", FieldKind::number, optional, "From the query to the first Response."},
             {"largest_gap_ms", FieldKind::number, optional, "The longest wait between two Responses."},
             {"total_ms", FieldKind::number, optional, "From the query to the last Response."},
             {"notifies", FieldKind::integer, optional, "Of a subscription: NOTIFY messages."},
             {"expires", FieldKind::integer, optional, "Of a subscription: seconds asked for."},
         }},
        {"notices",
         "What a device says unasked.",
         {
             {"device", FieldKind::text, required, "From user."},
             {"alarms", FieldKind::integer, required, "Alarms."},
             {"positions", FieldKind::integer, required, "Positions."},
             {"media_statuses", FieldKind::integer, required, "Ends of files."},
             {"catalog_events", FieldKind::integer, required, "Changes of the catalog."},
             {"others", FieldKind::integer, required, "Notifications of another kind, heartbeats not counted."},
             {"first_frame", FieldKind::integer, optional, "Packet of the first one."},
             {"last_frame", FieldKind::integer, optional, "Packet of the last one."},
             {"longitude", FieldKind::text, optional, "The last position, as sent."},
             {"latitude", FieldKind::text, optional, "The last position, as sent."},
         }},
    };
}

}  // namespace gbkit::cli
