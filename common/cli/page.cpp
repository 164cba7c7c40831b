// The end of a page: root causes in plain sentences, most serious first, each with what to do.
//
//   WRONG     register-401-to-private-via  certain  34020000001320000264  #119 and 21 more
//             The REGISTER came from 117.136.8.21:40312; the 401 goes to the private Via address.
//             RFC 3581 4
//   DO        platform: answer to received/rport.
//   NOT IT    digest-password-differs, register-server-id-differs
//
// The same cause on many devices is told once, with the other devices named behind it.
#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/finding_text.hpp"
#include "cli/output.hpp"

namespace gbkit::cli {

namespace {

constexpr std::size_t indent = 10;
constexpr std::size_t subjects_named = 8;

Bilingual heading_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::error: return {"WRONG", "错误"};
        case Severity::violation: return {"VIOLATES", "违规"};
        case Severity::vendor: return {"HABIT", "习惯"};
        case Severity::info: break;
    }
    return {"NOTE", "提示"};
}

Style style_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::error: return Style::bad;
        case Severity::violation: return Style::warn;
        case Severity::vendor:
        case Severity::info: break;
    }
    return Style::dim;
}

// One cause with the subjects it holds for; the first finding speaks for all.
struct Cause {
    Finding finding;
    std::vector<std::string> others;
};

std::vector<Cause> grouped(std::vector<Finding> roots) {
    std::vector<Cause> causes;
    for (Finding& root : roots) {
        const auto same = std::find_if(causes.begin(), causes.end(), [&](const Cause& cause) {
            return cause.finding.id == root.id && cause.finding.certainty == root.certainty;
        });
        if (same == causes.end()) causes.push_back({std::move(root), {}});
        else same->others.push_back(std::move(root.subject));
    }
    return causes;
}

class CausePage {
public:
    explicit CausePage(Output& output) : output_(output), language_(output.language()) {}

    void show(const Cause& cause) {
        const Finding& finding = cause.finding;
        const FindingInfo& info = info_of(finding.id);
        output_.line(output_.styled(style_of(info.severity), pad(heading_of(info.severity).in(language_), indent)) + facts_of(finding));
        paragraph("", message_of(finding, language_));
        paragraph("", info.clause, Style::dim);
        others(cause);
        paragraph(say({"DO", "处理"}), careful_advice(finding, language_));
        paragraph(say({"NOT IT", "已排除"}), ruled_out(finding));
    }

private:
    std::string_view say(Bilingual words) const noexcept { return words.in(language_); }

    std::string facts_of(const Finding& finding) const {
        std::string facts = output_.styled(Style::bold, finding.id.slug);
        const std::string subject = printable(finding.subject);
        const std::string evidence = evidence_of(finding, output_.repeats(finding), language_);
        const std::string_view parts[] = {label_of(finding.certainty).in(language_), subject, evidence};
        for (const std::string_view part : parts)
            if (!part.empty()) facts += fmt::format("  {}", part);
        return facts;
    }

    // The text wrapped beside its heading; nothing when there is no text.
    void paragraph(std::string_view heading, std::string_view text, Style style = Style::plain) {
        std::string head = output_.styled(Style::bold, pad(heading, indent));
        if (heading.empty()) head = std::string(indent, ' ');
        for (const std::string& line : wrap(printable(text), output_.columns() - indent)) {
            output_.line(head + output_.styled(style, line));
            head = std::string(indent, ' ');
        }
    }

    void others(const Cause& cause) {
        if (cause.others.empty()) return;
        const std::size_t named = std::min(cause.others.size(), subjects_named);
        const std::vector<std::string> names(cause.others.begin(), cause.others.begin() + static_cast<std::ptrdiff_t>(named));
        const std::size_t rest = cause.others.size() - named;
        std::string text = fmt::format("{} {}", say({"the same for", "同样情况："}), join(names, ", "));
        if (rest > 0) text += fmt::format(fmt::runtime(say({" and {} more", " 等，另有 {} 个"})), rest);
        paragraph("", text);
    }

    static std::string ruled_out(const Finding& finding) {
        std::vector<std::string> ids;
        for (const FindingId id : finding.ruled_out) ids.emplace_back(id.slug);
        return join(ids, ", ");
    }

    Output& output_;
    Language language_;
};

}  // namespace

void Output::show(const Finding& finding) {
    if (!json()) CausePage(*this).show({finding, {}});
}

void Output::root_causes(bool say_healthy) {
    if (json()) return;
    const std::vector<Cause> causes = grouped(gbkit::root_causes(findings()));
    const auto wrong = [](const Cause& cause) { return info_of(cause.finding.id).severity <= Severity::violation; };
    if (say_healthy && std::none_of(causes.begin(), causes.end(), wrong))
        line(styled(Style::good, Bilingual{"Nothing is wrong.", "没有发现问题。"}.in(language())));
    CausePage page(*this);
    for (const Cause& cause : causes) page.show(cause);
}

}  // namespace gbkit::cli
