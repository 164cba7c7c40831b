// RTMP made by hand: a handshake, messages in chunks, a connect.
#pragma once

#include <algorithm>
#include <string_view>

#include "unit/wire/frames.hpp"

namespace gbkit::test::rtmp {

/// The first `size` bytes of C0 C1 C2 (3073 in all).
inline Bytes handshake(std::size_t size = 1537) {
    Bytes all = join({{3}, number(0x112233, 4), number(0, 4)});
    for (std::size_t i = all.size(); i < size; ++i) all.push_back(static_cast<std::uint8_t>(i * 37));
    return all;
}

inline Bytes message(std::uint8_t type, const Bytes& payload, std::uint8_t stream, std::size_t chunk = 128) {
    Bytes all = join({{stream}, number(0, 3), number(payload.size(), 3), {type}, number(0, 4)});
    for (std::size_t at = 0; at < payload.size(); at += chunk) {
        if (at > 0) all.push_back(static_cast<std::uint8_t>(0xC0 | stream));
        const std::size_t end = std::min(payload.size(), at + chunk);
        all.insert(all.end(), payload.begin() + static_cast<std::ptrdiff_t>(at), payload.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return all;
}

inline Bytes amf_text(std::string_view value) { return join({number(value.size(), 2), text(value)}); }

/// connect(1, {type, app, fpad, capabilities, tcUrl})
inline Bytes connect(std::string_view app, std::string_view url) {
    return join({{2}, amf_text("connect"), {0}, number(0x3FF0000000000000, 8), {3}, amf_text("type"), {2}, amf_text("nonprivate"), amf_text("app"), {2},
                 amf_text(app), amf_text("fpad"), {1, 0}, amf_text("capabilities"), {0}, Bytes(8), amf_text("pageUrl"), {5}, amf_text("tcUrl"), {2},
                 amf_text(url), hex("000009")});
}

}  // namespace gbkit::test::rtmp
