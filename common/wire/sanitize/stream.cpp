#include "wire/sanitize/stream.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/load.hpp"
#include "wire/sanitize/media.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::uint64_t undecided_limit = 256 * 1024;

bool is_alnum(std::uint8_t c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Bytes of SIP that belong to no message: signs and line ends stay, they decide where the next message begins.
Bytes masked(ByteView old) {
    Bytes text(old.begin(), old.end());
    for (std::uint8_t& c : text)
        if (is_alnum(c)) c = 'x';
        else if (c >= 0x80) c = '?';
    return text;
}

bool is_keepalive(ByteView bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == '\r' || byte == '\n'; });
}

std::size_t length_bytes(rtp::Framing framing) noexcept { return framing == rtp::Framing::bare ? 0 : framing == rtp::Framing::interleaved ? 4 : 2; }

}  // namespace

Stream::Stream(Messages& messages, const Aliases& aliases, bool keep_media, Sink sink)
    : messages_(messages), aliases_(aliases), keep_media_(keep_media), sink_(std::move(sink)) {
    rtp::Framer::Sink packets;
    packets.packet = [this](const rtp::FramedPacket& framed) { packet(framed); };
    rtp_ = std::make_unique<rtp::Framer>(std::move(packets));
}

void Stream::give(std::size_t old_bytes, Bytes bytes) {
    if (old_bytes == 0) return;
    given_ += old_bytes;
    done_ += old_bytes;
    sink_({old_bytes, std::move(bytes), false});
}

// As long, and nothing that a reader takes for a message or a packet.
Bytes Stream::filler(ByteView old) const {
    if (kind_ == Kind::sip || is_keepalive(old)) return masked(old);
    Bytes bytes(old.size(), kind_ == Kind::rtp ? std::uint8_t{0xFF} : std::uint8_t{0});
    // The vendor's header before the first packet is known by its first bytes.
    if (kind_ == Kind::rtp && done_ == 0 && rtp_->framing() == rtp::Framing::ehome) std::copy_n(old.begin(), std::min<std::size_t>(old.size(), 4), bytes.begin());
    return bytes;
}

void Stream::fill_to(std::uint64_t offset) {
    if (offset <= done_) return;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(offset - done_, waiting().size()));
    give(count, filler(waiting().first(count)));
}

void Stream::packet(const rtp::FramedPacket& framed) {
    kind_ = Kind::rtp;
    ++packets_seen_;
    std::size_t before = length_bytes(rtp_->framing());
    if (rtp_->framing() == rtp::Framing::ehome && framed.offset >= done_ + 4 && waiting()[static_cast<std::size_t>(framed.offset - done_ - 4)] == '$') before = 4;
    fill_to(framed.offset - before);
    Bytes bytes(waiting().begin(), waiting().begin() + static_cast<std::ptrdiff_t>(before));
    const Bytes clean = scrub_media(framed.bytes, keep_media_, aliases_);
    bytes.insert(bytes.end(), clean.begin(), clean.end());
    give(before + framed.bytes.size(), std::move(bytes));
}

void Stream::push_sip(ByteView bytes) {
    sip_.push(as_text(bytes));
    while (const auto piece = sip_.next()) {
        kind_ = Kind::sip;
        ++messages_seen_;
        fill_to(piece->offset);
        const std::string clean = messages_.scrub_message(piece->bytes);
        give(piece->bytes.size(), Bytes(clean.begin(), clean.end()));
    }
    if (kind_ == Kind::sip) fill_to(done_ + waiting().size() - sip_.buffered());
}

void Stream::push(ByteView bytes, std::uint64_t missing) {
    if (missing > 0) gap(missing);
    if (given_ > held_.size() / 2) {
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(given_));
        given_ = 0;
    }
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    if (kind_ == Kind::undecided || kind_ == Kind::sip) push_sip(bytes);
    if (kind_ == Kind::undecided || kind_ == Kind::rtp) rtp_->push(bytes);
    if (kind_ == Kind::undecided) {
        undecided_bytes_ += bytes.size();
        if (undecided_bytes_ >= undecided_limit) kind_ = Kind::other;
    }
    if (kind_ == Kind::other) fill_to(done_ + waiting().size());
}

void Stream::gap(std::uint64_t missing) {
    if (kind_ == Kind::undecided || kind_ == Kind::rtp) rtp_->gap(missing);
    if (kind_ == Kind::undecided || kind_ == Kind::sip) sip_.lost(missing);
    tail();
    done_ += missing;
    sink_({missing, {}, true});
}

void Stream::finish() {
    if (kind_ == Kind::undecided || kind_ == Kind::rtp) rtp_->finish();
    tail();
}

// What waits begins a packet whose rest does not come: its head stays, it was no break of the framing.
bool Stream::partial_packet() const {
    const ByteView rest = waiting();
    const std::size_t before = length_bytes(rtp_->framing());
    if (kind_ != Kind::rtp || before == 0 || rest.empty()) return false;
    if (rest.size() < before + 2) return true;
    return (before == 2 || rest[0] == '$') && load16be(rest, before - 2) > rest.size() - before && rest[before] >> 6 == 2;
}

void Stream::tail() {
    if (!partial_packet()) return fill_to(done_ + waiting().size());
    const std::size_t before = std::min(length_bytes(rtp_->framing()), waiting().size());
    Bytes bytes(waiting().begin(), waiting().begin() + static_cast<std::ptrdiff_t>(before));
    const ByteView rest = waiting().subspan(before);
    const Bytes clean = rest.size() >= 12 ? scrub_media(rest, keep_media_, aliases_) : Bytes(rest.size(), std::uint8_t{0x80});
    bytes.insert(bytes.end(), clean.begin(), clean.end());
    give(waiting().size(), std::move(bytes));
}

}  // namespace gbkit::wire::sanitize
