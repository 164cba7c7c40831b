#include "wire/ps/start_code.hpp"

#include <algorithm>
#include <cstring>

#include "wire/ps/clock.hpp"
#include "wire/ps/events.hpp"
#include "wire/ps/headers.hpp"

namespace gbkit::wire::ps {

namespace {

bool is_timestamp(ByteView bytes, std::uint8_t prefix) noexcept {
    return bytes[0] >> 4 == prefix && timestamp_markers(bytes);
}

// 13818-1: '10', flags, a header length that holds what the flags promise.
Answer credible_mpeg2_pes(ByteView bytes) noexcept {
    if (bytes.size() < 9) return Answer::more(9);
    const unsigned which = bytes[7] >> 6;
    const unsigned needed = which == 3 ? 10 : which == 2 ? 5 : 0;
    const unsigned length = bytes[4] * 256U + bytes[5];
    if (which == 1 || bytes[8] < needed || (length != 0 && length < 3U + bytes[8])) return Answer::no();
    if (needed == 0) return Answer::yes(9);
    if (bytes.size() < 14) return Answer::more(14);
    return is_timestamp(bytes.subspan(9, 5), static_cast<std::uint8_t>(which)) ? Answer::yes(14) : Answer::no();
}

// 11172-1 with a time stamp; without one there is nothing to go by.
Answer credible_mpeg1_pes(ByteView bytes) noexcept {
    const std::size_t at = bytes[6] >> 6 == 1 ? 8 : 6;
    if (bytes.size() < at + 5) return Answer::more(at + 5);
    const ByteView stamp = bytes.subspan(at, 5);
    return is_timestamp(stamp, 2) || is_timestamp(stamp, 3) ? Answer::yes(at + 5) : Answer::no();
}

Answer credible_pes(ByteView bytes) noexcept {
    if (bytes.size() < 7) return Answer::more(7);
    if (bytes[3] == stream_id::padding) return bytes[6] == 0xFF ? Answer::yes(7) : Answer::no();
    if (!has_optional_header(bytes[3])) return Answer::no();
    return bytes[6] >> 6 == 2 ? credible_mpeg2_pes(bytes) : credible_mpeg1_pes(bytes);
}

Answer credible_system_header(ByteView bytes) noexcept {
    if (bytes.size() < 12) return Answer::more(12);
    const unsigned length = bytes[4] * 256U + bytes[5];
    const bool markers = (bytes[6] & 0x80) != 0 && (bytes[8] & 1) != 0 && (bytes[10] & 0x20) != 0;
    return markers && length >= 6 && length <= longest_header ? Answer::yes(12) : Answer::no();
}

Answer credible_map(ByteView bytes) noexcept {
    if (bytes.size() < 10) return Answer::more(10);
    const unsigned length = bytes[4] * 256U + bytes[5];
    const unsigned info = bytes[8] * 256U + bytes[9];
    return length >= 10 && length <= longest_header && info + 10 <= length ? Answer::yes(10) : Answer::no();
}

// What the end of the bytes could be the beginning of.
Found cut_start(ByteView bytes, std::size_t limit) noexcept {
    const std::size_t size = bytes.size();
    std::size_t zeros = 0;
    while (zeros < 2 && zeros < size && bytes[size - 1 - zeros] == 0) ++zeros;
    std::size_t at = size - zeros;
    if (size >= 3 && bytes[size - 1] == 1 && bytes[size - 2] == 0 && bytes[size - 3] == 0) at = size - 3;
    if (at >= std::min(size, limit)) return {std::min(size, limit), Answer::no()};
    return {at, Answer::more(4)};
}

}  // namespace

Answer start_code_here(ByteView bytes) noexcept {
    std::size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    if (zeros == bytes.size()) return Answer::more(zeros + 2 < 4 ? 4 : zeros + 2);
    if (zeros < 2 || bytes[zeros] != 1) return Answer::no();
    if (zeros + 1 == bytes.size()) return Answer::more(zeros + 2);
    return bytes[zeros + 1] >= stream_id::end ? Answer::yes(zeros - 2) : Answer::no();
}

Answer credible_pack(ByteView bytes) noexcept {
    if (bytes.size() < 12) return Answer::more(12);
    if (bytes[4] >> 4 == 2) {  // 11172-1
        const bool markers = (bytes[4] & bytes[6] & bytes[8] & bytes[11] & 1) != 0 && (bytes[9] & 0x80) != 0;
        return markers ? Answer::yes(12) : Answer::no();
    }
    if (bytes.size() < 14) return Answer::more(14);
    const bool markers = (bytes[4] & 0xC4) == 0x44 && (bytes[6] & bytes[8] & 4) != 0 && (bytes[9] & 1) != 0 &&
                         (bytes[12] & 3) == 3;
    return markers ? Answer::yes(14) : Answer::no();
}

Answer credible_start(ByteView bytes) noexcept {
    if (bytes.size() < 4) return Answer::more(4);
    switch (bytes[3]) {
    case stream_id::end: return Answer::yes(4);
    case stream_id::pack: return credible_pack(bytes);
    case stream_id::system_header: return credible_system_header(bytes);
    case stream_id::map: return credible_map(bytes);
    default: return bytes[3] > stream_id::map ? credible_pes(bytes) : Answer::no();
    }
}

Found find_start(ByteView bytes, std::size_t trusted) noexcept {
    if (bytes.size() < 4) return cut_start(bytes, bytes.size());
    const std::uint8_t* const data = bytes.data();
    const std::uint8_t* const end = data + bytes.size();
    for (const std::uint8_t* one = data + 2; one < end - 1; ++one) {
        one = static_cast<const std::uint8_t*>(std::memchr(one, 1, static_cast<std::size_t>(end - 1 - one)));
        if (!one) break;
        if (one[-1] != 0 || one[-2] != 0 || one[1] < stream_id::end) continue;
        const auto at = static_cast<std::size_t>(one - 2 - data);
        const Answer answer = at == trusted ? Answer::yes(4) : credible_start(bytes.subspan(at));
        if (!answer.is_no()) return {at, answer};
    }
    return cut_start(bytes, bytes.size());
}

Found find_pack(ByteView bytes, std::size_t limit) noexcept {
    if (bytes.size() < 4) return cut_start(bytes, limit);
    const std::uint8_t* const data = bytes.data();
    const std::uint8_t* const end = data + std::min(bytes.size(), limit + 3);
    for (const std::uint8_t* id = data + 3; id < end; ++id) {
        id = static_cast<const std::uint8_t*>(std::memchr(id, stream_id::pack, static_cast<std::size_t>(end - id)));
        if (!id) break;
        if (id[-1] != 1 || id[-2] != 0 || id[-3] != 0) continue;
        const auto at = static_cast<std::size_t>(id - 3 - data);
        const Answer answer = credible_pack(bytes.subspan(at));
        if (!answer.is_no()) return {at, answer};
    }
    return bytes.size() >= limit + 3 ? Found{limit, Answer::no()} : cut_start(bytes, limit);
}

}  // namespace gbkit::wire::ps
