#include "cli/finding_text.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/findings/remedies.hpp"

namespace gbkit::cli {

std::string careful_advice(const Finding& finding, Language language) {
    std::string advice = advice_of(finding, language);
    if (advice.empty() || finding.certainty == Certainty::certain) return advice;
    return (language == Language::chinese ? "可尝试:" : "this may help: ") + advice;
}

std::string evidence_of(const Finding& finding, std::uint64_t times, Language language) {
    const bool chinese = language == Language::chinese;
    std::string text = finding.where.frame ? fmt::format("#{}", *finding.where.frame) : std::string{};
    if (finding.where.offset) text += fmt::format(fmt::runtime(chinese ? "{}字节 {}" : "{}byte {}"), text.empty() ? "" : ", ", *finding.where.offset);
    if (times < 2) return text;
    if (text.empty()) return fmt::format(fmt::runtime(chinese ? "{} 次" : "{} times"), times);
    return text + fmt::format(fmt::runtime(chinese ? " 等 {} 处" : " and {} more"), chinese ? times : times - 1);
}

Record finding_record(const Finding& finding, Parties parties, Language language, Time otherwise) {
    const FindingInfo& info = info_of(finding.id);
    Record record("finding", finding.where.time == Time{} ? otherwise : finding.where.time);
    record.set("id", std::string(finding.id.slug));
    record.set("severity", std::string(name_of(info.severity)));
    record.set("certainty", std::string(name_of(finding.certainty)));
    record.set_text("subject", printable(finding.subject));
    if (finding.where.frame) record.set("frame", static_cast<std::int64_t>(*finding.where.frame));
    if (finding.where.offset) record.set("offset", static_cast<std::int64_t>(*finding.where.offset));
    record.set_text("expected", printable(finding.expected));
    record.set_text("observed", printable(finding.observed));
    if (finding.seen_from != SeenFrom::unknown) record.set("seen_from", std::string(name_of(finding.seen_from)));
    if (!finding.ruled_out.empty()) {
        std::vector<std::string> ids;
        for (const FindingId id : finding.ruled_out) ids.emplace_back(id.slug);
        record.set("ruled_out", std::move(ids));
    }
    record.set("message", printable(message_of(finding, language)));
    record.set_text("advice", printable(careful_advice(finding, language)));
    if (std::vector<std::string> here = remedies_for(finding.id, parties, language); !here.empty()) record.set("advice_here", std::move(here));
    record.set_text("clause", info.clause);
    return record;
}

}  // namespace gbkit::cli
