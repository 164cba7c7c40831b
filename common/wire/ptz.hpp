// The eight bytes of a PTZCmd (GB/T 28181-2022 A.3): what the camera is told to do.
//
//   | A5 | 0F | address low | command | data 1 | data 2 | data 3, address high | sum of the seven before |
//
//   A50F01021F0000D6: left, speed 31
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace gbkit::wire {

struct PtzCommand {
    enum class Kind : std::uint8_t {
        stop, move, lens,                                        // lens: focus and iris
        preset_set, preset_call, preset_delete,
        cruise_add, cruise_delete, cruise_speed, cruise_dwell, cruise_start,
        scan, scan_speed, aux_on, aux_off,
        unknown,                                                 // a command byte the standard does not name
    };
    std::array<std::uint8_t, 8> bytes{};
    Kind kind = Kind::unknown;
    bool start_right = false;      // A5, and 0F as its check digit asks
    bool checksum_right = false;
    std::uint8_t checksum = 0;     // what the last byte should be
    bool contradiction = false;    // left and right, or near and far, in one command

    int pan = 0, tilt = 0, zoom = 0;          // -1 left, down, out; 1 right, up, in
    int focus = 0, iris = 0;                  // -1 near, close; 1 far, open
    int pan_speed = 0, tilt_speed = 0, zoom_speed = 0, focus_speed = 0, iris_speed = 0;  // 0-255, zoom 0-15
    int group = 0;                            // cruise or scan group, number of the auxiliary switch
    int number = 0;                           // preset; speed or dwell (12 bits); scan: 0 start, 1 left limit, 2 right limit
    int address = 0;                          // 12 bits, usually ignored

    [[nodiscard]] bool well_formed() const noexcept { return start_right && checksum_right && !contradiction; }
};

/// 16 hexadecimal digits, spaces around them allowed; anything else is malformed at the first character that does not fit.
[[nodiscard]] Result<PtzCommand> parse_ptz(std::string_view hex);

/// "left 31, up 31", "call preset 3", "stop".
[[nodiscard]] std::string words_of(const PtzCommand& command, Language language);

}  // namespace gbkit::wire
