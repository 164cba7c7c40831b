// The rows, group after group. The first row that gives a response is the one reported, so what happens often
// stands before what happens seldom.
#include "wire/digest/variants.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.hpp"
#include "base/charset.hpp"

namespace gbkit::wire::digest {

namespace {

constexpr std::size_t domain_digits = 10;  // GB/T 28181: the domain is the head of the platform ID

// ---- qop and the formula

bool with_qop(Recipe& r, const Case& c, std::string qop, std::string_view absent_nc, std::string_view absent_cnonce) {
    r.inputs.nc = c.credentials.nc.value_or(std::string(absent_nc));
    r.inputs.cnonce = c.credentials.cnonce.value_or(std::string(absent_cnonce));
    r.inputs.qop = std::move(qop);
    return true;
}
bool without_qop(Recipe& r, const Case&) {
    r.inputs.qop.reset();
    return true;
}
bool qop_auth(Recipe& r, const Case& c) { return with_qop(r, c, "auth", "00000001", ""); }
bool qop_empty(Recipe& r, const Case& c) { return with_qop(r, c, "", "", ""); }
bool qop_null(Recipe& r, const Case& c) { return with_qop(r, c, "null", "null", "null"); }
/// Any other value that is neither auth nor auth-int, hashed as it was sent.
bool qop_unknown(Recipe& r, const Case& c) {
    const auto& sent = c.credentials.qop;
    if (!sent || sent->empty() || *sent == "null" || iequals(*sent, "auth") || iequals(*sent, "auth-int")) return false;
    if (sent->find(',') != std::string::npos) return false;
    return with_qop(r, c, *sent, "", "");
}
bool qop_list(Recipe& r, const Case& c) {
    const auto& sent = c.credentials.qop;
    if (sent && sent->find(',') != std::string::npos) return with_qop(r, c, *sent, "00000001", "");
    if (c.challenge == nullptr || !c.challenge->qop || c.challenge->qop->find(',') == std::string::npos) return false;
    return with_qop(r, c, *c.challenge->qop, "00000001", "");
}
bool qop_auth_int(Recipe& r, const Case& c) {
    if (!c.credentials.qop) return false;
    return with_qop(r, c, "auth-int", "00000001", "");
}
bool body_left_out(Recipe& r, const Case&) {
    r.deviation.body_left_out = r.inputs.qop && iequals(*r.inputs.qop, "auth-int");
    return r.deviation.body_left_out;
}
bool body_empty(Recipe& r, const Case& c) {
    if (!r.inputs.qop || !iequals(*r.inputs.qop, "auth-int") || c.facts.body.empty()) return false;
    r.deviation.body_hash = hash_hex(r.inputs.algorithm.hash, {});
    return true;
}
bool ha2_omitted(Recipe& r, const Case&) {
    r.deviation.ha2 = Deviation::Ha2::omitted;
    return true;
}
bool ha2_omitted_with_qop(Recipe& r, const Case&) {
    r.deviation.ha2 = Deviation::Ha2::omitted_with_qop;
    return r.inputs.qop.has_value();
}

// ---- algorithm

template <HashAlgorithm hash>
bool other_hash(Recipe& r, const Case&) {
    if (r.inputs.algorithm.hash == hash) return false;
    r.inputs.algorithm.hash = hash;
    r.deviation.body_hash.reset();
    return true;
}
bool sha512_cut(Recipe& r, const Case&) {
    if (r.inputs.algorithm.hash != HashAlgorithm::sha512_256) return false;
    r.inputs.algorithm.hash = HashAlgorithm::sha512_cut_256;
    r.deviation.body_hash.reset();
    return true;
}
bool session(Recipe& r, const Case& c) {
    if (r.inputs.algorithm.session) return false;
    r.inputs.algorithm.session = true;
    r.inputs.cnonce = c.credentials.cnonce.value_or("");
    return true;
}
bool no_session(Recipe& r, const Case&) {
    if (!r.inputs.algorithm.session) return false;
    r.inputs.algorithm.session = false;
    return true;
}

// ---- nc

bool nc_upper(Recipe& r, const Case&) {
    r.inputs.nc = to_upper(r.inputs.nc);
    return true;
}
bool nc_lower(Recipe& r, const Case&) {
    r.inputs.nc = to_lower(r.inputs.nc);
    return true;
}
bool nc_stripped(Recipe& r, const Case&) {
    const std::size_t digit = r.inputs.nc.find_first_not_of('0');
    if (digit == std::string::npos || digit == 0) return false;
    r.inputs.nc.erase(0, digit);
    return true;
}
bool nc_padded(Recipe& r, const Case&) {
    if (r.inputs.nc.empty() || r.inputs.nc.size() >= 8) return false;
    r.inputs.nc.insert(0, 8 - r.inputs.nc.size(), '0');
    return true;
}
bool nc_first(Recipe& r, const Case&) {
    if (!r.inputs.qop) return false;
    r.inputs.nc = "00000001";
    return true;
}

// ---- URI

bool strip_port(std::string& uri) {
    const std::size_t at = uri.find('@');
    const std::size_t host = at != std::string::npos ? at + 1 : uri.find(':') + 1;  // after "sip:" when there is no user
    const std::size_t end = std::min(uri.find_first_of(";?/", host), uri.size());
    const std::size_t bracket = uri.find(']', host);
    const std::size_t colon = uri.find(':', bracket < end ? bracket : host);
    if (host == 0 || colon >= end || !all_digits(std::string_view(uri).substr(colon + 1, end - colon - 1))) return false;
    uri.erase(colon, end - colon);
    return true;
}
/// The port of a sip URI with its colon, or empty.
std::string port_of(std::string uri) {
    const std::string whole = uri;
    if (!strip_port(uri)) return {};
    std::size_t start = 0;
    while (start < uri.size() && uri[start] == whole[start]) ++start;
    return whole.substr(start, whole.size() - uri.size());
}
bool is_sip(std::string_view uri) { return istarts_with(uri, "sip:") || istarts_with(uri, "sips:"); }

bool request_uri(Recipe& r, const Case& c) {
    r.inputs.uri = c.facts.request_uri;
    return !c.facts.request_uri.empty();
}
bool request_uri_without_port(Recipe& r, const Case& c) {
    return is_sip(c.facts.request_uri) && request_uri(r, c) && strip_port(r.inputs.uri);
}
bool uri_without_port(Recipe& r, const Case&) { return is_sip(r.inputs.uri) && strip_port(r.inputs.uri); }
bool uri_with_port(Recipe& r, const Case& c) {
    std::string bare = r.inputs.uri;
    if (!is_sip(bare) || strip_port(bare)) return false;
    const std::string port = port_of(c.facts.request_uri);
    r.inputs.uri.insert(std::min(r.inputs.uri.find_first_of(";?"), r.inputs.uri.size()), port.empty() ? ":5060" : port);
    return true;
}
bool uri_without_scheme(Recipe& r, const Case&) {
    if (!is_sip(r.inputs.uri)) return false;
    r.inputs.uri.erase(0, r.inputs.uri.find(':') + 1);
    return true;
}
bool uri_without_parameters(Recipe& r, const Case&) {
    const std::size_t end = r.inputs.uri.find_first_of(";?");
    if (end == std::string::npos) return false;
    r.inputs.uri.resize(end);
    return true;
}
bool uri_server_at_domain(Recipe& r, const Case& c) {
    if (c.facts.server_id.empty()) return false;
    const std::string domain = c.facts.domain.empty() ? c.facts.server_id.substr(0, domain_digits) : c.facts.domain;
    r.inputs.uri = "sip:" + c.facts.server_id + '@' + domain;
    return true;
}
bool uri_path_only(Recipe& r, const Case&) {
    const std::size_t scheme = r.inputs.uri.find("://");
    if (scheme == std::string::npos) return false;
    const std::size_t path = r.inputs.uri.find('/', scheme + 3);
    r.inputs.uri = path == std::string::npos ? "/" : r.inputs.uri.substr(path);
    return true;
}
bool uri_slash_added(Recipe& r, const Case&) {
    if (is_sip(r.inputs.uri) || r.inputs.uri.empty() || r.inputs.uri.back() == '/') return false;
    r.inputs.uri += '/';
    return true;
}
bool uri_slash_removed(Recipe& r, const Case&) {
    if (r.inputs.uri.size() < 2 || r.inputs.uri.back() != '/') return false;
    r.inputs.uri.pop_back();
    return true;
}

// ---- user name and realm

bool trimmed(std::string& text) {
    const std::string kept(trim(text));
    if (kept == text) return false;
    text = kept;
    return true;
}
bool spaced(std::string& text) {
    if (text != trim(text)) return false;
    text += ' ';
    return true;
}
bool username_trimmed(Recipe& r, const Case&) { return trimmed(r.inputs.username); }
bool username_space(Recipe& r, const Case&) { return spaced(r.inputs.username); }
bool username_device(Recipe& r, const Case& c) {
    r.inputs.username = c.facts.device;
    return !c.facts.device.empty();
}
bool username_before_at(Recipe& r, const Case&) {
    const std::size_t at = r.inputs.username.find('@');
    if (at == std::string::npos || at == 0) return false;
    r.inputs.username.resize(at);
    return true;
}
bool username_at_realm(Recipe& r, const Case&) {
    if (r.inputs.username.find('@') != std::string::npos) return false;
    r.inputs.username += '@' + r.inputs.realm;
    return true;
}
bool username_escaped(Recipe& r, const Case& c) {
    const Parameter* sent = c.credentials.header.find("username");
    if (sent == nullptr || sent->raw == sent->value || c.credentials.userhash) return false;
    r.inputs.username = sent->raw;
    return true;
}
bool realm_trimmed(Recipe& r, const Case&) { return trimmed(r.inputs.realm); }
bool realm_space(Recipe& r, const Case&) { return spaced(r.inputs.realm); }
bool realm_challenge(Recipe& r, const Case& c) {
    if (c.challenge == nullptr) return false;
    r.inputs.realm = c.challenge->realm;
    return true;
}
bool realm_domain(Recipe& r, const Case& c) {
    r.inputs.realm = c.facts.domain;
    return !c.facts.domain.empty();
}
bool realm_server_head(Recipe& r, const Case& c) {
    r.inputs.realm = c.facts.server_id.substr(0, domain_digits);
    return !c.facts.server_id.empty();
}
bool realm_server(Recipe& r, const Case& c) {
    r.inputs.realm = c.facts.server_id;
    return !c.facts.server_id.empty();
}
bool realm_device_head(Recipe& r, const Case& c) {
    r.inputs.realm = c.facts.device.substr(0, domain_digits);
    return !c.facts.device.empty();
}
bool realm_empty(Recipe& r, const Case&) {
    r.inputs.realm.clear();
    return true;
}

// ---- password

bool password_empty(Recipe& r, const Case&) {
    r.inputs.password.clear();
    return true;
}
bool password_md5(Recipe& r, const Case&) {
    r.inputs.password = hash_hex(HashAlgorithm::md5, {r.inputs.password});
    return true;
}
bool password_md5_upper(Recipe& r, const Case& c) {
    password_md5(r, c);
    r.inputs.password = to_upper(r.inputs.password);
    return true;
}
bool password_is_ha1(Recipe& r, const Case&) {
    const std::size_t digits = r.inputs.algorithm.hash == HashAlgorithm::md5 ? 32 : 64;
    if (r.inputs.password.size() != digits || !from_hex(r.inputs.password)) return false;
    r.deviation.ha1 = to_lower(r.inputs.password);
    return true;
}
bool password_base64(Recipe& r, const Case&) {
    r.inputs.password = to_base64(as_bytes(r.inputs.password));
    return true;
}
bool password_gbk(Recipe& r, const Case&) {
    if (!is_utf8(r.inputs.password)) return false;
    auto converted = utf8_to_gb18030(r.inputs.password);
    if (!converted) return false;
    r.inputs.password = std::move(*converted);
    return true;
}
bool password_utf8(Recipe& r, const Case&) {
    if (is_utf8(r.inputs.password)) return false;
    auto converted = gb18030_to_utf8(r.inputs.password);
    if (!converted) return false;
    r.inputs.password = std::move(*converted);
    return true;
}
bool password_trimmed(Recipe& r, const Case&) { return trimmed(r.inputs.password); }
bool password_space(Recipe& r, const Case&) { return spaced(r.inputs.password); }

// ---- method

bool method_lower(Recipe& r, const Case&) {
    r.inputs.method = to_lower(r.inputs.method);
    return true;
}
bool method_upper(Recipe& r, const Case&) {
    r.inputs.method = to_upper(r.inputs.method);
    return true;
}
bool fixed_method(Recipe& r, std::string_view method) {
    r.inputs.method = method;
    return true;
}
bool method_register(Recipe& r, const Case&) { return fixed_method(r, "REGISTER"); }
bool method_invite(Recipe& r, const Case&) { return fixed_method(r, "INVITE"); }
bool method_describe(Recipe& r, const Case&) { return fixed_method(r, "DESCRIBE"); }
bool method_options(Recipe& r, const Case&) { return fixed_method(r, "OPTIONS"); }
bool method_get(Recipe& r, const Case&) { return fixed_method(r, "GET"); }
bool method_empty(Recipe& r, const Case&) { return fixed_method(r, ""); }

// ---- letter case of what comes out

bool ha1_upper(Recipe& r, const Case&) { return r.deviation.upper_ha1 = true; }
bool ha2_upper(Recipe& r, const Case&) { return r.deviation.upper_ha2 = true; }
bool response_upper(Recipe& r, const Case&) { return r.deviation.upper_response = true; }

constexpr Bilingual as_in_header = {"compute with exactly what the header says", "按消息头中的原文参与计算"};
constexpr Bilingual plain_password = {"hash the password exactly as it was typed (ASCII letters and digits cause no doubt)",
                                      "用密码原文参与计算(密码只用 ASCII 字母和数字最稳妥)"};
constexpr Bilingual one_realm = {"set the same SIP domain on both sides; the device must copy the realm of the challenge",
                                 "两边 SIP 域设为一致;设备必须使用质询中的 realm"};
constexpr Bilingual one_algorithm = {"offer MD5 on the platform, or mend the device so that it names the algorithm it uses",
                                     "平台质询改用 MD5,或让设备按声明的算法计算"};
constexpr Bilingual hash_parameter = {"hash the uri parameter as it is sent; a lenient platform can verify with the other URI too",
                                      "用 uri 参数原文参与计算;平台也可兼容用另一 URI 校验"};
constexpr Bilingual no_spaces = {"remove the space at the end on both sides", "两边都去掉首尾空格"};
constexpr Bilingual lower_case = {"write hexadecimal digits in lower case before they are hashed or sent", "十六进制一律用小写"};
constexpr Bilingual own_method = {"hash the method of this very request", "用本次请求的方法名参与计算"};

constexpr Side device = Side::device;
constexpr Side platform = Side::platform;
constexpr Side both = Side::both;

constexpr auto table = std::to_array<Variant>({
    {"response-upper-case", Group::response, device, {"the response in upper-case hex digits", "response 用大写十六进制书写"}, lower_case, response_upper},
    {"sha512-cut", Group::algorithm, both,
     {"SHA-512 cut to 256 bits (the example of RFC 7616 3.9.2) for SHA-512-256", "SHA-512-256 用 SHA-512 截断(RFC 7616 3.9.2 示例的算法)"},
     {"agree on MD5 or SHA-256", "两边改用 MD5 或 SHA-256"}, sha512_cut},
    {"formula-without-qop", Group::qop, device, {"the formula without qop (RFC 2069) although the header has qop", "消息头带 qop,却按无 qop 的公式(RFC 2069)计算"},
     {"mend the device, or offer no qop in the challenge", "修正设备,或平台质询不带 qop"}, without_qop},
    {"formula-with-qop", Group::qop, device, {"the formula with qop=auth although the header does not say so", "消息头没有 qop=auth,却按 qop=auth 的公式计算"},
     {"mend the device so that it sends qop, nc and cnonce, or offer qop=\"auth\" in the challenge", "设备应带上 qop、nc、cnonce,或平台质询提供 qop=\"auth\""}, qop_auth},
    {"qop-null-hashed", Group::qop, device, {"the word null hashed as qop", "把 null 当作 qop 参与计算"},
     {"mend the device: no qop in the challenge means the formula without qop; at once, offer qop=\"auth\"", "设备侧:质询无 qop 时用无 qop 公式;应急:平台质询提供 qop=\"auth\""}, qop_null},
    {"qop-empty-hashed", Group::qop, device, {"the formula with qop, and an empty qop", "按有 qop 的公式计算,但 qop 为空"},
     {"mend the device: no qop in the challenge means the formula without qop; at once, offer qop=\"auth\"", "设备侧:质询无 qop 时用无 qop 公式;应急:平台质询提供 qop=\"auth\""}, qop_empty},
    {"qop-list-hashed", Group::qop, device, {"the whole list of offered qop values hashed as qop", "把质询中的整个 qop 列表当作 qop 参与计算"},
     {"mend the device: choose one value; at once, offer qop=\"auth\" alone", "设备侧:只选一个值;应急:平台质询只提供 qop=\"auth\""}, qop_list},
    {"qop-unknown-hashed", Group::qop, device, {"an unknown qop value, hashed as it was sent", "把未知的 qop 值原样参与计算"},
     {"mend the device: answer one of the values the challenge offers", "设备侧:只能回质询提供的 qop 值"}, qop_unknown},
    {"qop-auth-int-hashed", Group::qop, device, {"qop=auth-int hashed although the header says otherwise", "消息头不是 auth-int,却按 auth-int 计算"},
     {"offer qop=\"auth\" alone", "平台质询只提供 qop=\"auth\""}, qop_auth_int},
    {"auth-int-without-body", Group::body, device, {"HA2 without the body although qop is auth-int", "qop 为 auth-int,但 HA2 没有包含消息体"},
     {"offer qop=\"auth\" alone", "平台质询只提供 qop=\"auth\""}, body_left_out},
    {"auth-int-empty-body", Group::body, both, {"an empty body although this message has one", "按空消息体计算,而消息实际带有消息体"},
     {"offer qop=\"auth\" alone; look for something on the way that changes bodies", "平台质询只提供 qop=\"auth\";检查途中是否有设备修改了消息体"}, body_empty},
    {"uri-request-uri", Group::uri, both, {"the Request-URI instead of the uri parameter", "用请求行 URI 代替 uri 参数"}, hash_parameter, request_uri},
    {"uri-request-uri-without-port", Group::uri, both, {"the Request-URI without its port", "用去掉端口的请求行 URI"}, hash_parameter, request_uri_without_port},
    {"uri-without-port", Group::uri, device, {"the uri parameter without its port", "uri 参数去掉了端口"}, hash_parameter, uri_without_port},
    {"uri-with-port", Group::uri, device, {"the uri parameter with a port added", "uri 参数加上了端口"}, hash_parameter, uri_with_port},
    {"uri-without-scheme", Group::uri, device, {"the uri parameter without \"sip:\"", "uri 参数去掉了 \"sip:\""}, hash_parameter, uri_without_scheme},
    {"uri-without-parameters", Group::uri, device, {"the uri parameter cut at its own parameters", "uri 参数去掉了后面的参数部分"}, hash_parameter, uri_without_parameters},
    {"uri-server-at-domain", Group::uri, device, {"sip:SERVER-ID@DOMAIN as configured", "用配置的 sip:服务器编号@域"}, hash_parameter, uri_server_at_domain},
    {"uri-path-only", Group::uri, device, {"only the path of the uri parameter", "只用了 uri 参数的路径部分"}, hash_parameter, uri_path_only},
    {"uri-slash-added", Group::uri, device, {"the uri parameter with a slash at its end", "uri 参数末尾多了斜杠"}, hash_parameter, uri_slash_added},
    {"uri-slash-removed", Group::uri, device, {"the uri parameter without the slash at its end", "uri 参数末尾少了斜杠"}, hash_parameter, uri_slash_removed},
    {"nc-upper-case", Group::nc, both, {"nc in upper case", "nc 用了大写"}, as_in_header, nc_upper},
    {"nc-lower-case", Group::nc, both, {"nc in lower case", "nc 用了小写"}, as_in_header, nc_lower},
    {"nc-without-zeros", Group::nc, both, {"nc without its leading zeros", "nc 去掉了前导零"}, as_in_header, nc_stripped},
    {"nc-padded", Group::nc, device, {"nc filled up to 8 digits although it is sent shorter", "nc 补足了 8 位,而发送时不足 8 位"}, as_in_header, nc_padded},
    {"nc-first", Group::nc, device, {"nc=00000001 whatever the header says", "无论消息头如何,nc 都按 00000001 计算"}, as_in_header, nc_first},
    {"realm-challenge", Group::realm, device, {"the realm of the challenge, while the header says another", "用质询的 realm 计算,消息头却写了另一个"}, one_realm, realm_challenge},
    {"realm-domain", Group::realm, device, {"the configured SIP domain as realm", "用配置的 SIP 域作为 realm"}, one_realm, realm_domain},
    {"realm-server-id-head", Group::realm, device, {"the first 10 digits of the server ID as realm", "用服务器编号前 10 位作为 realm"}, one_realm, realm_server_head},
    {"realm-server-id", Group::realm, device, {"the server ID as realm", "用服务器编号作为 realm"}, one_realm, realm_server},
    {"realm-device-id-head", Group::realm, device, {"the first 10 digits of the device ID as realm", "用设备编号前 10 位作为 realm"}, one_realm, realm_device_head},
    {"realm-trimmed", Group::realm, both, {"the realm without the space at its ends", "realm 去掉了首尾空格"}, no_spaces, realm_trimmed},
    {"realm-space", Group::realm, both, {"the realm with a space at its end", "realm 末尾多了空格"}, no_spaces, realm_space},
    {"realm-empty", Group::realm, device, {"an empty realm", "realm 为空"}, one_realm, realm_empty},
    {"username-trimmed", Group::username, both, {"the user name without the space at its ends", "用户名去掉了首尾空格"}, no_spaces, username_trimmed},
    {"username-space", Group::username, both, {"the user name with a space at its end", "用户名末尾多了空格"}, no_spaces, username_space},
    {"username-device-id", Group::username, device, {"the device ID as user name, while the header says another", "用设备编号作为用户名计算,消息头却写了另一个"},
     {"set the user name of the device to its device ID", "把设备的用户名设为设备编号"}, username_device},
    {"username-before-at", Group::username, both, {"only the part of the user name before \"@\"", "只用了用户名 \"@\" 前的部分"}, as_in_header, username_before_at},
    {"username-at-realm", Group::username, both, {"username@realm as user name", "用“用户名@realm”作为用户名"}, as_in_header, username_at_realm},
    {"username-escaped", Group::username, both, {"the user name with its backslashes as sent", "用户名保留了转义的反斜杠"},
     {"choose a user name without backslash and quote", "用户名不要含反斜杠和引号"}, username_escaped},
    {"password-empty", Group::password, device, {"an empty password", "空密码"},
     {"enter the password in the device again and save it; some web pages drop it", "在设备上重新输入密码并保存(部分网页保存时会丢失密码)"}, password_empty},
    {"password-trimmed", Group::password, both, {"the password without the space at its ends", "密码去掉了首尾空格"}, no_spaces, password_trimmed},
    {"password-space", Group::password, both, {"the password with a space at its end", "密码末尾多了空格"}, no_spaces, password_space},
    {"password-gbk", Group::password, device, {"the password in GBK instead of UTF-8", "密码按 GBK 而不是 UTF-8 编码"}, plain_password, password_gbk},
    {"password-utf8", Group::password, device, {"the password in UTF-8 instead of GBK", "密码按 UTF-8 而不是 GBK 编码"}, plain_password, password_utf8},
    {"password-md5", Group::password, device, {"the MD5 of the password instead of the password", "用密码的 MD5 代替密码"}, plain_password, password_md5},
    {"password-md5-upper", Group::password, device, {"the MD5 of the password in upper case instead of the password", "用密码的大写 MD5 代替密码"}, plain_password, password_md5_upper},
    {"password-is-ha1", Group::password, platform, {"the given password taken as HA1, already hashed", "把给定的密码当作已算好的 HA1"},
     {"the store holds HA1, not the password: verify with it as HA1", "库中保存的是 HA1 而不是密码,应直接作为 HA1 校验"}, password_is_ha1},
    {"password-base64", Group::password, device, {"the password in base64", "密码经过 base64 编码"}, plain_password, password_base64},
    {"algorithm-md5", Group::algorithm, device, {"MD5, whatever the algorithm parameter says", "实际用 MD5 计算,与 algorithm 参数不符"}, one_algorithm, other_hash<HashAlgorithm::md5>},
    {"algorithm-sha-256", Group::algorithm, device, {"SHA-256, whatever the algorithm parameter says", "实际用 SHA-256 计算,与 algorithm 参数不符"}, one_algorithm, other_hash<HashAlgorithm::sha256>},
    {"algorithm-sha-512-256", Group::algorithm, device, {"SHA-512-256, whatever the algorithm parameter says", "实际用 SHA-512-256 计算,与 algorithm 参数不符"}, one_algorithm, other_hash<HashAlgorithm::sha512_256>},
    {"algorithm-sm3", Group::algorithm, device, {"SM3, whatever the algorithm parameter says", "实际用 SM3 计算,与 algorithm 参数不符"}, one_algorithm, other_hash<HashAlgorithm::sm3>},
    {"algorithm-session", Group::ha1, device, {"the -sess form although the header does not say so", "消息头没有 -sess,却按 -sess 计算"}, one_algorithm, session},
    {"algorithm-without-session", Group::ha1, device, {"no -sess although the header says so", "消息头带 -sess,却没有按 -sess 计算"}, one_algorithm, no_session},
    {"ha1-upper-case", Group::ha1, both, {"HA1 in upper-case hex digits", "HA1 用了大写十六进制"}, lower_case, ha1_upper},
    {"ha2-upper-case", Group::ha2, both, {"HA2 in upper-case hex digits", "HA2 用了大写十六进制"}, lower_case, ha2_upper},
    {"ha2-omitted", Group::ha2, both, {"HA2 left out: H(HA1:nonce)", "缺少 HA2:H(HA1:nonce)"},
     {"use the whole formula, HA2 included", "按完整公式计算,包含 HA2"}, ha2_omitted},
    {"ha2-omitted-with-qop", Group::ha2, both, {"HA2 left out: H(HA1:nonce:nc:cnonce:qop)", "缺少 HA2:H(HA1:nonce:nc:cnonce:qop)"},
     {"use the whole formula, HA2 included", "按完整公式计算,包含 HA2"}, ha2_omitted_with_qop},
    {"method-lower-case", Group::method, device, {"the method in lower case", "方法名用了小写"}, own_method, method_lower},
    {"method-upper-case", Group::method, device, {"the method in upper case", "方法名用了大写"}, own_method, method_upper},
    {"method-register", Group::method, device, {"REGISTER as method, whatever the request", "无论什么请求都用 REGISTER 作为方法名"}, own_method, method_register},
    {"method-invite", Group::method, device, {"INVITE as method, whatever the request", "无论什么请求都用 INVITE 作为方法名"}, own_method, method_invite},
    {"method-describe", Group::method, device, {"DESCRIBE as method, whatever the request", "无论什么请求都用 DESCRIBE 作为方法名"}, own_method, method_describe},
    {"method-options", Group::method, device, {"OPTIONS as method, whatever the request", "无论什么请求都用 OPTIONS 作为方法名"}, own_method, method_options},
    {"method-get", Group::method, device, {"GET as method, whatever the request", "无论什么请求都用 GET 作为方法名"}, own_method, method_get},
    {"method-empty", Group::method, device, {"an empty method", "方法名为空"}, own_method, method_empty},
});

}  // namespace

Worked work_out(const Recipe& recipe) { return work_out(recipe.inputs, recipe.deviation); }

std::span<const Variant> variants() { return table; }

const Variant* find_variant(std::string_view id) noexcept {
    for (const Variant& variant : table)
        if (variant.id == id) return &variant;
    return nullptr;
}

Bilingual name_of(Side side) noexcept {
    switch (side) {
        case Side::device: return {"device", "设备侧"};
        case Side::platform: return {"platform", "平台侧"};
        case Side::both: break;
    }
    return {"both", "两侧"};
}

}  // namespace gbkit::wire::digest
