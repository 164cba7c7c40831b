// What an MPEG program stream is made of, as the parser tells it (ISO/IEC 13818-1 section 2.5; MPEG-1: 11172-1).
//
//   pack:  00 00 01 BA | SCR, mux rate, stuffing          one video frame in GB/T 28181 (2022, Annex C.1)
//          00 00 01 BB | length 16 | system header        key frames
//          00 00 01 BC | length 16 | program stream map   key frames
//          00 00 01 E0 | length 16 | PES header | payload pieces ...
//
// Every event has the offset of its first byte, counted from the first byte given to the parser. Views live during
// the call only. Fields are what the bytes say: whether that is right is for the observer to judge.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.hpp"

namespace gbkit::wire::ps {

namespace stream_id {
inline constexpr std::uint8_t end = 0xB9, pack = 0xBA, system_header = 0xBB, map = 0xBC, private_1 = 0xBD, padding = 0xBE,
                              private_2 = 0xBF, first_audio = 0xC0, last_audio = 0xDF, first_video = 0xE0,
                              last_video = 0xEF, ecm = 0xF0, emm = 0xF1, dsmcc = 0xF2, h222_e = 0xF8, extended = 0xFD,
                              directory = 0xFF;
}

struct Pack {
    std::uint64_t offset = 0;
    bool mpeg1 = false;              // 12 bytes, no extension
    bool empty = false;              // 00 00 01 BA followed by another start code (Hikvision H.265)
    bool markers = true;             // all marker bits are 1
    std::uint64_t scr = 0;           // 90 kHz, 33 bits
    std::uint16_t scr_extension = 0; // 27 MHz, legal 0..299
    std::uint32_t mux_rate = 0;      // units of 50 bytes a second, 0 is forbidden
    std::uint8_t stuffing_length = 0;
    std::array<std::uint8_t, 7> stuffing{};
};

struct StreamBound {
    std::uint8_t stream_id = 0;
    bool scale = false;              // false: units of 128 bytes, true: of 1024
    std::uint16_t bound = 0;
};

struct SystemHeader {
    std::uint64_t offset = 0;
    std::uint16_t length = 0;        // header_length as sent
    bool markers = true;
    bool whole = true;               // the fields fit header_length
    std::uint32_t rate_bound = 0;
    std::uint8_t audio_bound = 0, video_bound = 0;
    bool fixed = false, csps = false, audio_lock = false, video_lock = false, packet_rate_restriction = false;
    std::vector<StreamBound> streams;
    ByteView raw;                    // start code included
};

enum class Crc : std::uint8_t { ok, swapped, zero, bad };   // swapped: right value in little-endian order (Hikvision)

struct StreamMapEntry {
    std::uint8_t type = 0;           // stream_type: 0x1B H.264, 0x24 H.265, 0x90 G.711A ...
    std::uint8_t id = 0;             // elementary_stream_id
    std::uint16_t info_length = 0;   // elementary_stream_info_length as sent
    ByteView descriptors;            // as far as they are there
    bool descriptors_fit = true;     // tag-length-value fills info_length exactly
    std::optional<std::uint8_t> hides;  // id of an entry that info_length swallows (the rest reads `type id length`)
    std::uint8_t hidden_type = 0;    // stream_type of that entry
};

struct StreamMap {
    std::uint64_t offset = 0;
    std::uint16_t length = 0;        // program_stream_map_length as sent
    bool current = true;             // current_next_indicator
    std::uint8_t version = 0;
    std::uint16_t info_length = 0;   // program_stream_info_length
    std::uint16_t map_length = 0;    // elementary_stream_map_length
    bool lengths_fit = true;         // 10 + info_length + map_length == length, and entries fill map_length
    bool whole = true;               // all that `length` promises is there and could be read
    ByteView info;                   // program descriptors
    std::vector<StreamMapEntry> entries;
    Crc crc = Crc::ok;
    std::uint32_t crc_stored = 0, crc_computed = 0;
    ByteView raw;                    // start code and CRC included
};

/// The start of a PES packet; its payload follows in pieces, then PesEnd.
struct Pes {
    enum class Layout : std::uint8_t {
        mpeg2,           // the optional header of 13818-1
        mpeg1,           // 11172-1
        bare,            // ids without an optional header (BE, BF, F0, F1, F2, F8, FF ...)
        one_byte_short,  // header_data_length stands at byte 7: a known firmware bug
    };
    std::uint64_t offset = 0;
    std::uint8_t id = 0;
    std::uint16_t length = 0;        // PES_packet_length as sent; 0: unbounded, forbidden in a program stream
    Layout layout = Layout::mpeg2;
    std::uint8_t zeros_before = 0;   // extra zero bytes before the start code (a four-byte prefix), at most 255 told
    std::uint16_t header_bytes = 0;  // from the start code to the first payload byte
    std::optional<std::uint64_t> pts, dts;  // 90 kHz, 33 bits
    std::uint8_t flags_1 = 0, flags_2 = 0;  // bytes 6 and 7 as sent
    bool markers = true;             // of PTS and DTS
    bool forbidden_pts_dts = false;  // PTS_DTS_flags 01
    bool stuffing_ff = true;         // PES stuffing bytes are FF
    bool header_fits = true;         // header_data_length holds what the flags promise, and length holds it
};

struct Payload {
    std::uint64_t offset = 0;        // of bytes[0] in the stream
    std::uint64_t at = 0;            // of bytes[0] in this PES packet's payload
    ByteView bytes;                  // empty when `skipped`
    std::uint64_t skipped = 0;       // payload bytes passed over without being given (Parser::skip)
};

struct PesEnd {
    enum class Why : std::uint8_t {
        complete,
        next_start,   // a pack or PES began before the length was used up
        gap,          // bytes are missing (Parser::gap)
        end,          // the input ended
        too_large,    // an unbounded PES over the limit
    };
    std::uint64_t offset = 0;        // of the byte after it
    std::uint8_t id = 0;
    std::uint64_t payload_bytes = 0; // that were there (skipped ones included)
    std::uint64_t missing = 0;       // that its length promises beyond them
    Why why = Why::complete;
};

/// Bytes that belong to nothing: before the first start code, or passed over to find the next one.
struct Skipped {
    enum class Why : std::uint8_t { leading, resync, zeros } why = Why::resync;
    std::uint64_t offset = 0;
    std::uint64_t count = 0;
    std::array<std::uint8_t, 16> head{};  // its first bytes
    std::uint8_t head_bytes = 0;
};

struct EndCode { std::uint64_t offset = 0; };

using Event = std::variant<Pack, SystemHeader, StreamMap, Pes, Payload, PesEnd, Skipped, EndCode>;

}  // namespace gbkit::wire::ps
