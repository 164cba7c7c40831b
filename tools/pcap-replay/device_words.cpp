#include "device_words.hpp"

#include <algorithm>
#include <string_view>

namespace gbkit::replay_tool {

namespace {

constexpr Bilingual offline{"OFFLINE", "离线"}, refused{"REFUSED", "被拒"}, flaps{"FLAPS", "掉线"}, catalog{"CATALOG", "目录"},
    records{"RECORDS", "录像"}, query{"QUERY", "查询"}, call{"CALL", "呼叫"}, stream{"STREAM", "码流"}, digest{"DIGEST", "鉴权"},
    password{"PASSWORD", "密码"}, sip{"SIP", "SIP"}, other{"TROUBLE", "异常"};

struct Row {
    std::string_view id;
    ShortTale tale;
};

constexpr Row rows[] = {
    {"register-challenge-lost", {offline, {"the 401 does not reach it", "收不到 401"}}},
    {"register-401-to-private-via", {offline, {"the 401 goes to its private Via address", "401 发到了 Via 的内网地址"}}},
    {"register-answer-misdirected", {offline, {"the answer goes to {observed}", "应答发往 {observed}"}}},
    {"register-answer-lost", {offline, {"the answer does not reach it", "收不到应答"}}},
    {"register-challenge-ignored", {offline, {"never answers the 401", "始终不应答 401"}}},
    {"register-challenge-missing", {offline, {"the 401 asks for nothing", "401 没有质询"}}},
    {"register-no-answer", {offline, {"nobody answers its REGISTER", "REGISTER 无人应答"}}},
    {"register-port-unreachable", {offline, {"ICMP: {reason}", "ICMP:{reason}"}}},
    {"register-port-filtered", {offline, {"its port {observed} may be filtered", "端口 {observed} 可能被过滤"}}},
    {"register-refused", {refused, {"refused with a password", "带密码仍被拒绝"}}},
    {"register-refused-outright", {refused, {"refused before any password", "未到密码就被拒绝"}}},
    {"register-server-failure", {refused, {"the platform fails: {observed}", "平台出错:{observed}"}}},
    {"register-400-no-expires", {refused, {"REGISTER without Expires", "REGISTER 缺少 Expires"}}},
    {"register-bad-request", {refused, {"the platform calls it bad", "平台认为报文有误"}}},
    {"register-server-id-differs", {refused, {"server ID {observed} is wrong", "服务器编号 {observed} 有误"}}},
    {"register-id-not-20-digits", {refused, {"its ID is not 20 digits", "编号不是 20 位"}}},
    {"register-id-is-server-id", {refused, {"its ID is the server's", "编号与服务器相同"}}},
    {"register-banned", {refused, {"locked out after {count} passwords", "密码错 {count} 次后被锁定"}}},
    {"register-expires-below-keepalive", {flaps, {"registration ends before a heartbeat", "有效期短于心跳间隔"}}},
    {"register-platform-elsewhere", {call, {"{method} comes from {observed}", "{method} 来自 {observed}"}}},
    {"register-old-address-called", {offline, {"the platform calls its old address", "平台仍呼叫旧地址"}}},
    {"register-device-forgot", {offline, {"it forgot its registration", "设备忘记已注册"}}},
    {"register-redirect-ignored", {refused, {"does not follow the redirection", "不理会重定向"}}},
    {"register-duplicate-id", {{"TWICE", "重号"}, {"two devices with this ID", "两台设备同一编号"}}},
    {"keepalive-unanswered", {flaps, {"{count} heartbeats unanswered", "{count} 次心跳无应答"}}},
    {"keepalive-too-rare", {flaps, {"out of reach {observed} s after its packets", "发包 {observed} 秒后不可达"}}},
    {"keepalive-refused", {flaps, {"heartbeats refused: {observed}", "心跳被拒:{observed}"}}},
    {"digest-password-differs", {password, {"not the given password", "与给出的密码不符"}}},
    {"digest-password-form", {password, {"another form of the password", "密码形式不同"}}},
    {"digest-formula-differs", {digest, {"computed otherwise than it says", "计算方式与声明不符"}}},
    {"digest-uri-hashed-differs", {digest, {"computed over another URI", "用了另一个 URI 计算"}}},
    {"digest-qop-null", {digest, {"answers with qop {observed}", "应答的 qop 是 {observed}"}}},
    {"digest-qop-ignored", {digest, {"answers without qop", "应答缺少 qop"}}},
    {"digest-response-upper-case", {digest, {"response in upper case", "response 为大写"}}},
    {"digest-right-still-refused", {refused, {"the digest is right for the given password", "摘要与给出的密码相符"}}},
    {"digest-realm-not-challenged", {digest, {"answers with realm {observed}", "应答的 realm 是 {observed}"}}},
    {"digest-algorithm-differs", {digest, {"{observed} instead of {expected}", "{observed},应为 {expected}"}}},
    {"catalog-incomplete", {catalog, {"{observed} of {expected} items arrived", "{expected} 条只到 {observed} 条"}}},
    {"catalog-too-slow", {catalog, {"{what} took {observed}", "{what_zh}用了 {observed}"}}},
    {"catalog-duplicate-ids", {catalog, {"lists {observed} twice", "{observed} 重复"}}},
    {"catalog-channel-shared", {catalog, {"{observed} is also another's", "{observed} 与其他设备重复"}}},
    {"catalog-not-playable", {call, {"called: {expected}", "呼叫目标类型为{expected_zh}"}}},
    {"records-incomplete", {records, {"{observed} of {expected} items arrived", "{expected} 条只到 {observed} 条"}}},
    {"records-type-missing", {records, {"the query has no Type", "查询缺少 Type"}}},
    {"query-refused", {query, {"{command}: {observed}", "{command}:{observed}"}}},
    {"query-undelivered", {query, {"{command}: no answer", "{command}:无应答"}}},
    {"query-unanswered", {query, {"{command}: no Response", "{command}:没有 Response"}}},
    {"query-sn-differs", {query, {"{command}: SN {observed}, asked {expected}", "{command}:SN 应为 {expected}"}}},
    {"xml-broken", {query, {"XML cannot be read", "XML 无法解析"}}},
    {"ptz-malformed", {query, {"wrong PTZCmd {observed}", "PTZCmd {observed} 有误"}}},
    {"dialog-bad-request", {call, {"INVITE: {observed}", "INVITE:{observed}"}}},
    {"dialog-busy", {call, {"busy: {observed}", "忙:{observed}"}}},
    {"dialog-not-acceptable", {call, {"INVITE: {observed}", "INVITE:{observed}"}}},
    {"dialog-refused", {call, {"INVITE: {observed}", "INVITE:{observed}"}}},
    {"dialog-broadcast-refused", {call, {"broadcast: {observed}", "语音广播:{observed}"}}},
    {"dialog-unanswered", {call, {"INVITE without a final answer", "INVITE 没有最终应答"}}},
    {"dialog-media-address", {call, {"media asked to {observed}", "媒体地址为 {observed}"}}},
    {"dialog-ps-not-first", {call, {"PS is not the first rtpmap", "PS 不是第一个 rtpmap"}}},
    {"dialog-setup-conflict", {call, {"both sides setup:{observed}", "双方都是 setup:{observed}"}}},
    {"dialog-audio-as-ps", {stream, {"PS where audio is promised", "约定音频,实为 PS"}}},
    {"dialog-ack-missing", {call, {"no ACK to its 200", "200 之后没有 ACK"}}},
    {"dialog-device-gave-up", {call, {"hangs up after {span} without media", "无媒体,{span} 后挂断"}}},
    {"dialog-ssrc-not-promised", {stream, {"SSRC {observed}, promised {expected}", "SSRC {observed},应为 {expected}"}}},
    {"rtp-lost", {stream, {"{observed} RTP packets lost", "丢失 {observed} 个 RTP 包"}}},
    {"rtp-loss-above-limit", {stream, {"{observed} of its RTP lost", "RTP 丢失 {observed}"}}},
    {"rtp-jitter-above-limit", {stream, {"jitter {observed} ms", "抖动 {observed} ms"}}},
    {"rtp-silence", {stream, {"silent for {observed} s", "{observed} 秒没有数据"}}},
    {"rtp-ssrc-differs", {stream, {"SSRC {observed}, y= {expected}", "SSRC {observed},y= {expected}"}}},
    {"rtp-framing-lost", {stream, {"framing on TCP lost", "TCP 分帧错位"}}},
    {"ps-codec-differs", {stream, {"announced {expected}, is {observed}", "声明 {expected},实为 {observed}"}}},
    {"ps-no-psm", {stream, {"no program stream map", "没有 PSM"}}},
    {"media-frames-damaged", {stream, {"{observed} frames damaged", "{observed} 帧受损"}}},
    {"media-no-key-frame", {stream, {"no key frame for {observed} s", "{observed} 秒没有关键帧"}}},
    {"media-no-parameter-sets", {stream, {"no SPS and PPS", "没有 SPS、PPS"}}},
    {"media-not-ps", {stream, {"not PS: {observed}", "不是 PS:{observed}"}}},
};

// Of an id without a row of its own.
constexpr Row families[] = {
    {"register-", {refused, {}}}, {"keepalive-", {flaps, {}}}, {"digest-", {digest, {}}}, {"connection-", {offline, {}}},
    {"catalog-", {catalog, {}}},  {"records-", {records, {}}}, {"query-", {query, {}}},   {"config-", {query, {}}},
    {"xml-", {query, {}}},        {"ptz-", {query, {}}},       {"dialog-", {call, {}}},   {"rtp-", {stream, {}}},
    {"ps-", {stream, {}}},        {"media-", {stream, {}}},    {"sip-", {sip, {}}},
};

}  // namespace

ShortTale short_tale_of(FindingId id) {
    const auto own = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.id == id.slug; });
    if (own != std::end(rows)) return own->tale;
    const auto family = std::find_if(std::begin(families), std::end(families), [&](const Row& row) { return id.slug.starts_with(row.id); });
    return family != std::end(families) ? family->tale : ShortTale{other, {}};
}

std::string phrase_of(const Finding& finding, Language language) {
    const std::string_view phrase = short_tale_of(finding.id).phrase.in(language);
    return phrase.empty() ? message_of(finding, language) : filled(phrase, finding);
}

}  // namespace gbkit::replay_tool
