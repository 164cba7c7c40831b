#include "page_devices.hpp"

#include "device_table.hpp"
#include "wire/gb_id.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::DeviceStory;

constexpr std::size_t ladders_by_themselves = 4;   // of more devices there is a table

class DevicePage {
public:
    DevicePage(cli::Output& output, const Totals& totals) : output_(output), totals_(totals), say_(output.language()) {}

    void ladders() {
        for (const DeviceStory* story : totals_.devices) {
            output_.line();
            head(*story);
            notes(*story);
            write_ladder(output_, *story);
        }
    }

private:
    void head(const DeviceStory& story) {
        std::string text = output_.styled(cli::Style::bold, story.id);
        if (!story.user_agent.empty()) text += fmt::format("  \"{}\"", story.user_agent);
        text += fmt::format("  {} -> {} {}", story.source.text(), story.platform.text(), proto::name_of(story.transport));
        output_.line(text + "  " + output_.styled(state_style(story), state_text(story)));
    }

    static cli::Style state_style(const DeviceStory& story) {
        switch (story.state) {
            case DeviceStory::State::registered: return cli::Style::good;
            case DeviceStory::State::refused:
            case DeviceStory::State::unanswered: return cli::Style::bad;
            case DeviceStory::State::trying: return cli::Style::warn;
            case DeviceStory::State::unknown:
            case DeviceStory::State::unregistered: break;
        }
        return cli::Style::plain;
    }

    std::string state_text(const DeviceStory& story) {
        switch (story.state) {
            case DeviceStory::State::registered: return say_({"registered, {} s, in {}", "已注册,{} 秒,用时 {}"}, story.granted, span_text(story.round_trip));
            case DeviceStory::State::refused: return say_({"REFUSED: {} {}", "被拒绝:{} {}"}, story.last_status, story.last_reason);
            case DeviceStory::State::unanswered: return std::string(say_({"NO ANSWER", "无应答"}));
            case DeviceStory::State::unregistered: return std::string(say_({"logged out", "已注销"}));
            case DeviceStory::State::trying: return std::string(say_({"not registered when the capture ends", "抓包结束时尚未注册"}));
            case DeviceStory::State::unknown: break;
        }
        return std::string(say_({"its registration is not in the capture", "抓包中没有它的注册"}));
    }

    void notes(const DeviceStory& story) {
        if (!story.platform_id.empty()) {
            std::string text = say_({"platform {}", "平台 {}"}, story.platform_id);
            if (!story.platform_agent.empty()) text += fmt::format(" \"{}\"", story.platform_agent);
            if (const auto id = wire::parse_gb_id(story.id); id && !wire::gb_type_name(id->type).english.empty())
                text += say_({"; the device ID says: {}", ";设备编号类型:{}"}, say_(wire::gb_type_name(id->type)));
            output_.line("  " + text);
        }
        if (!story.via.empty())
            output_.line("  " + say_({"behind NAT: its Via says {}", "在 NAT 之后:Via 写的是 {}"}, story.via));
        digest(story);
        if (story.one_sided())
            output_.line("  " + std::string(story.requests_seen
                                                ? say_({"only the device's packets are in the capture: answers may exist all the same",
                                                        "抓包中只有设备发出的报文:应答可能存在,只是没有抓到"})
                                                : say_({"only the platform's packets are in the capture", "抓包中只有平台发出的报文"})));
        std::string_view place;
        if (story.seen_from == SeenFrom::device) place = say_({"seen from the device", "抓包位置:设备侧"});
        if (story.seen_from == SeenFrom::platform) place = say_({"seen from the platform: what happens beyond its network card is not visible here", "抓包位置:平台侧,网卡之外发生的事看不到"});
        if (story.seen_from == SeenFrom::middle) place = say_({"seen from in between", "抓包位置:中间链路"});
        if (!place.empty()) output_.line("  " + std::string(place));
    }

    void digest(const DeviceStory& story) {
        using Verdict = proto::observe::DigestVerdict;
        const auto digest = totals_.last_digest.find(story.id);
        if (digest == totals_.last_digest.end()) return;
        if (digest->second == Verdict::match) output_.line("  " + output_.styled(cli::Style::good, say_({"the digest is right for the given password", "摘要与给出的密码相符"})));
        if (digest->second == Verdict::mismatch) output_.line("  " + output_.styled(cli::Style::bad, say_({"the digest does not fit the given password", "摘要与给出的密码不符"})));
    }

    cli::Output& output_;
    const Totals& totals_;
    Words say_;
};

}  // namespace

void write_devices(cli::Output& output, const PageFacts& facts, const Devices& devices, const PageChoice& choice) {
    const Totals& totals = facts.totals;
    if (totals.devices.empty() && totals.sip.messages > 0 && totals.plays.dialogs.empty())
        output.line(Bilingual{"No registration and no heartbeat is in this capture.", "抓包中没有注册,也没有心跳。"}.in(output.language()));
    if (!choice.ladders && devices.all().size() > ladders_by_themselves) write_device_table(output, facts, devices, choice);
    else DevicePage(output, totals).ladders();
}

Bilingual name_of(DeviceStory::State state) {
    switch (state) {
        case DeviceStory::State::registered: return {"registered", "已注册"};
        case DeviceStory::State::refused: return {"refused", "被拒绝"};
        case DeviceStory::State::unanswered: return {"without an answer", "无应答"};
        case DeviceStory::State::unregistered: return {"logged out", "已注销"};
        case DeviceStory::State::trying: return {"still trying", "尚未注册"};
        case DeviceStory::State::unknown: break;
    }
    return {"without a registration in the capture", "抓包中没有注册"};
}

}  // namespace gbkit::replay_tool
