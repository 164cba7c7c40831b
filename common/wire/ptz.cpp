#include "wire/ptz.hpp"

#include <vector>

#include <fmt/format.h>

namespace gbkit::wire {
namespace {

using Kind = PtzCommand::Kind;

/// 1 for the higher bit of a pair, -1 for the lower one, as the caller's signs say; both are a contradiction.
int pair_of(PtzCommand& command, std::uint8_t bits, int plus_bit, int minus_bit) noexcept {
    const bool plus = ((bits >> plus_bit) & 1) != 0, minus = ((bits >> minus_bit) & 1) != 0;
    if (plus && minus) command.contradiction = true;
    return plus == minus ? 0 : plus ? 1 : -1;
}

void read_move(PtzCommand& command, std::uint8_t bits) noexcept {
    command.kind = bits == 0 ? Kind::stop : Kind::move;
    command.pan = pair_of(command, bits, 0, 1);
    command.tilt = pair_of(command, bits, 3, 2);
    command.zoom = pair_of(command, bits, 4, 5);
    command.pan_speed = command.bytes[4];
    command.tilt_speed = command.bytes[5];
    command.zoom_speed = command.bytes[6] >> 4;
}

void read_lens(PtzCommand& command, std::uint8_t bits) noexcept {
    command.kind = (bits & 0x0F) == 0 ? Kind::stop : Kind::lens;
    command.focus = pair_of(command, bits, 0, 1);
    command.iris = pair_of(command, bits, 2, 3);
    command.focus_speed = command.bytes[4];
    command.iris_speed = command.bytes[5];
}

void read_numbered(PtzCommand& command) noexcept {
    constexpr Kind kinds[] = {Kind::preset_set,   Kind::preset_call,  Kind::preset_delete, Kind::cruise_add, Kind::cruise_delete,
                              Kind::cruise_speed, Kind::cruise_dwell, Kind::cruise_start,  Kind::scan,       Kind::scan_speed,
                              Kind::unknown,      Kind::aux_on,       Kind::aux_off};
    const std::uint8_t code = command.bytes[3];
    if (code < 0x81 || code > 0x8D) return;
    command.kind = kinds[code - 0x81];
    command.group = command.bytes[4];
    command.number = command.bytes[5];
    const bool twelve_bits = command.kind == Kind::cruise_speed || command.kind == Kind::cruise_dwell || command.kind == Kind::scan_speed;
    if (twelve_bits) command.number |= (command.bytes[6] & 0xF0) << 4;
}

std::string moves_of(const PtzCommand& command, Language language) {
    struct Axis {
        int direction, speed;
        Bilingual minus, plus;
    };
    const Axis axes[] = {{command.pan, command.pan_speed, {"left", "左"}, {"right", "右"}},
                         {command.tilt, command.tilt_speed, {"down", "下"}, {"up", "上"}},
                         {command.zoom, command.zoom_speed, {"zoom out", "缩小"}, {"zoom in", "放大"}},
                         {command.focus, command.focus_speed, {"focus near", "聚焦近"}, {"focus far", "聚焦远"}},
                         {command.iris, command.iris_speed, {"iris close", "光圈缩小"}, {"iris open", "光圈放大"}}};
    std::vector<std::string> words;
    for (const Axis& axis : axes)
        if (axis.direction != 0) words.push_back(fmt::format("{} {}", (axis.direction < 0 ? axis.minus : axis.plus).in(language), axis.speed));
    return join(words, ", ");
}

}  // namespace

Result<PtzCommand> parse_ptz(std::string_view hex) {
    const std::string_view digits = trim(hex);
    const auto lead = static_cast<std::size_t>(digits.data() - hex.data());
    PtzCommand command;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i >= digits.size()) return fail(Errc::truncated, "a PTZCmd of fewer than 16 digits", digits.empty() ? 0 : lead + i);
        const int value = hex_value(digits[i]);
        if (value < 0) return fail(Errc::malformed, "a PTZCmd that is not hexadecimal", lead + i);
        command.bytes[i / 2] = static_cast<std::uint8_t>(command.bytes[i / 2] << 4 | value);
    }
    if (digits.size() > 16) return fail(Errc::malformed, "a PTZCmd of more than 16 digits", lead + 16);
    int sum = 0;
    for (std::size_t i = 0; i < 7; ++i) sum += command.bytes[i];
    command.checksum = static_cast<std::uint8_t>(sum);
    command.checksum_right = command.checksum == command.bytes[7];
    // A5 + the version in the high nibble, the check digit in the low one: (A + 5 + version) mod 16.
    const int version = command.bytes[1] >> 4;
    command.start_right = command.bytes[0] == 0xA5 && (command.bytes[1] & 0x0F) == ((0xA + 0x5 + version) & 0x0F);
    command.address = command.bytes[2] | (command.bytes[6] & 0x0F) << 8;
    const std::uint8_t code = command.bytes[3];
    if (code < 0x40) read_move(command, code);
    else if (code < 0x50) read_lens(command, code);
    else read_numbered(command);
    return command;
}

std::string words_of(const PtzCommand& command, Language language) {
    const auto say = [&](Bilingual text, auto... numbers) { return fmt::format(fmt::runtime(text.in(language)), numbers...); };
    switch (command.kind) {
        case Kind::stop: return say({"stop", "停止"});
        case Kind::move:
        case Kind::lens: {
            const std::string moves = moves_of(command, language);
            return moves.empty() ? say({"contradictory directions", "方向矛盾"}) : moves;
        }
        case Kind::preset_set: return say({"set preset {}", "设置预置位 {}"}, command.number);
        case Kind::preset_call: return say({"call preset {}", "调用预置位 {}"}, command.number);
        case Kind::preset_delete: return say({"delete preset {}", "删除预置位 {}"}, command.number);
        case Kind::cruise_add: return say({"add preset {1} to cruise {0}", "巡航 {0} 加入预置位 {1}"}, command.group, command.number);
        case Kind::cruise_delete:
            if (command.number == 0) return say({"delete cruise {}", "删除巡航 {}"}, command.group);
            return say({"take preset {1} out of cruise {0}", "巡航 {0} 删除预置位 {1}"}, command.group, command.number);
        case Kind::cruise_speed: return say({"cruise {} speed {}", "巡航 {} 速度 {}"}, command.group, command.number);
        case Kind::cruise_dwell: return say({"cruise {} dwell {} s", "巡航 {} 停留 {} 秒"}, command.group, command.number);
        case Kind::cruise_start: return say({"start cruise {}", "开始巡航 {}"}, command.group);
        case Kind::scan:
            if (command.number == 0) return say({"start scan {}", "开始扫描 {}"}, command.group);
            return command.number == 1 ? say({"scan {} left limit", "扫描 {} 左边界"}, command.group) : say({"scan {} right limit", "扫描 {} 右边界"}, command.group);
        case Kind::scan_speed: return say({"scan {} speed {}", "扫描 {} 速度 {}"}, command.group, command.number);
        case Kind::aux_on: return say({"switch {} on", "打开辅助开关 {}"}, command.group);
        case Kind::aux_off: return say({"switch {} off", "关闭辅助开关 {}"}, command.group);
        case Kind::unknown: break;
    }
    return say({"unknown command {:02X}", "未知指令 {:02X}"}, command.bytes[3]);
}

}  // namespace gbkit::wire
