#include "proto/observe/media/ps_headers.hpp"

#include <algorithm>

#include "base/findings/ps.hpp"

namespace gbkit::proto::observe {

using wire::ps::PesEnd;

namespace {

constexpr std::size_t signature_bytes = 8;

}  // namespace

void PsHeaderRules::range(std::uint64_t offset, std::string_view field, std::uint64_t observed, std::string_view expected) {
    Finding finding = scene_.tell.at(findings::ps_header_range, offset);
    finding.observed = std::to_string(observed);
    finding.expected = expected;
    finding.values.emplace_back("field", field);
    scene_.tell.tell(std::move(finding));
}

/// A header that does not end in the RTP packet in which it begins.
void PsHeaderRules::split(std::uint64_t offset, std::uint64_t bytes) {
    if (split_told_ || !scene_.context.rtp) return;
    const PsSegment* const segment = scene_.places.at(offset);
    if (segment == nullptr || offset + bytes <= segment->end) return;
    split_told_ = true;
    Finding finding = scene_.tell.at(findings::ps_header_split, offset);
    finding.observed = std::to_string(segment->end - offset);
    finding.expected = std::to_string(bytes);
    scene_.tell.tell(std::move(finding));
}

void PsHeaderRules::pack(const wire::ps::Pack& pack) {
    ++scene_.report.packs;
    if (const PsSegment* const segment = scene_.places.at(pack.offset)) pack_timestamp_ = segment->timestamp;
    if (pack.empty) return scene_.tell.tell(scene_.tell.at(findings::ps_pack_empty, pack.offset));
    scene_.report.mux_rate = pack.mux_rate;
    split(pack.offset, pack.mpeg1 ? 12U : 14U + pack.stuffing_length);
    if (!stuffing_told_ && std::any_of(pack.stuffing.begin(), pack.stuffing.begin() + pack.stuffing_length, [](std::uint8_t byte) { return byte != 0xFF; })) {
        stuffing_told_ = true;
        Finding finding = scene_.tell.at(findings::ps_pack_stuffing_data, pack.offset);
        finding.observed = to_hex(ByteView(pack.stuffing.data(), pack.stuffing_length));
        scene_.tell.tell(std::move(finding));
    }
    if (pack.scr_extension > 299) range(pack.offset, "SCR_ext", pack.scr_extension, "0-299");
    if (pack.mux_rate == 0) range(pack.offset, "program_mux_rate", 0, "1-4194303");
    if (!pack.markers) range(pack.offset, "marker_bit (pack)", 0, "1");
    largest_mux_rate_ = std::max(largest_mux_rate_, pack.mux_rate);
    if (!rate_told_ && rate_bound_ && pack.mux_rate > *rate_bound_) {
        rate_told_ = true;
        range(pack.offset, "program_mux_rate", pack.mux_rate, "<= rate_bound " + std::to_string(*rate_bound_));
    }
}

void PsHeaderRules::system_header(const wire::ps::SystemHeader& header) {
    ++scene_.report.system_headers;
    if (!header.whole) return;
    split(header.offset, 6U + header.length);
    if (header.audio_bound > 32) range(header.offset, "audio_bound", header.audio_bound, "0-32");
    if (header.video_bound > 16) range(header.offset, "video_bound", header.video_bound, "0-16");
    if (!header.markers) range(header.offset, "marker_bit (system header)", 0, "1");
    rate_bound_ = header.rate_bound;
    if (!rate_told_ && scene_.pack && !scene_.pack->empty && scene_.pack->mux_rate > header.rate_bound) {
        rate_told_ = true;
        range(header.offset, "rate_bound", header.rate_bound, ">= program_mux_rate " + std::to_string(scene_.pack->mux_rate));
    }
    for (const wire::ps::StreamBound& bound : header.streams) bounded_.insert(bound.stream_id);
    if (!absent_) absent_ = scene_.tell.at(findings::ps_system_header_absent_streams, header.offset);
    if (system_header_.empty()) {
        system_header_.assign(header.raw.begin(), header.raw.end());
    } else if (!std::equal(header.raw.begin(), header.raw.end(), system_header_.begin(), system_header_.end()) &&
               !scene_.damaged && scene_.tell.first(findings::ps_system_header_differs)) {
        scene_.tell.tell(scene_.tell.at(findings::ps_system_header_differs, header.offset));
    }
}

void PsHeaderRules::pes(const wire::ps::Pes& pes) {
    ++scene_.report.pes_packets;
    ended_.reset();
    last_pes_ = pes.offset;
    last_length_ = pes.length;
    const auto about = [&](FindingId id) {
        Finding finding = scene_.tell.at(id, pes.offset);
        finding.values.emplace_back("id", hex_id(pes.id));
        return finding;
    };
    if (pes.zeros_before > 0) {
        Finding finding = about(findings::ps_extra_zeros);
        finding.observed = std::to_string(pes.zeros_before);
        scene_.tell.tell(std::move(finding));
    }
    if (pes.length == 0 && pes.id != wire::ps::stream_id::padding) scene_.tell.tell(about(findings::ps_pes_length_zero));
    if (pes.layout == wire::ps::Pes::Layout::one_byte_short) scene_.tell.tell(about(findings::ps_pes_header_short));
    else if (!pes.header_fits || pes.forbidden_pts_dts || !pes.markers) scene_.tell.tell(about(findings::ps_pes_header_broken));
    if (!pes.stuffing_ff && !pes_stuffing_told_) {
        pes_stuffing_told_ = true;
        scene_.tell.tell(about(findings::ps_pes_stuffing));
    }
    split(pes.offset, pes.header_bytes);
    if (alone_told_ || !is_audio_id(pes.id) || !scene_.context.rtp || scene_.damaged || !pack_timestamp_) return;
    if (const PsSegment* const segment = scene_.places.at(pes.offset); segment && segment->timestamp != *pack_timestamp_) {
        alone_told_ = true;
        scene_.tell.tell(about(findings::ps_audio_without_pack));
    }
}

/// What a private stream is recognised by: its first bytes.
bool PsHeaderRules::private_payload(const wire::ps::Payload& payload) {
    const std::size_t take = std::min(signature_bytes - signature_.size(), payload.bytes.size());
    signature_.insert(signature_.end(), payload.bytes.begin(), payload.bytes.begin() + static_cast<std::ptrdiff_t>(take));
    return signature_.size() < signature_bytes;
}

void PsHeaderRules::private_end(const wire::ps::Pes& pes) {
    if (signature_.empty()) return;
    ElementaryStream& stream = scene_.stream(pes.id);
    stream.private_signature = to_hex(signature_);
    signature_.clear();
    Finding finding = scene_.tell.at(findings::ps_private_stream, pes.offset);
    finding.observed = stream.private_signature;
    finding.values.emplace_back("id", hex_id(pes.id));
    scene_.tell.tell(std::move(finding));
}

void PsHeaderRules::pes_end(const wire::ps::Pes& pes, const PesEnd& end) {
    if (end.why == PesEnd::Why::next_start && end.missing > 0 && pes.length != 0 && !scene_.damaged) {
        Finding finding = scene_.tell.at(findings::ps_pes_too_long, pes.offset, scene_.context.rtp ? Certainty::certain : Certainty::likely);
        finding.expected = std::to_string(pes.length);
        finding.observed = std::to_string(end.missing);
        finding.values.emplace_back("id", hex_id(pes.id));
        scene_.tell.tell(std::move(finding));
    }
    if (end.why == PesEnd::Why::end && end.missing > 0) {
        ends_inside_ = scene_.tell.at(findings::ps_ends_inside, pes.offset);
        ends_inside_->observed = std::to_string(end.missing);
        ends_inside_->values.emplace_back("id", hex_id(pes.id));
    }
    if (end.why == PesEnd::Why::complete) ended_ = end;
}

bool PsHeaderRules::skipped(const wire::ps::Skipped& skipped) {
    using Why = wire::ps::Skipped::Why;
    if (skipped.why != Why::leading || scene_.report.packs > 0) scene_.report.skipped_bytes += skipped.count;
    if (skipped.why == Why::zeros) return false;
    if (skipped.why == Why::leading) {
        if (scene_.context.rtp) return false;
        const std::string_view head(reinterpret_cast<const char*>(skipped.head.data()), skipped.head_bytes);
        Finding finding = scene_.tell.at(head.starts_with("IMKH") ? findings::ps_imkh_header : findings::ps_leading_bytes, skipped.offset);
        finding.observed = std::to_string(skipped.count);
        finding.values.emplace_back("head", to_hex(ByteView(skipped.head.data(), skipped.head_bytes)));
        scene_.tell.tell(std::move(finding));
        return false;
    }
    if (scene_.damaged || scene_.report.packs == 0) return false;
    const bool wrapped = ended_ && last_length_ != 0 && skipped.count % 65536 == 0;
    Finding finding = scene_.tell.at(wrapped ? findings::ps_pes_length_wrapped : findings::ps_place_lost, wrapped ? last_pes_ : skipped.offset,
                                     scene_.context.rtp || wrapped ? Certainty::certain : Certainty::likely);
    finding.observed = std::to_string(skipped.count);
    finding.expected = std::to_string(last_length_);
    finding.values.emplace_back("next", std::to_string(skipped.offset + skipped.count));
    finding.values.emplace_back("size", std::to_string(last_length_ + skipped.count));
    scene_.tell.tell(std::move(finding));
    return !wrapped;
}

void PsHeaderRules::finish(bool cut) {
    if (!cut && scene_.context.complete && ends_inside_) scene_.tell.tell(*ends_inside_);
    // A stream that is announced may come later: only something longer than a few frames can show that it does not.
    if (!absent_ || scene_.generic || scene_.report.frames < 50) return;
    std::vector<std::string> absent;
    for (const std::uint8_t id : bounded_)
        if (id >= 0xBC && !scene_.report.streams.contains(id)) absent.push_back(hex_id(id));
    if (absent.empty()) return;
    absent_->observed = join(absent, ", ");
    scene_.tell.tell(*absent_);
}

}  // namespace gbkit::proto::observe
