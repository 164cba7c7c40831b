#include "wire/rtp/rtpdump.hpp"

#include <algorithm>

namespace gbkit::wire::rtp {

namespace {

constexpr std::string_view magic = "#!rtpplay1.0 ";
constexpr std::size_t line_limit = 256;
constexpr std::size_t head_bytes = 16;
constexpr std::size_t record_head_bytes = 8;
constexpr std::size_t slice = 64 * 1024;  // pushed at a time, so that the buffer stays small

}  // namespace

bool looks_like_rtpdump(std::string_view head) noexcept { return head.starts_with(magic); }

void RtpdumpReader::push(ByteView bytes) {
    while (!bytes.empty() && !defect_) {
        const ByteView piece = bytes.first(std::min(slice, bytes.size()));
        bytes = bytes.subspan(piece.size());
        buffer_.insert(buffer_.end(), piece.begin(), piece.end());
        while (!defect_ && (in_records_ ? read_record() : read_head())) {}
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
    }
}

void RtpdumpReader::finish() {
    if (defect_) return;
    if (!in_records_) defect_ = Error{Errc::truncated, "no whole rtpdump header", offset_};
    else if (!buffer_.empty()) defect_ = Error{Errc::truncated, "an unfinished record", offset_};
}

void RtpdumpReader::consume(std::size_t count) {
    at_ += count;
    offset_ += count;
}

bool RtpdumpReader::read_head() {
    const ByteView rest = ByteView(buffer_).subspan(at_);
    const std::string_view text = as_text(rest);
    if (text.substr(0, magic.size()) != magic.substr(0, text.size())) {
        defect_ = Error{Errc::malformed, "something that is no rtpdump", 0};
        return false;
    }
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos) {
        if (text.size() > line_limit) defect_ = Error{Errc::malformed, "a first line without an end", 0};
        return false;
    }
    if (rest.size() < line + 1 + head_bytes) return false;
    ByteReader reader(rest.subspan(line + 1));
    const std::uint32_t whole_seconds = reader.u32be();
    start_ = from_unix(whole_seconds, reader.u32be() % 1'000'000 * std::int64_t{1000});
    consume(line + 1 + head_bytes);
    in_records_ = true;
    return true;
}

bool RtpdumpReader::read_record() {
    const ByteView rest = ByteView(buffer_).subspan(at_);
    if (rest.size() < record_head_bytes) return false;
    ByteReader reader(rest);
    const std::size_t length = reader.u16be();
    const std::size_t packet_length = reader.u16be();
    const milliseconds since_start(reader.u32be());
    if (length < record_head_bytes) {
        defect_ = Error{Errc::malformed, "a record shorter than its head", offset_};
        return false;
    }
    if (rest.size() < length) return false;
    DumpedPacket packet{.number = ++number_, .offset = offset_ + record_head_bytes, .time = start_ + since_start,
                        .bytes = rest.subspan(record_head_bytes, length - record_head_bytes), .rtcp = packet_length == 0};
    if (packet_length > packet.bytes.size()) packet.cut = static_cast<std::uint32_t>(packet_length - packet.bytes.size());
    sink_(packet);
    consume(length);
    return true;
}

}  // namespace gbkit::wire::rtp
