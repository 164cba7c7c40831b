#include "scenarios/media_causes.hpp"

#include <algorithm>

#include "base/findings/ps.hpp"
#include "base/findings/rtp.hpp"
#include "proto/fault/pack_fault.hpp"
#include "proto/fault/rtp_fault.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/ps/muxer.hpp"
#include "wire/rtp/packet.hpp"
#include "wire/rtp/packetizer.hpp"

namespace gbkit::scenario {

using proto::observe::MediaFrame;
using wire::codec::Codec;

namespace {

constexpr std::uint64_t frame_ticks = 3600;
constexpr std::uint32_t ssrc = 100'003'190;   // y=0100003190

Bytes picture(const MediaPlan& plan, int number, bool key) {
    const auto seed = static_cast<std::uint32_t>(number + 1);
    if (plan.video == Codec::h265) return key ? test::codec::h265_key(plan.key_bytes, seed) : test::codec::h265_predicted(plan.frame_bytes, seed);
    return key ? test::codec::h264_key(plan.key_bytes, seed) : test::codec::h264_predicted(plan.frame_bytes, seed);
}

/// The audio frame that is due with a picture: 40 ms of G.711, or an AAC frame of 64 ms.
std::optional<std::pair<Bytes, std::uint64_t>> sound(const MediaPlan& plan, int number) {
    const auto index = static_cast<std::uint64_t>(number);
    if (plan.audio == Codec::g711a) return std::pair{test::codec::g711a_speech(320, index * 320), index * frame_ticks};
    if (plan.audio == Codec::g711u) return std::pair{test::codec::g711u_speech(320, index * 320), index * frame_ticks};
    if (plan.audio != Codec::aac) return std::nullopt;
    constexpr std::uint64_t aac_ticks = 5760;
    const std::uint64_t due = (index * frame_ticks + aac_ticks - 1) / aac_ticks * aac_ticks;
    if (due >= (index + 1) * frame_ticks) return std::nullopt;
    return std::pair{test::codec::adts_frame(180, static_cast<std::uint32_t>(number + 1)), due};
}

}  // namespace

Bytes MediaStream::bytes() const {
    Bytes all;
    for (const Bytes& pack : packs) all.insert(all.end(), pack.begin(), pack.end());
    return all;
}

MediaStream record(const MediaPlan& plan, std::string_view pack_fault) {
    MediaStream stream;
    stream.rtp_payload = plan.rtp_payload;
    std::optional<proto::fault::PackFilter> filter;
    if (!pack_fault.empty()) filter = *proto::fault::PackFilter::make(pack_fault);
    const auto send = [&](Bytes pack, std::uint64_t time) {
        if (filter) filter->apply(pack);
        if (pack.empty()) return;
        stream.packs.push_back(std::move(pack));
        stream.timestamps.push_back(static_cast<std::uint32_t>(time));
    };
    wire::ps::Muxer muxer({.video = plan.video, .audio = plan.audio});
    for (int i = 0; i < plan.frames; ++i) {
        const std::uint64_t time = plan.first_pts + static_cast<std::uint64_t>(i) * frame_ticks;
        const bool key = i % plan.key_every == 0;
        Bytes pack;
        muxer.video(picture(plan, i, key), time, std::nullopt, key, pack);
        const auto audio = sound(plan, i);
        if (audio && !plan.audio_in_own_pack) muxer.audio(audio->first, plan.first_pts + audio->second, false, pack);
        send(std::move(pack), time);
        if (!audio || !plan.audio_in_own_pack) continue;
        Bytes own;
        muxer.audio(audio->first, plan.first_pts + audio->second, true, own);
        send(std::move(own), time + 1);
    }
    if (filter) {
        Bytes rest;
        filter->finish(rest);
        if (!rest.empty()) {
            stream.packs.push_back(std::move(rest));
            stream.timestamps.push_back(stream.timestamps.back() + static_cast<std::uint32_t>(frame_ticks));
        }
        stream.first_edit = filter->first_edit();
        std::uint64_t at = 0;
        for (const Bytes& pack : stream.packs) {
            if (stream.first_edit && at <= *stream.first_edit) stream.edited_pack = at;
            at += pack.size();
        }
    }
    return stream;
}

std::vector<Bytes> packetize(const MediaStream& stream) {
    wire::rtp::Packetizer packetizer({.ssrc = ssrc, .first_sequence = 65'500, .payload_bytes = stream.rtp_payload});
    std::vector<Bytes> packets;
    for (std::size_t i = 0; i < stream.packs.size(); ++i) packetizer.frame(stream.packs[i], stream.timestamps[i], packets);
    return packets;
}

const Finding* MediaTold::find(FindingId id) const {
    const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
    return found == findings.end() ? nullptr : &*found;
}

std::string MediaTold::ids() const {
    std::string out;
    for (const Finding& finding : findings) out.append(finding.id.slug).append(" @").append(std::to_string(finding.where.offset.value_or(0))).append(" ");
    return out;
}

namespace {

/// `told` outlives the judge.
proto::observe::PsJudge::Sinks keep(MediaTold& told) {
    proto::observe::PsJudge::Sinks sinks;
    sinks.finding = [&told](Finding finding) { told.findings.push_back(std::move(finding)); };
    sinks.frame = [&told](const MediaFrame& frame) { told.frames.push_back(frame); };
    return sinks;
}

}  // namespace

MediaTold judge_file(ByteView bytes, std::vector<std::size_t> cuts) {
    MediaTold told;
    proto::observe::PsJudge judge({.subject = "file", .complete = true}, keep(told));
    for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
        const std::size_t piece = std::min(bytes.size() - at, cuts.empty() ? bytes.size() : cuts[turn % cuts.size()]);
        judge.see(bytes.subspan(at, piece));
        at += piece;
    }
    judge.finish(false);
    told.report = judge.report();
    return told;
}

MediaTold judge_rtp(const std::vector<Bytes>& packets, const std::function<bool(std::size_t)>& lost) {
    MediaTold told;
    proto::observe::PsJudge judge({.subject = "ssrc 0100003190", .rtp = true}, keep(told));
    std::optional<std::uint16_t> last;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (lost && lost(i)) continue;
        const auto packet = wire::rtp::parse_packet(packets[i]);
        if (!packet) continue;
        ++number;
        proto::observe::RtpInOrder seen{*packet, {.packet = number, .frame = number, .offset = 0, .time = from_unix(1'700'000'000)}};
        if (last) {
            seen.first_lost = static_cast<std::uint16_t>(*last + 1);
            seen.lost_before = static_cast<std::uint16_t>(packet->sequence - seen.first_lost);
        }
        last = packet->sequence;
        judge.see(seen);
    }
    judge.finish(false);
    told.report = judge.report();
    return told;
}

namespace {

/// Where a fault's finding must stand: at the header the fault edited, at the pack that header is in (what is said of a
/// frame is said of its pack), or later (what shows only in comparison with what came before).
std::optional<std::uint64_t> place_of(FindingId id, const MediaStream& stream) {
    using namespace findings;
    static constexpr FindingId frames[] = {ps_no_psm, ps_codec_differs, ps_frame_over_packs, media_no_parameter_sets, media_short_start_codes};
    static constexpr FindingId later[] = {ps_psm_stream_late, ps_psm_stream_missing, ps_aac_as_g711, ps_g711_law_differs, ps_ends_inside, ps_extra_zeros,
                                          ps_place_lost, ps_pes_too_long, ps_audio_clock_8k, ps_timestamp_wrap, ps_timestamp_wraps_early, ps_pts_missing,
                                          ps_timestamps_zero, ps_frames_in_one_pack, media_parameter_sets_rare, media_no_key_frame, ps_system_header_differs};
    if (std::find(std::begin(frames), std::end(frames), id) != std::end(frames)) return stream.edited_pack;
    if (std::find(std::begin(later), std::end(later), id) != std::end(later)) return std::nullopt;
    return stream.first_edit;
}

/// What the muxer must be given for a fault to show.
MediaPlan plan_for(FindingId id) {
    MediaPlan plan;
    if (id == findings::ps_aac_as_g711) plan.audio = Codec::aac;
    if (id == findings::ps_g711_law_differs || id == findings::ps_audio_clock_8k || id == findings::ps_audio_without_pack ||
        id == findings::ps_psm_entry_hidden || id == findings::ps_psm_stream_missing || id == findings::media_g711_in_ps)
        plan.audio = Codec::g711a;
    if (id == findings::ps_g711_law_differs) plan.frames = 400;
    if (id == findings::ps_audio_without_pack) plan.audio_in_own_pack = true;
    if (id == findings::ps_pes_length_wrapped) plan.key_bytes = 70'000;
    if (id == findings::media_no_key_frame) plan.frames = 25 * 25;
    return plan;
}

MediaTold with_rtp_fault(std::string_view slug) {
    auto filter = *proto::fault::RtpFilter::make(slug);
    MediaPlan plan;
    plan.frame_bytes = 3000;   // several packets
    const MediaStream stream = record(plan);
    wire::rtp::Packetizer packetizer({.ssrc = ssrc, .payload_bytes = stream.rtp_payload});
    std::vector<Bytes> sent;
    for (std::size_t i = 0; i < stream.packs.size(); ++i) {
        std::vector<Bytes> packets;
        packetizer.frame(stream.packs[i], stream.timestamps[i], packets);
        std::vector<proto::fault::RtpSent> edited;
        for (Bytes& packet : packets) edited.push_back({.bytes = std::move(packet)});
        filter.apply(edited);
        for (proto::fault::RtpSent& packet : edited) sent.push_back(std::move(packet.bytes));
    }
    return judge_rtp(sent);
}

/// PES packets of 500 bytes that begin anywhere in a frame; the PTS is that of the first frame that begins in them.
Bytes continuous_stream() {
    Bytes elementary;
    std::vector<std::pair<std::size_t, std::uint64_t>> frames;   // where each begins, and its PTS
    for (int i = 0; i < 40; ++i) {
        frames.emplace_back(elementary.size(), 900'000 + static_cast<std::uint64_t>(i) * frame_ticks);
        const Bytes unit = picture({}, i, i == 0);
        elementary.insert(elementary.end(), unit.begin(), unit.end());
    }
    Bytes out;
    wire::ps::Muxer muxer({.video = Codec::h264});
    std::size_t next = 0;
    for (std::size_t at = 0; at < elementary.size(); at += 500) {
        const std::size_t size = std::min<std::size_t>(500, elementary.size() - at);
        const bool begins = next < frames.size() && frames[next].first < at + size;
        Bytes pack;
        muxer.video(ByteView(elementary).subspan(at, size), begins ? frames[next].second : 0, std::nullopt, at == 0, pack);
        if (!begins) {
            auto edit = *proto::fault::PackEdit::read(pack);
            for (proto::fault::PackUnit& unit : edit.units)
                if (unit.is_video()) {
                    unit.header = {0, 0, 1, 0xE0, 0, 0, 0x80, 0x00, 0x00};
                    unit.fit_length();
                }
            pack = edit.bytes();
        }
        while (next < frames.size() && frames[next].first < at + size) ++next;
        out.insert(out.end(), pack.begin(), pack.end());
    }
    return out;
}

std::vector<MediaCause> scenarios() {
    return {
        {findings::ps_header_split,
         [] {
             MediaPlan plan;
             plan.rtp_payload = 600;
             MediaStream stream = record(plan);
             stream.rtp_payload = 17;   // the pack header is 14 bytes long
             stream.packs.resize(3);
             return judge_rtp(packetize(stream));
         }},
        {findings::ps_not_gb, [] { return judge_file(continuous_stream()); }},
        {findings::media_profile_above_baseline, [] { return judge_file(record({}).bytes()); }, 0},
        {findings::media_h265_for_browser,
         [] {
             MediaPlan plan;
             plan.video = Codec::h265;
             return judge_file(record(plan).bytes());
         }, 0},
        {findings::media_g711_in_ps, [] { return judge_file(record(plan_for(findings::media_g711_in_ps)).bytes()); }},
        {findings::media_frames_damaged, [] { return judge_rtp(packetize(record({})), [](std::size_t i) { return i == 40; }); }},
        {findings::rtp_timestamp_within_frame, [] { return with_rtp_fault("rtp-timestamp-within-frame"); }},
        {findings::rtp_timestamp_repeats, [] { return with_rtp_fault("rtp-timestamp-repeats"); }},
    };
}

}  // namespace

const std::vector<MediaCause>& media_causes() {
    static const std::vector<MediaCause> table = [] {
        std::vector<MediaCause> all = scenarios();
        for (const proto::fault::PackFault& fault : proto::fault::all_pack_faults()) {
            const MediaStream stream = record(plan_for(fault.id), fault.id.slug);
            const auto place = place_of(fault.id, stream);
            const bool guess = fault.id == findings::ps_g711_law_differs;
            // What a file shows of these may as well be a hole in it, or a recording put together from two.
            const bool unsure = fault.id == findings::ps_pes_too_long || fault.id == findings::ps_place_lost || fault.id == findings::ps_timestamp_jump;
            const bool before = fault.id == findings::media_no_parameter_sets;   // they may have come before anybody looked
            const bool file_only = fault.id == findings::ps_leading_bytes || fault.id == findings::ps_imkh_header || fault.id == findings::ps_ends_inside;
            const bool rtp_only = fault.id == findings::ps_audio_without_pack;
            if (!rtp_only)
                all.push_back({fault.id, [stream] { return judge_file(stream.bytes()); }, place, stream.edited_pack, guess || unsure ? Certainty::likely : Certainty::certain});
            if (!file_only)
                all.push_back({fault.id, [stream] { return judge_rtp(packetize(stream)); }, place, stream.edited_pack, guess || before ? Certainty::likely : Certainty::certain,
                               [stream] { return packetize(stream); }});
        }
        return all;
    }();
    return table;
}

namespace {

MediaPlan changed(void (*change)(MediaPlan& plan)) {
    MediaPlan plan;
    change(plan);
    return plan;
}

}  // namespace

const std::vector<HealthyMedia>& healthy_media() {
    static const std::vector<HealthyMedia> table{
        {"H.264 alone", {}},
        {"H.265 alone", changed([](MediaPlan& plan) { plan.video = Codec::h265; })},
        {"H.264 with G.711A in its packs", changed([](MediaPlan& plan) { plan.audio = Codec::g711a; })},
        {"H.264 with G.711U in packs of its own", changed([](MediaPlan& plan) { plan.audio = Codec::g711u, plan.audio_in_own_pack = true; })},
        {"H.265 with AAC", changed([](MediaPlan& plan) { plan.video = Codec::h265, plan.audio = Codec::aac; })},
        {"frames over 64 KiB", changed([](MediaPlan& plan) { plan.key_bytes = 200'000; })},
        {"a clock that wraps", changed([](MediaPlan& plan) { plan.first_pts = (std::uint64_t{1} << 33) - 30 * frame_ticks; })},
        {"tiny RTP packets", changed([](MediaPlan& plan) { plan.frames = 30, plan.rtp_payload = 40; })},
    };
    return table;
}

}  // namespace gbkit::scenario
