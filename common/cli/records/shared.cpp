// Record types that every program of the kit shares.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

namespace {

constexpr bool required = true;
constexpr bool optional = false;

RecordSchema run_record() {
    return {"run",
            "The first record of every run: who writes, and what it was asked.",
            {
                {"schema", FieldKind::integer, required, "Version of the records; 1."},
                {"version", FieldKind::text, required, "Version of the kit."},
                {"verb", FieldKind::text, optional, "The verb that runs, the default one included."},
                {"argv", FieldKind::text_list, required, "The arguments as given; the values of secret options are ***."},
            }};
}

RecordSchema finding_record() {
    return {"finding",
            "Something worth knowing about the conversation, from the catalogue in gbkit-findings(7). Written once for "
            "each id and subject; repeats are counted in the summary.",
            {
                {"id", FieldKind::text, required, "Which finding; it never changes."},
                {"severity", FieldKind::text, required, "error, violation, vendor or info."},
                {"certainty", FieldKind::text, required, "certain, likely or possible."},
                {"subject", FieldKind::text, optional, "The device or stream it is about."},
                {"frame", FieldKind::integer, optional, "Number of the packet in the capture, from 1."},
                {"offset", FieldKind::integer, optional, "Byte in the message or file."},
                {"expected", FieldKind::text, optional, "What should have been there."},
                {"observed", FieldKind::text, optional, "What was there."},
                {"seen_from", FieldKind::text, optional, "Where the packets were taken: device, platform or middle; absent when unknown."},
                {"ruled_out", FieldKind::text_list, optional, "Ids that the same evidence excludes."},
                {"message", FieldKind::text, required, "One sentence: what is wrong. English unless --lang is given."},
                {"advice", FieldKind::text, optional, "What to do, and on which side."},
                {"advice_here", FieldKind::text_list, optional, "Where to do it: menus of this make of device, keys of this platform; absent when they are not known."},
                {"clause", FieldKind::text, optional, "The clause of the standard."},
                {"known", FieldKind::boolean, optional, "True when --baseline knows it: no reason to fail."},
            }};
}

RecordSchema sip_message_record() {
    return {"sip_message",
            "One SIP message as it was on the wire.",
            {
                {"frame", FieldKind::integer, optional, "Number of the packet in the capture, from 1."},
                {"source", FieldKind::text, optional, "Address and port it came from."},
                {"destination", FieldKind::text, optional, "Address and port it went to."},
                {"transport", FieldKind::text, optional, "UDP, TCP or TLS."},
                {"method", FieldKind::text, optional, "Method of the request, or of the CSeq of a response."},
                {"request_uri", FieldKind::text, optional, "Request-URI of a request."},
                {"status", FieldKind::integer, optional, "Status of a response."},
                {"reason", FieldKind::text, optional, "Reason phrase of a response."},
                {"call_id", FieldKind::text, optional, "Call-ID."},
                {"cseq", FieldKind::integer, optional, "Number in the CSeq."},
                {"from", FieldKind::text, optional, "URI of From."},
                {"to", FieldKind::text, optional, "URI of To."},
                {"user_agent", FieldKind::text, optional, "User-Agent, or Server of a response."},
                {"device", FieldKind::text, optional, "The device it belongs to, as far as that is known."},
                {"command", FieldKind::text, optional, "CmdType of a MANSCDP body."},
                {"retransmission", FieldKind::boolean, optional, "The same message again."},
                {"defect", FieldKind::text, optional, "Why the message is not well formed."},
                {"bytes", FieldKind::integer, optional, "Length of the message."},
                {"raw_base64", FieldKind::text, optional, "The exact bytes."},
            }};
}

RecordSchema listening_record() {
    return {"listening",
            "A server is ready on this address.",
            {
                {"transport", FieldKind::text, required, "UDP, TCP or TLS."},
                {"address", FieldKind::text, required, "The address, without brackets."},
                {"port", FieldKind::integer, required, "The port the system gave."},
            }};
}

RecordSchema capture_record() {
    return {"capture",
            "One capture file that was read, and what can be said of it.",
            {
                {"file", FieldKind::text, required, "Its name; - is standard input; of a live capture the interface."},
                {"format", FieldKind::text, optional, "pcap or pcapng, with .gz when compressed; live: an interface."},
                {"bytes", FieldKind::integer, optional, "Bytes read, uncompressed."},
                {"frames", FieldKind::integer, optional, "Frames in it."},
                {"link_types", FieldKind::text_list, optional, "What the frames were captured on."},
                {"first", FieldKind::time, optional, "Time of the first frame."},
                {"last", FieldKind::time, optional, "Time of the last frame."},
                {"cut", FieldKind::text, optional, "How the file ends too early or is broken."},
            }};
}

RecordSchema conversation_record() {
    return {"conversation",
            "Who talked to whom, and what they spoke, by content and not by port: of inspect --list every conversation, else "
            "those that nothing else is written about.",
            {
                {"content", FieldKind::text, required, "sip, rtp, rtcp, rtsp, rtmp, http, onvif, tls, ssh, smb, ssdp, stun, dns or other."},
                {"what", FieldKind::text, optional, "Of SIP: registration, call, subscription or messages."},
                {"from", FieldKind::text, required, "Address and port of who asks; where that is unknown, of who was seen first."},
                {"to", FieldKind::text, required, "Address and port of the other side."},
                {"transport", FieldKind::text, required, "UDP, TCP or TLS."},
                {"packets", FieldKind::integer, required, "Messages of SIP; else datagrams, of TCP segments with payload; both directions."},
                {"bytes", FieldKind::integer, required, "Their payload."},
                {"first", FieldKind::time, required, "Time of the first one; the record's own time is the last one's."},
                {"duration_s", FieldKind::number, required, "From the first to the last."},
                {"first_frame", FieldKind::integer, optional, "Number of the first packet in the capture."},
                {"last_frame", FieldKind::integer, optional, "Number of the last."},
                {"caller", FieldKind::text, optional, "Of SIP: From user of the first message; of a registration the device."},
                {"callee", FieldKind::text, optional, "Of SIP: its To user."},
                {"call_id", FieldKind::text, optional, "Of a call or subscription."},
                {"requests", FieldKind::object, optional, "Of SIP: requests by method."},
                {"status", FieldKind::integer, optional, "Of SIP: status of the last answer."},
                {"ssrc", FieldKind::text, optional, "Of RTP: its SSRC as ten decimal digits."},
                {"payload_type", FieldKind::integer, optional, "Of RTP."},
                {"name", FieldKind::text, optional, "Whom it asks for: SNI of TLS, Host of HTTP, app of RTMP, URL of RTSP; secrets masked."},
                {"url", FieldKind::text, optional, "Of RTMP: the tcUrl, secrets masked."},
            }};
}

// One table for all programs: each sets the counters it has.
RecordSchema summary_record() {
    return {"summary",
            "The last record of every run; each program sets the counters it has.",
            {
                {"exit_code", FieldKind::integer, required, "The exit code of the program."},
                {"error", FieldKind::text, optional, "Why the run could not do its job."},
                {"duration_s", FieldKind::number, optional, "Length of the run, or of the capture."},
                {"files", FieldKind::integer, optional, "Files read."},
                {"frames", FieldKind::integer, optional, "Frames read from captures; of ps-dump: video frames."},
                {"outside_window", FieldKind::integer, optional, "Frames left out by --since and --until."},
                {"filtered", FieldKind::integer, optional, "Frames left out by --filter; those of an interface are not counted."},
                {"not_captured", FieldKind::integer, optional, "Live: frames that were lost before they could be read."},
                {"udp", FieldKind::integer, optional, "Whole UDP datagrams."},
                {"tcp", FieldKind::integer, optional, "TCP segments."},
                {"icmp", FieldKind::integer, optional, "ICMP messages."},
                {"duplicates", FieldKind::integer, optional, "Frames that were second copies (mirror ports) and not counted."},
                {"cut_frames", FieldKind::integer, optional, "Frames captured shorter than they were."},
                {"fragments", FieldKind::integer, optional, "IP fragments."},
                {"incomplete_datagrams", FieldKind::integer, optional, "Datagrams whose fragments are not all there."},
                {"tcp_gap_bytes", FieldKind::integer, optional, "TCP bytes that were never captured."},
                {"tcp_connections", FieldKind::integer, optional, "TCP connections dialled in the capture."},
                {"tcp_refused", FieldKind::integer, optional, "Of those: answered by a RST."},
                {"tcp_unanswered", FieldKind::integer, optional, "Of those: three SYN or more without an answer."},
                {"tcp_retransmitted_bytes", FieldKind::integer, optional, "TCP bytes that were sent again."},
                {"tcp_conflict_bytes", FieldKind::integer, optional, "TCP bytes that were sent again with another content."},
                {"tcp_lost_bytes", FieldKind::integer, optional, "TCP bytes the receiver acknowledged and the capture lost."},
                {"tcp_lost_segments", FieldKind::integer, optional, "About how many segments that were."},
                {"copies_missing", FieldKind::integer, optional, "Packets that came once between hosts whose packets come twice (mirror ports)."},
                {"capture_loss_percent", FieldKind::number, optional, "The share of packets the capture itself lost, as far as it proves that."},
                {"proxy_messages", FieldKind::integer, optional, "SIP messages on the second hop of a proxy, not judged."},
                {"nat_messages", FieldKind::integer, optional, "SIP messages that stand on both sides of a NAT and were judged once."},
                {"nat_mappings", FieldKind::integer, optional, "What the NAT made of how many endpoints."},
                {"nat_not_let_in", FieldKind::integer, optional, "Messages to a mapped outer address that are not on the inner side."},
                {"nat_not_let_out", FieldKind::integer, optional, "Messages from inside that are not on the outer side."},
                {"not_decoded", FieldKind::object, optional, "Frames left undecoded, by what they are."},
                {"content", FieldKind::object, optional, "Conversations by what they speak, as in conversation; inspect: neither SIP nor RTP."},
                {"content_bytes", FieldKind::object, optional, "Their payload."},
                {"messages", FieldKind::integer, optional, "SIP messages."},
                {"retransmissions", FieldKind::integer, optional, "SIP messages that came again."},
                {"malformed", FieldKind::integer, optional, "SIP messages that cannot be read."},
                {"connections", FieldKind::integer, optional, "TCP connections opened or accepted."},
                {"connections_refused", FieldKind::integer, optional, "TCP connections closed at once because too many were open."},
                {"connections_tls", FieldKind::integer, optional, "Of the connections: over TLS."},
                {"connections_insecure", FieldKind::integer, optional, "TCP connections closed because no TLS came about."},
                {"connections_dropped", FieldKind::integer, optional, "TCP connections closed because no SIP message came, or nothing was read."},
                {"requests", FieldKind::object, optional, "SIP requests by method."},
                {"devices", FieldKind::integer, optional, "Devices seen or simulated."},
                {"registered", FieldKind::integer, optional, "Devices that got a 200 for a REGISTER."},
                {"refused", FieldKind::integer, optional, "Devices whose last REGISTER was refused."},
                {"unanswered", FieldKind::integer, optional, "Devices whose last REGISTER got no answer."},
                {"unregistered", FieldKind::integer, optional, "Devices that left in good order."},
                {"keepalives", FieldKind::integer, optional, "Keepalives."},
                {"rtt_ms", FieldKind::number, optional, "Median time from REGISTER to its final answer."},
                {"rtt_p90_ms", FieldKind::number, optional, "The time nine of ten stayed under."},
                {"rtt_p99_ms", FieldKind::number, optional, "The same for the slowest hundredth."},
                {"rtt_max_ms", FieldKind::number, optional, "The longest of them."},
                {"rtt_histogram_us", FieldKind::object, optional,
                 "How many took how long, by upper bound in microseconds with two significant digits; gb-register merge adds them up."},
                {"dialogs", FieldKind::integer, optional, "INVITE dialogs."},
                {"checks", FieldKind::integer, optional, "Digest answers looked at."},
                {"matches", FieldKind::integer, optional, "Digest answers that are right."},
                {"mismatches", FieldKind::integer, optional, "Digest answers that are wrong."},
                {"unverified", FieldKind::integer, optional, "Digest answers there was no password for."},
                {"candidates", FieldKind::integer, optional, "Candidate passwords tried."},
                {"bytes", FieldKind::integer, optional, "Bytes of program streams."},
                {"packs", FieldKind::integer, optional, "Pack headers."},
                {"pes_packets", FieldKind::integer, optional, "PES packets."},
                {"key_frames", FieldKind::integer, optional, "Video frames that are key frames."},
                {"damaged_frames", FieldKind::integer, optional, "Video frames with bytes missing."},
                {"undecodable_frames", FieldKind::integer, optional, "Video frames that follow a damaged one, before the next key frame."},
                {"audio_frames", FieldKind::integer, optional, "PES packets of audio."},
                {"rtp_packets", FieldKind::integer, optional, "RTP packets, second copies not counted."},
                {"rtp_copies", FieldKind::integer, optional, "RTP packets of sources that are a copy of another one (copy_of in rtp_stream): not in rtp_packets, and what they lost not in rtp_lost."},
                {"rtp_lost", FieldKind::integer, optional, "RTP sequence numbers that never came."},
                {"rtp_sources_dropped", FieldKind::integer, optional, "RTP sources that were forgotten to stay within memory; their packets and losses are counted."},
                {"not_followed", FieldKind::integer, optional, "Devices, calls and queries that were forgotten, or not begun with, to stay within memory."},
                {"rtcp_packets", FieldKind::integer, optional, "RTCP packets."},
                {"duration_ms", FieldKind::number, optional, "Length of the longest program stream, by PTS."},
                {"streams", FieldKind::integer, optional, "Elementary streams."},
                {"bytes_written", FieldKind::integer, optional, "Bytes of the product that was written."},
                {"differences", FieldKind::integer, optional, "Differences between two captures."},
                {"findings", FieldKind::object, optional, "How often each finding was seen."},
                {"findings_known", FieldKind::integer, optional, "Findings, by id and subject, that --baseline knows."},
                {"findings_last_frame", FieldKind::object, optional, "Where each repeated finding was seen last."},
                {"lines_dropped", FieldKind::integer, optional, "Records and lines nobody read in time, beyond the queue's limit."},
                {"findings_dropped", FieldKind::integer, optional, "Findings beyond the limit, counted in findings only."},
            }};
}

}  // namespace

std::vector<RecordSchema> shared_records() {
    return {run_record(), listening_record(), capture_record(), conversation_record(), sip_message_record(), finding_record(), summary_record()};
}

}  // namespace gbkit::cli
