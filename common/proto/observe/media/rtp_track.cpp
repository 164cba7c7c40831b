#include "proto/observe/media/rtp_track.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/findings/rtp.hpp"
#include "wire/rtp/rtcp.hpp"

namespace gbkit::proto::observe {

namespace {

using wire::codec::Container;

constexpr double loss_limit = 1e-3;                 // GB/T 28181-2022 5.5
constexpr double jitter_limit_ms = 50;
constexpr std::uint64_t enough_for_loss = 1000;     // packets: fewer say nothing of one in a thousand
constexpr std::uint64_t enough_for_jitter = 100;
constexpr Duration silence_limit = seconds(15);     // media servers give up then
constexpr std::uint64_t most_losses = 10'000;       // told one by one
constexpr std::size_t most_ports = 64;
constexpr Duration copy_time = std::chrono::milliseconds(500);   // between a packet and its copy, clocks of two captures included
constexpr Duration copy_alone = seconds(2);                      // the original is silent: the copy is all there is
constexpr std::size_t marked_bytes = 64;                         // of a packet: its end would have to be fetched from memory
constexpr std::uint32_t copies_that_differ = 3;                  // then it was no copy

// What a stream is must show within so many packets and frames (RTP timestamps).
constexpr std::uint64_t enough_packets = 16, enough_frames = 3, patient_packets = 200, patient_frames = 5;

/// A pack, system header, map or PES begins here, or a pack within.
bool holds_program_stream(ByteView payload) noexcept {
    constexpr std::uint8_t pack_start[] = {0, 0, 1, 0xBA};
    if (payload.size() < 6) return false;
    if (payload[0] == 0 && payload[1] == 0 && payload[2] == 1 && payload[3] >= 0xBA && payload[3] <= 0xEF && payload[3] != 0xBE) return true;
    const auto* found = static_cast<const std::uint8_t*>(::memmem(payload.data(), payload.size() - 1, pack_start, sizeof pack_start));
    return found != nullptr && ((found[4] & 0xC4) == 0x44 || (found[4] & 0xF1) == 0x21);
}

/// Audio that GB/T 28181 sends as bare RTP (talk and broadcast): G.711, G.723.1, G.722.1, G.729.
bool is_audio_type(std::uint8_t type) noexcept { return type == 0 || type == 4 || type == 8 || type == 9 || type == 18; }
/// Types the standard suggests for bare video: the SDP may have agreed on them.
bool is_bare_video_type(std::uint8_t type) noexcept { return type >= 97 && type <= 100; }

RtpReceiver::Window window_of(const RtpOrigin& origin) {
    if (origin.transport == Transport::udp || origin.dump) return {};
    return {.packets = 0, .time = Duration::zero(), .bytes = 0};
}

}  // namespace

std::optional<RtpMark> mark_of(ByteView packet, const RtpPlace& place) {
    if (packet.size() < 12 || place.cut > 0 || place.time == Time{}) return std::nullopt;
    std::uint64_t content = packet.size();
    for (std::size_t at = 4; at < std::min(packet.size(), marked_bytes); at += sizeof content) {
        std::uint64_t word = 0;
        std::memcpy(&word, packet.data() + at, std::min(sizeof word, packet.size() - at));
        content = (content ^ word) * 0x9E37'79B9'7F4A'7C15;
    }
    return RtpMark{static_cast<std::uint16_t>(packet[2] << 8 | packet[3]), static_cast<std::uint32_t>(content >> 32), place.time};
}

RtpTrack::RtpTrack(const MediaOptions& options, const MediaFeed::Sinks& sinks, std::uint32_t number, std::uint32_t ssrc, RtpOrigin origin,
                   std::string subject)
    : options_(options),
      sinks_(sinks),
      origin_(std::move(origin)),
      subject_(std::move(subject)),
      receiver_([this](const RtpInOrder& packet) { in_order(packet); }, window_of(origin_)) {
    info_.number = number;
    info_.ssrc = ssrc;
    info_.subject = subject_;
    info_.source = origin_.source;
    info_.destination = origin_.destination;
    info_.transport = origin_.transport;
    info_.statistics = &receiver_.statistics();
}

Finding RtpTrack::finding_at(FindingId id, const RtpPlace& place) const {
    Finding finding{.id = id};
    finding.subject = subject_;
    finding.where.time = place.time;
    if (place.frame != 0) finding.where.frame = place.frame;
    else finding.where.offset = place.offset;
    if (origin_.transport != Transport::udp) finding.where.offset = place.offset;
    finding.seen_from = options_.seen_from;
    return finding;
}

void RtpTrack::emit(Finding finding) {
    if (!original()) return sinks_.finding(std::move(finding));
    if (finding.id == findings::rtp_lost && !first_loss_) first_loss_ = std::move(finding);
}

void RtpTrack::emit_once(Finding finding) {
    if (told_.insert(finding.id).second) emit(std::move(finding));
}

// Packets as they arrive ----------------------------------------------------------------------------------------

void RtpTrack::see(ByteView bytes, RtpPlace place) {
    place.packet = ++arrived_;
    const Result<wire::rtp::Packet> packet = wire::rtp::parse_packet(bytes);
    if (!packet) {
        Finding finding = finding_at(findings::rtp_malformed, place);
        finding.observed = packet.error().what;
        emit_once(std::move(finding));
        return;
    }
    if (arrived_ == 1) first_ = place;
    look_at_silence(place);
    look_at_header(*packet, place);
    if (rival_.port != 0) look_at_rival(place);
    note(bytes, place);
    last_ = place;
    last_sequence_ = packet->sequence;
    last_timestamp_ = packet->timestamp;
    receiver_.see(*packet, place);
    note_first_places(place);
}

void RtpTrack::look_at_header(const wire::rtp::Packet& packet, const RtpPlace& place) {
    if (payload_type_count_ == nullptr || packet.payload_type != payload_type_) {
        if (payload_type_count_ != nullptr && !info_.payload_types.contains(packet.payload_type)) {
            Finding finding = finding_at(findings::rtp_payload_type_changes, place);
            finding.expected = std::to_string(payload_type_);
            finding.observed = std::to_string(packet.payload_type);
            emit_once(std::move(finding));
        }
        payload_type_ = packet.payload_type;
        payload_type_count_ = &info_.payload_types[payload_type_];
        const bool open = wire::rtp::is_dynamic(payload_type_);
        const auto promised = open && options_.clock ? options_.clock(info_.source, info_.destination, payload_type_) : std::nullopt;
        if (!judge_) receiver_.set_clock(promised.value_or(wire::rtp::clock_of(payload_type_)));
        clock_guessed_ = open && !promised;
    }
    ++*payload_type_count_;
    if (packet.extension && !told_.contains(findings::rtp_header_extension)) {
        Finding finding = finding_at(findings::rtp_header_extension, place);
        finding.observed = fmt::format("0x{:04x}", *packet.extension);
        emit_once(std::move(finding));
    }
}

// Between two sentences of a talk, and while a playback is paused, nothing has to come.
void RtpTrack::look_at_silence(const RtpPlace& place) {
    if (!origin_.times || arrived_ == 1 || place.time - last_.time <= silence_limit || is_audio_type(payload_type_)) return;
    if (options_.paused && options_.paused(info_.source, info_.destination, last_.time)) return;
    Finding finding = finding_at(findings::rtp_silence, place);
    finding.certainty = Certainty::likely;
    finding.expected = fmt::format("{:.0f}", to_seconds(silence_limit));
    finding.observed = fmt::format("{:.1f}", to_seconds(place.time - last_.time));
    emit(std::move(finding));
}

void RtpTrack::look_at_rival(const RtpPlace& place) {
    if (++since_rival_ < 3) return;  // stragglers of a sender that was replaced
    Finding finding = finding_at(findings::rtp_two_senders, place);
    finding.expected = info_.source.text();
    finding.observed = rival_.text();
    emit_once(std::move(finding));
    rival_ = {};
}

void RtpTrack::note_first_places(const RtpPlace& place) {
    const RtpStatistics& statistics = receiver_.statistics();
    if (statistics.duplicates > 0 && first_duplicate_.packet == 0) first_duplicate_ = place;
    if (statistics.reordered > 0 && first_reordered_.packet == 0) first_reordered_ = place;
    if (statistics.jitter_ms > jitter_limit_ms && first_jitter_.packet == 0) first_jitter_ = place;
}

void RtpTrack::moved_to(const Endpoint& source, const RtpPlace& place) {
    if (source == info_.source) return;
    ++info_.source_port_changes;
    if (ports_.size() < most_ports) ports_.insert(info_.source.port);
    const bool back = ports_.contains(source.port);
    Finding finding = finding_at(back ? findings::rtp_two_senders : findings::rtp_source_port_changed, place);
    finding.expected = info_.source.text();
    finding.observed = source.text();
    // One step back may be a straggler.
    if (!back || info_.source_port_changes >= 4) emit_once(std::move(finding));
    info_.source = source;
}

void RtpTrack::see_rtcp(ByteView bytes, const RtpPlace& place) {
    ++info_.rtcp_packets;
    const wire::rtp::Rtcp rtcp = wire::rtp::parse_rtcp(bytes);
    if (!told_.contains(findings::rtp_rtcp_in_flow)) {
        Finding finding = finding_at(findings::rtp_rtcp_in_flow, place);
        finding.observed = wire::rtp::name_of_rtcp(bytes.size() > 1 ? bytes[1] : 0);
        emit_once(std::move(finding));
    }
    if (!rtcp.defect || place.cut > 0) return;
    Finding finding = finding_at(findings::rtp_rtcp_length, place);
    finding.observed = rtcp.defect->what;
    emit_once(std::move(finding));
}

// Copies --------------------------------------------------------------------------------------------------------

void RtpTrack::set_copy_of(const std::shared_ptr<const RtpTrack>& original) {
    original_ = original;
    info_.copy_of = original->info().number;
}

/// The original, while it goes on.
std::shared_ptr<const RtpTrack> RtpTrack::original() const {
    if (info_.copy_of == 0) return nullptr;
    std::shared_ptr<const RtpTrack> original = original_.lock();
    return original && last_.time - original->last_.time < copy_alone ? original : nullptr;
}

std::optional<bool> RtpTrack::has_seen(const RtpMark& mark) const noexcept {
    const RtpMark& seen = marks_[mark.sequence % marks_.size()];
    const Duration apart = mark.time < seen.time ? seen.time - mark.time : mark.time - seen.time;
    if (seen.time == Time{} || seen.sequence != mark.sequence || apart > copy_time) return std::nullopt;
    return seen.content == mark.content;
}

void RtpTrack::note(ByteView bytes, const RtpPlace& place) {
    const std::optional<RtpMark> mark = mark_of(bytes, place);
    if (!mark) return;
    marks_[mark->sequence % marks_.size()] = *mark;
    if (info_.copy_of == 0) return;
    const std::shared_ptr<const RtpTrack> original = original_.lock();
    if (!original || original->has_seen(*mark).value_or(true)) return;
    if (++unlike_original_ < copies_that_differ) return;
    original_.reset();
    info_.copy_of = 0;
}

/// What was lost between the original and its copy.
void RtpTrack::tell_loss_of_copy(const RtpTrack& original) {
    const RtpStatistics& seen = receiver_.statistics();
    const RtpStatistics& before = original.receiver_.statistics();
    if (!first_loss_ || seen.lost <= before.lost) return;
    first_loss_->observed = std::to_string(seen.lost - before.lost);
    sinks_.finding(std::move(*first_loss_));
}

// Packets in order ----------------------------------------------------------------------------------------------

void RtpTrack::in_order(const RtpInOrder& packet) {
    if (packet.lost_before > 0 && !packet.capture_lost) tell_of_loss(packet);
    if (packet.restarted) {
        Finding finding = finding_at(findings::rtp_sequence_jumps, packet.place);
        finding.expected = std::to_string(static_cast<std::uint16_t>(last_in_order_ + 1));
        finding.observed = std::to_string(packet.packet.sequence);
        emit(std::move(finding));
    }
    last_in_order_ = packet.packet.sequence;
    if (sinks_.rtp) sinks_.rtp(info_, packet);
    if (!judge_) find_stream(packet);
    if (judge_) judge_->see(packet);
}

/// Next to the receiver a number that is missing is missing. A capture may have missed it itself, one at the sender
/// mostly did.
Certainty RtpTrack::certainty_of_loss() const noexcept {
    if (origin_.live || origin_.dump || origin_.transport != Transport::udp) return Certainty::certain;
    return options_.seen_from == SeenFrom::device ? Certainty::possible : Certainty::likely;
}

void RtpTrack::tell_of_loss(const RtpInOrder& packet) {
    if (++losses_told_ > most_losses) return;
    Finding finding = finding_at(findings::rtp_lost, packet.place);
    finding.certainty = certainty_of_loss();
    finding.observed = std::to_string(packet.lost_before);
    finding.values = {{"first", std::to_string(packet.first_lost)}};
    emit(std::move(finding));
}

/// Waits for the first packet that shows what this is. What comes before the first pack is of no use to a judge.
void RtpTrack::find_stream(const RtpInOrder& packet) {
    if (holds_program_stream(packet.packet.payload)) {
        start_judge();
        return;
    }
    if (search_.over) return;
    if (search_.packets == 0 || packet.packet.timestamp != search_.timestamp) ++search_.frames;
    ++search_.packets;
    search_.timestamp = packet.packet.timestamp;
    const auto vote = static_cast<std::size_t>(wire::codec::container_of_rtp_payload(packet.packet.payload));
    if (vote < search_.votes.size()) ++search_.votes[vote];
    const bool named = search_.packets - search_.votes[0] > 0;
    if (search_.packets >= (named ? enough_packets : patient_packets) && search_.frames >= (named ? enough_frames : patient_frames))
        tell_not_ps(packet.place);
}

void RtpTrack::start_judge() {
    info_.container = Container::program_stream;
    search_.over = true;
    receiver_.set_clock(90'000);   // of PS, whatever its number or an SDP says
    PsJudge::Sinks sinks;
    sinks.finding = [this](Finding finding) { emit(std::move(finding)); };
    if (sinks_.frame) sinks.frame = [this](const MediaFrame& frame) { sinks_.frame(info_, frame); };
    if (sinks_.map) sinks.map = [this](const MapSeen& map) { sinks_.map(info_, map); };
    if (sinks_.packet) sinks.packet = [this](const PsPacketSeen& packet) { sinks_.packet(info_, packet); };
    if (options_.payload && sinks_.payload) sinks.payload = [this](const PayloadSeen& payload) { sinks_.payload(info_, payload); };
    if (options_.program_stream && sinks_.program_stream)
        sinks.program_stream = [this](ByteView pack, const MediaFrame* frame) { sinks_.program_stream(info_, pack, frame); };
    StreamContext context{.subject = subject_, .rtp = true, .times = origin_.times};
    context.udp = origin_.transport == Transport::udp && !origin_.dump;
    context.seen_from = options_.seen_from;
    judge_ = std::make_unique<PsJudge>(std::move(context), std::move(sinks));
    info_.stream = &judge_->report();
}

void RtpTrack::tell_not_ps(const RtpPlace& place) {
    search_.over = true;
    const auto most = std::max_element(search_.votes.begin() + 1, search_.votes.end());
    if (*most > 0) info_.container = static_cast<Container>(most - search_.votes.begin());
    if (is_audio_type(payload_type_)) return;
    Finding finding = finding_at(findings::media_not_ps, place);
    finding.certainty = is_bare_video_type(payload_type_) ? Certainty::possible : *most > 0 ? Certainty::certain : Certainty::likely;
    finding.expected = wire::codec::name_of(Container::program_stream);
    finding.observed = wire::codec::name_of(info_.container);
    finding.values = {{"type", std::to_string(payload_type_)}};
    emit_once(std::move(finding));
}

// The end -------------------------------------------------------------------------------------------------------

void RtpTrack::finish(bool cut) {
    receiver_.finish();
    if (!judge_ && !search_.over && search_.packets >= enough_frames) tell_not_ps(last_);
    tell_totals();
    if (judge_) judge_->finish(cut);
    if (const auto before = original()) tell_loss_of_copy(*before);
}

void RtpTrack::tell_totals() {
    const RtpStatistics& statistics = receiver_.statistics();
    const auto tell = [this](FindingId id, const RtpPlace& place, std::string observed, std::string expected = "",
                             Certainty certainty = Certainty::certain) {
        Finding finding = finding_at(id, place);
        finding.observed = std::move(observed);
        finding.expected = std::move(expected);
        finding.certainty = certainty;
        emit_once(std::move(finding));
    };
    if (statistics.reordered > 0) tell(findings::rtp_reordered, first_reordered_, std::to_string(statistics.reordered));
    if (statistics.duplicates > 0) tell(findings::rtp_duplicates, first_duplicate_, std::to_string(statistics.duplicates));
    const double loss = statistics.expected == 0 ? 0 : static_cast<double>(statistics.lost) / static_cast<double>(statistics.expected);
    if (statistics.expected >= enough_for_loss && loss > loss_limit)
        tell(findings::rtp_loss_above_limit, last_, fmt::format("{:.2f}%", loss * 100), "0.1%", certainty_of_loss());
    const bool enough = origin_.times && statistics.packets >= enough_for_jitter && !statistics.is_faster_than_live();
    if (enough && statistics.jitter_mean_ms > jitter_limit_ms)
        tell(findings::rtp_jitter_above_limit, first_jitter_, fmt::format("{:.0f}", statistics.jitter_mean_ms), fmt::format("{:.0f}", jitter_limit_ms),
             clock_guessed_ && !judge_ ? Certainty::possible : Certainty::certain);
}

}  // namespace gbkit::proto::observe
