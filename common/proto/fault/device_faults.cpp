// What a device does wrong, or in its own way: rows R2-R9, R11-R20, R23, R25, R26, R30, K5 of the field tables.
#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "base/findings/sip.hpp"
#include "base/crypto/hash.hpp"
#include "base/text.hpp"
#include "proto/fault/fault.hpp"

namespace gbkit::proto::fault {

namespace {

using Signing = MessageEdit::Signing;

// An edit of the credentials only.
template <void (*change)(Signing&, const Context&)>
bool resigned(MessageEdit& message, Endpoint&, const Context& context) {
    message.resign(context.password, [&](Signing& signing) { change(signing, context); });
    return true;
}

void other_password(Signing& signing, const Context&) { signing.hashed.password += "x"; }

void hashed_password(Signing& signing, const Context& context) {
    signing.hashed.password = hash_hex(HashAlgorithm::md5, {context.password});
}

void ha2_left_out(Signing& signing, const Context&) { signing.formula.ha2 = wire::digest::Deviation::Ha2::omitted; }

void own_realm(Signing& signing, const Context&) { signing.written.realm = signing.hashed.realm = "3402000099"; }

void other_uri_hashed(Signing& signing, const Context&) { signing.hashed.uri.erase(0, signing.hashed.uri.find(':') + 1); }  // without "sip:"

void other_uri_written(Signing& signing, const Context& context) {
    signing.written.uri = signing.hashed.uri = "sip:" + context.server_id + "@127.0.0.1:5060";
}

void qop_null(Signing& signing, const Context&) { signing.written.qop = signing.hashed.qop = "null"; }

void qop_ignored(Signing& signing, const Context&) {
    signing.written.qop = signing.hashed.qop = std::nullopt;
    signing.written.cnonce = signing.hashed.cnonce = "";
}

void nc_case(Signing& signing, const Context&) {
    signing.written.nc = "0000000a";
    signing.hashed.nc = "0000000A";
}

void upper_case_response(Signing& signing, const Context&) { signing.formula.upper_response = true; }

void space_hashed(Signing& signing, const Context&) { signing.hashed.username += ' '; }

void sha256(Signing& signing, const Context&) {
    signing.algorithm = "SHA-256";
    signing.written.algorithm.hash = signing.hashed.algorithm.hash = HashAlgorithm::sha256;
}

void old_nonce(Signing& signing, const Context&) { signing.written.nonce = signing.hashed.nonce = "00000000000000000000000000000000"; }

void constant_cnonce(Signing& signing, const Context&) { signing.written.cnonce = signing.hashed.cnonce = "0a4f113b"; }

void user_admin(Signing& signing, const Context&) { signing.written.username = signing.hashed.username = "admin"; }

bool no_response_parameter(MessageEdit& message, Endpoint&, const Context&) {
    if (const std::string* value = message.find("Authorization"))
        message.set("Authorization", replace_all(*value, "response=", "answer="));
    return true;
}

bool no_credentials(MessageEdit& message, Endpoint&, const Context&) {
    message.remove("Authorization");
    return true;
}

// The device was told another ID of itself or of the platform: it stands everywhere, and the digest is right for it.
bool with_id(MessageEdit& message, const Context& context, const std::string& from, const std::string& to) {
    message.replace_everywhere(from, to);
    message.resign(context.password, [](Signing&) {});
    return true;
}

bool other_server_id(MessageEdit& message, Endpoint&, const Context& context) {
    return with_id(message, context, "sip:" + context.server_id + '@', "sip:34020000002000009999@");
}

bool short_id(MessageEdit& message, Endpoint&, const Context& context) { return with_id(message, context, context.device_id, "camera-0001"); }

bool server_id_as_own(MessageEdit& message, Endpoint&, const Context& context) {
    return with_id(message, context, context.device_id, context.server_id);
}

bool no_expires(MessageEdit& message, Endpoint&, const Context&) {
    message.remove("Expires");
    return true;
}

bool no_user_in_to(MessageEdit& message, Endpoint&, const Context& context) {
    message.set("To", "<sip:" + context.domain + '>');
    return true;
}

bool short_lifetime(MessageEdit& message, Endpoint&, const Context&) {
    const std::string* expires = message.find("Expires");
    if (expires && *expires != "0") message.set("Expires", "30");
    return true;
}

bool logs_out(MessageEdit& message, Endpoint&, const Context&) {
    if (message.find("Expires")) message.set("Expires", "0");
    return true;
}

// It does not know of the NAT it believes to be behind: everything it writes says another address.
bool private_address(MessageEdit& message, Endpoint&, const Context&) {
    if (!message.is_request()) return true;
    if (const std::string* via = message.find("Via")) {
        const std::size_t from = via->find(' '), to = via->find(';');
        if (from != std::string::npos && to != std::string::npos && from < to)
            message.replace_everywhere(via->substr(from + 1, to - from - 1), "192.168.255.64:5060");
    }
    return true;
}

bool route(MessageEdit& message, Endpoint&, const Context& context) {
    if (message.method == "REGISTER") message.headers.emplace_back("Route", "<sip:" + context.server_id + "@" + context.domain + ";lr>");
    return true;
}

bool forgot(MessageEdit& message, Endpoint&, const Context&) {
    if (message.is_request()) return true;
    message.status = 403;
    message.reason = "Forbidden";
    message.set("Warning", "399 devnull \"<102>[Component]Not registered\"");
    return true;
}

// Whatever it is told, it goes on asking the platform it was set up with.
bool stays(MessageEdit& message, Endpoint& to, const Context& context) {
    if (message.method == "REGISTER" && context.server.port != 0) to = context.server;
    return true;
}

bool status_on(MessageEdit& message, Endpoint&, const Context&) {
    message.body = replace_all(message.body, "<Status>OK<", "<Status>ON<");
    return true;
}

bool two_to_headers(MessageEdit& message, Endpoint&, const Context&) {
    if (const std::string* to = message.find("To")) message.headers.emplace_back("To", std::string(*to));
    return true;
}

bool content_length_too_long(MessageEdit& message, Endpoint&, const Context&) {
    message.content_length = message.body.size() + 100;
    return true;
}

}  // namespace

std::vector<Fault> device_faults() {
    using namespace findings;
    constexpr Role role = Role::device;
    return {
        {digest_password_differs, role, {"has another password", "设备里填的是另一个密码"}, resigned<other_password>},
        {digest_password_form, role, {"hashes the MD5 of the password", "把密码先做 MD5 再参与计算"}, resigned<hashed_password>},
        {digest_formula_differs, role, {"leaves HA2 out of the digest", "计算摘要时漏掉 HA2"}, resigned<ha2_left_out>},
        {digest_realm_not_challenged, role, {"answers with its own realm", "用自己的域回答,而不是质询里的 realm"}, resigned<own_realm>},
        {digest_uri_hashed_differs, role, {"hashes another uri than it writes", "参与计算的 uri 与写出的 uri 不同"}, resigned<other_uri_hashed>},
        {digest_uri_differs, role, {"writes another uri than the Request-URI", "uri 参数与请求行不同"}, resigned<other_uri_written>},
        {digest_qop_null, role, {"writes qop=null", "写出 qop=null"}, resigned<qop_null>},
        {digest_qop_ignored, role, {"ignores the offered qop", "不理会质询里的 qop"}, resigned<qop_ignored>},
        {digest_nc_case, role, {"hashes nc in upper case", "用大写的 nc 参与计算"}, resigned<nc_case>},
        {digest_response_upper_case, role, {"writes the response in upper case", "response 用大写十六进制"}, resigned<upper_case_response>},
        {digest_space_trimmed, role, {"hashes a space after the user name", "用户名后多一个空格参与计算"}, resigned<space_hashed>},
        {digest_algorithm_differs, role, {"answers MD5 with SHA-256", "质询是 MD5,却用 SHA-256 回答"}, resigned<sha256>},
        {digest_stale_nonce, role, {"answers an old nonce", "用旧的 nonce 回答"}, resigned<old_nonce>},
        {digest_constant_cnonce, role, {"always sends the same cnonce", "cnonce 永远不变"}, resigned<constant_cnonce>},
        {digest_username_not_device_id, role, {"logs in as admin", "用户名是 admin,不是设备编号"}, resigned<user_admin>},
        {digest_header_malformed, role, {"sends an Authorization without response", "Authorization 里没有 response"}, no_response_parameter},
        {register_challenge_ignored, role, {"never answers a challenge", "从不回答质询"}, no_credentials},
        {register_server_id_differs, role, {"has another server ID", "设备里填的是另一个服务器编号"}, other_server_id},
        {register_id_not_20_digits, role, {"has an ID that is not 20 digits", "设备编号不是 20 位数字"}, short_id},
        {register_id_is_server_id, role, {"uses the server ID as its own", "把服务器编号当作自己的编号"}, server_id_as_own},
        {register_400_no_expires, role, {"sends no Expires header", "不带 Expires 头"}, no_expires},
        {register_bad_request, role, {"leaves its ID out of To", "To 头里没有设备编号"}, no_user_in_to},
        {register_expires_below_keepalive, role, {"asks for a lifetime of 30 s", "有效期只要 30 秒"}, short_lifetime},
        {register_logging_out, role, {"asks for no time at all: each REGISTER logs it out", "每次注册的有效期都是 0:等于注销"}, logs_out},
        {register_seen_as, role, {"writes a private address as if a NAT lay between", "自报内网地址,像在 NAT 后面"}, private_address},
        {register_route, role, {"adds a Route header", "注册带 Route 头"}, route},
        {register_device_forgot, role, {"refuses the platform's requests: not registered", "以“未注册”拒绝平台的请求"}, forgot},
        {register_redirect_ignored, role, {"does not go where a 302 sends it", "收到 302 也不改向"}, stays},
        {keepalive_status, role, {"says ON in its keepalive", "心跳里的状态写成 ON"}, status_on},
        {sip_malformed, role, {"writes To twice", "To 头写了两次"}, two_to_headers},
        {sip_datagram_cut, role, {"promises more body than it sends", "Content-Length 比实际内容长"}, content_length_too_long},
    };
}

}  // namespace gbkit::proto::fault
