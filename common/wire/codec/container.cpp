#include "wire/codec/container.hpp"

#include <algorithm>
#include <array>

#include "wire/codec/audio.hpp"
#include "wire/codec/nal.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::wire::codec {

namespace {

constexpr std::size_t looked_at = 64 * 1024;
constexpr std::size_t ts_packet = 188;
constexpr std::size_t most_of_a_set = 256;  // bytes of a parameter set in a packet of its own

bool starts_with(ByteView bytes, std::string_view magic) noexcept {
    return bytes.size() >= magic.size() && as_text(bytes.first(magic.size())) == magic;
}

// ISO/IEC 13818-1 2.4.3.2: sync byte, transport_error_indicator 0, adaptation_field_control not 00.
bool is_ts_packet(ByteView bytes) noexcept { return bytes[0] == 0x47 && (bytes.size() < 4 || ((bytes[1] & 0x80U) == 0 && (bytes[3] & 0x30U) != 0)); }

// A sync byte every 188 from `first` to the end; how many there are, 0 when one is missing.
std::size_t ts_packets(ByteView bytes, std::size_t first) noexcept {
    std::size_t packets = 0;
    for (std::size_t at = first; at < bytes.size(); at += ts_packet, ++packets)
        if (!is_ts_packet(bytes.subspan(at))) return 0;
    return packets;
}

// From the start of a packet three are enough; anywhere else there are 188 places to be wrong at.
bool is_transport_stream(ByteView head) noexcept {
    if (ts_packets(head, 0) >= 3) return true;
    for (std::size_t first = 1; first < std::min(ts_packet, head.size()); ++first)
        if (ts_packets(head, first) >= 5) return true;
    return false;
}

// 13818-1 2.5.3.3 and 11172-1 2.4.3.2: the marker bits of a pack header. `after`: what follows 00 00 01 BA.
bool is_pack(ByteView after) noexcept {
    if (after.size() < 8) return false;
    const bool mpeg1 = (after[0] & 0xF1U) == 0x21 && (after[2] & 1U) != 0 && (after[4] & 1U) != 0;
    const bool mpeg2 = (after[0] & 0xC4U) == 0x44 && (after[2] & 4U) != 0 && (after[4] & 4U) != 0 && (after[5] & 1U) != 0;
    return mpeg1 || mpeg2;
}

// 2.4.3.6, 13818-1: a PES packet of audio, video or private stream 1 with a timestamp. `after`: what follows the stream id.
bool is_pes(ByteView after) noexcept {
    if (after.size() < 6 || (after[2] & 0xF0U) != 0x80) return false;
    const unsigned stamps = after[3] >> 6;
    const unsigned least = stamps == 3 ? 10 : 5;
    return stamps >= 2 && after[4] >= least && after[4] <= 64 && (after[5] & 0xF1U) == (stamps << 4 | 1U);
}

// `code`: a start code's value and what follows it.
bool is_program_stream_unit(ByteView code) noexcept {
    if (code.empty()) return false;
    if (code[0] == 0xBA) return is_pack(code.subspan(1));
    return (code[0] == 0xBD || (code[0] >= 0xC0 && code[0] <= 0xEF)) && is_pes(code.subspan(1));
}

bool holds_program_stream(ByteView head) noexcept {
    for (auto code = find_start_code(head); code; code = find_start_code(head, code->end))
        if (is_program_stream_unit(head.subspan(code->end))) return true;
    return false;
}

// Frames begin "DHAV", type (FD and FC video, F0 audio, F1 data).
bool holds_dahua_frame(ByteView head) noexcept {
    const std::string_view text = as_text(head);
    for (std::size_t at = text.find("DHAV"); at != std::string_view::npos; at = text.find("DHAV", at + 1)) {
        const std::uint8_t type = at + 4 < head.size() ? head[at + 4] : 0;
        if (type == 0xFD || type == 0xFC || type == 0xF0 || type == 0xF1) return true;
    }
    return false;
}

Container bare(Codec codec) noexcept {
    return codec == Codec::h264 ? Container::bare_h264 : codec == Codec::h265 ? Container::bare_h265 : Container::unknown;
}

// Cut in the middle: three units or more that only one of the two writes, and none that neither does.
Container annex_b_inside(ByteView head) {
    NalContext context;
    Codec codec = Codec::unknown;
    int units = 0;
    for (auto code = find_start_code(head); code && code->end < head.size(); code = find_start_code(head, code->end)) {
        const ByteView nal = head.subspan(code->end);
        const NalReading reading = read_nal(nal.first(std::min<std::size_t>(nal.size(), 16)), false, codec, context);
        if (reading.codec == Codec::unknown || (codec != Codec::unknown && reading.codec != codec)) return Container::unknown;
        if (!reading.certain) continue;
        codec = reading.codec;
        ++units;
    }
    return units >= 3 ? bare(codec) : Container::unknown;
}

// From the first byte on a slice or a parameter set is enough; later in the bytes, a sequence parameter set that can be read.
Container annex_b(ByteView head) {
    AccessUnitScanner scanner;
    scanner.start(Codec::unknown);
    (void)scanner.push(head);
    scanner.finish();
    const AccessUnit& unit = scanner.unit();
    const bool plain = unit.slice || unit.vps || unit.sps || unit.pps;
    return unit.format || (unit.bytes_before_nal == 0 && plain) ? bare(unit.codec) : annex_b_inside(head);
}

// RFC 6184 5.7.1, RFC 7798 4.4.2: after the payload header, units behind a 16-bit length each, to the end.
bool is_aggregate(ByteView units, bool (*is_header)(ByteView)) noexcept {
    ByteReader in(units);
    std::size_t count = 0;
    for (; in.remaining() > 0; ++count) {
        const ByteView unit = in.take(in.u16be());
        if (unit.size() < 2 || !is_header(unit)) return false;
    }
    return count >= 2;
}

bool is_h264_payload(ByteView payload) {
    constexpr std::uint8_t stap_a = 24, fu_a = 28;
    const std::uint8_t type = h264::type_of(payload[0]);
    if ((payload[0] & 0x80U) != 0 || (payload[0] & 0x60U) == 0) return false;  // every picture we look for is referred to
    if (type == stap_a) return is_aggregate(payload.subspan(1), [](ByteView unit) { return h264::is_header(unit[0]); });
    if (type == h264::sps && payload.size() <= most_of_a_set) {
        const auto format = parse_h264_sps(payload);
        return format && format->profile.rfind("profile", 0) != 0;
    }
    // The first fragment of a slice that is its picture's first: S, not E, not R.
    if (type != fu_a || payload.size() < 8 || (payload[1] & 0xE0U) != 0x80) return false;
    const std::uint8_t inner = h264::type_of(payload[1]);
    return (inner == h264::slice || inner == h264::idr) && read_h264_slice(payload.subspan(1)).first;
}

bool is_h265_payload(ByteView payload) {
    constexpr std::uint8_t aggregation = 48, fragmentation = 49;
    if ((payload[0] & 0x81U) != 0 || payload[1] != 1) return false;  // layer 0, TemporalId 0
    const std::uint8_t type = h265::type_of(payload[0]);
    if (type == aggregation) return is_aggregate(payload.subspan(2), [](ByteView unit) { return h265::is_header(unit[0], unit[1]); });
    if (type == fragmentation) {
        const std::uint8_t inner = payload[2] & 63U;
        return (payload[2] & 0xC0U) != 0xC0 && (h265::is_irap(inner) || inner <= h265::trail_r);
    }
    if (type == h265::vps) return payload.size() > 3 && payload[2] >> 4 == 0 && (payload[2] & 0x0CU) == 0x0C && payload.size() <= most_of_a_set;
    if (type == h265::sps) return payload.size() <= most_of_a_set && parse_h265_sps(payload).has_value();
    return (h265::is_irap(type) || type == h265::trail_r) && read_h265_slice(payload, {}).first;
}

// Frames that follow each other, from the first byte on or from inside one.
bool is_adts(ByteView head) noexcept {
    if (is_adts_chain(head, false)) return true;
    constexpr int in_a_row = 4;
    for (std::size_t first = 1; first + 7 < head.size(); ++first) {
        if (head[first] != 0xFF) continue;
        std::size_t at = first;
        int frames = 0;
        for (std::optional<AdtsHeader> last; frames < in_a_row && at < head.size(); ++frames) {
            const auto header = parse_adts(head.subspan(at));
            if (!header || (last && (header->sample_rate != last->sample_rate || header->channels != last->channels))) break;
            at += header->frame_length;
            last = header;
        }
        if (frames == in_a_row) return true;
    }
    return false;
}

}  // namespace

std::string_view name_of(Container container) noexcept {
    switch (container) {
        case Container::program_stream: return "MPEG program stream";
        case Container::transport_stream: return "MPEG transport stream";
        case Container::bare_h264: return "bare H.264";
        case Container::bare_h265: return "bare H.265";
        case Container::adts: return "AAC in ADTS";
        case Container::hikvision_file: return "Hikvision file (IMKH)";
        case Container::dahua_private: return "Dahua private framing (DHAV)";
        case Container::unknown: break;
    }
    return "unknown";
}

Container container_of(ByteView head) {
    head = head.first(std::min(head.size(), looked_at));
    if (starts_with(head, "IMKH")) return Container::hikvision_file;
    if (is_transport_stream(head)) return Container::transport_stream;
    if (holds_dahua_frame(head)) return Container::dahua_private;
    if (holds_program_stream(head)) return Container::program_stream;
    if (const Container video = annex_b(head); video != Container::unknown) return video;
    return is_adts(head) ? Container::adts : Container::unknown;
}

Container container_of_rtp_payload(ByteView payload) {
    if (payload.size() < 3) return Container::unknown;
    if (payload.size() % ts_packet == 0 && ts_packets(payload, 0) >= 2) return Container::transport_stream;
    if (const Container whole = container_of(payload); whole != Container::unknown) return whole;
    if (is_h265_payload(payload)) return Container::bare_h265;
    if (is_h264_payload(payload)) return Container::bare_h264;
    return is_adts_chain(payload, true) ? Container::adts : Container::unknown;
}

}  // namespace gbkit::wire::codec
