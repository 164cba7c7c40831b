#include "ladder.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "proto/observe/census.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::register_tool {

namespace {

using wire::sip::Message;

std::string request_text(const Message& message, Language language) {
    const bool chinese = language == Language::chinese;
    std::string text = printable(message.method());
    if (message.method() == "REGISTER") {
        const bool credentials = message.find("Authorization") != nullptr;
        text += fmt::format("  CSeq {}, {}", message.cseq.number,
                            credentials ? (chinese ? "带认证" : "with credentials") : (chinese ? "不带认证" : "no credentials"));
        const std::optional<std::uint32_t> expires = wire::sip::expires_of(message);
        if (expires == 0U) text += chinese ? ", 注销" : ", leaving";
        else if (expires) text += fmt::format(fmt::runtime(chinese ? ", 有效期 {} 秒" : ", for {} s"), *expires);
    } else if (const std::string command = proto::observe::command_of(message); !command.empty()) {
        text += "  " + command;
    }
    return text;
}

std::string answer_text(const Message& message, Language language) {
    std::string text = fmt::format("{} {}", message.status(), printable(message.reason()));
    if (const auto* field = message.find("WWW-Authenticate"))
        if (const auto challenge = wire::digest::parse_challenge(field->value)) {
            text += fmt::format("  realm=\"{}\"", printable(challenge->realm));
            if (challenge->qop) text += fmt::format(" qop=\"{}\"", printable(*challenge->qop));
            if (challenge->stale) text += " stale=true";
        }
    const std::optional<std::uint32_t> expires = wire::sip::expires_of(message);
    if (message.status() == 200 && message.method() == "REGISTER" && expires.value_or(0) != 0)
        text += fmt::format(fmt::runtime(language == Language::chinese ? "  有效期 {} 秒" : "  for {} s"), *expires);
    return text;
}

cli::Style style_of(const Message& message) {
    if (message.is_request()) return cli::Style::plain;
    if (message.status() < 300) return cli::Style::good;
    return message.status() == 401 || message.status() == 407 ? cli::Style::warn : cli::Style::bad;
}

}  // namespace

std::string ladder_line(const proto::observe::SipSeen& seen, const cli::Output& output, bool from_device, bool name_device) {
    const Message& message = seen.message;
    const bool chinese = output.language() == Language::chinese;
    std::string what = message.is_request() ? request_text(message, output.language()) : answer_text(message, output.language());
    if (seen.retransmission) what += chinese ? "  (重发)" : "  (again)";
    const std::string who = name_device ? pad(printable(message.from.uri.user), 20) + "  " : std::string();
    return fmt::format("{}  {}{} {}", output.styled(cli::Style::dim, to_local_clock(seen.packet.time)), who,
                       from_device ? "-->" : "<--", output.styled(style_of(message), what));
}

std::string ladder_line(const proto::Unreachable& unreachable, const cli::Output& output) {
    const std::string_view what =
        Bilingual{"ICMP: {} cannot be reached (code {})", "ICMP:无法到达 {}(代码 {})"}.in(output.language());
    return fmt::format("{}  {} {}", output.styled(cli::Style::dim, to_local_clock(unreachable.time)), "<-x",
                       output.styled(cli::Style::bad, fmt::format(fmt::runtime(what), unreachable.destination.text(), unreachable.code)));
}

}  // namespace gbkit::register_tool
