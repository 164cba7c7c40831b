#include "proto/observe/media/ps_audio.hpp"

#include <algorithm>

#include "base/findings/ps.hpp"

namespace gbkit::proto::observe {

using wire::codec::Codec;

namespace {

constexpr std::uint32_t judged_limit = 16;         // PES packets looked at for AAC
constexpr std::uint32_t adts_enough = 3;           // in a row
constexpr std::size_t kept_bytes = 8192;           // of one PES packet
constexpr std::uint64_t guess_bytes = 256 * 1024;  // looked at for the law
constexpr std::uint32_t clock_enough = 4;

}  // namespace

void PsAudioRules::pes(const wire::ps::Pes& pes) {
    present_ = nullptr;
    if (!is_audio_id(pes.id) || scene_.generic) return;
    std::unique_ptr<Track>& slot = tracks_[pes.id & 31U];
    if (!slot) slot = std::make_unique<Track>();
    Track& track = *slot;
    const std::optional<std::uint8_t>& type = scene_.stream(pes.id).stream_type;
    if (type != track.type) {
        track = Track{};
        track.type = type;
    }
    present_ = &track;
    pes_ = pes;
    const Codec declared = type ? wire::codec::codec_of_stream_type(*type) : Codec::unknown;
    const bool g711 = declared == Codec::g711a || declared == Codec::g711u;
    track.wanted = track.judged < judged_limit || (g711 && !track.law_told && track.guessed < guess_bytes);
    track.payload.clear();
    if (g711 && scene_.tell.first(findings::media_g711_in_ps, pes.id)) {
        Finding finding = scene_.tell.at(findings::media_g711_in_ps, pes.offset);
        finding.observed = wire::codec::name_of(declared);
        finding.values.emplace_back("id", hex_id(pes.id));
        scene_.tell.tell(std::move(finding));
    }
}

void PsAudioRules::payload(const wire::ps::Payload& payload) {
    if (indifferent()) return;
    const std::size_t take = std::min(payload.bytes.size(), kept_bytes - std::min(kept_bytes, present_->payload.size()));
    present_->payload.insert(present_->payload.end(), payload.bytes.begin(), payload.bytes.begin() + static_cast<std::ptrdiff_t>(take));
}

void PsAudioRules::pes_end(const wire::ps::PesEnd& end) {
    if (present_ == nullptr) return;
    Track& track = *present_;
    present_ = nullptr;
    const bool whole = end.why == wire::ps::PesEnd::Why::complete;
    if (!whole) {
        track.pts.reset();
        return;
    }
    if (track.wanted && !track.payload.empty()) {
        if (track.judged < judged_limit) content(track, end.payload_bytes == track.payload.size());
        if (track.adts == 0) law(track);
    }
    const Codec codec = scene_.stream(pes_.id).codec;
    const bool g711 = codec == Codec::g711a || codec == Codec::g711u;
    if (g711) clock(track, end.payload_bytes);
}

/// AAC frames fill the PES packet, one after the other.
void PsAudioRules::content(Track& track, bool whole) {
    ++track.judged;
    if (!wire::codec::is_adts_chain(track.payload, whole)) {
        track.adts = 0;
        return;
    }
    if (track.adts == 0) track.first_adts = scene_.tell.at(findings::ps_aac_as_g711, pes_.offset);
    if (++track.adts != adts_enough) return;
    ElementaryStream& stream = scene_.stream(pes_.id);
    stream.codec = Codec::aac;
    stream.codec_by_content = true;
    const Codec declared = track.type ? wire::codec::codec_of_stream_type(*track.type) : Codec::unknown;
    if (declared != Codec::g711a && declared != Codec::g711u) return;
    track.first_adts->expected = wire::codec::name_of(declared);
    track.first_adts->values.emplace_back("id", hex_id(pes_.id));
    scene_.tell.tell(*track.first_adts);
}

void PsAudioRules::law(Track& track) {
    const Codec declared = track.type ? wire::codec::codec_of_stream_type(*track.type) : Codec::unknown;
    if (track.law_told || (declared != Codec::g711a && declared != Codec::g711u)) return;
    track.guess.push(track.payload);
    track.guessed += track.payload.size();
    const Codec heard = track.guess.codec();
    if (heard == Codec::unknown || heard == declared) return;
    track.law_told = true;
    Finding finding = scene_.tell.at(findings::ps_g711_law_differs, pes_.offset, Certainty::likely);
    finding.expected = wire::codec::name_of(declared);
    finding.observed = wire::codec::name_of(heard);
    finding.values.emplace_back("id", hex_id(pes_.id));
    scene_.tell.tell(std::move(finding));
}

/// PTS counts 1/90,000 s; one that moves on by the number of samples counts 1/8,000 s.
void PsAudioRules::clock(Track& track, std::uint64_t samples) {
    if (pes_.pts && track.pts && !scene_.damaged && !track.clock_told) {
        const std::int64_t step = clock_step(*track.pts, *pes_.pts);
        const bool hit = track.samples >= 80 && std::abs(step - static_cast<std::int64_t>(track.samples)) <= 1;
        track.clock_hits = hit ? track.clock_hits + 1 : 0;
        if (track.clock_hits == clock_enough) {
            track.clock_told = true;
            Finding finding = scene_.tell.at(findings::ps_audio_clock_8k, pes_.offset);
            finding.observed = std::to_string(step);
            finding.expected = std::to_string(track.samples * 90 / 8);
            finding.values.emplace_back("id", hex_id(pes_.id));
            finding.values.emplace_back("samples", std::to_string(track.samples));
            scene_.tell.tell(std::move(finding));
        }
    }
    track.pts = pes_.pts;
    track.samples = samples;
}

void PsAudioRules::lost() {
    for (const std::unique_ptr<Track>& track : tracks_)
        if (track) track->pts.reset();
}

}  // namespace gbkit::proto::observe
