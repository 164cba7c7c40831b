// Findings about RTP and how it travels: loss, order, senders, and the framing on TCP.
// Texts: rtp.cpp. Rows 28-34 of the program stream table, M1-M7, M21-M23 of the platforms' table.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// Loss, order and time.
inline constexpr FindingId rtp_lost{"rtp-lost"};
inline constexpr FindingId rtp_loss_above_limit{"rtp-loss-above-limit"};
inline constexpr FindingId rtp_jitter_above_limit{"rtp-jitter-above-limit"};
inline constexpr FindingId rtp_reordered{"rtp-reordered"};
inline constexpr FindingId rtp_duplicates{"rtp-duplicates"};
inline constexpr FindingId rtp_sequence_jumps{"rtp-sequence-jumps"};              // a new run without a new SSRC
inline constexpr FindingId rtp_silence{"rtp-silence"};                            // longer than servers wait
inline constexpr FindingId rtp_timestamp_within_frame{"rtp-timestamp-within-frame"};  // differs inside one frame
inline constexpr FindingId rtp_timestamp_repeats{"rtp-timestamp-repeats"};        // the same over several frames

// Packets and their senders.
inline constexpr FindingId rtp_malformed{"rtp-malformed"};
inline constexpr FindingId rtp_header_extension{"rtp-header-extension"};
inline constexpr FindingId rtp_payload_type_changes{"rtp-payload-type-changes"};
inline constexpr FindingId rtp_ssrc_differs{"rtp-ssrc-differs"};                  // from what y= promised
inline constexpr FindingId rtp_ssrc_unusual{"rtp-ssrc-unusual"};                  // first of its ten digits is not 0 or 1
inline constexpr FindingId rtp_two_senders{"rtp-two-senders"};
inline constexpr FindingId rtp_source_port_changed{"rtp-source-port-changed"};
inline constexpr FindingId rtp_rtcp_in_flow{"rtp-rtcp-in-flow"};
inline constexpr FindingId rtp_rtcp_length{"rtp-rtcp-length"};

// TCP.
inline constexpr FindingId rtp_framing_lost{"rtp-framing-lost"};
inline constexpr FindingId rtp_framing_absent{"rtp-framing-absent"};              // packets without lengths
inline constexpr FindingId rtp_framing_interleaved{"rtp-framing-interleaved"};
inline constexpr FindingId rtp_framing_ehome{"rtp-framing-ehome"};
inline constexpr FindingId rtp_starts_mid_packet{"rtp-starts-mid-packet"};

// What it carries.
inline constexpr FindingId media_not_ps{"media-not-ps"};

}  // namespace gbkit::findings
