// What a platform does wrong: rows R1, R3, R10, R14, R21, R30, K3, K4 of the field tables.
#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "base/text.hpp"
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
        {register_redirected, role, {"redirects to another platform", "重定向到另一个平台"}, redirect},
        {register_no_answer, role, {"never answers", "从不应答"}, silent},
        {keepalive_unanswered, role, {"does not answer keepalives", "不应答心跳"}, no_keepalive_answer},
        {keepalive_refused, role, {"refuses keepalives", "拒绝心跳"}, refuse_keepalive},
    };
}

}  // namespace gbkit::proto::fault
