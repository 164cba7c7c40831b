#include "proto/observe/media/ps_maps.hpp"

#include <algorithm>
#include <utility>

#include "base/findings/ps.hpp"

namespace gbkit::proto::observe {

using wire::codec::Codec;
using wire::codec::FrameType;
using wire::ps::Crc;
using wire::ps::StreamMap;

namespace {

constexpr std::uint64_t patience = 3;   // maps that a stream may wait for its entry

std::string hex32(std::uint32_t value) {
    const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                                            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
    return to_hex(bytes);
}

/// "0x1B (H.264)"
std::string type_text(std::uint8_t type) {
    const Codec codec = wire::codec::codec_of_stream_type(type);
    return "0x" + hex_id(type) + (codec == Codec::unknown ? "" : " (" + std::string(wire::codec::name_of(codec)) + ")");
}

}  // namespace

void PsMapRules::map(const StreamMap& map) {
    if (!map.whole && scene_.damaged) return;
    ++scene_.report.maps;
    checksum(map);
    lengths(map);
    entries(map);
}

PsMapRules::Known& PsMapRules::of(std::uint8_t id) {
    if (!known_[id]) known_[id] = std::make_unique<Known>();
    return *known_[id];
}

void PsMapRules::checksum(const StreamMap& map) {
    if (!map.whole || map.crc == Crc::ok) return;
    const FindingId id = map.crc == Crc::swapped ? findings::ps_psm_crc_swapped
                         : map.crc == Crc::zero  ? findings::ps_psm_crc_zero
                                                 : findings::ps_psm_crc_bad;
    Finding finding = scene_.tell.at(id, map.offset);
    finding.expected = hex32(map.crc_computed);
    finding.observed = hex32(map.crc_stored);
    scene_.tell.tell(std::move(finding));
}

void PsMapRules::lengths(const StreamMap& map) {
    bool hidden = false;
    for (const wire::ps::StreamMapEntry& entry : map.entries) {
        if (entry.descriptors_fit && !entry.hides) continue;
        Finding finding = scene_.tell.at(entry.hides ? findings::ps_psm_entry_hidden : findings::ps_psm_descriptors_overrun, map.offset);
        finding.observed = std::to_string(entry.info_length);
        finding.values.emplace_back("id", hex_id(entry.id));
        if (entry.hides) {
            finding.values.emplace_back("hidden", hex_id(*entry.hides));
            of(*entry.hides).hidden = true;
            hidden = true;
        }
        scene_.tell.tell(std::move(finding));
    }
    if (hidden || (map.lengths_fit && map.whole)) return;
    Finding finding = scene_.tell.at(findings::ps_psm_lengths_differ, map.offset);
    finding.expected = std::to_string(10U + map.info_length + map.map_length);
    finding.observed = std::to_string(map.length);
    scene_.tell.tell(std::move(finding));
}

void PsMapRules::entries(const StreamMap& map) {
    std::vector<Entry> now;
    for (const wire::ps::StreamMapEntry& entry : map.entries) now.push_back({entry.type, entry.id});
    const bool first = scene_.report.maps == 1;
    const bool changed = !first && now != entries_;
    if (!first && !changed && map.version != version_ && scene_.tell.first(findings::ps_psm_version_moves)) {
        Finding finding = scene_.tell.at(findings::ps_psm_version_moves, map.offset);
        finding.expected = std::to_string(version_);
        finding.observed = std::to_string(map.version);
        scene_.tell.tell(std::move(finding));
    }
    version_ = map.version;
    if (first || changed) {
        for (const Entry& entry : entries_)
            if (std::none_of(now.begin(), now.end(), [&](const Entry& each) { return each.id == entry.id; })) of(entry.id).declared.reset();
        for (const Entry& entry : now) {
            Known& known = of(entry.id);
            if (known.declared && *known.declared != entry.type) {
                known.flip = scene_.tell.at(findings::ps_psm_type_flips, map.offset);
                known.flip->expected = type_text(*known.declared);
                known.flip->observed = type_text(entry.type);
                known.flip->values.emplace_back("id", hex_id(entry.id));
                const auto stream = scene_.report.streams.find(entry.id);
                known.before_flip = stream != scene_.report.streams.end() && stream->second.codec_by_content ? stream->second.codec : Codec::unknown;
            }
            known.declared = entry.type;
            if (const auto stream = scene_.report.streams.find(entry.id); stream != scene_.report.streams.end()) stream->second.stream_type = entry.type;
        }
        entries_ = std::move(now);
        if (sinks_.map) {
            const PsSegment* const segment = scene_.places.at(map.offset);
            sinks_.map({map, scene_.report.maps, changed, segment ? segment->place : RtpPlace{}});
        }
    }
    late_or_missing();
}

/// A map came: which streams had to wait for it, and which wait still?
void PsMapRules::late_or_missing() {
    if (no_map_ && !no_map_told_) {
        Finding finding = *no_map_;
        finding.id = findings::ps_psm_stream_late;
        no_map_.reset();
        scene_.tell.tell(std::move(finding));
    }
    for (const auto& [id, stream] : scene_.report.streams) {
        Known& known = of(id);
        if (!known.unmapped) continue;
        if (known.declared) {
            known.unmapped->id = findings::ps_psm_stream_late;
            scene_.tell.tell(*std::exchange(known.unmapped, std::nullopt));
        } else if (++known.unmapped_maps == patience) {
            scene_.tell.tell(*known.unmapped);
        }
    }
}

void PsMapRules::pes(const wire::ps::Pes& pes) {
    if (!is_video_id(pes.id) && !is_audio_id(pes.id)) return;
    Known& known = of(pes.id);
    ElementaryStream& stream = scene_.stream(pes.id);
    stream.stream_type = known.declared;
    if (known.declared || known.hidden || known.unmapped || scene_.report.maps == 0 || scene_.damaged) return;
    known.unmapped = scene_.tell.at(findings::ps_psm_stream_missing, pes.offset);
    known.unmapped->values.emplace_back("id", hex_id(pes.id));
}

void PsMapRules::frame(const FrameDone& over) {
    if (!is_video_id(over.stream.id) || over.frame.damaged || scene_.generic) return;
    if (over.frame.type == FrameType::key && over.whole_start && scene_.report.maps == 0) {
        if (!no_map_) {
            no_map_ = scene_.tell.at(findings::ps_no_psm, over.frame);
            no_map_->values.emplace_back("id", hex_id(over.stream.id));
        } else if (!std::exchange(no_map_told_, true)) {
            scene_.tell.tell(*no_map_);
        }
    }
    codec(over);
}

/// What the parameter sets show against what the map says.
void PsMapRules::codec(const FrameDone& over) {
    Known& known = of(over.stream.id);
    if (over.unit == nullptr || over.unit->codec == Codec::unknown || !known.declared) return;
    if (!over.unit->sps && !over.map_in_pack) return;
    if (known.flip) {
        if (known.before_flip == over.unit->codec) scene_.tell.tell(*known.flip);
        known.flip.reset();
    }
    const Codec declared = wire::codec::codec_of_stream_type(*known.declared);
    if (declared == Codec::unknown || declared == over.unit->codec) return;
    if (!scene_.tell.first(findings::ps_codec_differs, over.stream.id * 256U + *known.declared)) return;
    Finding finding = scene_.tell.at(findings::ps_codec_differs, over.frame);
    finding.expected = type_text(*known.declared);
    finding.observed = wire::codec::name_of(over.unit->codec);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    scene_.tell.tell(std::move(finding));
}

void PsMapRules::finish() {
    if (no_map_ && !no_map_told_ && !scene_.generic) scene_.tell.tell(*no_map_);
    for (const auto& [id, stream] : scene_.report.streams)
        if (Known& known = of(id); known.unmapped && known.unmapped_maps > 0 && known.unmapped_maps < patience) scene_.tell.tell(*known.unmapped);
}

}  // namespace gbkit::proto::observe
