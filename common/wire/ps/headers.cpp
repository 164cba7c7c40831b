#include "wire/ps/headers.hpp"

#include <algorithm>

#include "wire/ps/clock.hpp"

namespace gbkit::wire::ps {

namespace {

// 13818-1: '01' SCR 32..30 1, 29..15 1, 14..0 1, extension 9, 1, mux rate 22, '11', reserved 5, stuffing 3.
void read_mpeg2_pack(ByteView b, Pack& pack) noexcept {
    pack.scr = read_scr(b.subspan(4));
    pack.scr_extension = read_scr_extension(b.subspan(4));
    pack.mux_rate = static_cast<std::uint32_t>(b[10] << 14 | b[11] << 6 | b[12] >> 2);
    pack.markers = credible_pack(b).is_yes();
    pack.stuffing_length = b[13] & 7;
}

// 11172-1: '0010' SCR, '1' mux rate 22 '1'.
void read_mpeg1_pack(ByteView b, Pack& pack) noexcept {
    pack.mpeg1 = true;
    pack.scr = read_timestamp(b.subspan(4));
    pack.mux_rate = static_cast<std::uint32_t>((b[9] & 0x7F) << 15 | b[10] << 7 | b[11] >> 1);
    pack.markers = credible_pack(b).is_yes();
}

// Nothing but its start code: another one follows at once.
Answer read_empty_pack(ByteView bytes, Pack& pack) noexcept {
    const Answer next = start_code_here(bytes.subspan(4, std::min<std::size_t>(bytes.size() - 4, 8)));
    if (next.is_more() && bytes.size() < 12) return Answer::more(next.bytes + 4);
    if (!next.is_yes()) return Answer::no();
    pack.empty = true;
    return Answer::yes(4);
}

void read_timestamps(ByteView bytes, Pes& pes) noexcept {
    if (bytes.size() < 5) return;
    pes.pts = read_timestamp(bytes);
    pes.markers = timestamp_markers(bytes) && (bytes[0] >> 4 == 2 || bytes[0] >> 4 == 3);
    if (bytes[0] >> 4 != 3 || bytes.size() < 10) return;
    pes.dts = read_timestamp(bytes.subspan(5));
    pes.markers = pes.markers && timestamp_markers(bytes.subspan(5)) && bytes[5] >> 4 == 1;
}

// Length of the optional fields that the flags promise, without what follows PES_extension.
std::size_t promised(std::uint8_t flags) noexcept {
    std::size_t count = 0;
    if ((flags & 0xC0) == 0x80) count += 5;
    if ((flags & 0xC0) == 0xC0) count += 10;
    if ((flags & 0x20) != 0) count += 6;  // ESCR
    if ((flags & 0x10) != 0) count += 3;  // ES_rate
    if ((flags & 0x08) != 0) count += 1;  // trick mode
    if ((flags & 0x04) != 0) count += 1;  // copy info
    if ((flags & 0x02) != 0) count += 2;  // CRC
    if ((flags & 0x01) != 0) count += 1;  // PES_extension
    return count;
}

// The known firmware bug: no second flag byte, so that header_data_length and PTS stand one byte early. It can only be
// this when the bytes make no sense as they should stand, and do here: PTS with its markers, then a start code.
Answer one_byte_short(ByteView bytes, const Pes& pes) noexcept {
    if (bytes.size() < 13) return Answer::more(13);
    if (bytes[7] < 5 || bytes[7] > 37 || pes.id < stream_id::first_audio || pes.id > stream_id::last_video)
        return Answer::no();
    const bool plausible = timestamp_markers(bytes.subspan(8)) && (bytes[8] >> 4 == 2 || (bytes[8] >> 4 == 3 && bytes[7] >= 10));
    const std::size_t payload = 8U + bytes[7];
    const std::size_t whole = pes.length == 0 ? SIZE_MAX : 6U + pes.length;
    if (!plausible || payload + 4 > whole) return Answer::no();
    if (bytes.size() < payload + 4) return Answer::more(payload + 4);
    const ByteView first = bytes.subspan(payload, 4);
    const bool starts = first[0] == 0 && first[1] == 0 && (first[2] == 1 || (first[2] == 0 && first[3] == 1));
    return starts ? Answer::yes(payload) : Answer::no();
}

Answer read_mpeg2_pes(ByteView bytes, std::size_t whole, Pes& pes) noexcept {
    pes.layout = Pes::Layout::mpeg2;
    const std::size_t fixed = std::min<std::size_t>(9, whole);
    if (bytes.size() < fixed) return Answer::more(fixed);
    pes.flags_1 = bytes[6];
    if (fixed > 7) pes.flags_2 = bytes[7];
    if (fixed < 9) {
        pes.header_fits = false;
        return Answer::yes(fixed);
    }
    // A length of 33 and more without time stamps is what PTS looks like one byte early.
    if (bytes[7] >> 6 == 0 && bytes[8] >= 0x21 && whole >= 17) {
        const Answer early = one_byte_short(bytes, pes);
        if (early.is_more()) return early;
        if (early.is_yes()) {
            pes.layout = Pes::Layout::one_byte_short;
            pes.flags_2 = 0;
            read_timestamps(bytes.subspan(8, bytes[7]), pes);
            return early;
        }
    }
    const std::size_t header = std::min<std::size_t>(9U + bytes[8], whole);
    if (bytes.size() < header) return Answer::more(header);
    const ByteView fields = bytes.subspan(9, header - 9);
    const std::size_t needed = promised(pes.flags_2);
    pes.header_fits = header == 9U + bytes[8] && fields.size() >= needed;
    pes.forbidden_pts_dts = pes.flags_2 >> 6 == 1;
    if (pes.flags_2 >> 6 == 2) read_timestamps(fields.first(std::min<std::size_t>(fields.size(), 5)), pes);
    if (pes.flags_2 >> 6 == 3) read_timestamps(fields, pes);
    if (pes.flags_2 >> 6 == 3 && pes.pts && !pes.dts) pes.markers = false;
    if (pes.flags_2 >> 6 == 2 && fields.size() >= 5 && fields[0] >> 4 != 2) pes.markers = false;
    // What an extension holds is not taken apart, so its bytes cannot be told from stuffing.
    if (pes.header_fits && (pes.flags_2 & 1) == 0 && fields.size() > needed) {
        const ByteView stuffing = fields.subspan(needed);
        pes.stuffing_ff = std::all_of(stuffing.begin(), stuffing.end(), [](std::uint8_t byte) { return byte == 0xFF; });
    }
    return Answer::yes(header);
}

// 11172-1 2.4.3.3: stuffing FF (16 at most), '01' and buffer size, then PTS, PTS and DTS, or 0F.
Answer read_mpeg1_pes(ByteView bytes, std::size_t whole, Pes& pes) noexcept {
    pes.layout = Pes::Layout::mpeg1;
    const ByteView there = bytes.first(std::min(bytes.size(), whole));
    const auto lacks = [&](std::size_t count) { return there.size() < count && there.size() < whole; };
    const auto give_up = [&] {
        pes.header_fits = false;
        return Answer::yes(6);
    };
    std::size_t at = 6;
    while (at < there.size() && at < 22 && there[at] == 0xFF) ++at;
    if (lacks(at + 1)) return Answer::more(at + 1);
    if (at < there.size() && there[at] >> 6 == 1) at += 2;
    if (lacks(at + 1)) return Answer::more(at + 1);
    if (at >= there.size()) return give_up();
    const unsigned kind = there[at] >> 4;
    if (there[at] == 0x0F) return Answer::yes(at + 1);
    if (kind != 2 && kind != 3) return give_up();
    const std::size_t stamps = kind == 2 ? 5 : 10;
    if (lacks(at + stamps)) return Answer::more(std::min(at + stamps, whole));
    if (there.size() < at + stamps) return give_up();
    read_timestamps(there.subspan(at, stamps), pes);
    return Answer::yes(at + stamps);
}

}  // namespace

bool has_optional_header(std::uint8_t id) noexcept {
    switch (id) {
    case stream_id::map:
    case stream_id::padding:
    case stream_id::private_2:
    case stream_id::ecm:
    case stream_id::emm:
    case stream_id::dsmcc:
    case stream_id::h222_e:
    case stream_id::directory: return false;
    default: return id >= stream_id::private_1;
    }
}

Answer read_pack(ByteView bytes, Pack& pack) noexcept {
    if (bytes.size() < 6) return Answer::more(6);
    if (bytes[4] == 0 && bytes[5] == 0) return read_empty_pack(bytes, pack);
    if (bytes[4] >> 4 == 2) {
        if (bytes.size() < 12) return Answer::more(12);
        read_mpeg1_pack(bytes, pack);
        return Answer::yes(12);
    }
    if (bytes.size() < 14) return Answer::more(14);
    read_mpeg2_pack(bytes, pack);
    const std::size_t whole = 14U + pack.stuffing_length;
    if (bytes.size() < whole) return Answer::more(whole);
    if (bytes[4] >> 6 != 1) {
        const Answer next = start_code_here(bytes.subspan(whole, std::min<std::size_t>(bytes.size() - whole, 4)));
        if (next.is_more() && bytes.size() < whole + 4) return Answer::more(whole + 4);
        if (!next.is_yes()) return Answer::no();
    }
    std::copy_n(bytes.begin() + 14, pack.stuffing_length, pack.stuffing.begin());
    return Answer::yes(whole);
}

Answer read_pes(ByteView bytes, Pes& pes) noexcept {
    if (bytes.size() < 6) return Answer::more(6);
    pes.id = bytes[3];
    pes.length = static_cast<std::uint16_t>(bytes[4] * 256U + bytes[5]);
    const std::size_t whole = pes.length == 0 ? SIZE_MAX : 6U + pes.length;
    Answer answer;
    if (!has_optional_header(pes.id)) {
        pes.layout = Pes::Layout::bare;
        answer = Answer::yes(6);
    } else if (bytes.size() < 7) {
        return Answer::more(7);
    } else {
        answer = bytes[6] >> 6 == 2 ? read_mpeg2_pes(bytes, whole, pes) : read_mpeg1_pes(bytes, whole, pes);
    }
    if (answer.is_yes()) pes.header_bytes = static_cast<std::uint16_t>(answer.bytes);
    return answer;
}

SystemHeader read_system_header(ByteView bytes) {
    SystemHeader header;
    header.raw = bytes;
    ByteReader reader(bytes);
    reader.skip(4);
    header.length = reader.u16be();
    const std::uint32_t rate = reader.u24be();
    const std::uint8_t audio = reader.u8(), video = reader.u8(), restriction = reader.u8();
    header.markers = (rate & 0x800001U) == 0x800001U && (video & 0x20) != 0;
    header.rate_bound = rate >> 1 & 0x3FFFFFU;
    header.audio_bound = audio >> 2;
    header.fixed = (audio & 2) != 0;
    header.csps = (audio & 1) != 0;
    header.audio_lock = (video & 0x80) != 0;
    header.video_lock = (video & 0x40) != 0;
    header.video_bound = video & 0x1F;
    header.packet_rate_restriction = (restriction & 0x80) != 0;
    while (reader.ok() && reader.remaining() > 0 && (bytes[reader.offset()] & 0x80) != 0) {
        const std::uint8_t id = reader.u8();
        const std::uint16_t bound = reader.u16be();
        if (!reader.ok()) break;
        header.streams.push_back({id, (bound & 0x2000) != 0, static_cast<std::uint16_t>(bound & 0x1FFF)});
    }
    header.whole = reader.ok() && bytes.size() == 6U + header.length;
    return header;
}

}  // namespace gbkit::wire::ps
