// What a platform does wrong, or in its own way: rows R1, R3, R10, R14, R21, R27, R29, R30, K1, K3, K4 of the field tables.
#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "proto/fault/fault.hpp"

namespace gbkit::proto::fault {

namespace {

bool is_answer(const MessageEdit& message, int status, std::string_view method) {
    return message.status == status && message.cseq_method() == method;
}

void become(MessageEdit& message, int status, std::string_view reason) {
    message.status = status;
    message.reason = reason;
    for (const std::string_view name : {"WWW-Authenticate", "Contact", "Expires"}) message.remove(name);
}

bool refuse_right_digest(MessageEdit& message, Endpoint&, const Context&) {
    if (is_answer(message, 200, "REGISTER")) become(message, 403, "Forbidden");
    return true;
}

bool refuse_outright(MessageEdit& message, Endpoint&, const Context&) {
    if (message.cseq_method() == "REGISTER") become(message, 403, "Forbidden");
    return true;
}

bool fail_with_500(MessageEdit& message, Endpoint&, const Context&) {
    if (message.cseq_method() == "REGISTER") become(message, 500, "Server Internal Error");
    return true;
}

bool challenge_without_header(MessageEdit& message, Endpoint&, const Context&) {
    message.remove("WWW-Authenticate");
    return true;
}

bool unknown_algorithm(MessageEdit& message, Endpoint&, const Context&) {
    if (const std::string* challenge = message.find("WWW-Authenticate"))
        message.set("WWW-Authenticate", replace_all(*challenge, "algorithm=MD5", "algorithm=SM9"));
    return true;
}

bool silent(MessageEdit&, Endpoint&, const Context&) { return false; }

// Next to the right port: what a wrong port mapping or a remembered old address looks like.
bool to_another_port(MessageEdit& message, Endpoint& to, const Context&) {
    if (message.cseq_method() == "REGISTER") to.port = static_cast<std::uint16_t>(to.port == 65535 ? 65534 : to.port + 1);
    return true;
}

// RFC 3581 ignored: the answer goes to what the device wrote into Via. Without a NAT that is where it is.
bool to_the_via(MessageEdit& message, Endpoint& to, const Context&) {
    const std::string* via = message.find("Via");
    if (!via || message.cseq_method() != "REGISTER" || message.status != 401) return true;
    const std::size_t from = via->find(' ');
    if (from == std::string::npos) return true;
    const auto place = parse_host_port(std::string_view(*via).substr(from + 1, via->find(';', from) - from - 1));
    const auto address = place ? IpAddress::parse(place->host) : std::nullopt;
    if (address) to = {*address, place->port == 0 ? std::uint16_t{5060} : place->port};
    return true;
}

void shift_date(MessageEdit& message, Duration by) {
    const std::string* date = message.find("Date");
    const auto read = date ? parse_date(*date) : std::nullopt;
    if (read) message.set("Date", to_gb_date(read->time + by));
}

bool date_in_utc(MessageEdit& message, Endpoint&, const Context&) {
    shift_date(message, -hours{8});
    return true;
}

bool clock_wrong(MessageEdit& message, Endpoint&, const Context&) {
    shift_date(message, minutes{5});
    return true;
}

bool no_version(MessageEdit& message, Endpoint&, const Context&) {
    message.remove("X-GB-Ver");
    return true;
}

bool date_without_milliseconds(MessageEdit& message, Endpoint&, const Context&) {
    if (const std::string* date = message.find("Date"))
        if (const std::size_t point = date->rfind('.'); point != std::string::npos) message.set("Date", date->substr(0, point));
    return true;
}

// Another lifetime than was asked for, in the Expires header and in the Contact.
void grant(MessageEdit& message, std::uint64_t (*of)(std::uint64_t asked)) {
    if (!is_answer(message, 200, "REGISTER")) return;
    const std::string* expires = message.find("Expires");
    const auto asked = expires ? to_number(trim(*expires), UINT32_MAX) : std::nullopt;
    if (!asked || *asked == 0) return;
    const std::string before = std::to_string(*asked), now = std::to_string(of(*asked));
    message.set("Expires", now);
    if (const std::string* contact = message.find("Contact"))
        message.set("Contact", replace_all(*contact, ";expires=" + before, ";expires=" + now));
}

bool half_the_lifetime(MessageEdit& message, Endpoint&, const Context&) {
    grant(message, [](std::uint64_t asked) { return std::max<std::uint64_t>(1, asked / 2); });
    return true;
}

bool ten_minutes(MessageEdit& message, Endpoint&, const Context&) {
    grant(message, [](std::uint64_t) { return std::uint64_t{600}; });
    return true;
}

bool redirect(MessageEdit& message, Endpoint&, const Context& context) {
    if (message.cseq_method() != "REGISTER") return true;
    become(message, 302, "Moved Temporarily");
    message.set("Contact", "<sip:" + context.server_id + "@192.0.2.1:5060>");
    return true;
}

bool no_keepalive_answer(MessageEdit& message, Endpoint&, const Context&) { return message.cseq_method() != "MESSAGE"; }

bool refuse_keepalive(MessageEdit& message, Endpoint&, const Context&) {
    if (is_answer(message, 200, "MESSAGE")) become(message, 403, "Not Registered");
    return true;
}

}  // namespace

std::vector<Fault> platform_faults() {
    using namespace findings;
    constexpr Role role = Role::platform;
    return {
        {digest_right_still_refused, role, {"refuses the right password", "密码正确也拒绝"}, refuse_right_digest},
        {digest_algorithm_unknown, role, {"asks for an unknown algorithm", "质询里的算法没人认识"}, unknown_algorithm},
        {register_refused, role, {"refuses whoever answers the challenge", "回答了质询也拒绝"}, refuse_right_digest},
        {register_refused_outright, role, {"refuses without asking for a password", "不要密码,直接拒绝"}, refuse_outright},
        {register_server_failure, role, {"fails with 500", "内部错误 500"}, fail_with_500},
        {register_challenge_missing, role, {"sends 401 without WWW-Authenticate", "401 里没有 WWW-Authenticate"}, challenge_without_header},
        {register_answer_misdirected, role, {"answers to another port", "把应答发到另一个端口"}, to_another_port},
        {register_401_to_private_via, role, {"answers to the address in Via instead of the source", "把应答发到 Via 里的地址,不发回来源"}, to_the_via},
        {register_date_shifted, role, {"writes Date in UTC", "Date 用 UTC 时间"}, date_in_utc},
        {register_date_differs, role, {"has a clock that is five minutes fast", "平台时钟快五分钟"}, clock_wrong},
        {register_date_form, role, {"writes Date without milliseconds", "Date 不带毫秒"}, date_without_milliseconds},
        {register_version_unanswered, role, {"leaves X-GB-Ver out of its answers", "应答里没有 X-GB-Ver"}, no_version},
        {register_lifetime_cut, role, {"grants half of the lifetime that was asked for", "有效期只给请求的一半"}, half_the_lifetime},
        {register_lifetime_short, role, {"grants ten minutes", "有效期只给十分钟"}, ten_minutes},
        {register_redirected, role, {"redirects to another platform", "重定向到另一个平台"}, redirect},
        {register_no_answer, role, {"never answers", "从不应答"}, silent},
        {keepalive_unanswered, role, {"does not answer keepalives", "不应答心跳"}, no_keepalive_answer},
        {keepalive_refused, role, {"refuses keepalives", "拒绝心跳"}, refuse_keepalive},
    };
}

}  // namespace gbkit::proto::fault
