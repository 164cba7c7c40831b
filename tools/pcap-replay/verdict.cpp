// The end of the page. One root cause is told in full. Several are listed first: the first of them with a phrase, for they
// are told in full below; the others with a sentence and the advice. What is harmless takes two lines, --habits explains it.
//
//   MOST LIKELY
//    1 likely   34020000001180000007  catalog-incomplete  #88120
//               10 of 140 items arrived
//   habits    ps-psm-crc-swapped (56), ps-pes-stuffing
//   notes     ps-private-stream, media-profile-above-baseline: --habits explains them
#include <algorithm>
#include <set>
#include <string_view>

#include "base/charset.hpp"
#include "cli/causes.hpp"
#include "cli/finding_text.hpp"
#include "device_words.hpp"
#include "devices.hpp"
#include "next_steps.hpp"
#include "page_entry.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using cli::Cause;
using cli::Style;

constexpr std::size_t causes_listed = 10, paragraphs_by_themselves = 3, subjects_named = 2;

/// Up to its first full stop.
std::string first_sentence(const std::string& text) {
    const std::size_t end = std::min(text.find(". "), text.find("。"));
    return end == std::string::npos ? text : text.substr(0, end + (text[end] == '.' ? 1 : std::string_view("。").size()));
}

class Verdict {
public:
    Verdict(cli::Output& output, const PageFacts& facts, const PageChoice& choice)
        : output_(output), facts_(facts), choice_(choice), devices_(facts, output.findings()), say_(output.language()) {
        for (Cause& cause : cli::causes_of(output.findings())) {
            const bool of_capture = is_about_capture(cause.finding);
            if (cli::is_trouble(cause.finding)) (of_capture ? flaws_ : troubles_).push_back(std::move(cause));
            else if (choice.habits || !of_capture) harmless_.push_back(std::move(cause));
        }
    }

    void write() {
        if (troubles_.empty() && flaws_.empty()) healthy();
        const std::size_t told = choice_.everything || troubles_.size() <= paragraphs_by_themselves + 1 ? troubles_.size() : paragraphs_by_themselves;
        if (troubles_.size() > 1) most_likely(told);
        for (std::size_t i = 0; i < told; ++i) output_.show(troubles_[i].finding, troubles_[i].others);
        if (told < troubles_.size()) output_.line(say_({"          the other {} in full: --all", "          其余 {} 条的全文:--all"}, troubles_.size() - told));
        for (const Cause& cause : flaws_) output_.show(cause.finding, cause.others);
        if (choice_.habits)
            for (const Cause& cause : harmless_) output_.show(cause.finding, cause.others);
        else habits();
        if (!troubles_.empty()) write_next_steps(output_, facts_, devices_, troubles_, choice_);
    }

private:
    void healthy() {
        const Totals& totals = facts_.totals;
        if (totals.devices.empty() && totals.plays.dialogs.empty() && facts_.queries.empty() && totals.plays.sources.empty() && output_.findings().empty())
            return output_.line(say_({"The SIP messages are well formed; there is nothing more to judge in them.", "SIP 报文格式正确;此外没有可评判的内容。"}));
        const std::vector<std::string> what = judged();
        std::string text = output_.styled(Style::good, output_.healthy());
        if (what.empty()) text += say_(Bilingual{" But little can be judged: no request with its answer and no media is in this capture.",
                                                 "但能评判的很少:抓包中没有成对的请求与应答,也没有媒体。"});
        else text += say_({" Judged: {}.", "已评判:{}。"}, join(what, say_(Bilingual{", ", ","})));
        for (const std::string& line : wrap(text, output_.columns())) output_.line(line);
    }

    /// What had an outcome, so that it could have gone wrong.
    std::vector<std::string> judged() const {
        std::uint64_t registrations = 0, beats = 0, catalogs = 0, queries = 0, calls = 0, packets = 0, streams = 0;
        for (const proto::observe::DeviceStory* story : facts_.totals.devices) {
            registrations += story->accepted + story->refused;
            beats += story->keepalives_answered;
        }
        for (const proto::observe::QueryStory* query : facts_.queries) {
            if (query->parts == 0 && query->status == 0) continue;
            ++(iequals(query->command, "Catalog") && query->parts > 0 ? catalogs : queries);
        }
        for (const proto::observe::DialogStory* dialog : facts_.totals.plays.dialogs)
            if (dialog->status >= 200) ++calls;
        for (const proto::observe::RtpSource& source : facts_.totals.plays.sources)
            if (source.statistics != nullptr && source.statistics->packets > 0) {
                ++streams;
                packets += source.statistics->packets;
            }
        std::vector<std::string> parts;
        const auto add = [&](std::uint64_t count, Bilingual one, Bilingual many) {
            if (count > 0) parts.push_back(say_(count == 1 ? one : many, grouped(count)));
        };
        add(registrations, {"{} registration", "注册 {} 次"}, {"{} registrations", "注册 {} 次"});
        add(beats, {"{} heartbeat", "心跳 {} 次"}, {"{} heartbeats", "心跳 {} 次"});
        add(catalogs, {"{} catalog", "目录 {} 份"}, {"{} catalogs", "目录 {} 份"});
        add(queries, {"{} other query or control", "其他查询与控制 {} 条"}, {"{} other queries and controls", "其他查询与控制 {} 条"});
        add(calls, {"{} call", "呼叫 {} 个"}, {"{} calls", "呼叫 {} 个"});
        if (streams > 0) parts.push_back(say_(streams == 1 ? Bilingual{"{} stream of {} packets", "码流 {} 路,共 {} 包"} : Bilingual{"{} streams of {} packets", "码流 {} 路,共 {} 包"},
                                              grouped(streams), grouped(packets)));
        return parts;
    }

    /// `told`: so many of them are told in full below.
    void most_likely(std::size_t told) {
        output_.line(output_.styled(Style::bold, say_({"MOST LIKELY", "最可能的原因"})));
        const std::size_t listed = choice_.everything ? troubles_.size() : std::min(troubles_.size(), causes_listed);
        for (std::size_t i = 0; i < listed; ++i) list(i + 1, troubles_[i], i < told);
        if (listed < troubles_.size()) output_.line(say_({"   and {} more: --all", "   另有 {} 条:--all"}, troubles_.size() - listed));
        output_.line();
    }

    void list(std::size_t number, const Cause& cause, bool told_below) {
        const Finding& finding = cause.finding;
        const Language language = output_.language();
        constexpr std::size_t certainty_columns = 9, indent = 4 + certainty_columns;
        const std::string subject = who(cause), what = std::string(finding.id.slug) + (finding.where.frame ? fmt::format("  #{}", *finding.where.frame) : "");
        std::string head = fmt::format("{:>2}  ", number) + pad(label_of(finding.certainty).in(language), certainty_columns) + output_.styled(Style::bold, subject);
        const bool fits = indent + display_width(subject) + 2 + what.size() <= output_.columns();
        output_.line(fits ? head + "  " + what : head);
        if (!fits) output_.line(std::string(indent, ' ') + what);
        std::string text = told_below ? phrase_of(finding, language) : first_sentence(message_of(finding, language));
        const std::string advice = told_below ? std::string() : first_sentence(cli::careful_advice(finding, language));
        if (!advice.empty()) text += " -> " + advice;
        for (const std::string& line : wrap(printable(text), output_.columns() - indent)) output_.line(std::string(indent, ' ') + line);
    }

    /// The device, or how many there are and the first of them; a channel or stream with its device.
    std::string who(const Cause& cause) const {
        std::vector<std::string_view> owners{devices_.of(cause.finding.subject)};
        std::set<std::string_view> known{owners.front()};
        bool devices = devices_.knows(devices_.of(cause.finding.subject));
        for (const std::string& subject : cause.others) {
            const std::string& owner = devices_.of(subject);
            if (!known.insert(owner).second) continue;
            owners.push_back(owner);
            devices = devices && devices_.knows(owner);
        }
        const std::string& subject = cause.finding.subject;
        if (subject.empty()) return std::string(say_({"this capture", "本次抓包"}));
        if (owners.size() == 1) {
            if (!cause.others.empty()) return say_({"{} ({} times)", "{}({} 处)"}, printable(owners[0]), cause.others.size() + 1);
            return owners[0] == subject ? printable(subject) : say_({"{} of {}", "{}(属于 {})"}, printable(subject), printable(owners[0]));
        }
        std::vector<std::string> named;
        for (std::size_t i = 0; i < std::min(owners.size(), subjects_named); ++i) named.push_back(printable(owners[i]));
        const Bilingual many = devices ? Bilingual{"{} devices: {}", "{} 台设备:{}"} : Bilingual{"{} places: {}", "{} 处:{}"};
        return say_(many, owners.size(), join(named, ", ") + (owners.size() > subjects_named ? " ..." : ""));
    }

    void habits() {
        std::vector<std::string> habits, notes;
        for (const Cause& cause : harmless_) (info_of(cause.finding.id).severity == Severity::vendor ? habits : notes).push_back(short_text(cause));
        const std::string explained(say_({": --habits explains them", ":--habits 有解释"}));
        if (!habits.empty()) write_entry(output_, {"habits", "习惯"}, join(habits, ", ") + (notes.empty() ? explained : ""));
        if (!notes.empty()) write_entry(output_, {"notes", "提示"}, join(notes, ", ") + explained);
    }

    std::string short_text(const Cause& cause) const {
        const std::string slug(cause.finding.id.slug);
        const std::uint64_t times = output_.repeats(cause.finding);
        if (!cause.others.empty()) return say_({"{} ({} devices)", "{}({} 台设备)"}, slug, cause.others.size() + 1);
        return times > 1 ? fmt::format("{} ({})", slug, grouped(times)) : slug;
    }

    cli::Output& output_;
    const PageFacts& facts_;
    const PageChoice& choice_;
    Devices devices_;
    Words say_;
    std::vector<Cause> troubles_, flaws_, harmless_;   // flaws are the capture's own: nobody's trouble comes from them
};

}  // namespace

void write_verdict(cli::Output& output, const PageFacts& facts, const PageChoice& choice) {
    if (output.json()) return;
    output.line();
    Verdict(output, facts, choice).write();
}

}  // namespace gbkit::replay_tool
