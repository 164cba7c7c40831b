// Rules about pack, system and PES headers and their lengths (ISO/IEC 13818-1 2.4.3.6, 2.5.3).
#pragma once

#include <set>

#include "proto/observe/media/ps_scene.hpp"

namespace gbkit::proto::observe {

class PsHeaderRules {
public:
    explicit PsHeaderRules(PsScene& scene) : scene_(scene) {}

    void pack(const wire::ps::Pack& pack);
    void system_header(const wire::ps::SystemHeader& header);
    void pes(const wire::ps::Pes& pes);
    /// False when it has seen enough of this private PES packet.
    bool private_payload(const wire::ps::Payload& payload);
    void private_end(const wire::ps::Pes& pes);
    void pes_end(const wire::ps::Pes& pes, const wire::ps::PesEnd& end);
    /// True when the bytes are missing from the frame before them.
    bool skipped(const wire::ps::Skipped& skipped);
    void finish(bool cut);

private:
    void range(std::uint64_t offset, std::string_view field, std::uint64_t observed, std::string_view expected);
    void split(std::uint64_t offset, std::uint64_t bytes);

    PsScene& scene_;
    bool stuffing_told_ = false, pes_stuffing_told_ = false, split_told_ = false, alone_told_ = false;
    std::uint32_t largest_mux_rate_ = 0;
    std::optional<std::uint32_t> rate_bound_;
    bool rate_told_ = false;
    std::set<std::uint8_t> bounded_;                // stream ids the system header lists
    std::optional<Finding> absent_;                 // at the first system header, told at the end
    Bytes system_header_;
    Bytes signature_;                               // of a private stream, as far as read
    std::optional<std::uint32_t> pack_timestamp_;   // RTP timestamp of the last pack header
    std::uint64_t last_pes_ = 0;                    // offset of the last PES header
    std::uint16_t last_length_ = 0;
    std::optional<wire::ps::PesEnd> ended_;         // the last PES packet, when nothing followed it yet
    std::optional<Finding> ends_inside_;
};

}  // namespace gbkit::proto::observe
