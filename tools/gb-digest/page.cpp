#include "page.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"

namespace gbkit::digest_tool {

namespace {

using cli::Output;
using cli::Style;
using proto::observe::DigestCheck;
using proto::observe::DigestHeader;
using proto::observe::DigestVerdict;

constexpr std::size_t label_columns = 12;
constexpr std::string_view mask = "********";

std::string_view text(const Output& output, Bilingual both) { return both.in(output.language()); }

/// "  LABEL     the text, wrapped under itself".
void row(Output& output, Style style, Bilingual label, std::string_view content) {
    const std::size_t room = std::max<std::size_t>(output.columns(), 60) - label_columns;
    std::string head = output.styled(style, text(output, label));
    head.append(label_columns - 2 - std::min<std::size_t>(label_columns - 3, display_width(text(output, label))), ' ');
    for (const std::string& line : wrap(content, room)) {
        output.line("  " + head + line);
        head.assign(label_columns - 2, ' ');
    }
}

/// The same without wrapping: strings that are hashed are copied from the page.
void verbatim(Output& output, Bilingual label, std::string_view content) {
    output.line("  " + output.styled(Style::dim, pad(text(output, label), label_columns - 2)) + std::string(content));
}

std::string place(const Output& output, const DigestCheck& check) {
    if (check.frame) return fmt::format("#{}", *check.frame);
    if (check.line != 0) return fmt::format(fmt::runtime(text(output, {"line {}", "第 {} 行"})), check.line);
    return {};
}

void heading(Output& output, const DigestCheck& check) {
    std::string line = output.styled(Style::bold, printable(check.device));
    if (!check.facts.method.empty()) line += "  " + printable(check.facts.method);
    line += fmt::format("  {}", name_of(check.header));
    if (const std::string where = place(output, check); !where.empty()) line += "  " + where;
    if (check.time != Time{}) line += "  " + output.styled(Style::dim, to_local_clock(check.time));
    output.line(line);
}

std::string facts_of(const Output& output, const DigestCheck& check) {
    const auto& sent = check.credentials;
    const bool zh = output.language() == Language::chinese;
    std::string line = fmt::format("{} {}", zh ? "用户" : "user", printable(sent.username));
    line += fmt::format(", realm {}, {}", printable(sent.realm), printable(sent.algorithm.value_or("MD5")));
    line += sent.qop ? fmt::format(", qop={}, nc={}", printable(*sent.qop), printable(sent.nc.value_or("-")))
                     : std::string(zh ? ", 无 qop" : ", no qop");
    return line;
}

std::string course(const Output& output, const DigestCheck& check) {
    const bool zh = output.language() == Language::chinese;
    std::string line = zh ? "质询" : "challenge ";
    if (check.challenge == nullptr) line += zh ? "未见到" : "not seen";
    else line += check.challenge_frame ? fmt::format(fmt::runtime(zh ? " #{}" : "#{}"), *check.challenge_frame) : std::string(zh ? "已见到" : "seen");
    line += zh ? ";回答" : "; answer ";
    if (check.status == 0) return line + (zh ? "未见到" : "not seen");
    line += fmt::format(fmt::runtime(zh ? " {} {}" : "{} {}"), check.status, printable(check.reason));
    return check.stale ? line + " (stale=true)" : line;
}

void verdict_row(Output& output, const DigestCheck& check) {
    const std::string facts = facts_of(output, check);
    switch (check.verdict) {
        case DigestVerdict::match: return row(output, Style::good, {"match", "一致"}, facts);
        case DigestVerdict::mismatch: return row(output, Style::bad, {"MISMATCH", "不一致"}, facts);
        case DigestVerdict::unverified: return row(output, Style::warn, {"unverified", "未校验"}, facts);
    }
}

std::string joined(const Output& output, const wire::digest::Explanation& found, Bilingual wire::digest::Variant::*part) {
    std::string line;
    for (const wire::digest::Variant* variant : found.variants)
        if (variant != nullptr) line.append(line.empty() ? "" : output.language() == Language::chinese ? ";" : "; ").append(text(output, variant->*part));
    return line;
}

wire::digest::Side side_of(const wire::digest::Explanation& found) {
    const auto* second = found.variants[1];
    const auto side = found.variants[0]->side;
    return second == nullptr || second->side == side ? side : wire::digest::Side::both;
}

void fitting_rows(Output& output, const wire::digest::Explanation& found) {
    row(output, Style::warn, {"fits", "符合"}, fmt::format("{}: {}", found.variant_ids(), joined(output, found, &wire::digest::Variant::what)));
    row(output, Style::bold, {"do", "处理"},
        fmt::format("{}: {}", text(output, name_of(side_of(found))), joined(output, found, &wire::digest::Variant::advice)));
}

void unexplained(Output& output, const DigestCheck& check) {
    row(output, Style::plain, {"expected", "应为"}, check.explanation->worked.response);
    row(output, Style::plain, {"sent", "实际"}, printable(check.credentials.response));
    if (check.header == DigestHeader::authentication_info)
        return row(output, Style::bad, {"why", "原因"},
                   text(output, {"no known variant gives this rspauth: the platform computes it in its own way",
                                 "已知变体都算不出该 rspauth:平台使用了自己的算法"}));
    row(output, Style::bad, {"why", "原因"},
        text(output, {"no known variant with this password gives this response, so the password itself differs",
                      "用这个密码,所有已知变体都算不出该 response:密码本身不一致"}));
}

void near_rows(Output& output, const Extra& extra) {
    if (!extra.near_tried) return;
    if (!extra.near)
        return row(output, Style::plain, {"near", "近似"},
                   text(output, {"nothing near the given password fits either", "与给定密码相近的写法也都不符合"}));
    std::string what(text(output, extra.near->what));
    if (!extra.near->detail.empty()) what += ' ' + extra.near->detail;
    row(output, Style::warn, {"near", "近似"},
        fmt::format("{}{}", text(output, {"fits the given password with ", "给定密码作如下改动后符合:"}), what));
}

void candidate_rows(Output& output, const Extra& extra) {
    if (!extra.candidates_tried) return;
    if (!extra.candidate_line)
        return row(output, Style::plain, {"candidates", "候选"}, text(output, {"none of the candidates fits", "候选密码都不符合"}));
    std::string line = fmt::format(fmt::runtime(text(output, {"line {} of the candidates fits", "候选文件第 {} 行符合"})), *extra.candidate_line);
    if (!extra.candidate.empty()) line += ": " + printable(extra.candidate);
    row(output, Style::good, {"candidates", "候选"}, line);
}

}  // namespace

void show_check(Output& output, const DigestCheck& check, const Extra& extra) {
    heading(output, check);
    verdict_row(output, check);
    row(output, Style::dim, {"course", "经过"}, course(output, check));
    if (!check.claimed)
        row(output, Style::warn, {"algorithm", "算法"},
            fmt::format("{}: {}", text(output, {"not one this program knows", "本程序不支持"}), printable(check.credentials.algorithm.value_or(""))));
    if (check.explanation && check.explanation->variants[0] != nullptr) fitting_rows(output, *check.explanation);
    else if (check.verdict == DigestVerdict::mismatch) unexplained(output, check);
    near_rows(output, extra);
    candidate_rows(output, extra);
    if (check.verdict == DigestVerdict::match && check.refused())
        row(output, Style::bad, {"but", "但是"},
            text(output, {"the answer is still a refusal: it is not about the password", "仍被拒绝:与密码无关"}));
}

void show_work(Output& output, const wire::digest::Recipe& recipe, const wire::digest::Worked& worked, const std::string& sent) {
    // A password that is taken as HA1 stands there as it was given.
    const bool given = recipe.deviation.ha1.has_value() && !recipe.inputs.algorithm.session;
    const std::string ha1 = given ? std::string(mask) : worked.ha1;
    const std::string a1 = recipe.inputs.username + ':' + recipe.inputs.realm + ':' + std::string(mask);
    verbatim(output, {"A1", "A1"}, printable(a1));
    verbatim(output, {"HA1", "HA1"}, ha1);
    verbatim(output, {"A2", "A2"}, printable(worked.a2));
    verbatim(output, {"HA2", "HA2"}, worked.ha2);
    verbatim(output, {"hashed", "最后拼接"}, printable(ha1 + worked.joined.substr(worked.ha1.size())));
    verbatim(output, {"gives", "结果"}, worked.response);
    if (!sent.empty()) verbatim(output, {"sent", "实际"}, printable(sent));
}

}  // namespace gbkit::digest_tool
