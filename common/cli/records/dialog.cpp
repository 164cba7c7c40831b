// Record types about calls: INVITE dialogs and the media they promise, second by second.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

std::vector<RecordSchema> dialog_records() {
    constexpr bool required = true;
    constexpr bool optional = false;
    return {
        {"dialog",
         "An INVITE dialog: who called whom, what was agreed, how it ended.",
         {
             {"call_id", FieldKind::text, required, "Its Call-ID."},
             {"state", FieldKind::text, required, "inviting, refused, unanswered, answered, confirmed, ended or cancelled."},
             {"caller", FieldKind::text, optional, "ID of the caller."},
             {"channel", FieldKind::text, optional, "ID that is called."},
             {"session", FieldKind::text, optional, "The s= line: Play, Playback, Download, Talk."},
             {"from", FieldKind::text, optional, "Address and port the INVITE came from."},
             {"to", FieldKind::text, optional, "Address and port it went to."},
             {"transport", FieldKind::text, optional, "UDP, TCP or TLS."},
             {"invite_frame", FieldKind::integer, optional, "Packet of the INVITE."},
             {"answer_frame", FieldKind::integer, optional, "Packet of the final answer."},
             {"ack_frame", FieldKind::integer, optional, "Packet of the ACK."},
             {"bye_frame", FieldKind::integer, optional, "Packet of the BYE."},
             {"status", FieldKind::integer, optional, "SIP status of the final answer."},
             {"reason", FieldKind::text, optional, "Its reason phrase."},
             {"setup_ms", FieldKind::number, optional, "From the INVITE to the final answer."},
             {"bye_from", FieldKind::text, optional, "caller or callee."},
             {"offer_media", FieldKind::text, optional, "Address and port the offer names."},
             {"answer_media", FieldKind::text, optional, "Address and port the answer names."},
             {"media_transport", FieldKind::text, optional, "UDP or TCP, as offered."},
             {"setup_roles", FieldKind::text, optional, "a=setup of offer and answer: passive/active."},
             {"y", FieldKind::text, optional, "The SSRC line that counts: of the answer, else of the offer."},
             {"dialled_by", FieldKind::text, optional, "Who dialled the TCP connection for the media: caller or callee."},
             {"dialled_to", FieldKind::text, optional, "Address and port that was dialled."},
             {"connection", FieldKind::text, optional, "What became of it: dialling, open, refused, closed or reset."},
             {"syn_frame", FieldKind::integer, optional, "Packet of its first SYN."},
             {"syn_copies", FieldKind::integer, optional, "How often the SYN was sent."},
             {"source", FieldKind::integer, optional, "Number of the RTP source that belongs to it, as in rtp_stream."},
             {"media_after_ms", FieldKind::number, optional, "From the ACK to the first media packet."},
             {"first_key_frame_ms", FieldKind::number, optional, "From the ACK to the first whole key frame."},
         }},
        {"rtp_interval",
         "One second of an RTP source.",
         {
             {"source", FieldKind::integer, required, "Number of the RTP source, as in rtp_stream."},
             {"ssrc", FieldKind::text, required, "Its SSRC as ten decimal digits."},
             {"packets", FieldKind::integer, required, "Packets in this second."},
             {"bytes", FieldKind::integer, required, "Bytes of payload."},
             {"lost", FieldKind::integer, required, "Packets found missing."},
             {"jitter_ms", FieldKind::number, required, "RFC 3550 jitter at its end."},
         }},
    };
}

}  // namespace gbkit::cli
