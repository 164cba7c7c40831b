// The 20-digit ID of GB/T 28181 (annex E) and its table of type codes (2016 text, and what 2022 added).
#include "wire/gb_id.hpp"

#include <algorithm>

namespace gbkit::wire {
namespace {

struct TypeRange {
    int first;
    int last;
    Bilingual name;
};

constexpr TypeRange types[] = {
    {111, 111, {"DVR", "DVR(数字硬盘录像机)"}},
    {112, 112, {"video server", "视频服务器"}},
    {113, 113, {"encoder", "编码器"}},
    {114, 114, {"decoder", "解码器"}},
    {115, 115, {"video matrix", "视频切换矩阵"}},
    {116, 116, {"audio matrix", "音频切换矩阵"}},
    {117, 117, {"alarm controller", "报警控制器"}},
    {118, 118, {"NVR", "NVR(网络视频录像机)"}},
    {120, 120, {"online collection system", "在线采集系统"}},
    {121, 121, {"checkpoint", "卡口设备"}},
    {122, 122, {"multi-lens device", "多目设备"}},
    {123, 123, {"parking device", "停车场出入口设备"}},
    {124, 124, {"personnel gate", "人员出入口设备"}},
    {125, 125, {"security check device", "安检设备"}},
    {130, 130, {"HVR", "HVR(混合硬盘录像机)"}},
    {131, 131, {"camera", "摄像机"}},
    {132, 132, {"IPC", "网络摄像机(IPC)"}},
    {133, 133, {"display", "显示器"}},
    {134, 134, {"alarm input", "报警输入设备"}},
    {135, 135, {"alarm output", "报警输出设备"}},
    {136, 136, {"audio input", "语音输入设备"}},
    {137, 137, {"audio output", "语音输出设备"}},
    {138, 138, {"mobile transmission device", "移动传输设备"}},
    {139, 139, {"other peripheral", "其他外围设备"}},
    {140, 140, {"relay alarm output", "继电器报警输出设备"}},
    {141, 141, {"barrier", "道闸"}},
    {142, 142, {"smart door", "智能门"}},
    {143, 143, {"credential unit", "凭证识别单元"}},
    {200, 200, {"SIP server", "中心信令控制服务器"}},
    {201, 201, {"web application server", "Web 应用服务器"}},
    {202, 202, {"media server", "媒体分发服务器"}},
    {203, 203, {"proxy server", "代理服务器"}},
    {204, 204, {"security server", "安全服务器"}},
    {205, 205, {"alarm server", "报警服务器"}},
    {206, 206, {"database server", "数据库服务器"}},
    {207, 207, {"GIS server", "GIS 服务器"}},
    {208, 208, {"management server", "管理服务器"}},
    {209, 209, {"access gateway", "接入网关"}},
    {210, 210, {"media storage server", "媒体存储服务器"}},
    {211, 211, {"signalling gateway", "信令安全路由网关"}},
    {215, 215, {"business group", "业务分组"}},
    {216, 216, {"virtual organisation", "虚拟组织"}},
    {300, 399, {"centre user", "中心用户"}},
    {400, 499, {"terminal user", "终端用户"}},
    {500, 500, {"integrated video platform", "视频图像信息综合应用平台"}},
    {501, 501, {"operation and maintenance platform", "视频图像信息运维管理平台"}},
    {502, 502, {"video analysis system", "视频图像分析系统"}},
    {503, 503, {"video database", "视频图像信息数据库"}},
    {504, 505, {"video analysis device", "视频图像分析设备"}},
};

}  // namespace

bool is_twenty_digits(std::string_view id) noexcept { return id.size() == 20 && all_digits(id); }

Result<GbId> parse_gb_id(std::string_view id) {
    const auto odd = std::find_if(id.begin(), id.end(), [](char c) { return c < '0' || c > '9'; });
    if (odd != id.end()) return fail(Errc::malformed, "a character in an ID that is no digit", static_cast<std::size_t>(odd - id.begin()));
    if (id.size() != 20) return fail(Errc::malformed, "an ID of " + std::to_string(id.size()) + " digits instead of 20", std::min<std::size_t>(id.size(), 20));
    const auto number = [&](std::size_t at, std::size_t count) { return static_cast<int>(*to_number(id.substr(at, count))); };
    return GbId{std::string(id), std::string(id.substr(0, 8)), std::string(id.substr(8, 2)), number(10, 3), number(13, 1), std::string(id.substr(14))};
}

Result<std::string> counted_id(std::string_view first, std::uint64_t steps) {
    constexpr std::size_t serial_digits = 6;
    constexpr std::size_t most_digits = 15;
    const std::size_t last_other = first.find_last_not_of("0123456789");
    std::size_t digits = last_other == std::string_view::npos ? first.size() : first.size() - last_other - 1;
    digits = std::min(digits, is_twenty_digits(first) ? serial_digits : most_digits);
    if (digits == 0) return fail(Errc::malformed, "an ID that ends with no digit", first.size());
    const std::string_view counted = first.substr(first.size() - digits);
    const std::uint64_t limit = to_number(std::string(digits, '9'), UINT64_MAX).value_or(0);
    const std::uint64_t start = to_number(counted, limit).value_or(0);
    if (steps > limit - start) return fail(Errc::too_large, "an ID whose last digits would overflow", first.size() - digits);
    const std::string number = std::to_string(start + steps);
    return std::string(first.substr(0, first.size() - digits)) + std::string(digits - number.size(), '0') + number;
}

std::string_view domain_of(std::string_view id) noexcept { return id.size() < 10 ? std::string_view() : id.substr(0, 10); }

Bilingual gb_type_name(int type) noexcept {
    for (const TypeRange& range : types)
        if (type >= range.first && type <= range.last) return range.name;
    return {};
}

bool is_device_type(int type) noexcept { return type >= 111 && type <= 199; }

bool is_platform_type(int type) noexcept {
    return (type >= 200 && type <= 299 && type != 215 && type != 216) || (type >= 500 && type <= 505);
}

}  // namespace gbkit::wire
