#include "compare.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "proto/observe/compare.hpp"
#include "proto/observe/conversations.hpp"
#include "proto/observe/sip_feed.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

constexpr std::size_t others_named = 6, most_findings = 10'000;

struct Side {
    std::string name;
    Conversations conversations;
    io::CaptureFacts facts{};
    const Conversations::Device* device = nullptr;   // the one that is compared
};

std::string spoken(const std::string& file) { return file == "-" ? "standard input" : file; }

Side read_side(cli::Output& output, const Options& options, const std::string& name) {
    Side side{name, Conversations(options.play)};
    std::vector<Finding> findings;   // one of each kind and source
    std::set<std::pair<std::string, std::string_view>> known;
    MediaFeed::Sinks sinks;
    sinks.finding = [&](Finding finding) {
        if (known.size() < most_findings && known.emplace(finding.subject, finding.id.slug).second) findings.push_back(std::move(finding));
    };
    MediaFeed media({}, std::move(sinks));
    SipFeed sip([&side](const SipSeen& seen) { side.conversations.see(seen); }, [](const Finding&) {});
    io::CaptureSink sink;
    sink.packet = [&](const proto::Packet& packet) {
        const std::uint64_t other = sip.counts().not_sip, messages = sip.counts().messages;
        sip.see(packet);
        const bool is_sip = packet.transport == proto::Transport::udp ? sip.counts().not_sip == other : sip.counts().messages > messages;
        if (!is_sip) (void)media.see(packet);
    };
    Options one = options;
    one.files = {name};
    side.facts = read_for(output, one, std::move(sink));
    media.finish(true);
    side.conversations.media(media.sources(), findings);
    return side;
}

std::string list_of(const Conversations& conversations, const Conversations::Device* but) {
    std::string text;
    std::size_t named = 0;
    for (const Conversations::Device& one : conversations.devices()) {
        if (&one == but || ++named > others_named) continue;
        text += (text.empty() ? "" : ", ") + printable(one.id);
    }
    if (named > others_named) text += fmt::format(", + {}", named - others_named);
    return text;
}

const Conversations::Device* named_device(const Side& side, const std::string& id) {
    if (id.empty()) return nullptr;
    const Conversations::Device* device = side.conversations.find(id);
    if (device == nullptr)
        throw cli::Failure{cli::ExitCode::bad_input, fmt::format("no message of {} is in {}; these devices are: {}", printable(id), spoken(side.name), list_of(side.conversations, nullptr))};
    return device;
}

void choose(const Options& options, Side& good, Side& bad) {
    for (const Side* side : {&good, &bad})
        if (side->conversations.devices().empty())
            throw cli::Failure{cli::ExitCode::bad_input,
                               side->conversations.messages() > 0 && !options.play.empty() ? fmt::format("no call of {} is in {}", printable(options.play), spoken(side->name))
                                                                                            : fmt::format("neither SIP nor RTP is in {}: nothing to compare", spoken(side->name))};
    const auto* one = named_device(good, options.good_device.empty() ? options.device : options.good_device);
    const auto* other = named_device(bad, options.bad_device.empty() ? options.device : options.bad_device);
    const bool both = one != nullptr && other != nullptr;
    const ConversationPair pair = both ? ConversationPair{one, other} : pair_up(good.conversations, bad.conversations, one, other, options.good == options.bad);
    if (pair.good == nullptr) throw cli::Failure{cli::ExitCode::bad_input, "there is no other device to compare it with"};
    good.device = pair.good;
    bad.device = pair.bad;
}

std::string_view name_of(Weight weight) {
    switch (weight) {
        case Weight::outcome: return "outcome";
        case Weight::value: return "value";
        case Weight::timing: return "timing";
        case Weight::form: return "form";
        case Weight::habit: break;
    }
    return "habit";
}

Bilingual heading(const Difference& difference) {
    if (difference.place == Place::parting) return {"WHERE THEY PART", "分歧之处"};
    if (difference.place == Place::following) return {"WHAT FOLLOWS", "随后的差异"};
    switch (difference.weight) {
        case Weight::outcome: return {"HOW IT WENT", "结果不同"};
        case Weight::value: return {"WHAT WAS SAID", "内容不同"};
        case Weight::timing: return {"HOW FAST", "快慢不同"};
        case Weight::form: return {"HOW IT WAS WRITTEN", "写法不同"};
        case Weight::habit: break;
    }
    return {"HABITS", "厂商习惯"};
}

cli::Record difference_record(const Difference& difference, const Side& good, const Side& bad) {
    cli::Record record("difference", bad.facts.last);
    record.set_text("step", proto::observe::name_of(difference.stage).english).set_text("exchange", difference.exchange).set_text("weight", name_of(difference.weight));
    record.set_text("what", difference.what).set_text("good", difference.good).set_text("bad", difference.bad);
    if (difference.also != 0) record.set("also", static_cast<std::int64_t>(difference.also));
    if (difference.good_frame != 0) record.set("good_frame", static_cast<std::int64_t>(difference.good_frame));
    if (difference.bad_frame != 0) record.set("bad_frame", static_cast<std::int64_t>(difference.bad_frame));
    record.set_text("good_device", good.device->id).set_text("bad_device", bad.device->id);
    return record;
}

void write_difference(cli::Output& output, const Difference& difference) {
    const bool chinese = output.language() == Language::chinese;
    const bool of_several = difference.place == Place::following && difference.exchange.empty();
    const std::string place = of_several ? "" : difference.exchange.empty() ? std::string(proto::observe::name_of(difference.stage).in(output.language())) : printable(difference.exchange);
    const auto frame = [](std::uint64_t number) { return number == 0 ? std::string("-") : fmt::format("#{}", number); };
    const bool placed = difference.good_frame != 0 || difference.bad_frame != 0;
    std::string frames = placed ? fmt::format("  {} | {}", frame(difference.good_frame), frame(difference.bad_frame)) : "";
    if (difference.also != 0) frames += cli::Words(output.language())({"  and in {} more", "  另有 {} 处"}, difference.also);
    output.line(fmt::format("  {}  {}{}", pad(place, 28), pad(printable(chinese ? difference.what_chinese : difference.what), 34), frames));
    output.line(fmt::format("      {}  {}", chinese ? "好" : "good", difference.good));
    output.line(fmt::format("      {}  {}", chinese ? "坏" : "bad ", difference.bad));
}

void write_side(cli::Output& output, Bilingual which, const Side& side) {
    const cli::Words say(output.language());
    const Conversation& conversation = side.device->conversation;
    std::string who = side.device->id.empty() ? "" : printable(side.device->id);
    if (!side.device->agent.empty()) who += fmt::format(" \"{}\"", printable(side.device->agent));
    output.line(fmt::format("{}  {}  {}{}{}", say(which), printable(side.name), who, who.empty() ? "" : "  ",
                            say({"{} frames, {} SIP messages of it{}", "{} 帧,其 SIP 报文 {} 条{}"}, cli::grouped(side.facts.frames), cli::grouped(conversation.messages()),
                                conversation.media_traits().empty() ? "" : say({", RTP", ",有 RTP"}))));
    const std::string others = list_of(side.conversations, side.device);
    if (!others.empty()) output.line(say({"      also there: {}", "      另有:{}"}, others));
}

/// A digest was answered otherwise, and no value says why.
bool only_the_response_is_left(const std::vector<Difference>& differences) {
    const Difference& first = differences.front();
    const auto in_parting = std::count_if(differences.begin(), differences.end(), [](const Difference& one) { return one.place == Place::parting; });
    return first.place == Place::parting && in_parting == 1 && first.what == "first answer" && first.exchange.ends_with("with Authorization");
}

void write_page(cli::Output& output, const Side& good, const Side& bad, const std::vector<Difference>& differences) {
    const cli::Words say(output.language());
    write_side(output, {"GOOD", "好"}, good);
    write_side(output, {"BAD ", "坏"}, bad);
    const bool chosen = good.conversations.devices().size() + bad.conversations.devices().size() > 2;
    output.line(say({"exchanges that are in both: {}{}", "两边都有的交互:{} 种{}"}, shared_exchanges(good.device->conversation, bad.device->conversation),
                    chosen ? say({"; others are compared with --good-device and --bad-device", ";用 --good-device、--bad-device 比较其他设备"}) : ""));
    output.line();
    if (differences.empty()) return output.line(say({"Nothing differs that could tell anything: addresses, times, Call-ID, tag, branch, nonce are not compared.",
                                                     "没有可说明问题的差异(地址、时间、Call-ID、tag、branch、nonce 不比较)。"}));
    std::string_view last;
    for (const Difference& difference : differences) {
        const std::string_view title = say(heading(difference));
        if (title != last) output.line(output.styled(cli::Style::bold, title));
        last = title;
        write_difference(output, difference);
        if (&difference == &differences.front() && only_the_response_is_left(differences))
            output.line(say({"      Nothing else that was said there differs. A response cannot be compared: inspect --password judges it.",
                             "      此处其余内容相同。response 无法比较:请用 inspect --password 判断。"}));
    }
}

}  // namespace

cli::ExitCode compare(cli::Output& output, const Options& options) {
    Side good = read_side(output, options, options.good);
    Side bad = read_side(output, options, options.bad);
    choose(options, good, bad);
    const std::vector<Difference> differences = proto::observe::compare(good.device->conversation, bad.device->conversation);
    for (const Difference& difference : differences) output.write(difference_record(difference, good, bad));
    cli::Record summary("summary", bad.facts.last);
    summary.set("files", std::int64_t{2}).set("differences", static_cast<std::int64_t>(differences.size()));
    output.write(summary);
    write_page(output, good, bad, differences);
    const bool telling = std::any_of(differences.begin(), differences.end(), [](const Difference& one) { return one.weight >= Weight::value; });
    return telling ? cli::ExitCode::no : cli::ExitCode::yes;
}

}  // namespace gbkit::replay_tool
