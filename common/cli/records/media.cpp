// Record types about media: RTP sources, program streams, frames.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

namespace {

constexpr bool required = true;
constexpr bool optional = false;

constexpr FieldSchema source{"source", FieldKind::integer, optional, "Number of the RTP source in this input, from 1; absent for files without RTP."};
constexpr FieldSchema file{"file", FieldKind::text, optional, "The input, when there is more than one."};
constexpr FieldSchema ssrc{"ssrc", FieldKind::text, optional, "Its SSRC as y= has it: ten decimal digits."};
constexpr FieldSchema stream_id{"stream_id", FieldKind::text, required, "The stream_id in hexadecimal: e0 video, c0 audio."};
constexpr FieldSchema offset{"offset", FieldKind::integer, required, "Of its first byte in the program stream."};
constexpr FieldSchema frame{"frame", FieldKind::integer, optional, "Number of the capture's frame that carried its first byte."};
constexpr FieldSchema packet{"packet", FieldKind::integer, optional, "Number of the RTP packet of this source that carried its first byte, from 1."};
constexpr FieldSchema pts{"pts", FieldKind::integer, optional, "Presentation time stamp as sent, 90 kHz."};
constexpr FieldSchema dts{"dts", FieldKind::integer, optional, "Decoding time stamp as sent, 90 kHz."};
constexpr FieldSchema scr{"scr", FieldKind::integer, optional, "System clock reference of its pack, 90 kHz."};

RecordSchema rtp_stream() {
    return {"rtp_stream",
            "One RTP source: an SSRC between two addresses, or in a dump.",
            {
                source,
                file,
                ssrc,
                {"ssrc_hex", FieldKind::text, required, "The SSRC in hexadecimal."},
                {"from", FieldKind::text, optional, "Address and port it came from."},
                {"to", FieldKind::text, optional, "Address and port it went to."},
                {"transport", FieldKind::text, optional, "UDP or TCP."},
                {"framing", FieldKind::text, optional, "How packets stand in TCP or in a dump: RFC 4571, interleaved, Ehome or bare."},
                {"payload_types", FieldKind::object, required, "Packets by payload type."},
                {"container", FieldKind::text, optional, "What it carries."},
                {"packets", FieldKind::integer, required, "RTP packets received, second copies not counted."},
                {"bytes", FieldKind::integer, required, "Their payload."},
                {"lost", FieldKind::integer, required, "Sequence numbers that never came."},
                {"loss_ratio", FieldKind::number, required, "Lost of expected, 0 to 1."},
                {"reordered", FieldKind::integer, required, "Packets that came late and were put in place."},
                {"too_late", FieldKind::integer, required, "Packets that came after they had been given up."},
                {"duplicates", FieldKind::integer, required, "Packets that came again."},
                {"restarts", FieldKind::integer, required, "Jumps of the sequence numbers: a new run of the sender."},
                {"jitter_ms", FieldKind::number, optional, "Interarrival jitter at the end (RFC 3550 6.4.1)."},
                {"jitter_max_ms", FieldKind::number, optional, "The most it came to."},
                {"jitter_mean_ms", FieldKind::number, optional, "Its mean over all packets but the first."},
                {"pace", FieldKind::number, optional, "Media time in a time of arrival: 1 is live, 4 a download at four times the speed."},
                {"rtcp_packets", FieldKind::integer, required, "RTCP packets between the same ends."},
                {"skipped_bytes", FieldKind::integer, required, "Bytes that were no packet and were passed over."},
                {"source_port_changes", FieldKind::integer, required, "How often its port changed."},
                {"copy_of", FieldKind::integer, optional, "Number of the source whose packets these are, seen between other ends: before and after a NAT, on a mirror."},
                {"duration_ms", FieldKind::number, optional, "From its first packet to its last."},
                {"bit_rate_kbps", FieldKind::number, optional, "1000 bits of payload a second, over that time."},
                {"first", FieldKind::time, optional, "Time of its first packet; the record's own time is the last one's."},
                {"first_frame", FieldKind::integer, optional, "Number of the capture's frame that brought its first packet."},
                {"last_frame", FieldKind::integer, optional, "Number of the one that brought its last packet in order."},
            }};
}

RecordSchema stream() {
    return {"stream",
            "One elementary stream of a program stream, at the end of the input.",
            {
                source,
                file,
                ssrc,
                stream_id,
                {"stream_type", FieldKind::text, optional, "stream_type of its latest entry in the program stream map, in hexadecimal."},
                {"codec", FieldKind::text, optional, "H.264, H.265, G.711A ..."},
                {"codec_by", FieldKind::text, optional, "What tells the codec: content or map."},
                {"profile", FieldKind::text, optional, "Profile of the video."},
                {"level", FieldKind::text, optional, "Level of the video."},
                {"width", FieldKind::integer, optional, "Columns of the picture."},
                {"height", FieldKind::integer, optional, "Rows of the picture."},
                {"fps", FieldKind::number, optional, "Frames a second, by PTS."},
                {"fps_declared", FieldKind::number, optional, "Frames a second its parameter sets declare."},
                {"key_frame_interval_s", FieldKind::number, optional, "The longest time between key frames."},
                {"pes_packets", FieldKind::integer, required, "PES packets."},
                {"frames", FieldKind::integer, required, "Frames; of audio PES packets."},
                {"key_frames", FieldKind::integer, required, "Key frames."},
                {"damaged_frames", FieldKind::integer, required, "Frames with bytes missing."},
                {"bytes", FieldKind::integer, required, "Bytes of the elementary stream."},
                {"largest_frame", FieldKind::integer, optional, "Bytes of the largest frame."},
                {"bit_rate_kbps", FieldKind::number, optional, "1000 bits a second, by PTS."},
                {"duration_ms", FieldKind::number, optional, "From its first PTS to its last."},
                {"signature", FieldKind::text, optional, "What private payloads begin with, in hexadecimal."},
            }};
}

RecordSchema psm() {
    return {"psm",
            "A program stream map when it is first seen, and whenever its entries change.",
            {
                source,
                file,
                ssrc,
                offset,
                frame,
                packet,
                {"number", FieldKind::integer, required, "Of all maps, from 1."},
                {"version", FieldKind::integer, required, "program_stream_map_version."},
                {"current", FieldKind::boolean, required, "current_next_indicator."},
                {"entries", FieldKind::text_list, required, "stream_id, stream_type and codec of each entry."},
                {"crc", FieldKind::text, required, "ok, swapped (right, in the wrong byte order), zero or bad."},
                {"crc_stored", FieldKind::text, required, "The CRC as sent, in hexadecimal."},
                {"crc_computed", FieldKind::text, required, "The CRC as it should be."},
                {"raw_base64", FieldKind::text, required, "The exact bytes."},
            }};
}

RecordSchema media_frame() {
    return {"frame",
            "One video frame, or one PES packet of audio (ps-dump --frames).",
            {
                source,
                file,
                ssrc,
                stream_id,
                {"number", FieldKind::integer, required, "In its stream, from 1."},
                {"codec", FieldKind::text, optional, "H.264, H.265, G.711A ..."},
                {"frame_type", FieldKind::text, optional, "key, P, B or I; absent when it cannot be told."},
                offset,
                {"bytes", FieldKind::integer, required, "Bytes of the elementary stream."},
                {"pes_packets", FieldKind::integer, required, "PES packets it came in."},
                pts,
                dts,
                scr,
                {"rtp_timestamp", FieldKind::integer, optional, "RTP timestamp."},
                {"packets", FieldKind::integer, optional, "RTP packets it came in."},
                packet,
                {"last_packet", FieldKind::integer, optional, "Number of the last of them."},
                frame,
                {"arrival_ms", FieldKind::number, optional, "From its first packet to its last."},
                {"lost", FieldKind::text_list, optional, "Ranges of lost sequence numbers in it."},
                {"damaged", FieldKind::boolean, optional, "Bytes of it are missing."},
                {"depends_on_damage", FieldKind::boolean, optional, "It follows a damaged frame, before the next key frame."},
            }};
}

RecordSchema ps_packet() {
    return {"packet",
            "One packet of a program stream (ps-dump --packets): pack header, system header, map or PES packet.",
            {
                source,
                file,
                ssrc,
                stream_id,
                offset,
                {"bytes", FieldKind::integer, required, "All of it that is there, header included."},
                pts,
                dts,
                scr,
                packet,
                frame,
            }};
}

}  // namespace

std::vector<RecordSchema> media_records() { return {rtp_stream(), stream(), psm(), media_frame(), ps_packet()}; }

}  // namespace gbkit::cli
