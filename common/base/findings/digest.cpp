// The digest table of the catalogue. {what} and {what_zh} say in words what the variant changes.
#include "base/findings/digest.hpp"

#include "base/findings/register.hpp"

namespace gbkit::findings {

namespace {

// The generic refusal of the registration observer is explained by each of these.
constexpr FindingId refused = register_refused;

std::vector<FindingInfo> mismatches() {
    return {
        {digest_password_differs, Severity::error,
         {"No known way of computing the digest with this password gives the device's response: the password itself differs.",
          "用这个密码按所有已知算法都算不出设备的 response:两边的密码本身不一致。"},
         {"device: type the password again (no space at the end, letter case, O/0, l/1); platform: look for a per-device "
          "password that overrides the common one. gb-digest --near and --candidates try what it may be.",
          "设备侧:重新输入密码(注意末尾空格、大小写、O/0、l/1);平台侧:检查是否给该设备单独设置了密码。"
          "可用 gb-digest --near、--candidates 继续排查。"},
         "RFC 2617 3.2.2", {refused}},
        {digest_password_form, Severity::error,
         {"The response was computed with the password in another form: {what}.", "response 使用了另一种形式的密码:{what_zh}。"},
         {"device: hash the password exactly as it was typed; at once: choose a password of ASCII letters and digits and "
          "enter it again on both sides.",
          "设备侧:按输入的原文参与计算;应急:两边都改用纯 ASCII 字母数字的密码并重新输入。"},
         "RFC 2617 3.2.2.2", {refused}},
        {digest_formula_differs, Severity::error,
         {"The password is right, but the response is not computed as its header says: {what}.",
          "密码正确,但 response 没有按消息头声明的方式计算:{what_zh}。"},
         {"{who}: compute the response as RFC 2617 3.2.2 says, with every value as it stands in the header (variant {variant}).",
          "{who_zh}:按 RFC 2617 3.2.2 计算 response,各字段以消息头中的原文为准(变体 {variant})。"},
         "RFC 2617 3.2.2", {refused}},
        {digest_uri_hashed_differs, Severity::error,
         {"The response was computed over another URI than the uri parameter {expected}: {what}.",
          "参与计算的 URI 不是 uri 参数 {expected}:{what_zh}。"},
         {"device: hash the uri parameter exactly as it is sent. A platform that must accept this device can verify with "
          "the other URI (variant {variant}).",
          "设备侧:用 uri 参数原文参与计算;平台若需兼容该设备,可改用另一 URI 校验(变体 {variant})。"},
         "RFC 2617 3.2.2.5", {refused}},
    };
}

std::vector<FindingInfo> answers() {
    return {
        {digest_realm_not_challenged, Severity::error,
         {"The device answers with realm \"{observed}\", the platform's challenge says \"{expected}\".",
          "设备应答的 realm 是 \"{observed}\",平台质询的是 \"{expected}\"。"},
         {"device: set the SIP domain to {expected} (normally the first 10 digits of the platform ID), or let it copy the "
          "realm of the challenge.",
          "设备侧:把 SIP 域改为 {expected}(通常是平台编号的前 10 位),或按质询中的 realm 应答。"},
         "RFC 3261 22.4", {refused, digest_right_still_refused, digest_realm_not_domain}},
        {digest_qop_null, Severity::error,
         {"The answer has qop=\"{observed}\"; the challenge offers {expected}.",
          "应答中的 qop=\"{observed}\" 与质询提供的({expected})不符。"},
         {"device: leave qop, nc and cnonce out when the challenge offers no qop, otherwise answer one value (auth). "
          "platform, at once: offer qop=\"auth\", or ignore an unknown qop and use the formula without it.",
          "设备侧:质询没有 qop 时不要带 qop、nc、cnonce,有则只回一个值(auth);平台应急:质询中带 qop=\"auth\","
          "或忽略未知 qop 按无 qop 公式校验。"},
         "RFC 2617 3.2.2", {refused, digest_right_still_refused}},
        {digest_qop_ignored, Severity::error,
         {"The challenge offers qop=\"{expected}\"; the answer has none (the RFC 2069 form) and was refused.",
          "质询提供了 qop=\"{expected}\",应答没有带 qop(RFC 2069 旧格式)并被拒绝。"},
         {"platform: accept the form without qop (RFC 2617 3.2.2.1 asks for it), or stop offering qop to this device.",
          "平台侧:兼容无 qop 的旧格式(RFC 2617 3.2.2.1 要求兼容),或对该设备不要再提供 qop。"},
         "RFC 2617 3.2.2", {refused, digest_right_still_refused}},
        {digest_nc_case, Severity::error,
         {"nc={observed} was counted or written differently by the two sides: {what}.",
          "nc={observed} 在两边的写法不一致:{what_zh}。"},
         {"{who}: use nc in the hash exactly as it stands in the header: 8 lower-case hex digits, not re-formatted.",
          "{who_zh}:nc 必须按消息头原文参与计算(8 位小写十六进制),不要重新格式化。"},
         "RFC 2617 3.2.2", {refused, digest_right_still_refused}},
        {digest_response_upper_case, Severity::error,
         {"The response is right but written in upper-case hex digits.", "response 数值正确,但用了大写十六进制。"},
         {"device: write the response in lower case (LHEX). A platform can compare without regard to case.",
          "设备侧:response 用小写十六进制(LHEX);平台可忽略大小写比较。"},
         "RFC 2617 3.2.2", {refused, digest_right_still_refused}},
        {digest_space_trimmed, Severity::error,
         {"A space at the start or end is hashed by one side and trimmed by the other: {what}.",
          "首尾空格一边参与了计算、另一边被去掉:{what_zh}。"},
         {"device: remove the space from the user name, the domain and the password, on both sides.",
          "设备侧:去掉用户名、SIP 域、密码首尾的空格,两边保持一致。"},
         "RFC 2617 3.2.2.2", {refused, digest_right_still_refused}},
        {digest_algorithm_differs, Severity::error,
         {"The challenge asks for {expected}; the answer was computed with {observed}.",
          "质询要求的算法是 {expected},应答使用的是 {observed}。"},
         {"platform: offer MD5 (most cameras know nothing else); device: answer with the algorithm of the challenge, or "
          "update its firmware.",
          "平台侧:质询使用 MD5(多数摄像机只支持 MD5);设备侧:按质询的算法应答,或升级固件。"},
         "RFC 8760 2.3", {refused, digest_right_still_refused}},
        {digest_header_malformed, Severity::error,
         {"The {observed} header cannot be read: {what}.", "{observed} 头无法解析:{what}。"},
         {"the side that wrote it: write the header as RFC 7616 3.3 and 3.4 say.", "发送方:按 RFC 7616 3.3、3.4 的格式书写该头。"},
         "RFC 7616 3.4", {refused, register_bad_request}},
        {digest_right_still_refused, Severity::error,
         {"The digest is right for the given password and the answer is still {observed}: this refusal is not about the password.",
          "用给定密码校验摘要是正确的,但仍被回 {observed}:与密码无关。"},
         {"platform: look into its log for the admission list, the licence, a disabled device, a ban after failures, the "
          "server ID, or a digest formula of its own.{suspects}",
          "平台侧:查看日志:接入白名单、授权数量、设备被禁用、多次失败后的封禁、服务器编号,或平台自己的摘要公式。{suspects_zh}"},
         "RFC 3261 21.4.4", {refused}},
    };
}

std::vector<FindingInfo> notes() {
    return {
        {digest_deviation_accepted, Severity::vendor,
         {"Not as the standard says, and accepted here: {what}.", "与标准不一致,但本平台已接受:{what_zh}。"},
         {"Nothing to do on this platform; another one may refuse it.", "在本平台无需处理;换平台时可能被拒绝。"},
         "RFC 2617 3.2.2"},
        {digest_given_password_differs, Severity::info,
         {"The platform accepted the answer, but it does not verify with the password given here: another password is in use.",
          "平台已接受该应答,但与此处给出的密码不符:实际使用的是另一个密码。"},
         {"Check the password you gave to this program.", "请核对提供给本程序的密码。"}, ""},
        {digest_rspauth_differs, Severity::vendor,
         {"rspauth in Authentication-Info does not verify: {what}.", "Authentication-Info 中的 rspauth 校验不通过:{what_zh}。"},
         {"platform: compute rspauth with an empty method, else as the response. Devices that check it will not trust this platform.",
          "平台侧:rspauth 用空方法名、其余同 response 计算;会校验它的设备将不信任该平台。"},
         "RFC 7616 3.5"},
        {digest_stale_nonce, Severity::info,
         {"The digest is right, but its nonce is no longer valid; the answer is a new challenge.",
          "摘要正确,但 nonce 已失效;平台回复了新的质询。"},
         {"Nothing, if the device answers the new challenge. platform: say stale=true, so that no device takes it for a refusal.",
          "设备随后按新质询应答即属正常;平台侧应带 stale=true,避免设备误认为被拒绝。"},
         "RFC 2617 3.2.1"},
        {digest_uri_differs, Severity::info,
         {"The uri parameter {observed} is not the Request-URI {expected}; that is legal.",
          "uri 参数 {observed} 与请求行 URI {expected} 不同,这是允许的。"},
         {"platform: verify with the uri parameter as sent, not with the Request-URI.",
          "平台侧:应使用 uri 参数原文校验,不要用请求行 URI。"},
         "RFC 2617 3.2.2.5"},
        {digest_constant_cnonce, Severity::info,
         {"The cnonce {observed} is a constant of the firmware: weak, but valid.", "cnonce {observed} 是固件中的常量:强度弱,但合法。"},
         {"Leave it: firmware of this kind uses a constant.", "无需处理;此类固件使用固定 cnonce。"},
         "RFC 7616 3.4"},
        {digest_username_not_device_id, Severity::info,
         {"The user name is {observed}, not the device ID {expected}.", "用户名是 {observed},不是设备编号 {expected}。"},
         {"Legal; a platform that looks the password up by device ID needs to know this user name.",
          "允许;若平台按设备编号查找密码,需要配置这个用户名。"},
         "GB/T 28181-2022 9.1.1"},
        {digest_realm_not_domain, Severity::info,
         {"The realm is {observed}, not the SIP domain {expected}.", "realm 是 {observed},不是 SIP 域 {expected}。"},
         {"Legal; the device must copy the realm of the challenge, not its configured domain.",
          "允许;设备必须使用质询中的 realm,而不是自己配置的域。"},
         "GB/T 28181-2022 9.1.1"},
        {digest_sha512_cut, Severity::info,
         {"SHA-512-256 is computed as SHA-512 cut to 256 bits, as the example of RFC 7616 3.9.2 does; FIPS 180-4 means another function.",
          "SHA-512-256 按 SHA-512 截断到 256 位计算(同 RFC 7616 3.9.2 的示例),与 FIPS 180-4 定义不同。"},
         {"Use MD5 or SHA-256 where the two sides disagree.", "两边不一致时请改用 MD5 或 SHA-256。"},
         "RFC 7616 erratum 4897"},
        {digest_algorithm_unknown, Severity::info,
         {"The algorithm {observed} is not one this program can compute.", "本程序不支持算法 {observed}。"},
         {"Known: MD5, SHA-256, SHA-512-256, SM3, each also with -sess.", "支持:MD5、SHA-256、SHA-512-256、SM3 及其 -sess 形式。"},
         "RFC 7616 3.3"},
    };
}

}  // namespace

std::vector<FindingInfo> digest_table() {
    std::vector<FindingInfo> table = mismatches();
    for (auto* part : {answers, notes})
        for (FindingInfo& info : part()) table.push_back(std::move(info));
    return table;
}

}  // namespace gbkit::findings
