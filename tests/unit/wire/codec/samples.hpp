// Elementary streams for tests, small and of any size: access units of H.264 and H.265, ADTS frames, G.711 speech.
//
// The headers are right (parameter sets as encoders write them, slice headers up to the slice type); the bytes after
// them are filler that holds no zero, so no start code stands where none was meant. Nothing here is decodable to a
// picture. A unit's size is that of its headers plus `size`, the filler of its slice.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>

#include "base/bytes.hpp"

namespace gbkit::test::codec {

inline Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// `size` bytes that are never zero, other ones for another `seed`.
inline Bytes filler(std::size_t size, std::uint32_t seed = 1) {
    Bytes bytes(size);
    std::uint32_t state = seed * 2654435761U + 12345U;
    for (std::uint8_t& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::uint8_t>((state >> 24) % 255U + 1U);
    }
    return bytes;
}

/// A NAL unit behind a start code: long (00 00 00 01) or short (00 00 01).
inline Bytes annex_b(const Bytes& nal, bool long_code = true) {
    return joined({long_code ? Bytes{0, 0, 0, 1} : Bytes{0, 0, 1}, nal});
}

// H.264 Main@3.0, 704x576, 25 frames a second, frame pictures.
inline Bytes h264_sps() {
    return {0x67, 0x4D, 0x40, 0x1E, 0xF2, 0x01, 0x60, 0x24, 0xD8, 0x08, 0x80, 0x00,
            0x00, 0x03, 0x00, 0x80, 0x00, 0x00, 0x19, 0x07, 0x8B, 0x16, 0x89};
}
inline Bytes h264_pps() { return {0x68, 0xEB, 0xE3, 0xCB, 0x20}; }
inline Bytes h264_idr(std::size_t size, std::uint32_t seed = 1) { return joined({{0x65, 0x88, 0x84}, filler(size, seed)}); }
/// SPS, PPS, IDR slice.
inline Bytes h264_key(std::size_t size, std::uint32_t seed = 1) {
    return joined({annex_b(h264_sps()), annex_b(h264_pps()), annex_b(h264_idr(size, seed))});
}
inline Bytes h264_predicted(std::size_t size, std::uint32_t seed = 2) { return annex_b(joined({{0x41, 0x9A}, filler(size, seed)})); }
inline Bytes h264_bidirectional(std::size_t size, std::uint32_t seed = 3) { return annex_b(joined({{0x01, 0x9E}, filler(size, seed)})); }
/// An I slice in a unit that is no IDR.
inline Bytes h264_intra(std::size_t size, std::uint32_t seed = 4) { return annex_b(joined({{0x41, 0x88, 0x80}, filler(size, seed)})); }

// H.265 Main@4.0, 1920x1080 (1088 lines cropped), 25 frames a second.
inline Bytes h265_vps() {
    return {0x40, 0x01, 0x0C, 0x01, 0xFF, 0xFF, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90,
            0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x78, 0x91, 0x30, 0x24};
}
inline Bytes h265_sps() {
    return {0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00,
            0x03, 0x00, 0x78, 0xA0, 0x03, 0xC0, 0x80, 0x10, 0xE5, 0x96, 0x44, 0xE4, 0x93, 0x2B, 0xC0,
            0x5A, 0x02, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x32, 0x10};
}
inline Bytes h265_pps() { return {0x44, 0x01, 0xC1, 0x72, 0xB4, 0x62, 0x40}; }
inline Bytes h265_idr(std::size_t size, std::uint32_t seed = 1) { return joined({{0x26, 0x01, 0xAF}, filler(size, seed)}); }
/// VPS, SPS, PPS, IDR slice.
inline Bytes h265_key(std::size_t size, std::uint32_t seed = 1) {
    return joined({annex_b(h265_vps()), annex_b(h265_sps()), annex_b(h265_pps()), annex_b(h265_idr(size, seed))});
}
/// A P slice in TRAIL_R.
inline Bytes h265_predicted(std::size_t size, std::uint32_t seed = 2) { return annex_b(joined({{0x02, 0x01, 0xD0}, filler(size, seed)})); }
/// A B slice in TRAIL_N.
inline Bytes h265_bidirectional(std::size_t size, std::uint32_t seed = 3) { return annex_b(joined({{0x00, 0x01, 0xE0}, filler(size, seed)})); }

/// One AAC-LC frame in ADTS without CRC, `size` bytes of payload (at most 8184). `rate_index`: 8 is 16 kHz, 11 is 8 kHz.
inline Bytes adts_frame(std::size_t size, std::uint32_t seed = 1, std::uint8_t rate_index = 8, std::uint8_t channels = 1) {
    const auto length = static_cast<std::uint32_t>(size + 7);
    const auto byte = [](std::uint32_t value) { return static_cast<std::uint8_t>(value & 0xFFU); };
    return joined({{0xFF, 0xF1, byte(0x40U | static_cast<std::uint32_t>(rate_index) << 2 | static_cast<std::uint32_t>(channels) >> 2),
                    byte(static_cast<std::uint32_t>(channels) << 6 | length >> 11), byte(length >> 3), byte(length << 5 | 0x1FU), 0xFC},
                   filler(size, seed)});
}

// G.711 as ITU-T G.711 tables 1a and 2a define it, for 16-bit samples.
inline std::uint8_t a_law(int sample) {
    const int sign = sample >= 0 ? 0x80 : 0;
    int magnitude = (sample >= 0 ? sample : -sample - 1) >> 4;  // in steps of segments 0 and 1
    if (magnitude > 0x7FF) magnitude = 0x7FF;
    int segment = 0;
    for (int rest = magnitude >> 4; rest != 0; rest >>= 1) ++segment;
    const int step = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 15;
    return static_cast<std::uint8_t>((sign | segment << 4 | step) ^ 0x55);
}
inline std::uint8_t mu_law(int sample) {
    const int sign = sample < 0 ? 0x80 : 0;
    int magnitude = ((sample < 0 ? -sample : sample) >> 2) + 33;  // 13 bits and the bias
    if (magnitude > 0x1FFF) magnitude = 0x1FFF;
    int segment = 0;
    for (int rest = magnitude >> 6; rest != 0; rest >>= 1) ++segment;
    return static_cast<std::uint8_t>(~(sign | segment << 4 | (magnitude >> (segment + 1) & 15)));
}

/// Speech as a microphone gives it at 8 kHz: a voiced hum with a few harmonics that swells and fades, and a little noise.
inline int speech_at(std::size_t n, std::uint32_t seed = 1, double loudness = 6000) {
    const double t = static_cast<double>(n) / 8000.0;
    const double swell = std::max(0.0, std::sin(2 * 3.14159265 * 3.1 * t)) * (1.2 + std::sin(2 * 3.14159265 * 0.7 * t)) / 2.2;
    const double pitch = 2 * 3.14159265 * (130 + 20 * std::sin(2 * 3.14159265 * 1.3 * t)) * t;
    const double voice = std::sin(pitch) + 0.6 * std::sin(2 * pitch + 1) + 0.4 * std::sin(5 * pitch + 2) + 0.2 * std::sin(9 * pitch);
    std::uint32_t noise = (static_cast<std::uint32_t>(n) + seed * 7919U) * 2654435761U;
    noise = (noise ^ noise >> 15) * 2246822519U;
    return static_cast<int>(loudness * swell * voice / 2.2 + (static_cast<double>(noise >> 16) / 65536.0 - 0.5) * loudness * 0.02);
}
inline Bytes g711a_speech(std::size_t samples, std::size_t first = 0) {
    Bytes bytes(samples);
    for (std::size_t i = 0; i < samples; ++i) bytes[i] = a_law(speech_at(first + i));
    return bytes;
}
inline Bytes g711u_speech(std::size_t samples, std::size_t first = 0) {
    Bytes bytes(samples);
    for (std::size_t i = 0; i < samples; ++i) bytes[i] = mu_law(speech_at(first + i));
    return bytes;
}

}  // namespace gbkit::test::codec
