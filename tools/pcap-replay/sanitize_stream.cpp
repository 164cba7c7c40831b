#include "sanitize_stream.hpp"

#include <algorithm>

#include "wire/sanitize/media.hpp"

namespace gbkit::replay_tool {

namespace rtp = wire::rtp;

namespace {

constexpr std::uint64_t undecided_limit = 256 * 1024;
constexpr std::uint64_t filler_limit = 1 << 20;

void append_text(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

}  // namespace

SanitizedStream::SanitizedStream(wire::sanitize::Messages& messages, const wire::sanitize::Aliases& aliases, bool keep_media)
    : messages_(messages), aliases_(aliases), keep_media_(keep_media) {
    rtp::Framer::Sink sink;
    sink.packet = [this](const rtp::FramedPacket& framed) { packet(framed); };
    sink.broken = [this](const rtp::FramingBreak& broken) {
        if (broken.gap) gap_ += broken.skipped;
        else from_rtp_.insert(from_rtp_.end(), static_cast<std::size_t>(std::min(broken.skipped, filler_limit)), std::uint8_t{0});
    };
    rtp_ = std::make_unique<rtp::Framer>(std::move(sink));
}

void SanitizedStream::packet(const rtp::FramedPacket& framed) {
    ByteWriter writer(from_rtp_);
    if (rtp_->framing() == rtp::Framing::interleaved) {
        writer.u8('$');
        writer.u8(framed.channel);
    }
    if (rtp_->framing() != rtp::Framing::bare) writer.u16be(static_cast<std::uint16_t>(framed.bytes.size()));
    writer.bytes(wire::sanitize::scrub_media(framed.bytes, keep_media_, aliases_));
    ++packets_seen_;
}

void SanitizedStream::push_sip(ByteView bytes, std::uint64_t gap) {
    if (gap > 0) sip_.lost(gap);
    sip_.push(as_text(bytes));
    while (const auto piece = sip_.next()) {
        // What was passed over, but for its end, which must not touch the start line.
        for (std::uint64_t skipped = std::min(sip_.skipped_bytes() - skipped_, filler_limit); skipped > 0; --skipped)
            from_sip_.push_back(skipped == 1 ? '\n' : 'x');
        for (; keepalives_ < sip_.keepalives(); ++keepalives_) append_text(from_sip_, "\r\n");
        skipped_ = sip_.skipped_bytes();
        append_text(from_sip_, messages_.scrub_message(piece->bytes));
        ++messages_seen_;
    }
    for (; keepalives_ < sip_.keepalives(); ++keepalives_) append_text(from_sip_, "\r\n");
}

void SanitizedStream::push_rtp(ByteView bytes, std::uint64_t gap) {
    if (gap > 0) rtp_->gap(gap);
    rtp_->push(bytes);
}

SanitizedStream::Output SanitizedStream::take(Bytes& bytes) {
    Output output{std::move(bytes), 0};
    bytes.clear();
    if (!output.bytes.empty()) std::swap(output.gap, gap_);
    return output;
}

SanitizedStream::Output SanitizedStream::push(const proto::Packet& piece) {
    if (kind_ != Kind::rtp && piece.gap > 0) gap_ += piece.gap;
    if (kind_ == Kind::other) {
        Bytes zeros(piece.bytes.size(), 0);
        return take(zeros);
    }
    if (kind_ == Kind::undecided || kind_ == Kind::sip) push_sip(piece.bytes, piece.gap);
    if (kind_ == Kind::undecided || kind_ == Kind::rtp) push_rtp(piece.bytes, piece.gap);
    if (kind_ == Kind::undecided) {
        undecided_bytes_ += piece.bytes.size();
        if (messages_seen_ > 0) kind_ = Kind::sip;
        else if (packets_seen_ > 0) kind_ = Kind::rtp;
        else if (undecided_bytes_ >= undecided_limit) {
            kind_ = Kind::other;
            Bytes zeros(static_cast<std::size_t>(undecided_bytes_), 0);
            return take(zeros);
        }
    }
    if (kind_ == Kind::sip) return take(from_sip_);
    if (kind_ == Kind::rtp) return take(from_rtp_);
    return {};
}

SanitizedStream::Output SanitizedStream::finish() {
    if (kind_ == Kind::undecided || kind_ == Kind::rtp) rtp_->finish();
    if (kind_ == Kind::undecided && packets_seen_ > 0) kind_ = Kind::rtp;
    if (kind_ == Kind::rtp) return take(from_rtp_);
    Bytes zeros(kind_ == Kind::undecided ? static_cast<std::size_t>(undecided_bytes_) : sip_.buffered(), 0);
    return take(zeros);
}

}  // namespace gbkit::replay_tool
