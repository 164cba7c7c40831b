// Rules about audio: what the payload is against what the map says, and the clock of its PTS.
#pragma once

#include <array>
#include <memory>

#include "proto/observe/media/ps_frames.hpp"
#include "proto/observe/media/ps_scene.hpp"
#include "wire/codec/audio.hpp"

namespace gbkit::proto::observe {

class PsAudioRules {
public:
    explicit PsAudioRules(PsScene& scene) : scene_(scene) {}

    void pes(const wire::ps::Pes& pes);
    void payload(const wire::ps::Payload& payload);
    void pes_end(const wire::ps::PesEnd& end);
    void lost();
    /// The present PES packet's payload is of no interest.
    [[nodiscard]] bool indifferent() const noexcept { return present_ == nullptr || !present_->wanted; }

private:
    struct Track {
        std::optional<std::uint8_t> type;       // stream_type it was judged under
        std::uint32_t judged = 0;               // PES packets
        std::uint32_t adts = 0;                 // of them ADTS chains, in a row
        std::optional<Finding> first_adts;
        bool wanted = false;
        Bytes payload;                          // of the present PES packet, while it is wanted
        wire::codec::G711Guess guess;
        bool law_told = false, clock_told = false;
        std::uint64_t guessed = 0;
        std::optional<std::uint64_t> pts;       // of the PES packet before
        std::uint64_t samples = 0;              // in it
        std::uint32_t clock_hits = 0;
    };
    void content(Track& track, bool whole);
    void law(Track& track);
    void clock(Track& track, std::uint64_t samples);

    PsScene& scene_;
    std::array<std::unique_ptr<Track>, 32> tracks_;
    Track* present_ = nullptr;
    wire::ps::Pes pes_;
};

}  // namespace gbkit::proto::observe
