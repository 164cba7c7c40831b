#include "proto/observe/digest_findings.hpp"

#include <algorithm>
#include <utility>

#include "base/charset.hpp"
#include "base/findings/digest.hpp"

namespace gbkit::proto::observe {

namespace {

using wire::digest::Credentials;
using wire::digest::Group;
using wire::digest::Variant;
namespace ids = gbkit::findings;

constexpr std::size_t domain_digits = 10;
constexpr std::string_view sample_cnonce = "0a4f113b";  // the example of RFC 2617, built into firmware

Finding base(const DigestCheck& check, const Context& context, FindingId id, Certainty certainty) {
    Finding finding;
    finding.id = id;
    finding.certainty = certainty;
    finding.where = {check.frame, std::nullopt, check.time};
    finding.subject = printable(check.device);
    finding.seen_from = context.seen_from;
    return finding;
}

/// Both languages of a text as placeholders.
void say(Finding& finding, std::string english, std::string chinese) {
    finding.values.emplace_back("what", std::move(english));
    finding.values.emplace_back("what_zh", std::move(chinese));
}

struct Words {
    std::string english, chinese;
    void add(std::string_view en, std::string_view zh) {
        english.append(english.empty() ? "" : "; ").append(en);
        chinese.append(chinese.empty() ? "" : ";").append(zh);
    }
};

Words words_of(const wire::digest::Explanation& explanation) {
    Words words;
    for (const Variant* variant : explanation.variants)
        if (variant != nullptr) words.add(variant->what.english, variant->what.chinese);
    return words;
}

bool has_edge_space(std::string_view text) noexcept { return trim(text).size() != text.size(); }
bool has_upper_hex(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
}
bool has_hex_letter(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) { return hex_value(c) > 9; });
}
std::string algorithm_name(const std::optional<std::string>& name) { return printable(name.value_or("MD5")); }

/// What the header alone shows, whatever the password.
struct Visible {
    bool realm = false, algorithm = false, qop_odd = false, qop_ignored = false, upper = false, space = false;
    [[nodiscard]] bool any() const noexcept { return realm || algorithm || qop_odd || qop_ignored || upper || space; }
};

Visible visible_in(const DigestCheck& check) {
    const Credentials& sent = check.credentials;
    Visible seen;
    seen.upper = has_upper_hex(sent.response);
    seen.space = has_edge_space(sent.username) || has_edge_space(sent.realm);
    seen.qop_odd = sent.qop && !wire::digest::is_standard_qop(*sent.qop);
    if (check.challenge == nullptr) return seen;
    const wire::digest::Challenge& asked = *check.challenge;
    seen.realm = sent.realm != asked.realm;
    seen.algorithm = !iequals(sent.algorithm.value_or("MD5"), asked.algorithm.value_or("MD5"));
    seen.qop_odd = seen.qop_odd || (sent.qop && !asked.qop);
    seen.qop_ignored = asked.qop && !asked.qop->empty() && !sent.qop;
    return seen;
}

std::string offered_qop(const DigestCheck& check) {
    if (check.challenge == nullptr) return "?";
    return check.challenge->qop ? printable(*check.challenge->qop) : std::string("-");
}

Finding realm_finding(const DigestCheck& check, const Context& context, Certainty certainty) {
    Finding finding = base(check, context, ids::digest_realm_not_challenged, certainty);
    finding.expected = printable(check.challenge->realm);
    finding.observed = printable(check.credentials.realm);
    return finding;
}
Finding algorithm_finding(const DigestCheck& check, const Context& context, Certainty certainty, std::string computed) {
    Finding finding = base(check, context, ids::digest_algorithm_differs, certainty);
    finding.expected = algorithm_name(check.challenge ? check.challenge->algorithm : check.credentials.algorithm);
    finding.observed = std::move(computed);
    return finding;
}
Finding qop_finding(const DigestCheck& check, const Context& context, FindingId id, Certainty certainty) {
    Finding finding = base(check, context, id, certainty);
    finding.expected = offered_qop(check);
    finding.observed = printable(check.credentials.qop.value_or(""));
    return finding;
}
Finding space_finding(const DigestCheck& check, const Context& context, Certainty certainty, const Words& words) {
    Finding finding = base(check, context, ids::digest_space_trimmed, certainty);
    say(finding, words.english, words.chinese);
    return finding;
}
Words space_words() {
    Words words;
    words.add("the user name or realm in the header has a space at its ends", "消息头中的用户名或 realm 首尾有空格");
    return words;
}
Finding nc_finding(const DigestCheck& check, const Context& context, Certainty certainty, const Words& words, bool by_platform) {
    Finding finding = base(check, context, ids::digest_nc_case, certainty);
    finding.observed = printable(check.credentials.nc.value_or(""));
    say(finding, words.english, words.chinese);
    finding.values.emplace_back("who", by_platform ? "platform" : "device");
    finding.values.emplace_back("who_zh", by_platform ? "平台侧" : "设备侧");
    return finding;
}

/// The finding of one fitting variant (or of two).
FindingId id_of(const wire::digest::Explanation& explanation) {
    const Variant& variant = *explanation.variants[0];
    if (explanation.variants[1] != nullptr) return ids::digest_formula_differs;
    const std::string_view id = variant.id;
    if (id == "response-upper-case") return ids::digest_response_upper_case;
    if (id.starts_with("qop-") && id != "qop-auth-int-hashed") return ids::digest_qop_null;
    if (id.ends_with("-trimmed") || id.ends_with("-space")) return ids::digest_space_trimmed;
    switch (variant.group) {
        case Group::uri: return ids::digest_uri_hashed_differs;
        case Group::nc: return ids::digest_nc_case;
        case Group::password: return ids::digest_password_form;
        case Group::algorithm: return ids::digest_algorithm_differs;
        default: return ids::digest_formula_differs;
    }
}

Finding variant_finding(const DigestCheck& check, const Context& context, Certainty certainty) {
    const wire::digest::Explanation& explanation = *check.explanation;
    const Variant& variant = *explanation.variants[0];
    const Words words = words_of(explanation);
    const FindingId id = id_of(explanation);
    const Bilingual who = name_of(variant.side == wire::digest::Side::both ? wire::digest::Side::device : variant.side);
    if (id == ids::digest_algorithm_differs)
        return algorithm_finding(check, context, certainty, name_of(explanation.recipe.inputs.algorithm));
    if (id == ids::digest_qop_null) return qop_finding(check, context, id, certainty);
    if (id == ids::digest_nc_case) return nc_finding(check, context, certainty, words, false);
    Finding finding = base(check, context, id, certainty);
    finding.expected = printable(check.credentials.uri);
    finding.observed = explanation.variant_ids();
    say(finding, words.english, words.chinese);
    finding.values.emplace_back("variant", explanation.variant_ids());
    finding.values.emplace_back("who", who.english);
    finding.values.emplace_back("who_zh", who.chinese);
    return finding;
}

/// Refused, or nobody knows, and the header itself shows a reason.
void visible_causes(const DigestCheck& check, const Context& context, std::vector<Finding>& out) {
    const Visible seen = visible_in(check);
    const Certainty sure = check.verdict == DigestVerdict::match ? Certainty::certain : Certainty::likely;
    if (seen.realm) out.push_back(realm_finding(check, context, sure));
    if (seen.algorithm)
        out.push_back(algorithm_finding(check, context, sure, algorithm_name(check.credentials.algorithm)));
    if (check.verdict == DigestVerdict::mismatch) return;  // the rest is named by the variant that fits
    if (seen.qop_odd) out.push_back(qop_finding(check, context, ids::digest_qop_null, Certainty::likely));
    if (seen.qop_ignored) {
        Finding finding = qop_finding(check, context, ids::digest_qop_ignored, Certainty::likely);
        out.push_back(std::move(finding));
    }
    if (seen.upper && check.verdict == DigestVerdict::unverified)
        out.push_back(base(check, context, ids::digest_response_upper_case, Certainty::likely));
    if (seen.space) out.push_back(space_finding(check, context, Certainty::likely, space_words()));
}

void nc_cause(const DigestCheck& check, const Context& context, const DigestHistory& history, std::vector<Finding>& out) {
    if (!history.nonce_worked_before || !has_hex_letter(check.credentials.nc.value_or(""))) return;
    Words words;
    words.add("the same nonce worked until nc had a letter in it", "同一 nonce 在 nc 出现字母之前一直可用");
    out.push_back(nc_finding(check, context, Certainty::likely, words, true));
}

/// Things a platform with a formula of its own stumbles over, for the advice.
Words suspects_of(const DigestCheck& check) {
    Words words;
    const Credentials& sent = check.credentials;
    if (!check.facts.request_uri.empty() && sent.uri != check.facts.request_uri)
        words.add("uri is not the Request-URI", "uri 参数与请求行 URI 不同");
    if (sent.qop && has_hex_letter(sent.nc.value_or(""))) words.add("nc has a letter in it", "nc 中有字母");
    if (!sent.qop) words.add("the form without qop", "无 qop 的旧格式");
    if (!check.facts.device.empty() && sent.username != check.facts.device)
        words.add("the user name is not the device ID", "用户名不是设备编号");
    return words;
}

/// Works, and is not as the standard says: one vendor note for all of it.
void accepted_deviations(const DigestCheck& check, const Context& context, std::vector<Finding>& out) {
    Words words;
    const Visible seen = visible_in(check);
    if (seen.realm) words.add("realm is not the one challenged", "realm 不是质询中的值");
    if (seen.algorithm) words.add("another algorithm than the one challenged", "算法不是质询中的算法");
    if (seen.qop_odd) words.add("qop is not a value the challenge offers", "qop 不是质询提供的值");
    if (seen.qop_ignored) words.add("qop was offered and not answered (RFC 2069 form)", "质询提供了 qop 而应答未带(RFC 2069 旧格式)");
    if (seen.upper && check.verdict != DigestVerdict::mismatch) words.add("response in upper case", "response 用了大写");
    if (seen.space) words.add("a space at the ends of user name or realm", "用户名或 realm 首尾有空格");
    if (check.verdict == DigestVerdict::mismatch && check.explanation->explained()) {
        const Words variant = words_of(*check.explanation);
        words.add("computed with " + variant.english, "计算时使用了" + variant.chinese);
    }
    if (words.english.empty()) return;
    Finding finding = base(check, context, ids::digest_deviation_accepted, Certainty::certain);
    if (check.explanation) finding.observed = check.explanation->variant_ids();
    say(finding, words.english, words.chinese);
    out.push_back(std::move(finding));
}

/// The domain this registration belongs to: configured, or the head of the platform ID it is sent to.
std::string domain_of(const DigestCheck& check, const Context& context) {
    if (!context.domain.empty()) return context.domain;
    const std::string_view uri = check.facts.request_uri;
    const std::size_t colon = uri.find(':');
    const std::size_t at = uri.find('@');
    if (check.facts.method != "REGISTER" || colon == std::string_view::npos || at == std::string_view::npos || at < colon) return {};
    const std::string_view user = uri.substr(colon + 1, at - colon - 1);
    return user.size() >= 18 && all_digits(user) ? std::string(user.substr(0, domain_digits)) : std::string();
}

Finding note(const DigestCheck& check, const Context& context, FindingId id, Certainty certainty, std::string expected,
             std::string observed) {
    Finding finding = base(check, context, id, certainty);
    finding.expected = printable(expected);
    finding.observed = printable(observed);
    return finding;
}

void notes(const DigestCheck& check, const Context& context, const DigestHistory& history, std::vector<Finding>& out) {
    const Credentials& sent = check.credentials;
    const auto add = [&](FindingId id, Certainty certainty, std::string expected, std::string observed) {
        out.push_back(note(check, context, id, certainty, std::move(expected), std::move(observed)));
    };
    if (!check.facts.request_uri.empty() && sent.uri != check.facts.request_uri)
        add(ids::digest_uri_differs, Certainty::certain, check.facts.request_uri, sent.uri);
    if (!check.facts.device.empty() && !sent.userhash && sent.username != check.facts.device)
        add(ids::digest_username_not_device_id, Certainty::certain, check.facts.device, sent.username);
    const std::string domain = domain_of(check, context);
    if (!domain.empty() && sent.realm != domain) add(ids::digest_realm_not_domain, Certainty::certain, domain, sent.realm);
    if (sent.cnonce && (history.constant_cnonce || *sent.cnonce == sample_cnonce))
        add(ids::digest_constant_cnonce, history.constant_cnonce ? Certainty::certain : Certainty::likely, {}, *sent.cnonce);
    if (!check.claimed) add(ids::digest_algorithm_unknown, Certainty::certain, {}, sent.algorithm.value_or(""));
    if (check.explanation && check.explanation->variants[0] != nullptr && check.explanation->variants[0]->id == "sha512-cut")
        add(ids::digest_sha512_cut, Certainty::certain, {}, sent.algorithm.value_or(""));
}

void mismatch_findings(const DigestCheck& check, const Context& context, std::vector<Finding>& out) {
    const Certainty sure = check.refused() ? Certainty::certain : Certainty::likely;
    if (check.explanation->explained()) {
        Finding finding = variant_finding(check, context, sure);
        finding.ruled_out = {ids::digest_password_differs};
        out.push_back(std::move(finding));
    } else {
        out.push_back(base(check, context, ids::digest_password_differs, sure));
    }
}

Finding rspauth_finding(const DigestCheck& check, const Context& context) {
    Finding finding = base(check, context, ids::digest_rspauth_differs, Certainty::certain);
    Words words = words_of(*check.explanation);
    if (words.english.empty()) words.add("no known variant gives it", "已知变体都不符合");
    say(finding, words.english, words.chinese);
    return finding;
}

}  // namespace

std::vector<Finding> findings_of(const DigestCheck& check, const Context& context, const DigestHistory& history) {
    std::vector<Finding> out;
    if (check.header == DigestHeader::authentication_info) {
        if (check.verdict == DigestVerdict::mismatch) out.push_back(rspauth_finding(check, context));
        return out;
    }
    const bool mismatch = check.verdict == DigestVerdict::mismatch;
    const bool unanswered = check.status == 0;
    if (check.stale) out.push_back(stale_of(check, Certainty::certain));
    if (check.accepted()) {
        if (mismatch && !check.explanation->explained())
            out.push_back(base(check, context, ids::digest_given_password_differs, Certainty::certain));
        accepted_deviations(check, context, out);
    } else if (mismatch && (check.refused() || unanswered)) {
        mismatch_findings(check, context, out);
        visible_causes(check, context, out);
    } else if (check.verdict == DigestVerdict::unverified && check.refused()) {
        visible_causes(check, context, out);
        nc_cause(check, context, history, out);
    }
    notes(check, context, history, out);
    return out;
}

std::vector<Finding> refusal_of(const DigestCheck& check, const Context& context, const DigestHistory& history) {
    std::vector<Finding> out;
    visible_causes(check, context, out);
    nc_cause(check, context, history, out);
    if (!out.empty()) {
        for (Finding& finding : out) finding.ruled_out = {ids::digest_password_differs, ids::digest_formula_differs};
        return out;
    }
    Finding finding = base(check, context, ids::digest_right_still_refused, Certainty::certain);
    finding.observed = std::to_string(check.status) + (check.reason.empty() ? "" : ' ' + printable(check.reason));
    const Words suspects = suspects_of(check);
    const bool any = !suspects.english.empty();
    finding.values.emplace_back("suspects", any ? " A platform with a formula of its own may stumble over: " + suspects.english + "." : "");
    finding.values.emplace_back("suspects_zh", any ? "自有公式的平台可能在此出错:" + suspects.chinese + "。" : "");
    finding.ruled_out = {ids::digest_password_differs, ids::digest_password_form, ids::digest_formula_differs};
    out.push_back(std::move(finding));
    return out;
}

Finding stale_of(const DigestCheck& check, Certainty certainty) {
    return base(check, Context{}, findings::digest_stale_nonce, certainty);
}

}  // namespace gbkit::proto::observe
