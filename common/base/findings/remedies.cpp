// The table of remedies: a setting, and the findings that it mends.
#include "base/findings/remedies.hpp"

#include <algorithm>

#include "base/findings/catalog.hpp"
#include "base/findings/connection.hpp"
#include "base/findings/dialog.hpp"
#include "base/findings/digest.hpp"
#include "base/findings/ps.hpp"
#include "base/findings/register.hpp"
#include "base/findings/rtp.hpp"

namespace gbkit {

namespace {

using namespace findings;

struct Setting {
    Vendor vendor;
    Bilingual place;
    Bilingual what;
    std::vector<FindingId> mends;
};

// Field names of this page: the guide of a cloud platform for Hikvision cameras, and Hikvision's own SDK manual.
std::vector<Setting> hikvision_settings() {
    const Bilingual access{"Configuration > Network > Advanced Settings > Platform Access (mode 28181)", "配置 > 网络 > 高级配置 > 平台接入(平台接入方式 28181)"};
    const Bilingual video{"Configuration > Video/Audio > Video", "配置 > 视音频 > 视频"};
    const Vendor maker = Vendor::hikvision;
    return {
        {maker, access, {"SIP Server ID; save and reboot, some NVR send the old one until then", "SIP服务器ID;保存后重启,部分 NVR 重启前仍发旧编号"}, {register_server_id_differs}},
        {maker, access, {"SIP Server ID, SIP Server Domain, SIP User Name", "SIP服务器ID、SIP服务器域、SIP用户名"}, {register_bad_request, register_refused_outright}},
        {maker, access, {"SIP Server Domain", "SIP服务器域"}, {digest_realm_not_challenged}},
        {maker, access, {"SIP User Name and SIP User Authentication ID: the device's own 20 digits", "SIP用户名、SIP用户认证ID:填设备自己的 20 位编号"},
         {register_id_not_20_digits, register_id_is_server_id, register_duplicate_id}},
        {maker, access, {"tick authentication where the page has it, and type the password again each time you save", "页面上有鉴权选项时须勾选;每次保存都要重新输入密码"},
         {register_challenge_ignored}},
        {maker, access, {"SIP User Authentication ID and Password; type the password again each time you save", "SIP用户认证ID、密码;每次保存都要重新输入密码"},
         {digest_password_differs, digest_password_form, digest_space_trimmed, register_refused, register_banned}},
        {maker, access, {"SIP Server Address and SIP Server Port", "SIP服务器地址、SIP服务器端口"},
         {register_no_answer, register_port_unreachable, register_redirect_ignored, connection_refused, connection_no_answer}},
        {maker, access, {"Transport Protocol: TCP", "传输协议:TCP"},
         {register_401_to_private_via, register_challenge_lost, register_answer_lost, register_answer_misdirected, catalog_incomplete, records_incomplete}},
        {maker, access, {"Heartbeat Cycle shorter, or Transport Protocol: TCP", "缩短心跳周期,或传输协议改为 TCP"},
         {keepalive_too_rare, register_old_address_called, dialog_unanswered, query_undelivered}},
        {maker, access, {"Registration Validity 3600 s or more, Heartbeat Cycle 60 s", "注册有效期不小于 3600 秒,心跳周期 60 秒"}, {register_expires_below_keepalive}},
        {maker, access, {"Local SIP Port", "本地SIP端口"}, {register_port_filtered}},
        {maker, access, {"Enable: off, save, on, save", "启用:取消勾选并保存,再勾选并保存"}, {register_device_forgot, keepalive_refused}},
        {maker, access, {"Protocol Version: GB/T 28181-2016", "协议版本:GB/T 28181-2016"}, {register_version_unanswered}},
        {maker, video, {"Video Encoding: H.264", "视频编码:H.264"}, {media_h265_for_browser}},
        {maker, video, {"I Frame Interval: 50; H.264+ and H.265+ off", "I 帧间隔:50;关闭 H.264+、H.265+"}, {media_no_key_frame}},
    };
}

std::vector<Setting> dahua_settings() {
    const Bilingual access{"Setup > Network > Platform Access (设置 > 网络设置 > 平台接入 > 国标28181)", "设置 > 网络设置 > 平台接入 > 国标28181"};
    const Bilingual video{"Setup > Camera > Video", "Setup > Camera > Video(视频编码页)"};
    const Vendor maker = Vendor::dahua;
    return {
        {maker, access, {"SIP server ID", "SIP 服务器编号"}, {register_server_id_differs}},
        {maker, access, {"SIP server ID, SIP domain, device ID", "SIP 服务器编号、SIP 域、设备编号"}, {register_bad_request, register_refused_outright}},
        {maker, access, {"SIP domain", "SIP 域"}, {digest_realm_not_challenged}},
        {maker, access, {"device ID: its own 20 digits", "设备编号:填设备自己的 20 位编号"}, {register_id_not_20_digits, register_id_is_server_id, register_duplicate_id}},
        {maker, access, {"registration password", "注册密码"},
         {digest_password_differs, digest_password_form, digest_space_trimmed, register_challenge_ignored, register_refused, register_banned}},
        {maker, access, {"address and port of the SIP server", "SIP 服务器地址、端口"},
         {register_no_answer, register_port_unreachable, register_redirect_ignored, connection_refused, connection_no_answer}},
        {maker, access, {"a shorter heartbeat", "缩短心跳周期"}, {keepalive_too_rare, register_old_address_called, dialog_unanswered, query_undelivered}},
        {maker, access, {"validity of the registration 3600 s or more, heartbeat 60 s", "注册有效期不小于 3600 秒,心跳周期 60 秒"}, {register_expires_below_keepalive}},
        {maker, access, {"switch it off and on again", "关闭后重新启用"}, {register_device_forgot, keepalive_refused}},
        {maker, video, {"compression H.264", "编码模式 H.264"}, {media_h265_for_browser}},
        {maker, video, {"I Frame Interval 50, smart coding off", "I 帧间隔 50,关闭智能编码"}, {media_no_key_frame}},
    };
}

// Keys: the platform's annotated configuration; pages: its user guide.
std::vector<Setting> wvp_settings() {
    const Bilingual file{"application.yml", "application.yml"};
    const Bilingual device{"GB devices > Edit (国标设备 > 编辑)", "国标设备 > 编辑"};
    const Bilingual list{"GB devices (国标设备)", "国标设备"};
    const Vendor maker = Vendor::wvp;
    return {
        {maker, file, {"sip.id", "sip.id"}, {register_server_id_differs, register_id_is_server_id}},
        {maker, file, {"sip.id, sip.domain", "sip.id、sip.domain"}, {register_bad_request}},
        {maker, file, {"sip.domain (the realm of its challenge)", "sip.domain(即质询中的 realm)"}, {digest_realm_not_challenged}},
        {maker, file, {"sip.password for all devices; a password of this device alone stands in GB devices > Edit", "sip.password 为统一密码;该设备的单独密码在“国标设备 > 编辑”中"},
         {digest_password_differs, digest_password_form, digest_space_trimmed, register_refused}},
        {maker, file, {"user-settings.sip-use-source-ip-as-remote-address: true", "user-settings.sip-use-source-ip-as-remote-address: true"},
         {register_401_to_private_via, register_answer_misdirected}},
        {maker, file, {"sip.ip: the address that devices register with (several: commas between)", "sip.ip:填设备注册所用的地址(多个用逗号分隔)"}, {register_platform_elsewhere}},
        {maker, file, {"user-settings.disable-date-header: true, or give the container TZ=Asia/Shanghai", "user-settings.disable-date-header: true,或给容器设 TZ=Asia/Shanghai"},
         {register_date_shifted, register_date_differs}},
        {maker, file, {"user-settings.gb-device-online: 1 (a heartbeat brings a device back; 0 waits for its REGISTER)", "user-settings.gb-device-online: 1(收到心跳即恢复在线;0 则等待重新注册)"},
         {keepalive_refused}},
        {maker, file, {"media.sdp-ip: an address the device can reach (one device only: GB devices > Edit, receiving IP)", "media.sdp-ip:填设备可达的地址(仅一台设备时:国标设备 > 编辑 > 收流IP)"},
         {dialog_media_address}},
        {maker, file, {"media.sdp-ip, and media.rtp.port-range open in the firewall (ZLMediaKit: rtp_proxy.port_range)", "media.sdp-ip;并在防火墙放行 media.rtp.port-range(ZLMediaKit:rtp_proxy.port_range)"},
         {dialog_device_gave_up, dialog_media_unanswered, dialog_media_refused}},
        {maker, file, {"user-settings.senior-sdp: true for devices that want the longer SDP", "user-settings.senior-sdp: true(部分设备需要扩展 SDP)"}, {dialog_not_acceptable}},
        {maker, list, {"stream mode (流传输模式): the other TCP role, or UDP", "流传输模式:改为另一种 TCP 模式或 UDP"}, {dialog_setup_conflict, dialog_media_wrong_way, dialog_media_not_dialled}},
        {maker, list, {"stream mode (流传输模式): TCP passive", "流传输模式:TCP 被动"}, {rtp_loss_above_limit, media_frames_damaged}},
        {maker, device, {"SSRC check (SSRC校验): off", "SSRC校验:关闭"}, {dialog_ssrc_not_promised, rtp_ssrc_differs}},
        {maker, device, {"character set (字符集): UTF-8", "字符集:UTF-8"}, {xml_charset_differs, xml_beyond_gb2312}},
        {maker, {"ZLMediaKit config.ini", "ZLMediaKit config.ini"}, {"rtp_proxy.h265_pt, rtp_proxy.h264_pt, rtp_proxy.ps_pt", "rtp_proxy.h265_pt、rtp_proxy.h264_pt、rtp_proxy.ps_pt"}, {dialog_payload_type}},
        {maker, {"ZLMediaKit config.ini", "ZLMediaKit config.ini"}, {"rtp_proxy.timeoutSec (15 s unless set)", "rtp_proxy.timeoutSec(默认 15 秒)"}, {rtp_silence}},
    };
}

// Keys: the platform's own installation guide.
std::vector<Setting> livegbs_settings() {
    const Bilingual cms{"livecms.ini [sip]", "livecms.ini [sip]"};
    const Bilingual sms{"livesms.ini [sip]", "livesms.ini [sip]"};
    const Vendor maker = Vendor::livegbs;
    return {
        {maker, cms, {"serial", "serial"}, {register_server_id_differs, register_id_is_server_id}},
        {maker, cms, {"realm", "realm"}, {digest_realm_not_challenged}},
        {maker, cms, {"device_password", "device_password"},
         {digest_password_differs, digest_password_form, digest_space_trimmed, register_refused}},
        {maker, cms, {"host", "host"}, {register_platform_elsewhere}},
        {maker, sms, {"host, or wan_ip with use_wan_ip_recv_stream = 1", "host,或 wan_ip 加 use_wan_ip_recv_stream = 1"}, {dialog_media_address, dialog_device_gave_up, dialog_media_unanswered}},
    };
}

// Keys: the description of its GB28181 plugin.
std::vector<Setting> monibuca_settings() {
    const Bilingual plugin{"configuration of the GB28181 plugin", "GB28181 插件配置"};
    const Vendor maker = Vendor::monibuca;
    return {
        {maker, plugin, {"Serial", "Serial"}, {register_server_id_differs, register_id_is_server_id}},
        {maker, plugin, {"Realm", "Realm"}, {digest_realm_not_challenged}},
        {maker, plugin, {"Username (empty: the device's ID) and Password", "Username(留空则为设备编号)、Password"},
         {digest_password_differs, digest_password_form, digest_space_trimmed, register_refused}},
        {maker, plugin, {"RemoveBanInterval (600 s unless set): three wrong passwords lock a device out for as long", "RemoveBanInterval(默认 600 秒):密码错三次即封禁这么久"}, {register_banned}},
        {maker, plugin, {"ListenAddr: with the address that devices register with", "ListenAddr:须写设备注册所用的地址"}, {register_platform_elsewhere}},
    };
}

// How these makes treat what others answer.
std::vector<Setting> habits() {
    return {
        {Vendor::dahua, {}, {"address DeviceConfig to the device's ID, not to a channel", "DeviceConfig 应发给设备编号,而不是通道编号"}, {config_unanswered}},
        {Vendor::uniview, {}, {"after DeviceConfig it logs out and restarts without an answer: wait for its REGISTER", "收到 DeviceConfig 后会直接注销并重启,不作应答:等待其重新注册"},
         {config_unanswered}},
    };
}

}  // namespace

const std::vector<Remedy>& remedies() {
    static const std::vector<Remedy> table = [] {
        std::vector<Remedy> rows;
        for (auto* part : {hikvision_settings, dahua_settings, wvp_settings, livegbs_settings, monibuca_settings, habits})
            for (const Setting& setting : part())
                for (const FindingId id : setting.mends) rows.push_back({id, setting.vendor, setting.place, setting.what});
        std::stable_sort(rows.begin(), rows.end(), [](const Remedy& a, const Remedy& b) { return a.finding < b.finding; });
        return rows;
    }();
    return table;
}

const Remedy* find_remedy(FindingId finding, Vendor vendor) noexcept {
    const auto first = std::lower_bound(remedies().begin(), remedies().end(), finding, [](const Remedy& row, FindingId id) { return row.finding < id; });
    for (auto row = first; row != remedies().end() && row->finding == finding; ++row)
        if (row->vendor == vendor) return &*row;
    return nullptr;
}

std::string text_of(const Remedy& remedy, Language language) {
    std::string text(name_of(remedy.vendor));
    for (const Bilingual part : {remedy.place, remedy.setting})
        if (!part.in(language).empty()) text.append(": ").append(part.in(language));
    return text;
}

std::vector<std::string> remedies_for(FindingId finding, Parties parties, Language language) {
    std::vector<std::string> texts;
    for (const Vendor vendor : {parties.device, parties.platform})
        if (const Remedy* remedy = find_remedy(finding, vendor)) texts.push_back(text_of(*remedy, language));
    return texts;
}

}  // namespace gbkit
