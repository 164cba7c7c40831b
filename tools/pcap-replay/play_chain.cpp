// The links of a play chain, one function each.
#include <algorithm>

#include "cli/wording.hpp"
#include "input_facts.hpp"
#include "plays.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;
using cli::grouped;
using cli::span_text;
using cli::Words;

constexpr Duration media_expected = seconds(10);
constexpr Duration slow_picture = seconds(3);
constexpr double loss_limit = 1e-3, jitter_limit_ms = 50;   // GB/T 28181-2022 5.5
constexpr double slowest_live = 0.9;                        // media time in a time of arrival

const ElementaryStream* video_of(const StreamReport& report) {
    for (const auto& [id, stream] : report.streams)
        if (id >= wire::ps::stream_id::first_video && id <= wire::ps::stream_id::last_video) return &stream;
    return nullptr;
}

std::string frames_text(std::initializer_list<const DialogPlace*> places) {
    std::string text;
    for (const DialogPlace* place : places)
        if (place->seen()) text += fmt::format(" #{}", place->frame);
    return text;
}

class Chain {
public:
    Chain(const DialogStory& dialog, const PlayFacts& facts, Language language)
        : dialog_(dialog), facts_(facts), say_(language), source_(facts.source_of(dialog)) {
        life_ = source_ == nullptr ? nullptr : facts.streams.of(source_->number);
    }

    std::vector<ChainLink> links() {
        using Step = ChainLink (Chain::*)();
        std::vector<Step> steps{&Chain::registered, &Chain::invited, &Chain::described, &Chain::connected, &Chain::rtp};
        if (is_voice()) steps.push_back(&Chain::sound);
        else steps.insert(steps.end(), {&Chain::program_stream, &Chain::codec, &Chain::key_frame});
        steps.push_back(&Chain::running);
        bool open = true;
        std::vector<ChainLink> all;
        for (const Step step : steps) {
            ChainLink link = (this->*step)();
            if (!open) link = {link.name, LinkState::unknown, std::string(say_({"not reached", "未到这一步"}))};
            open = open && link.state != LinkState::broken;
            all.push_back(std::move(link));
        }
        return all;
    }

private:
    ChainLink registered() {
        ChainLink link{{"registered", "已注册"}, LinkState::unknown, std::string(say_({"its registration is not in the capture", "抓包中没有它的注册"}))};
        const DeviceStory* device = facts_.device_of(dialog_);
        if (device == nullptr) return link;
        if (device->keepalives > 0) {
            link.text = say_({"heartbeats are answered, {} in all", "心跳正常,共 {} 次"}, grouped(device->keepalives));
            link.state = LinkState::fine;
        }
        if (!device->ever_registered) return link;
        link.state = LinkState::fine;
        link.text = say_({"{} for {} s", "{},有效期 {} 秒"}, device->id, device->granted) + (device->keepalives > 0 ? "; " + link.text : std::string());
        return link;
    }

    ChainLink invited() {
        ChainLink link{{"INVITE 200 ACK", "INVITE 200 ACK"}, LinkState::fine, {}};
        const std::string frames = frames_text({&dialog_.invite, &dialog_.answer, &dialog_.ack});
        if (dialog_.state == DialogStory::State::refused) {
            link.state = LinkState::broken;
            link.text = fmt::format("{} {}{}", dialog_.status, dialog_.reason, frames);
        } else if (dialog_.state == DialogStory::State::unanswered) {
            link.state = LinkState::broken;
            link.text = say_({"no final answer to {} copies", "发送 {} 次,没有最终应答"}, dialog_.invite.copies) + frames;
        } else if (!dialog_.answer.seen()) {
            link.state = LinkState::unknown;
            link.text = std::string(say_({"the answer is not in the capture", "抓包中没有应答"})) + frames;
        } else {
            link.text = span_text(dialog_.answer.time - dialog_.invite.time) + frames;
            if (!dialog_.ack.seen()) {
                link.state = LinkState::notable;
                link.text += say_({"; no ACK in the capture", ";抓包中没有 ACK"});
            }
        }
        return link;
    }

    static std::string side_text(const DialogSide& side) {
        std::string text = fmt::format("{}:{} {}", side.address, side.port, side.tcp ? "TCP" : "UDP");
        if (!side.setup.empty()) text += " " + side.setup;
        return text;
    }

    ChainLink described() {
        ChainLink link{{"SDP fits", "SDP 相符"}, LinkState::unknown, std::string(say_({"no SDP in the capture", "抓包中没有 SDP"}))};
        if (!dialog_.offer) return link;
        link.state = LinkState::fine;
        link.text = side_text(*dialog_.offer);
        if (dialog_.reply) link.text += " <- " + side_text(*dialog_.reply);
        const std::string& y = dialog_.reply && !dialog_.reply->y.empty() ? dialog_.reply->y : dialog_.offer->y;
        if (!y.empty()) link.text += ", y=" + y;
        const bool came = dialog_.media.packets > 0;
        const bool roles = dialog_.reply && dialog_.offer->tcp && !dialog_.offer->setup.empty() && dialog_.offer->setup == dialog_.reply->setup;
        const auto address = IpAddress::parse(dialog_.offer->address);
        const bool nowhere = address && (address->is_loopback() || address->is_unspecified()) && !dialog_.callee_at.address.is_loopback();
        if (!came && (roles || nowhere)) link.state = LinkState::broken;
        return link;
    }

    ChainLink connected() {
        ChainLink link{{"media comes", "媒体到达"}, LinkState::fine, {}};
        if (dialog_.media.packets > 0) {
            link.text = fmt::format("{} -> {}", dialog_.media.source.text(), dialog_.media.destination.text());
            if (dialog_.ack.seen()) link.text += say_({", {} after the ACK", ",ACK 之后 {}"}, span_text(dialog_.media.first - dialog_.ack.time));
            link.text += fmt::format(" #{}", dialog_.media.first_frame);
            if (dialog_.connection) link.text += "; " + connection_text(dialog_, say_);
            return link;
        }
        if (dialog_.connection) {
            link.state = is_connected(dialog_) ? LinkState::notable : LinkState::broken;
            link.text = connection_text(dialog_, say_);
            return link;
        }
        const bool others = facts_.media_seen;
        const Time until = dialog_.bye.seen() ? dialog_.bye.time : facts_.end;
        const bool waited = dialog_.ack.seen() && until - dialog_.ack.time >= media_expected;
        link.state = others && waited ? LinkState::broken : LinkState::unknown;
        link.text = others ? say_({"no media packet, though other calls have some", "没有媒体包,而其他呼叫有"})
                           : say_({"no media of any call is in this capture: it may not have been captured", "抓包中没有任何媒体:可能没有抓到"});
        return link;
    }

    ChainLink rtp() {
        ChainLink link{{"RTP", "RTP"}, LinkState::unknown, {}};
        if (source_ == nullptr || source_->statistics == nullptr) return link;
        const RtpStatistics& seen = *source_->statistics;
        const double ratio = seen.expected > 0 ? static_cast<double>(seen.lost) / static_cast<double>(seen.expected) : 0;
        const double span = to_seconds(seen.last - seen.first);
        const bool jitters = seen.jitter_ms > jitter_limit_ms && !seen.is_faster_than_live();
        link.state = ratio > loss_limit || jitters ? LinkState::notable : LinkState::fine;
        link.text = say_({"SSRC {:010}, {} packets, {} lost ({:.2f} %), jitter {:.1f} ms", "SSRC {:010},{} 包,丢失 {}({:.2f} %),抖动 {:.1f} ms"},
                         source_->ssrc, grouped(seen.packets), grouped(seen.lost), ratio * 100, seen.jitter_ms);
        if (source_->transport != proto::Transport::udp) link.text += fmt::format(", {}", wire::rtp::name_of(source_->framing));
        if (seen.pace > 0 && (seen.pace < slowest_live || seen.is_faster_than_live()))
            link.text += say_({", {:.2g} times as fast as it plays", ",速度为播放的 {:.2g} 倍"}, seen.pace);
        if (span > 0) link.text += fmt::format(", {:.1f} Mbit/s", static_cast<double>(seen.bytes) * 8 / span / 1e6);
        return link;
    }

    /// A broadcast or a talk: audio without a program stream around it.
    [[nodiscard]] bool is_voice() const { return dialog_.offer && dialog_.offer->kind == "audio" && !promised(" PS/"); }

    /// An encoding of either SDP that has this in it: " 8 " and " PCMA/" are in " 8 PCMA/8000".
    [[nodiscard]] const std::string* promised(std::string_view part) const {
        for (const auto* side : {&dialog_.reply, &dialog_.offer})
            if (*side)
                for (const std::string& encoding : (*side)->encodings)
                    if (ifind(' ' + encoding, part) != std::string_view::npos) return &encoding;
        return nullptr;
    }

    ChainLink sound() {
        ChainLink link{{"audio", "音频"}, LinkState::unknown, {}};
        if (source_ == nullptr || source_->payload_types.empty()) return link;
        const auto type = std::max_element(source_->payload_types.begin(), source_->payload_types.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; })->first;
        if (source_->stream != nullptr && source_->stream->packs > 0) {
            link.state = LinkState::broken;
            link.text = std::string(say_({"a program stream, where the SDP promises audio", "SDP 约定的是音频,实为 PS 流"}));
            return link;
        }
        const std::string* encoding = promised(fmt::format(" {} ", type));
        const std::string_view fixed = type == 8 ? "PCMA" : type == 0 ? "PCMU" : "";   // RFC 3551 6
        link.state = encoding != nullptr || !fixed.empty() ? LinkState::fine : LinkState::notable;
        link.text = encoding != nullptr ? *encoding
                    : !fixed.empty()    ? std::string(fixed)
                                        : std::string(say_({"payload type {}, which no SDP of this call names", "负载类型 {},SDP 中没有声明"}, type));
        return link;
    }

    ChainLink program_stream() {
        ChainLink link{{"PS", "PS"}, LinkState::unknown, {}};
        if (source_ == nullptr) return link;
        if (source_->stream == nullptr || source_->stream->packs == 0) {
            const bool named = source_->container != wire::codec::Container::unknown && source_->container != wire::codec::Container::program_stream;
            link.state = named ? LinkState::broken : LinkState::unknown;
            link.text = named ? say_({"not PS: {}", "不是 PS:{}"}, wire::codec::name_of(source_->container)) : std::string(say_({"no pack seen", "没有 PS 包"}));
            return link;
        }
        const StreamReport& report = *source_->stream;
        link.state = report.damaged_frames > 0 ? LinkState::notable : LinkState::fine;
        link.text = say_({"{} packs, {} maps, {} frames", "{} 个包,{} 个映射表,{} 帧"}, grouped(report.packs), grouped(report.maps), grouped(report.frames));
        if (report.damaged_frames > 0)
            link.text += say_({", {} damaged and {} after them", ",受损 {},受其影响 {}"}, grouped(report.damaged_frames), grouped(report.undecodable_frames));
        return link;
    }

    ChainLink codec() {
        ChainLink link{{"codec", "编码"}, LinkState::unknown, {}};
        if (source_ == nullptr || source_->stream == nullptr) return link;
        const ElementaryStream* video = video_of(*source_->stream);
        if (video == nullptr) {
            link.text = std::string(say_({"no video", "没有视频"}));
            return link;
        }
        using wire::codec::Codec;
        link.text = std::string(name_of(video->codec));
        if (video->format) link.text += fmt::format(" {} {}x{}", video->format->profile, video->format->width, video->format->height);
        if (video->frames_per_second) link.text += say_({", {:.4g} fps", ",{:.4g} 帧/秒"}, *video->frames_per_second);
        for (const auto& [id, stream] : source_->stream->streams)
            if (is_audio(stream.codec)) link.text += fmt::format("; {}", name_of(stream.codec));
        link.state = video->codec == Codec::unknown ? LinkState::unknown : LinkState::fine;
        if (video->codec == Codec::h265) {
            link.state = LinkState::notable;
            link.text += say_({": few web players show it", ":多数网页播放器不能播放"});
        }
        return link;
    }

    ChainLink key_frame() {
        ChainLink link{{"first key frame", "首个关键帧"}, LinkState::unknown, {}};
        if (source_ == nullptr || source_->stream == nullptr || source_->stream->frames == 0) return link;
        const ElementaryStream* video = video_of(*source_->stream);
        if (life_ == nullptr || !life_->first_key_frame) {
            const Duration watched = life_ != nullptr && life_->first_packet ? *life_->last_packet - *life_->first_packet : Duration{};
            link.state = watched > seconds(15) ? LinkState::broken : LinkState::unknown;
            link.text = say_({"none in {}", "{} 内没有"}, span_text(watched));
            return link;
        }
        const Time start = dialog_.ack.seen() ? dialog_.ack.time : dialog_.media.first;
        const Duration wait = *life_->first_key_frame - start;
        link.state = wait > slow_picture ? LinkState::notable : LinkState::fine;
        link.text = say_({"{} after the ACK #{}", "ACK 之后 {} #{}"}, span_text(wait), life_->first_key_frame_number);
        if (video != nullptr && video->key_frame_interval_s) link.text += say_({"; at most {:.2g} s apart", ";最大间隔 {:.2g} 秒"}, *video->key_frame_interval_s);
        return link;
    }

    ChainLink running() {
        ChainLink link{{"keeps running", "持续"}, LinkState::unknown, {}};
        if (source_ == nullptr || life_ == nullptr || !life_->last_packet) return link;
        const Duration ran = *life_->last_packet - *life_->first_packet;
        const Time end = dialog_.bye.seen() ? dialog_.bye.time : facts_.end;
        const bool stopped = end - *life_->last_packet > media_expected;
        const bool paused = dialog_.paused_after(*life_->last_packet);
        link.state = !stopped || paused ? LinkState::fine : is_voice() ? LinkState::notable : LinkState::broken;   // nobody may have spoken
        link.text = say_({"{} of media", "媒体持续 {}"}, span_text(ran));
        if (stopped && paused) link.text += say_({", then paused #{}", ",随后暂停 #{}"}, dialog_.pause.frame);
        else if (stopped) link.text += say_({", then nothing for {}", ",此后 {} 没有数据"}, span_text(end - *life_->last_packet));
        if (dialog_.bye.seen())
            link.text += (dialog_.bye_from_callee ? say_({"; the device hangs up #{}", ";设备挂断 #{}"}, dialog_.bye.frame)
                                                  : say_({"; the platform hangs up #{}", ";平台挂断 #{}"}, dialog_.bye.frame));
        else link.text += say_({"; no BYE", ";没有 BYE"});
        return link;
    }

    const DialogStory& dialog_;
    const PlayFacts& facts_;
    Words say_;
    const RtpSource* source_;
    const SourceLife* life_ = nullptr;
};

}  // namespace

std::vector<ChainLink> chain_of(const DialogStory& dialog, const PlayFacts& facts, Language language) { return Chain(dialog, facts, language).links(); }

}  // namespace gbkit::replay_tool
