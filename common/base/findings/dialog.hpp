// Findings about INVITE dialogs, their SDP and the media they promise (GB/T 28181-2022 9.2, F.2, Annex G). Texts: dialog.cpp.
//
// I rows are those of the field tables that tests/fixtures/rows.tsv maps.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

// The answer to an INVITE or SUBSCRIBE is no
inline constexpr FindingId dialog_bad_request{"dialog-bad-request"};                    // I2: 400
inline constexpr FindingId dialog_busy{"dialog-busy"};                                  // I9: 486
inline constexpr FindingId dialog_not_acceptable{"dialog-not-acceptable"};              // I10: 488
inline constexpr FindingId dialog_refused{"dialog-refused"};                            // any other refusal
inline constexpr FindingId dialog_broadcast_refused{"dialog-broadcast-refused"};        // of an INVITE by which a device fetches the platform's voice
inline constexpr FindingId dialog_unanswered{"dialog-unanswered"};                      // no final answer in 32 s
inline constexpr FindingId dialog_event_refused{"dialog-event-refused"};                // I18: 489 to SUBSCRIBE

// SDP
inline constexpr FindingId dialog_media_address{"dialog-media-address"};                // I1: c= nobody can reach, and no media comes
inline constexpr FindingId dialog_ps_not_first{"dialog-ps-not-first"};                  // I3: refused, and PS is not the first rtpmap
inline constexpr FindingId dialog_ssrc_missing{"dialog-ssrc-missing"};                  // I4, info: no y=, or zero
inline constexpr FindingId dialog_ssrc_malformed{"dialog-ssrc-malformed"};              // I5
inline constexpr FindingId dialog_ssrc_changed{"dialog-ssrc-changed"};                  // I6, info: the answer has another y=
inline constexpr FindingId dialog_setup_conflict{"dialog-setup-conflict"};              // I8: both wait, or both dial
inline constexpr FindingId dialog_media_refused{"dialog-media-refused"};                // I8: the connection for the media meets a RST
inline constexpr FindingId dialog_media_unanswered{"dialog-media-unanswered"};          // I8, I11: its SYN meets silence
inline constexpr FindingId dialog_media_closed{"dialog-media-closed"};                  // I8: connected, and closed without a byte
inline constexpr FindingId dialog_media_wrong_way{"dialog-media-wrong-way"};            // I8: the side dials that had to wait
inline constexpr FindingId dialog_media_not_dialled{"dialog-media-not-dialled"};        // I8: nobody dials
inline constexpr FindingId dialog_payload_type{"dialog-payload-type"};                  // I15, info: another number than Annex C has
inline constexpr FindingId dialog_direction_conflict{"dialog-direction-conflict"};      // I16: both only receive, or both only send
inline constexpr FindingId dialog_audio_as_ps{"dialog-audio-as-ps"};                    // I16: a program stream where the SDP says audio
inline constexpr FindingId dialog_audio_before_ack{"dialog-audio-before-ack"};          // I16, info: to a Hikvision that waits for its ACK
inline constexpr FindingId dialog_port_zero{"dialog-port-zero"};                        // I17: refused, and the offer's port is 0

// The dialog's life
inline constexpr FindingId dialog_ack_missing{"dialog-ack-missing"};                    // I13: the 200 is repeated, no ACK
inline constexpr FindingId dialog_call_id_shared{"dialog-call-id-shared"};              // I14: two calls, one Call-ID
inline constexpr FindingId dialog_device_gave_up{"dialog-device-gave-up"};              // I11: the device's BYE within seconds, no media
inline constexpr FindingId dialog_bye_unknown{"dialog-bye-unknown"};                    // I12: 481 to BYE
inline constexpr FindingId dialog_ssrc_not_promised{"dialog-ssrc-not-promised"};        // I7: RTP with another SSRC than y=
inline constexpr FindingId dialog_media_after_bye{"dialog-media-after-bye"};            // I21: the stream goes on

// Inside a dialog
inline constexpr FindingId dialog_playback_start_line{"dialog-playback-start-line"};    // I19: refused INFO, another first line than RTSP/1.0
inline constexpr FindingId dialog_key_frame_spelling{"dialog-key-frame-spelling"};      // I20, info: IFameCmd or IFrameCmd

}  // namespace gbkit::findings
