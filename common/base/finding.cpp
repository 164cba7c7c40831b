#include "base/finding.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <unordered_map>

namespace gbkit {

const std::vector<FindingInfo>& finding_catalogue() {
    static const std::vector<FindingInfo> catalogue = [] {
        std::vector<FindingInfo> all;
        for (auto* table : {findings::register_table, findings::digest_table, findings::sip_table, findings::connection_table,
                            findings::dialog_table, findings::catalog_table, findings::capture_table, findings::ps_table,
                            findings::rtp_table}) {
            std::vector<FindingInfo> subject = table();
            all.insert(all.end(), subject.begin(), subject.end());
        }
        return all;
    }();
    return catalogue;
}

const FindingInfo* find_finding(std::string_view slug) noexcept {
    static const auto index = [] {
        std::unordered_map<std::string_view, const FindingInfo*> by_slug;
        for (const FindingInfo& info : finding_catalogue()) by_slug.emplace(info.id.slug, &info);
        return by_slug;
    }();
    const auto found = index.find(slug);
    return found == index.end() ? nullptr : found->second;
}

const FindingInfo& info_of(FindingId id) {
    if (const FindingInfo* info = find_finding(id.slug)) return *info;
    throw std::logic_error("a finding outside the catalogue: " + std::string(id.slug));
}

namespace {

std::string_view value_of(const Finding& finding, std::string_view name) noexcept {
    if (name == "subject") return finding.subject;
    if (name == "expected") return finding.expected;
    if (name == "observed") return finding.observed;
    for (const auto& [key, value] : finding.values)
        if (key == name) return value;
    return "?";
}

}  // namespace

std::string filled(std::string_view text, const Finding& finding) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
        out += text.substr(0, close == std::string_view::npos ? close : open);
        if (close == std::string_view::npos) break;
        out += value_of(finding, text.substr(open + 1, close - open - 1));
        text.remove_prefix(close + 1);
    }
    return out;
}

std::string message_of(const Finding& finding, Language language) {
    const std::string message = filled(info_of(finding.id).message.in(language), finding);
    if (!finding.capture_lossy) return message;
    constexpr Bilingual doubt{" The capture itself lost packets: this may be one of its holes, not the devices' doing.",
                              "抓包本身丢了包:这可能只是抓包的缺口,并非设备所致。"};
    return message + std::string(doubt.in(language));
}

std::string advice_of(const Finding& finding, Language language) {
    return filled(info_of(finding.id).advice.in(language), finding);
}

std::string_view name_of(Severity severity) noexcept { return label_of(severity).english; }
std::string_view name_of(Certainty certainty) noexcept { return label_of(certainty).english; }

std::string_view name_of(SeenFrom seen_from) noexcept {
    switch (seen_from) {
        case SeenFrom::device: return "device";
        case SeenFrom::platform: return "platform";
        case SeenFrom::middle: return "middle";
        case SeenFrom::unknown: break;
    }
    return "unknown";
}

Bilingual label_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::error: return {"error", "错误"};
        case Severity::violation: return {"violation", "违规"};
        case Severity::vendor: return {"vendor", "厂商习惯"};
        case Severity::info: break;
    }
    return {"info", "提示"};
}

Bilingual label_of(Certainty certainty) noexcept {
    switch (certainty) {
        case Certainty::certain: return {"certain", "确定"};
        case Certainty::likely: return {"likely", "很可能"};
        case Certainty::possible: break;
    }
    return {"possible", "可能"};
}

std::vector<Finding> root_causes(std::span<const Finding> findings) {
    std::unordered_map<std::string_view, std::set<FindingId>> implied;  // by subject
    for (const Finding& finding : findings)
        for (const FindingId id : info_of(finding.id).implies)
            if (id != finding.id) implied[finding.subject].insert(id);
    std::vector<Finding> roots;
    for (const Finding& candidate : findings)
        if (const auto ids = implied.find(candidate.subject); ids == implied.end() || !ids->second.contains(candidate.id))
            roots.push_back(candidate);
    std::stable_sort(roots.begin(), roots.end(), [](const Finding& a, const Finding& b) {
        const Severity left = info_of(a.id).severity;
        const Severity right = info_of(b.id).severity;
        if (left != right) return left < right;
        if (a.certainty != b.certainty) return a.certainty < b.certainty;
        return a.where.time < b.where.time;
    });
    return roots;
}

}  // namespace gbkit
