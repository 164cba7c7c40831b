#include "wire/rtmp.hpp"

#include <algorithm>
#include <string_view>

namespace gbkit::wire {

namespace {

constexpr std::uint8_t rtmp_version = 3;
constexpr std::size_t head_bytes = 9;
constexpr std::uint8_t set_chunk_size = 1, window_ack = 5, user_control = 4, amf3_command = 17, amf0_command = 20;

/// One message put together from its chunks; nothing when they are not all there, or are not in a row.
struct Message {
    std::uint8_t type = 0;
    Bytes payload{};
};

std::size_t skip_stream_id(ByteReader& reader, std::uint8_t first) {
    const unsigned id = first & 0x3F;
    if (id == 0) reader.skip(1);
    if (id == 1) reader.skip(2);
    return id;
}

/// A message from its first chunk on: at the start of a connection nothing else stands between its chunks.
std::optional<Message> next_message(ByteReader& reader, std::size_t chunk_size) {
    const std::uint8_t first = reader.u8();
    skip_stream_id(reader, first);
    const unsigned format = first >> 6;
    if (format > 1) return std::nullopt;
    const std::uint32_t timestamp = reader.u24be();
    const std::size_t length = reader.u24be();
    Message message{reader.u8()};
    if (format == 0) reader.skip(4);
    const bool extended = timestamp == 0xFFFFFF;
    if (extended) reader.skip(4);
    if (length > RtmpOpening::most_held) return std::nullopt;
    while (reader.ok() && message.payload.size() < length) {
        if (!message.payload.empty()) {
            const std::uint8_t next = reader.u8();
            if (next >> 6 != 3 || (next & 0x3F) != (first & 0x3F)) return std::nullopt;
            skip_stream_id(reader, next);
            if (extended) reader.skip(4);
        }
        const ByteView part = reader.take(std::min(chunk_size, length - message.payload.size()));
        message.payload.insert(message.payload.end(), part.begin(), part.end());
    }
    return reader.ok() ? std::optional(std::move(message)) : std::nullopt;
}

enum Amf0 : std::uint8_t { number = 0, boolean = 1, string = 2, object = 3, null = 5, undefined = 6, long_string = 12 };

std::string_view text_of(ByteReader& reader, bool is_long = false) {
    return as_text(reader.take(is_long ? reader.u32be() : reader.u16be()));
}

/// The properties of the command object as far as they are plain values.
RtmpConnect properties(ByteReader& reader) {
    RtmpConnect connect;
    while (reader.ok() && reader.remaining() > 0) {
        const std::string_view name = text_of(reader);
        const std::uint8_t type = reader.u8();
        if (type == string || type == long_string) {
            const std::string_view value = text_of(reader, type == long_string);
            if (name == "app") connect.app = value;
            if (name == "tcUrl") connect.tc_url = value;
        } else if (type == number) {
            reader.skip(8);
        } else if (type == boolean) {
            reader.skip(1);
        } else if (type != null && type != undefined) {
            break;
        }
    }
    return connect;
}

std::optional<RtmpConnect> connect_in(const Message& message) {
    ByteReader reader(message.payload);
    if (message.type == amf3_command) reader.skip(1);
    if (reader.u8() != string || text_of(reader) != "connect" || reader.u8() != number) return std::nullopt;
    reader.skip(8);
    if (reader.u8() != object) return std::nullopt;
    return properties(reader);
}

}  // namespace

RtmpStart rtmp_start(ByteView head) noexcept {
    if (!head.empty() && head[0] != rtmp_version) return RtmpStart::no;
    if (head.size() < head_bytes) return RtmpStart::more;
    const bool zero = head[5] == 0 && head[6] == 0 && head[7] == 0 && head[8] == 0;
    if (zero) return RtmpStart::yes;
    // Flash has a version there: 80 00 07 02, 0C 00 0D 0E, 04 05 00 01. TPKT has E0, D0 or F0, or 08 02 (Q.931).
    const bool q931 = head[1] == 0 && head[4] == 8 && head[5] == 2;
    return head[5] != 0 && head[5] < 0x90 && !q931 ? RtmpStart::maybe : RtmpStart::no;
}

void RtmpOpening::push(ByteView bytes) {
    if (over_) return;
    const std::size_t skipped = std::min(to_skip_, bytes.size());
    to_skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.empty()) return;
    bytes = bytes.first(std::min(bytes.size(), most_held - chunks_.size()));
    chunks_.insert(chunks_.end(), bytes.begin(), bytes.end());
    ByteReader reader(chunks_);
    std::size_t chunk_size = 128;
    for (bool more = true; more;) {
        const auto message = next_message(reader, chunk_size);
        more = false;
        if (!message) {
            over_ = reader.ok() || chunks_.size() >= most_held;  // it can be read and is something else, or it is too long
        } else if (message->type == set_chunk_size && message->payload.size() == 4) {
            ByteReader size(message->payload);
            chunk_size = std::clamp<std::size_t>(size.u32be() & 0x7FFFFFFF, 1, most_held);
            more = true;
        } else if (message->type == window_ack || message->type == user_control) {
            more = true;
        } else {
            if (message->type == amf0_command || message->type == amf3_command) connect_ = connect_in(*message);
            over_ = true;
        }
    }
    if (over_) chunks_ = {};
}

}  // namespace gbkit::wire
