// Writes a program stream as GB/T 28181-2022 Annex C.1 says: one video frame is one pack.
//
//   key frame:    pack header, system header, program stream map, PES video ..., PES audio ...
//   other frames: pack header, PES video ...
//
// Frames over 65,535 bytes go into several PES packets (PTS on the first one only). Video is E0, audio C0.
// SCR runs 10 ms before DTS and always forward; system headers are all the same (ISO/IEC 13818-1 2.7.8), and the map keeps
// its version. A stream without video has its system header and map in its first pack.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/codec/codec.hpp"

namespace gbkit::wire::ps {

struct MuxerOptions {
    std::optional<codec::Codec> video = {}; // with a stream_type (wire/codec); others are left out of the map
    std::optional<codec::Codec> audio = {};
    std::uint32_t mux_rate = 20'000;        // units of 50 bytes a second; at least 1, at most 4,194,303
    std::size_t pes_payload_limit = 65'000; // bytes; at least 1, at most 65,522
};

class Muxer {
public:
    explicit Muxer(MuxerOptions options);
    /// Appends one pack with one access unit (Annex B for H.264 and H.265). Times in 90 kHz ticks (taken modulo 2^33).
    /// An empty access unit writes nothing.
    void video(ByteView access_unit, std::uint64_t pts, std::optional<std::uint64_t> dts, bool key_frame, Bytes& out);
    /// Appends one audio frame: into a PES packet of its own, in a pack of its own when `own_pack`.
    void audio(ByteView frame, std::uint64_t pts, bool own_pack, Bytes& out);
    /// The end code.
    static void end(Bytes& out);

private:
    void begin_pack(std::uint64_t decoding_time, bool with_map, Bytes& out);
    void system_header(Bytes& out) const;
    void map(Bytes& out) const;
    void packets(std::uint8_t id, ByteView payload, std::uint64_t pts, std::optional<std::uint64_t> dts, Bytes& out) const;

    MuxerOptions options_;
    std::optional<std::uint64_t> last_scr_;
};

}  // namespace gbkit::wire::ps
