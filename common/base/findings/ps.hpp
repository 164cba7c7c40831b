// Findings about an MPEG program stream and the video and audio in it: what cameras get wrong, and their habits.
// Texts: ps.cpp. Rows 1-36 of the field table and M1-M23 of the platforms' table (tests/fixtures/rows.tsv).
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// The program stream map.
inline constexpr FindingId ps_psm_crc_swapped{"ps-psm-crc-swapped"};              // right value, little-endian (Hikvision)
inline constexpr FindingId ps_psm_crc_zero{"ps-psm-crc-zero"};                    // not computed
inline constexpr FindingId ps_psm_crc_bad{"ps-psm-crc-bad"};
inline constexpr FindingId ps_psm_entry_hidden{"ps-psm-entry-hidden"};            // a length swallows the next entry
inline constexpr FindingId ps_psm_descriptors_overrun{"ps-psm-descriptors-overrun"};
inline constexpr FindingId ps_psm_lengths_differ{"ps-psm-lengths-differ"};
inline constexpr FindingId ps_no_psm{"ps-no-psm"};
inline constexpr FindingId ps_psm_type_flips{"ps-psm-type-flips"};                // the type changes, the content does not
inline constexpr FindingId ps_psm_stream_late{"ps-psm-stream-late"};              // a stream before its entry
inline constexpr FindingId ps_psm_stream_missing{"ps-psm-stream-missing"};        // a stream without an entry
inline constexpr FindingId ps_psm_version_moves{"ps-psm-version-moves"};          // and the entries stay

// What the map says and what the bytes are.
inline constexpr FindingId ps_codec_differs{"ps-codec-differs"};
inline constexpr FindingId ps_aac_as_g711{"ps-aac-as-g711"};
inline constexpr FindingId ps_g711_law_differs{"ps-g711-law-differs"};

// Headers and lengths.
inline constexpr FindingId ps_pack_empty{"ps-pack-empty"};
inline constexpr FindingId ps_pack_stuffing_data{"ps-pack-stuffing-data"};
inline constexpr FindingId ps_pes_stuffing{"ps-pes-stuffing"};
inline constexpr FindingId ps_private_stream{"ps-private-stream"};
inline constexpr FindingId ps_extra_zeros{"ps-extra-zeros"};
inline constexpr FindingId ps_pes_length_zero{"ps-pes-length-zero"};
inline constexpr FindingId ps_pes_too_long{"ps-pes-too-long"};                    // its length promises more than comes
inline constexpr FindingId ps_pes_length_wrapped{"ps-pes-length-wrapped"};        // modulo 65,536
inline constexpr FindingId ps_place_lost{"ps-place-lost"};                        // a length leads to no header
inline constexpr FindingId ps_pes_header_short{"ps-pes-header-short"};            // header_data_length at byte 7
inline constexpr FindingId ps_pes_header_broken{"ps-pes-header-broken"};
inline constexpr FindingId ps_header_split{"ps-header-split"};                    // over two RTP packets
inline constexpr FindingId ps_header_range{"ps-header-range"};
inline constexpr FindingId ps_audio_without_pack{"ps-audio-without-pack"};
inline constexpr FindingId ps_system_header_absent_streams{"ps-system-header-absent-streams"};
inline constexpr FindingId ps_system_header_differs{"ps-system-header-differs"};
inline constexpr FindingId ps_leading_bytes{"ps-leading-bytes"};
inline constexpr FindingId ps_imkh_header{"ps-imkh-header"};
inline constexpr FindingId ps_ends_inside{"ps-ends-inside"};

// GB/T 28181-2022 Annex C.1.
inline constexpr FindingId ps_not_gb{"ps-not-gb"};                                // another muxer's program stream
inline constexpr FindingId ps_frames_in_one_pack{"ps-frames-in-one-pack"};
inline constexpr FindingId ps_frame_over_packs{"ps-frame-over-packs"};

// Timing.
inline constexpr FindingId ps_timestamp_wrap{"ps-timestamp-wrap"};                // at 2^33, as it must
inline constexpr FindingId ps_timestamp_wraps_early{"ps-timestamp-wraps-early"};  // at 2^32
inline constexpr FindingId ps_timestamp_jump{"ps-timestamp-jump"};
inline constexpr FindingId ps_timestamps_zero{"ps-timestamps-zero"};
inline constexpr FindingId ps_pts_missing{"ps-pts-missing"};
inline constexpr FindingId ps_audio_clock_8k{"ps-audio-clock-8k"};
inline constexpr FindingId ps_gap_too_long{"ps-gap-too-long"};                    // over 0.7 s in a stream of a steady rate

// The pictures.
inline constexpr FindingId media_frames_damaged{"media-frames-damaged"};          // bytes lost: broken until the next key frame
inline constexpr FindingId media_no_parameter_sets{"media-no-parameter-sets"};
inline constexpr FindingId media_parameter_sets_rare{"media-parameter-sets-rare"};// not before each key frame
inline constexpr FindingId media_no_key_frame{"media-no-key-frame"};
inline constexpr FindingId media_g711_in_ps{"media-g711-in-ps"};
inline constexpr FindingId media_short_start_codes{"media-short-start-codes"};
inline constexpr FindingId media_profile_above_baseline{"media-profile-above-baseline"};
inline constexpr FindingId media_h265_for_browser{"media-h265-for-browser"};      // H.265: few web players show it

}  // namespace gbkit::findings
