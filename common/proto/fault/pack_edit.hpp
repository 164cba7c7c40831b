// A pack taken apart for changes: its headers and PES packets in order. For packs that wire::ps::Muxer made.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gbkit::proto::fault {

/// One start code and what belongs to it.
struct PackUnit {
    std::uint8_t id = 0;
    Bytes header;    // whole, for pack header, system header and map; up to the payload, for PES packets
    Bytes payload;   // of PES packets

    [[nodiscard]] bool is_pes() const noexcept;
    [[nodiscard]] bool is_video() const noexcept;
    [[nodiscard]] bool is_audio() const noexcept;
    /// The length field, bytes 4 and 5; `length` is taken modulo 65,536.
    void set_length(std::size_t length);
    /// To what header and payload are.
    void fit_length() { set_length(header.size() + payload.size() - 6); }

    friend bool operator==(const PackUnit&, const PackUnit&) = default;
};

/// The map's entries without descriptors, and its checksum.
struct MapEdit {
    struct Entry {
        std::uint8_t type = 0, id = 0;
        std::uint16_t info_length = 0;   // as written
        Bytes descriptors = {};          // what is there
    };
    std::uint8_t version = 0;
    std::vector<Entry> entries;
    int map_length_off_by = 0;           // added to the right elementary_stream_map_length

    [[nodiscard]] static MapEdit read(const PackUnit& map);
    /// With lengths (but for the wrongs above) and checksum made right.
    void write(PackUnit& map) const;
    [[nodiscard]] Entry* video();
    [[nodiscard]] Entry* audio();
};

class PackEdit {
public:
    /// Malformed when the bytes are not what the muxer writes: headers and PES packets, by their lengths.
    [[nodiscard]] static Result<PackEdit> read(ByteView bytes);
    [[nodiscard]] Bytes bytes() const;

    [[nodiscard]] PackUnit* find(std::uint8_t id);
    [[nodiscard]] bool has(std::uint8_t id) const noexcept;
    void remove(std::uint8_t id);
    [[nodiscard]] bool has_video() const noexcept;

    /// SCR, every PTS and every DTS become what `change` makes of them, modulo 2^33.
    void change_times(const std::function<std::uint64_t(std::uint64_t)>& change);
    static void change_unit_times(PackUnit& unit, const std::function<std::uint64_t(std::uint64_t)>& change);

    std::vector<PackUnit> units;
};

}  // namespace gbkit::proto::fault
