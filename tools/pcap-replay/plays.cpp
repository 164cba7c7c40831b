#include "plays.hpp"

#include <algorithm>
#include <cmath>

#include "cli/wording.hpp"
#include "input_facts.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;
using cli::Style;
using cli::Words;

constexpr std::size_t chains_by_themselves = 4, lines_by_themselves = 20;

std::string_view name_of(DialogStory::State state) {
    switch (state) {
        case DialogStory::State::inviting: return "inviting";
        case DialogStory::State::refused: return "refused";
        case DialogStory::State::unanswered: return "unanswered";
        case DialogStory::State::answered: return "answered";
        case DialogStory::State::confirmed: return "confirmed";
        case DialogStory::State::ended: return "ended";
        case DialogStory::State::cancelled: break;
    }
    return "cancelled";
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
double rounded_ms(Duration span) { return std::round(to_milliseconds(span) * 1000) / 1000; }

bool is_broken(const std::vector<ChainLink>& chain) {
    return std::any_of(chain.begin(), chain.end(), [](const ChainLink& link) { return link.state == LinkState::broken; });
}

std::string_view mark_of(LinkState state) {
    switch (state) {
        case LinkState::fine: return "ok";
        case LinkState::notable: return "!";
        case LinkState::broken: return "!!";
        case LinkState::unknown: break;
    }
    return "-";
}

Style style_of(LinkState state) {
    switch (state) {
        case LinkState::fine: return Style::good;
        case LinkState::notable: return Style::warn;
        case LinkState::broken: return Style::bad;
        case LinkState::unknown: break;
    }
    return Style::dim;
}

class PlayPage {
public:
    PlayPage(cli::Output& output, const PlayFacts& facts) : output_(output), facts_(facts), say_(output.language()) {}

    void write(const std::string& wanted, bool everything) {
        std::size_t drawn = 0, lines = 0, more = 0;
        for (const DialogStory* dialog : facts_.dialogs) {
            if (!is_wanted(*dialog, wanted)) continue;
            const std::vector<ChainLink> chain = chain_of(*dialog, facts_, output_.language());
            const bool few = facts_.dialogs.size() <= chains_by_themselves;
            if (!wanted.empty() || everything || few || (is_broken(chain) && drawn < chains_by_themselves)) {
                ++drawn;
                draw(*dialog, chain);
            } else if (lines < lines_by_themselves) {
                ++lines;
                line(*dialog, chain);
            } else ++more;
        }
        if (more > 0) output_.line(say_({"and {} calls more: --all", "另有 {} 个呼叫:--all"}, more));
    }

private:
    std::string head(const DialogStory& dialog) const {
        std::string text = output_.styled(Style::bold, say_({"{} {}", "{} {}"}, dialog.session.empty() ? "INVITE" : dialog.session, to_local_clock(dialog.invite.time)));
        if (dialog.calls_platform()) {
            text += say_({"  {} calls the platform {}", "  {} 呼叫平台 {}"}, dialog.caller, dialog.callee);
            return dialog.caller_agent.empty() ? text : text + fmt::format("  \"{}\"", dialog.caller_agent);
        }
        const DeviceStory* device = facts_.device_of(dialog);
        const std::string of = device == nullptr || device->id == dialog.callee ? std::string() : say_({" of {}", "(设备 {})"}, device->id);
        text += say_({"  channel {}{} called by {}", "  通道 {}{},由 {} 呼叫"}, dialog.callee, of, dialog.caller);
        if (!dialog.callee_agent.empty()) text += fmt::format("  \"{}\"", dialog.callee_agent);
        return text;
    }

    void draw(const DialogStory& dialog, const std::vector<ChainLink>& chain) {
        output_.line();
        output_.line(head(dialog));
        constexpr std::size_t name_columns = 18, indent = 3 + name_columns + 3;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            const ChainLink& link = chain[i];
            if (link.text.empty()) continue;   // nothing is known of it
            std::string first = fmt::format(" {} ", i + 1) + pad(say_(link.name), name_columns) + output_.styled(style_of(link.state), pad(mark_of(link.state), 3));
            std::vector<std::string> lines = wrap(link.text, output_.columns() - indent);
            for (const std::string& text : lines) {
                output_.line(first + text);
                first = std::string(indent, ' ');
            }
        }
    }

    void line(const DialogStory& dialog, const std::vector<ChainLink>& chain) {
        const auto broken = std::find_if(chain.begin(), chain.end(), [](const ChainLink& link) { return link.state == LinkState::broken; });
        const std::string how = broken == chain.end() ? std::string(say_({"nothing broken", "没有断点"})) : fmt::format("{}: {}", say_(broken->name), broken->text);
        output_.line(head(dialog) + "  " + output_.styled(broken == chain.end() ? Style::good : Style::bad, how));
    }

    cli::Output& output_;
    const PlayFacts& facts_;
    Words say_;
};

void set_times(cli::Record& record, const DialogStory& dialog, const PlayFacts& facts) {
    if (dialog.invite.seen() && dialog.answer.seen()) record.set("setup_ms", rounded_ms(dialog.answer.time - dialog.invite.time));
    if (dialog.media.packets == 0) return;
    record.set("source", std::int64_t{dialog.media.source_number});
    if (!dialog.ack.seen()) return;
    record.set("media_after_ms", rounded_ms(dialog.media.first - dialog.ack.time));
    const SourceLife* life = facts.streams.of(dialog.media.source_number);
    if (life != nullptr && life->first_key_frame) record.set("first_key_frame_ms", rounded_ms(*life->first_key_frame - dialog.ack.time));
}

void set_sdp(cli::Record& record, const DialogStory& dialog) {
    const auto place = [](const DialogSide& side) { return fmt::format("{}:{}", side.address, side.port); };
    if (dialog.offer) {
        record.set("offer_media", place(*dialog.offer)).set("media_transport", std::string(dialog.offer->tcp ? "TCP" : "UDP"));
        record.set_text("y", dialog.reply && !dialog.reply->y.empty() ? dialog.reply->y : dialog.offer->y);
    }
    if (dialog.reply) record.set("answer_media", place(*dialog.reply));
    if (dialog.offer && dialog.reply && !dialog.offer->setup.empty()) record.set("setup_roles", dialog.offer->setup + "/" + dialog.reply->setup);
}

}  // namespace

PlayFacts::PlayFacts(std::vector<const DialogStory*> calls, std::vector<const DeviceStory*> known_devices, std::vector<RtpSource> rtp_sources,
                     const Streams& lives, Time capture_end)
    : dialogs(std::move(calls)), devices(std::move(known_devices)), sources(std::move(rtp_sources)), streams(lives), end(capture_end) {
    for (const RtpSource& source : sources) sources_by_number_.emplace(source.number, &source);
    for (const DeviceStory* device : devices) {
        devices_by_place_.emplace(device->source, device);
        devices_by_id_.emplace(device->id, device);
    }
    media_seen = std::any_of(dialogs.begin(), dialogs.end(), [](const DialogStory* dialog) { return dialog->media.packets > 0; });
}

const RtpSource* PlayFacts::source_of(const DialogStory& dialog) const {
    const auto found = sources_by_number_.find(dialog.media.source_number);
    return dialog.media.packets == 0 || found == sources_by_number_.end() ? nullptr : found->second;
}

const DeviceStory* PlayFacts::device_of(const DialogStory& dialog) const {
    const bool out = dialog.calls_platform();
    if (const auto found = devices_by_id_.find(out ? dialog.caller : dialog.callee); found != devices_by_id_.end()) return found->second;
    const auto found = devices_by_place_.find(out ? dialog.caller_at : dialog.callee_at);
    return found == devices_by_place_.end() ? nullptr : found->second;
}

bool is_wanted(const DialogStory& dialog, const std::string& wanted) {
    return wanted.empty() || dialog.callee == wanted || dialog.call_id == wanted || (dialog.calls_platform() && dialog.caller == wanted);
}

void write_plays(cli::Output& output, const PlayFacts& facts, const std::string& wanted, bool everything) {
    if (!output.json()) PlayPage(output, facts).write(wanted, everything);
}

cli::Record dialog_record(const DialogStory& dialog, const PlayFacts& facts) {
    cli::Record record("dialog", dialog.invite.seen() ? dialog.invite.time : facts.end);
    record.set("call_id", dialog.call_id).set("state", std::string(name_of(dialog.state)));
    record.set_text("caller", dialog.caller).set_text("channel", dialog.callee).set_text("session", dialog.session);
    record.set("from", dialog.caller_at.text()).set("to", dialog.callee_at.text()).set("transport", std::string(proto::name_of(dialog.transport)));
    const std::pair<std::string_view, const DialogPlace*> places[] = {
        {"invite_frame", &dialog.invite}, {"answer_frame", &dialog.answer}, {"ack_frame", &dialog.ack}, {"bye_frame", &dialog.bye}};
    for (const auto& [field, place] : places)
        if (place->seen()) record.set(field, number(place->frame));
    if (dialog.status > 0) record.set("status", std::int64_t{dialog.status}).set_text("reason", dialog.reason);
    if (dialog.bye.seen()) record.set("bye_from", std::string(dialog.bye_from_callee ? "callee" : "caller"));
    set_sdp(record, dialog);
    set_connection(record, dialog);
    set_times(record, dialog, facts);
    return record;
}

}  // namespace gbkit::replay_tool
