#include "proto/observe/media/rtp_stream.hpp"

#include <algorithm>

#include "proto/observe/media/rtp_track.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t most_pieces = 8192;       // remembered of bytes that wait in the framer
constexpr std::size_t rtsp_head = 512;          // bytes of a piece in which RTSP would show

bool speaks_rtsp(ByteView bytes) {
    return as_text(bytes.first(std::min(bytes.size(), rtsp_head))).find("RTSP/1.0") != std::string_view::npos;
}

}  // namespace

RtpStream::RtpStream(const Sink& sink, wire::rtp::Framing given, wire::rtp::Framer::Limits limits, Endpoint from, Endpoint to)
    : source(std::move(from)),
      destination(std::move(to)),
      sink_(sink),
      framer_({[this](const wire::rtp::FramedPacket& packet) { sink_.packet(*this, packet, place_of(packet.offset)); },
               [this](const wire::rtp::FramingBreak& broken) { sink_.broken(*this, broken, place_of(broken.offset)); }},
              given, limits) {}

RtpStream::~RtpStream() { set_last(nullptr); }

void RtpStream::set_last(RtpTrack* track) {
    if (last_ != nullptr) last_->links.stream = nullptr;
    last_ = track;
    if (track == nullptr) return;
    if (track->links.stream != nullptr) track->links.stream->last_ = nullptr;
    track->links.stream = this;
}

void RtpStream::push(const Packet& piece) {
    if (framer_.framing() == wire::rtp::Framing::none) return;
    if (pushed == 0) first_offset = piece.stream_offset - piece.gap;
    live = live || piece.direction != Direction::unknown;
    if (!rtsp && framer_.framing() == wire::rtp::Framing::undecided) rtsp = speaks_rtsp(piece.bytes);
    if (piece.gap > 0) {
        if (pushed > 0) framer_.gap(piece.gap);
        else first_offset += piece.gap;
        if (pushed > 0) pushed += piece.gap;
    }
    if (places_.size() < most_pieces) places_.push_back({pushed, piece.number, piece.time});
    pushed += piece.bytes.size();
    framer_.push(piece.bytes);
    if (framer_.buffered() == 0) places_.clear();
}

/// Where the byte at that offset came from; its offset in the stream.
RtpPlace RtpStream::place_of(std::uint64_t offset) {
    while (places_.size() > 1 && places_[1].offset <= offset) places_.pop_front();
    RtpPlace place{.offset = first_offset + offset};
    if (places_.empty()) return place;
    place.frame = places_.front().number;
    place.time = places_.front().time;
    return place;
}

}  // namespace gbkit::proto::observe
