// Findings about a capture itself: what it lost, so that nothing is concluded from what is not there.
// They describe the capture, not the devices; none is an error. Texts: capture.cpp.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

inline constexpr FindingId capture_cut_file{"capture-cut-file"};                  // ends inside a record, or a block is broken
inline constexpr FindingId capture_cut_frames{"capture-cut-frames"};              // snap length
inline constexpr FindingId capture_fragments_missing{"capture-fragments-missing"};// IP fragments whose rest never came
inline constexpr FindingId capture_fragments_conflict{"capture-fragments-conflict"};  // two fragments contradict each other
inline constexpr FindingId capture_tcp_gap{"capture-tcp-gap"};                    // acknowledged, never captured
inline constexpr FindingId capture_lost_packets{"capture-lost-packets"};          // the capture's own loss, and its share
inline constexpr FindingId capture_tcp_conflict{"capture-tcp-conflict"};          // sent twice with different content
inline constexpr FindingId capture_mirror_copies{"capture-mirror-copies"};        // second copies, counted once
inline constexpr FindingId capture_nat_both_sides{"capture-nat-both-sides"};      // before and after a NAT: judged once
inline constexpr FindingId capture_proxy_hops{"capture-proxy-hops"};              // before and after a SIP proxy: judged once
inline constexpr FindingId capture_twins{"capture-twins"};                        // sent twice or shown twice: not known
inline constexpr FindingId capture_unknown_link{"capture-unknown-link"};          // a link type we cannot read
inline constexpr FindingId capture_time_backwards{"capture-time-backwards"};      // frames older than the one before
inline constexpr FindingId capture_overrun{"capture-overrun"};                    // live: lost before we could read them
inline constexpr FindingId capture_nothing_to_judge{"capture-nothing-to-judge"};  // neither UDP nor TCP

}  // namespace gbkit::findings
