#include "wire/ps/muxer.hpp"

#include <algorithm>
#include <array>

#include "wire/ps/clock.hpp"
#include "wire/ps/crc.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::wire::ps {

namespace {

constexpr std::uint64_t scr_lead = 900;          // 10 ms
constexpr std::uint64_t steady_second = 90'000;  // a step back beyond this is a new start, not audio between frames

void start_code(std::uint8_t id, Bytes& out) { out.insert(out.end(), {0, 0, 1, id}); }

void timestamp(std::uint8_t prefix, std::uint64_t value, Bytes& out) {
    std::array<std::uint8_t, 5> bytes{};
    write_timestamp(value, prefix, bytes);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

// SCR, mux rate 22, '11', no stuffing.
void pack_header(std::uint64_t scr, std::uint32_t mux_rate, Bytes& out) {
    std::array<std::uint8_t, 6> clock{};
    write_scr(scr, 0, clock);
    start_code(stream_id::pack, out);
    out.insert(out.end(), clock.begin(), clock.end());
    ByteWriter writer(out);
    writer.u16be(static_cast<std::uint16_t>(mux_rate >> 6));
    writer.u8(static_cast<std::uint8_t>((mux_rate & 0x3F) << 2 | 3));
    writer.u8(0xF8);
}

void stream_bound(std::uint8_t id, bool kibibytes, std::uint16_t bound, Bytes& out) {
    out.push_back(id);
    ByteWriter(out).u16be(static_cast<std::uint16_t>(0xC000U | (kibibytes ? 0x2000U : 0U) | bound));
}

}  // namespace

Muxer::Muxer(MuxerOptions options) : options_(options) {
    options_.mux_rate = std::clamp<std::uint32_t>(options_.mux_rate, 1, 0x3FFFFF);
    options_.pes_payload_limit = std::clamp<std::size_t>(options_.pes_payload_limit, 1, 65'535 - 13);
}

void Muxer::video(ByteView access_unit, std::uint64_t pts, std::optional<std::uint64_t> dts, bool key_frame, Bytes& out) {
    if (access_unit.empty()) return;
    begin_pack(dts.value_or(pts), key_frame, out);
    packets(stream_id::first_video, access_unit, pts, dts, out);
}

void Muxer::audio(ByteView frame, std::uint64_t pts, bool own_pack, Bytes& out) {
    if (frame.empty()) return;
    if (own_pack) begin_pack(pts, !options_.video && !last_scr_, out);
    packets(stream_id::first_audio, frame, pts, std::nullopt, out);
}

void Muxer::end(Bytes& out) { start_code(stream_id::end, out); }

void Muxer::begin_pack(std::uint64_t decoding_time, bool with_map, Bytes& out) {
    decoding_time &= clock_mask;
    std::uint64_t scr = (decoding_time - scr_lead) & clock_mask;
    if (!last_scr_ && decoding_time < scr_lead) scr = 0;
    if (last_scr_ && ((*last_scr_ - scr) & clock_mask) < steady_second) scr = (*last_scr_ + 1) & clock_mask;
    last_scr_ = scr;
    pack_header(scr, options_.mux_rate, out);
    if (!with_map) return;
    system_header(out);
    map(out);
}

void Muxer::system_header(Bytes& out) const {
    ByteWriter writer(out);
    start_code(stream_id::system_header, out);
    writer.u16be(static_cast<std::uint16_t>(6 + (options_.video ? 3 : 0) + (options_.audio ? 3 : 0)));
    writer.u8(static_cast<std::uint8_t>(0x80 | options_.mux_rate >> 15));
    writer.u16be(static_cast<std::uint16_t>((options_.mux_rate & 0x7FFF) << 1 | 1));
    writer.u8(options_.audio ? 1 << 2 : 0);                                   // audio_bound, not fixed, not CSPS
    writer.u8(static_cast<std::uint8_t>(0x20 | (options_.video ? 1 : 0)));    // no locks, marker, video_bound
    writer.u8(0x7F);                                                          // no restriction, reserved
    if (options_.video) stream_bound(stream_id::first_video, true, 512, out);
    if (options_.audio) stream_bound(stream_id::first_audio, false, 32, out);
}

void Muxer::map(Bytes& out) const {
    const std::size_t begin = out.size();
    Bytes entries;
    const auto entry = [&](std::optional<codec::Codec> codec, std::uint8_t id) {
        const auto type = codec ? codec::stream_type_of(*codec) : std::nullopt;
        if (type) entries.insert(entries.end(), {*type, id, 0, 0});
    };
    entry(options_.video, stream_id::first_video);
    entry(options_.audio, stream_id::first_audio);
    ByteWriter writer(out);
    start_code(stream_id::map, out);
    writer.u16be(static_cast<std::uint16_t>(10 + entries.size()));
    writer.u8(0xE0);  // current, reserved, version 0
    writer.u8(0xFF);
    writer.u16be(0);
    writer.u16be(static_cast<std::uint16_t>(entries.size()));
    writer.bytes(entries);
    writer.u32be(crc32_mpeg2(ByteView(out).subspan(begin)));
}

void Muxer::packets(std::uint8_t id, ByteView payload, std::uint64_t pts, std::optional<std::uint64_t> dts,
                    Bytes& out) const {
    pts &= clock_mask;
    if (dts) *dts &= clock_mask;
    const bool both = dts && *dts != pts;
    for (bool first = true; !payload.empty(); first = false) {
        const std::size_t count = std::min(payload.size(), options_.pes_payload_limit);
        const std::size_t stamps = !first ? 0 : both ? 10 : 5;
        start_code(id, out);
        ByteWriter writer(out);
        writer.u16be(static_cast<std::uint16_t>(3 + stamps + count));
        writer.u8(first ? 0x84 : 0x80);  // the first one begins with an access unit: data alignment
        writer.u8(!first ? 0 : both ? 0xC0 : 0x80);
        writer.u8(static_cast<std::uint8_t>(stamps));
        if (first) timestamp(both ? 3 : 2, pts, out);
        if (first && both) timestamp(1, *dts, out);
        writer.bytes(payload.first(count));
        payload = payload.subspan(count);
    }
}

}  // namespace gbkit::wire::ps
