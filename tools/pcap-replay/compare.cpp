#include "compare.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "proto/observe/compare.hpp"
#include "proto/observe/sip_feed.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

struct Side {
    std::string name;
    Conversation conversation;
    io::CaptureFacts facts;
};

Side read_side(cli::Output& output, const Options& options, const std::string& name) {
    Side side{name, {}, {}};
    MediaFeed::Sinks sinks;
    sinks.finding = [](const Finding&) {};
    MediaFeed media({}, std::move(sinks));
    SipFeed sip([&side](const SipSeen& seen) { side.conversation.see(seen); }, [](const Finding&) {});
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
    side.conversation.media(media.sources());
    return side;
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

Bilingual heading(Weight weight) {
    switch (weight) {
        case Weight::outcome: return {"HOW IT WENT", "结果不同"};
        case Weight::value: return {"WHAT WAS SAID", "内容不同"};
        case Weight::timing: return {"HOW FAST", "快慢不同"};
        case Weight::form: return {"HOW IT WAS WRITTEN", "写法不同"};
        case Weight::habit: break;
    }
    return {"HABITS", "厂商习惯"};
}

cli::Record difference_record(const Difference& difference, Time time) {
    cli::Record record("difference", time);
    record.set_text("step", proto::observe::name_of(difference.step).english).set_text("exchange", difference.exchange).set_text("weight", name_of(difference.weight));
    record.set_text("what", difference.what).set_text("good", difference.good).set_text("bad", difference.bad);
    if (difference.also != 0) record.set("also", static_cast<std::int64_t>(difference.also));
    if (difference.good_frame != 0) record.set("good_frame", static_cast<std::int64_t>(difference.good_frame));
    if (difference.bad_frame != 0) record.set("bad_frame", static_cast<std::int64_t>(difference.bad_frame));
    return record;
}

void write_difference(cli::Output& output, const Difference& difference) {
    const bool chinese = output.language() == Language::chinese;
    const std::string place = difference.exchange.empty() ? std::string(proto::observe::name_of(difference.step).in(output.language())) : printable(difference.exchange);
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
    output.line(fmt::format("{}  {}  {}", say(which), printable(side.name),
                            say({"{} frames, {} SIP messages{}", "{} 帧,{} 条 SIP 报文{}"}, cli::grouped(side.facts.frames), cli::grouped(side.conversation.messages()),
                                side.conversation.media_traits().empty() ? "" : say({", RTP", ",有 RTP"}))));
}

void write_page(cli::Output& output, const Side& good, const Side& bad, const std::vector<Difference>& differences) {
    const cli::Words say(output.language());
    write_side(output, {"GOOD", "好"}, good);
    write_side(output, {"BAD ", "坏"}, bad);
    output.line(say({"exchanges that are in both: {}", "两边都有的交互:{} 种"}, shared_exchanges(good.conversation, bad.conversation)));
    output.line();
    if (differences.empty()) return output.line(say({"Nothing differs that could tell anything: addresses, times, Call-ID, tag, branch, nonce are not compared.",
                                                     "没有可说明问题的差异(地址、时间、Call-ID、tag、branch、nonce 不比较)。"}));
    const Weight* last = nullptr;
    for (const Difference& difference : differences) {
        if (last == nullptr || *last != difference.weight) output.line(output.styled(cli::Style::bold, say(heading(difference.weight))));
        last = &difference.weight;
        write_difference(output, difference);
    }
}

}  // namespace

cli::ExitCode compare(cli::Output& output, const Options& options) {
    const Side good = read_side(output, options, options.good);
    const Side bad = read_side(output, options, options.bad);
    for (const Side* side : {&good, &bad})
        if (side->conversation.messages() == 0 && side->conversation.media_traits().empty())
            throw cli::Failure{cli::ExitCode::bad_input, fmt::format("neither SIP nor RTP is in {}: nothing to compare", side->name == "-" ? "standard input" : side->name)};
    const std::vector<Difference> differences = proto::observe::compare(good.conversation, bad.conversation);
    for (const Difference& difference : differences) output.write(difference_record(difference, bad.facts.last));
    cli::Record summary("summary", bad.facts.last);
    summary.set("files", std::int64_t{2}).set("differences", static_cast<std::int64_t>(differences.size()));
    output.write(summary);
    write_page(output, good, bad, differences);
    const bool telling = !differences.empty() && differences.front().weight >= Weight::value;
    return telling ? cli::ExitCode::no : cli::ExitCode::yes;
}

}  // namespace gbkit::replay_tool
