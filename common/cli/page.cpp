// The end of a page: root causes in plain sentences, most serious first, each with what to do.
//
//   WRONG     register-401-to-private-via  certain  34020000001320000264  #119 and 21 more
//             The REGISTER came from 117.136.8.21:40312; the 401 goes to the private Via address.
//             RFC 3581 4
//   DO        platform: answer to received/rport.
//             wvp: application.yml: user-settings.sip-use-source-ip-as-remote-address: true
//   NOT IT    digest-password-differs, register-server-id-differs
//
// The same cause on many devices is told once, with the other devices named behind it.
#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/findings/remedies.hpp"
#include "cli/causes.hpp"
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

class CausePage {
public:
    explicit CausePage(Output& output) : output_(output), language_(output.language()) {}

    void show(const Finding& finding, const std::vector<std::string>& same_for) {
        const FindingInfo& info = info_of(finding.id);
        output_.line(output_.styled(style_of(info.severity), pad(heading_of(info.severity).in(language_), indent)) + facts_of(finding));
        paragraph("", message_of(finding, language_));
        paragraph("", info.clause, Style::dim);
        others(same_for);
        paragraph(say({"DO", "处理"}), careful_advice(finding, language_));
        here(finding, same_for);
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

    void others(const std::vector<std::string>& subjects) {
        if (subjects.empty()) return;
        const std::size_t named = std::min(subjects.size(), subjects_named);
        const std::vector<std::string> names(subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(named));
        const std::size_t rest = subjects.size() - named;
        std::string text = fmt::format("{} {}", say({"the same for", "同样情况:"}), join(names, ", "));
        if (rest > 0) text += fmt::format(fmt::runtime(say({" and {} more", " 等,另有 {} 个"})), rest);
        paragraph("", text);
    }

    /// Where to do it, for each make among the devices it holds for.
    void here(const Finding& finding, const std::vector<std::string>& same_for) {
        std::vector<std::string> told;
        const auto tell = [&](const Finding& one) {
            for (std::string& text : remedies_for(one.id, output_.parties_of(one), language_))
                if (std::find(told.begin(), told.end(), text) == told.end()) told.push_back(std::move(text));
        };
        tell(finding);
        Finding other = finding;
        for (const std::string& subject : same_for) {
            other.subject = subject;
            tell(other);
        }
        for (const std::string& text : told) paragraph("", text);
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

void Output::show(const Finding& finding, const std::vector<std::string>& same_for) {
    if (!json()) CausePage(*this).show(finding, same_for);
}

void Output::root_causes(bool say_healthy) {
    if (json()) return;
    const std::vector<Cause> causes = causes_of(findings());
    const auto wrong = [](const Cause& cause) { return is_trouble(cause.finding); };
    if (say_healthy && std::none_of(causes.begin(), causes.end(), wrong))
        line(styled(Style::good, healthy()));
    for (const Cause& cause : causes) show(cause.finding, cause.others);
}

}  // namespace gbkit::cli
