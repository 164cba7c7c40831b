// One program stream judged: frames, program stream maps, timing, and every known way in which cameras get it wrong.
//
// In go the packets of one RTP source in order, or the bytes of a file. Out come frames, maps and findings. A finding
// points to the byte in the program stream, and to the RTP packet and capture frame that carried it. Nothing is said
// of what may be outside the input: before its first pack, after its end, in packets the capture missed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/finding.hpp"
#include "proto/observe/media/rtp_receiver.hpp"
#include "proto/observe/observer.hpp"
#include "wire/codec/video.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::observe {

/// A video frame (all PES of its stream in one pack, by pack and RTP timestamp) or an audio PES.
struct MediaFrame {
    std::uint64_t number = 0;                // in its stream, from 1
    std::uint8_t stream_id = 0;
    wire::codec::Codec codec = wire::codec::Codec::unknown;
    wire::codec::FrameType type = wire::codec::FrameType::unknown;
    std::uint64_t offset = 0;                // of its pack header (or PES) in the program stream
    std::uint64_t bytes = 0;                 // elementary stream bytes
    std::uint32_t pes_packets = 0;
    std::optional<std::uint64_t> pts, dts, scr;   // 90 kHz, as sent
    std::optional<std::uint32_t> rtp_timestamp;
    RtpPlace first, last;                    // packets that carried it
    std::uint32_t packets = 0;               // RTP packets
    std::vector<std::pair<std::uint16_t, std::uint16_t>> lost;  // ranges of sequence numbers, at most 16
    bool damaged = false;                    // bytes of it are missing
    bool depends_on_damage = false;          // follows a damaged frame, before the next key frame
};

/// A program stream map at first sight, and whenever its entries change.
struct MapSeen {
    const wire::ps::StreamMap& map;
    std::uint64_t number = 0;                // of all maps, from 1
    bool changed = false;                    // its entries differ from the last one's
    RtpPlace place;
};

/// One packet of the program stream, for --packets.
struct PsPacketSeen {
    std::uint64_t offset = 0;
    std::uint8_t id = 0;                     // stream id; BA pack, BB system header, BC map
    std::uint64_t bytes = 0;                 // whole, header included, as far as there
    std::optional<std::uint64_t> pts, dts, scr;
    RtpPlace place;
};

/// Payload of an elementary stream, for extraction. Belongs to the frame that is told next for this stream.
struct PayloadSeen {
    std::uint8_t stream_id = 0;
    ByteView bytes;
};

struct ElementaryStream {
    std::uint8_t id = 0;
    std::optional<std::uint8_t> stream_type;      // of its latest map entry
    wire::codec::Codec codec = wire::codec::Codec::unknown;   // by content; when that cannot tell, by the map
    bool codec_by_content = false;
    std::optional<wire::codec::VideoFormat> format;
    std::uint64_t pes_packets = 0, frames = 0, key_frames = 0, bytes = 0, damaged_frames = 0;
    std::optional<std::uint64_t> first_pts, last_pts;         // unwrapped, 90 kHz
    std::uint64_t largest_frame = 0;
    std::optional<double> frames_per_second;                  // by PTS
    std::optional<double> key_frame_interval_s;               // longest
    std::string private_signature;                            // hex of what private payloads begin with
};

struct StreamReport {
    std::uint64_t bytes = 0, packs = 0, pes_packets = 0, system_headers = 0, maps = 0;
    std::uint64_t frames = 0, key_frames = 0, damaged_frames = 0, undecodable_frames = 0;  // video; depends_on_damage
    std::uint64_t skipped_bytes = 0, missing_bytes = 0;
    std::optional<std::int64_t> duration_ms;                  // by PTS of the longest stream
    std::map<std::uint8_t, ElementaryStream> streams;
    std::optional<std::uint32_t> mux_rate;
};

/// What the input is, so that nothing is concluded that it cannot show.
struct StreamContext {
    std::string subject;          // of findings: "ssrc 0100003190", a file name
    bool rtp = false;             // came in RTP packets
    bool times = false;           // arrival times mean something (capture, live)
    bool udp = false;
    bool complete = false;        // the input begins and ends where the stream does (never true for captures)
    SeenFrom seen_from = SeenFrom::unknown;
};

class PsJudge {
public:
    struct Sinks {
        FindingSink finding;
        std::function<void(const MediaFrame&)> frame;         // the rest may be empty
        std::function<void(const MapSeen&)> map;
        std::function<void(const PsPacketSeen&)> packet;
        std::function<void(const PayloadSeen&)> payload;
        std::function<void(ByteView pack, const MediaFrame*)> program_stream;  // whole program stream bytes, pack by pack, for `extract --stream ps`
    };
    PsJudge(StreamContext context, Sinks sinks);
    ~PsJudge();

    void see(const RtpInOrder& packet);                       // RTP
    void see(ByteView bytes);                                 // a file
    [[nodiscard]] std::uint64_t skippable() const noexcept;   // as wire::ps::Parser::skippable, when nobody wants the payload
    void skip(std::uint64_t count);
    /// The end. `cut`: the input was ended by us or broke off, so what stands open is not the sender's fault.
    void finish(bool cut);

    [[nodiscard]] const StreamReport& report() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
