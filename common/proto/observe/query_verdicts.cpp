// What bodies, answers and lists say about why a platform does not show what a device has.
#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/findings/catalog.hpp"
#include "base/text.hpp"
#include "proto/observe/query_state.hpp"
#include "wire/gb_id.hpp"
#include "wire/hash64.hpp"

namespace gbkit::proto::observe {

namespace {

using namespace findings;

std::string kept(std::string_view text) { return printable(text.substr(0, 200)); }

std::string_view bytes_are(const wire::BodyCharset& charset, Language language) {
    if (charset.utf8) return "UTF-8";
    if (charset.gb2312 || charset.gb18030) return charset.gb2312 ? "GB2312" : "GB18030";
    return Bilingual{"of no known character set: a text was probably cut inside a character", "不属于任何已知字符集(可能在字符中间被截断)"}.in(language);
}

bool is_gb_name(std::string_view declared) {
    for (const std::string_view name : {"GBK", "GB18030", "CP936"})
        if (iequals(declared, name)) return true;
    return false;
}

/// The finding that fits, nothing when the bytes are what is declared.
std::optional<FindingId> charset_finding(const wire::BodyCharset& charset) {
    if (charset.ascii) return std::nullopt;
    const bool none = !charset.utf8 && !charset.gb18030;
    if (charset.declared.empty()) {
        if (charset.utf8) return std::nullopt;
        return none ? xml_charset_differs : xml_charset_undeclared;
    }
    if (iequals(charset.declared, "UTF-8")) return charset.utf8 ? std::nullopt : std::optional(xml_charset_differs);
    if (iequals(charset.declared, "GB2312")) {
        if (charset.gb2312) return std::nullopt;
        return charset.utf8 || none ? xml_charset_differs : xml_beyond_gb2312;
    }
    if (is_gb_name(charset.declared) && !charset.gb18030) return xml_charset_differs;
    return std::nullopt;
}

std::string command_of(const QueryStory& story) {
    const bool control = !story.element.empty() && iequals(story.root, "Control");
    return story.command + (control ? " " + story.element : std::string());
}

std::string status_of(const QueryStory& story) { return fmt::format("{} {}", story.status, story.reason); }

std::size_t offset_of(const wire::sip::Message& message, std::size_t in_body) {
    return static_cast<std::size_t>(message.body().data() - message.text().data()) + in_body;
}

}  // namespace

Finding QueryJudge::about(FindingId id, const SipSeen& seen) const {
    Finding finding;
    finding.id = id;
    finding.where = {seen.packet.number, std::nullopt, seen.packet.time};
    finding.subject = kept(seen.message.from.uri.user);
    finding.seen_from = context_.seen_from;
    return finding;
}

Finding QueryJudge::about(FindingId id, const QueryExchange& exchange, const DialogPlace& place) const {
    Finding finding;
    finding.id = id;
    finding.where = {place.seen() ? std::optional(place.frame) : std::nullopt, std::nullopt, place.time};
    finding.subject = exchange.story.device;
    finding.seen_from = context_.seen_from;
    finding.values = {{"command", command_of(exchange.story)}};
    return finding;
}

void QueryJudge::text(const SipSeen& seen) const {
    const std::string_view body = seen.message.body();
    const wire::BodyCharset charset = wire::charset_of(body);
    if (const auto id = charset_finding(charset)) {
        Finding finding = about(*id, seen);
        finding.expected = charset.declared.empty() ? "UTF-8" : charset.declared;
        finding.observed = bytes_are(charset, Language::english);
        finding.values = {{"observed_zh", std::string(bytes_are(charset, Language::chinese))}};
        sink_(std::move(finding));
    }
    const auto bare = wire::find_bare_ampersand(body);
    if (!bare) return;
    Finding finding = about(xml_not_escaped, seen);
    finding.where.offset = offset_of(seen.message, *bare);
    finding.values = {{"element", kept(wire::element_before(body, *bare))}};
    sink_(std::move(finding));
}

// The text itself is not shown: an Item may hold a password.
void QueryJudge::broken(const SipSeen& seen, const Error& error) const {
    Finding finding = about(xml_broken, seen);
    finding.observed = error.what;
    const std::string_view body = seen.message.body();
    const bool placed = error.offset > 0;
    if (placed) finding.where.offset = offset_of(seen.message, error.offset);
    const std::string_view element = wire::element_before(body, placed ? error.offset : body.size());
    finding.values = {{"element", element.empty() ? std::string("-") : kept(element)}};
    sink_(std::move(finding));
}

void QueryJudge::attributes(const SipSeen& seen, const wire::ManscdpBody& body) const {
    if (!body.attributes) return;
    Finding finding = about(query_attributes, seen);
    finding.observed = kept(body.head.root);
    sink_(std::move(finding));
}

void QueryJudge::ptz(const QueryExchange& exchange, std::string_view sent) const {
    const auto& command = exchange.story.ptz;
    if (command && command->well_formed()) return;
    Finding finding = about(ptz_malformed, exchange, exchange.story.query);
    finding.observed = kept(sent.substr(0, 40));
    std::string reason = "it is not 16 hexadecimal digits", reason_zh = "不是 16 位十六进制数";
    if (command && !command->start_right) reason = "it does not begin with A50F", reason_zh = "开头不是 A50F";
    else if (command && !command->checksum_right) {
        reason = fmt::format("its last byte should be {:02X}", command->checksum);
        reason_zh = fmt::format("最后一字节应为 {:02X}", command->checksum);
    } else if (command) reason = "it asks for two opposite directions", reason_zh = "同时要求相反的方向";
    finding.values = {{"reason", std::move(reason)}, {"reason_zh", std::move(reason_zh)}};
    sink_(std::move(finding));
}

void QueryJudge::refused(const QueryExchange& exchange) const {
    Finding finding = about(query_refused, exchange, exchange.story.accepted);
    finding.observed = status_of(exchange.story);
    sink_(std::move(finding));
}

void QueryJudge::undelivered(const QueryExchange& exchange) const {
    Finding finding = about(query_undelivered, exchange, exchange.story.query);
    finding.certainty = Certainty::likely;
    finding.values.emplace_back("count", std::to_string(exchange.story.query.copies));
    sink_(std::move(finding));
}

// A capture may have missed the Response: never more than likely.
void QueryJudge::unanswered(const QueryExchange& exchange, bool logged_out) const {
    const QueryStory& story = exchange.story;
    const bool config = iequals(story.command, "DeviceConfig");
    Finding finding = about(config ? config_unanswered : query_unanswered, exchange, story.query);
    finding.certainty = Certainty::likely;
    finding.observed = status_of(story);
    if (config) {
        const bool channel = !story.target.empty() && story.target != story.device;
        finding.values.emplace_back("reason", logged_out ? "; it logs out instead" : channel ? "; it was asked about " + story.target + ", not about itself" : "");
        finding.values.emplace_back("reason_zh", logged_out ? ",而是注销了" : channel ? ";命令针对的是 " + story.target + ",不是设备本身" : "");
    }
    sink_(finding);
    if (exchange.foreign.seen()) {
        Finding other = about(query_sn_differs, exchange, exchange.foreign);
        other.certainty = Certainty::likely;
        other.expected = story.sn;
        other.observed = exchange.foreign_sn;
        sink_(std::move(other));
    } else if (exchange.wants_type && ifind(story.device_agent, "dahua") != std::string_view::npos) {
        finding.id = records_type_missing;
        sink_(std::move(finding));
    }
}

void QueryJudge::overlap(const QueryExchange& exchange, const Packet& answer) const {
    sink_(about(query_parts_overlap, exchange, {answer.number, answer.time, 1}));
}

void QueryJudge::receiver(const QueryExchange& exchange, const SipSeen& seen) const {
    Finding finding = about(query_to_differs, exchange, {seen.packet.number, seen.packet.time, 1});
    finding.expected = exchange.story.platform;
    finding.observed = kept(seen.message.to.uri.user);
    sink_(std::move(finding));
}

// Aliyun LinkVisual drops channels that come too late (its guide for GB devices). A part that the capture does not have
// looks like a pause: never more than likely.
bool QueryJudge::slow(const QueryExchange& exchange, Duration gap) const {
    constexpr Duration first_limit = seconds(1), gap_limit = seconds(1), total_limit = seconds(3);
    const QueryStory& story = exchange.story;
    if (context_.platform != NamedPlatform::aliyun || !iequals(story.command, "Catalog")) return false;
    const Duration first = story.parts == 1 ? story.first_answer().value_or(Duration{}) : Duration{}, total = story.total().value_or(Duration{});
    Finding finding = about(catalog_too_slow, exchange, story.last_part);
    const auto say = [&](Bilingual what, Duration took, Duration limit) {
        finding.certainty = Certainty::likely;
        finding.observed = fmt::format("{} ms", std::chrono::duration_cast<milliseconds>(took).count());
        finding.expected = fmt::format("{} ms", std::chrono::duration_cast<milliseconds>(limit).count());
        finding.values.insert(finding.values.end(), {{"platform", "Aliyun LinkVisual"}, {"what", std::string(what.english)}, {"what_zh", std::string(what.chinese)}});
        sink_(finding);
        return true;
    };
    if (first > first_limit) return say({"the first part", "首个分包"}, first, first_limit);
    if (gap > gap_limit) return say({"the next part", "下一个分包"}, gap, gap_limit);
    return total > total_limit && say({"the catalog so far", "目录至此"}, total, total_limit);
}

void QueryJudge::part(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const {
    const DialogPlace place{seen.packet.number, seen.packet.time, 1};
    if (iequals(body.value("Result"), "ERROR")) sink_(about(query_result_error, exchange, place));
    if (iequals(exchange.story.command, "ConfigDownload")) config_blocks(exchange, seen, body);
    if (!body.list) return;
    if (body.sum_num == 0U) {
        Finding finding = about(query_list_empty, exchange, place);
        finding.observed = kept(body.list->name);
        sink_(std::move(finding));
    }
    if (body.list->num && *body.list->num != body.list->items.size()) {
        Finding finding = about(query_num_differs, exchange, place);
        finding.expected = std::to_string(*body.list->num);
        finding.observed = std::to_string(body.list->items.size());
        sink_(std::move(finding));
    }
    if (iequals(exchange.story.command, "Catalog")) field_values(exchange, seen, body);
}

void QueryJudge::config_blocks(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const {
    if (!exchange.story.query.seen() || exchange.story.element.empty()) return;
    const std::vector<std::string_view> asked = split(exchange.story.element, '/');
    std::string blocks;
    for (const auto& [name, text] : body.fields) {
        if (!text.empty() || iequals(name, "Result")) continue;
        for (const std::string_view type : asked)
            if (iequals(trim(type), name)) return;
        if (blocks.size() < 200) blocks += (blocks.empty() ? "" : ", ") + kept(name);
    }
    if (blocks.empty()) return;
    Finding finding = about(config_block_differs, exchange, {seen.packet.number, seen.packet.time, 1});
    finding.expected = exchange.story.element;
    finding.observed = std::move(blocks);
    sink_(std::move(finding));
}

// One of each kind a part: the first.
void QueryJudge::field_values(const QueryExchange& exchange, const SipSeen& seen, const wire::ManscdpBody& body) const {
    const auto say = [&](const wire::ManscdpItem& item, std::string observed, std::string_view expected) {
        Finding finding = about(catalog_field_value, exchange, {seen.packet.number, seen.packet.time, 1});
        finding.observed = std::move(observed);
        finding.expected = expected;
        finding.values = {{"item", kept(item.device_id)}};
        sink_(std::move(finding));
    };
    bool parental = false, status = false;
    for (const wire::ManscdpItem& item : body.list->items) {
        if (!parental && !item.parental.empty() && item.parental != "0" && item.parental != "1") {
            parental = true;
            say(item, "Parental=" + kept(item.parental), "0 / 1");
        }
        if (!status && !item.status.empty() && item.status != "ON" && item.status != "OFF") {
            status = true;
            say(item, "Status=" + kept(item.status), "ON / OFF");
        }
    }
}

void QueryJudge::list(const QueryExchange& exchange) const {
    const QueryStory& story = exchange.story;
    if (!iequals(story.command, "Catalog") || exchange.forgetful) return;
    const bool short_of_ids = story.sum_num && story.unique < *story.sum_num && story.items >= *story.sum_num;
    if (!exchange.duplicate.empty() && (exchange.duplicate_differs || short_of_ids)) {
        Finding finding = about(catalog_duplicate_ids, exchange, story.last_part);
        finding.certainty = exchange.duplicate_differs ? Certainty::certain : Certainty::likely;  // or a part was sent again
        finding.observed = exchange.duplicate;
        finding.values = {{"count", std::to_string(story.items)}, {"unique", std::to_string(story.unique)}};
        sink_(std::move(finding));
    }
    if (story.sum_num) parents(exchange);  // else nobody knows whether the list is whole
}

void QueryJudge::parents(const QueryExchange& exchange) const {
    const QueryStory& story = exchange.story;
    const auto known = [&](std::string_view id) {
        return id == story.device || id == story.target || id == story.platform || exchange.names.contains(wire::hash64(as_bytes(id)));
    };
    for (const wire::ManscdpItem& item : story.listed) {
        if (item.parent_id.empty()) continue;
        const auto parents = split(item.parent_id, '/');  // 2022: several
        const auto odd = std::find_if_not(parents.begin(), parents.end(), [&](std::string_view id) { return known(trim(id)); });
        if (odd == parents.end()) continue;
        Finding finding = about(catalog_parent_unknown, exchange, story.last_part);
        finding.observed = *odd;
        finding.values = {{"item", item.device_id}};
        return sink_(std::move(finding));
    }
}

void QueryJudge::incomplete(const QueryExchange& exchange) const {
    const QueryStory& story = exchange.story;
    const bool records = iequals(story.command, "RecordInfo");
    if (!records && !iequals(story.command, "Catalog")) return;
    Finding finding = about(records ? records_incomplete : catalog_incomplete, exchange, story.last_part);
    finding.certainty = Certainty::likely;  // the capture itself may lack a part
    finding.expected = std::to_string(story.sum_num.value_or(0));
    finding.observed = std::to_string(story.unique);
    finding.values = {{"parts", std::to_string(story.parts)}, {"largest", std::to_string(story.largest_part)}};
    sink_(std::move(finding));
}

void QueryJudge::shared(const QueryExchange& exchange, const std::string& channel, const std::string& other) const {
    Finding finding = about(catalog_channel_shared, exchange, exchange.story.last_part);
    finding.certainty = Certainty::likely;  // one device may have got a new ID in between
    finding.expected = other;
    finding.observed = channel;
    finding.values = {{"other", exchange.story.device}};
    sink_(std::move(finding));
}

void QueryJudge::alarm(const SipSeen& seen, const wire::ManscdpBody& body) const {
    if (body.head.device_id.empty() || body.head.device_id == seen.message.from.uri.user) return;
    Finding finding = about(alarm_of_channel, seen);
    finding.expected = finding.subject;
    finding.observed = kept(body.head.device_id);
    sink_(std::move(finding));
}

void QueryJudge::media_status(const SipSeen& seen, const std::string& registered) const {
    Finding finding = about(media_status_sender, seen);
    finding.expected = registered;
    finding.observed = finding.subject;
    sink_(std::move(finding));
}

void QueryJudge::odd_call(const SipSeen& seen, const OddCall& call) const {
    Finding finding = about(catalog_not_playable, seen);
    finding.subject = kept(call.callee);
    finding.certainty = Certainty::likely;
    finding.observed = finding.subject;
    const Bilingual name = wire::gb_type_name(call.type);
    finding.expected = fmt::format("{} {}", call.type, name.english);
    finding.values = {{"expected_zh", fmt::format(" {} {}", call.type, name.chinese)}};
    sink_(std::move(finding));
}

}  // namespace gbkit::proto::observe
