#include "wire/codec/nal.hpp"

#include <algorithm>
#include <cstring>

namespace gbkit::wire::codec {

namespace {

// Into `to`, which has room for all of it; gives what is left.
std::size_t strip(ByteView nal, std::uint8_t* to) noexcept {
    std::size_t size = 0;
    int zeros = 0;
    for (const std::uint8_t byte : nal) {
        if (zeros >= 2 && byte == 3) {
            zeros = 0;
            continue;
        }
        zeros = byte == 0 ? zeros + 1 : 0;
        to[size++] = byte;
    }
    return size;
}

}  // namespace

std::uint8_t trailing_zeros(ByteView bytes, std::uint8_t zeros_before) noexcept {
    std::uint8_t zeros = 0;
    std::size_t at = bytes.size();
    while (zeros < 3 && at > 0 && bytes[at - 1] == 0) ++zeros, --at;
    if (at == 0) zeros = static_cast<std::uint8_t>(std::min(3, zeros + zeros_before));
    return zeros;
}

std::optional<StartCode> find_start_code(ByteView bytes, std::size_t from, std::uint8_t zeros_before) noexcept {
    while (from < bytes.size()) {
        const void* found = std::memchr(bytes.data() + from, 1, bytes.size() - from);
        if (found == nullptr) return std::nullopt;
        const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
        const std::uint8_t zeros = trailing_zeros(bytes.first(at), zeros_before);
        if (zeros >= 2) return StartCode{at + 1, zeros};
        from = at + 1;
    }
    return std::nullopt;
}

Bytes rbsp_of(ByteView nal) {
    Bytes rbsp(nal.size());
    rbsp.resize(strip(nal, rbsp.data()));
    return rbsp;
}

RbspHead::RbspHead(ByteView nal) noexcept : size_(strip(nal.first(std::min(nal.size(), bytes_.size())), bytes_.data())) {}

bool h264::is_header(std::uint8_t first) noexcept {
    if ((first & 0x80U) != 0) return false;
    const bool reference = (first & 0x60U) != 0;
    switch (type_of(first)) {
        case slice: return true;
        case idr: case sps: case pps: case 13 /* SPS extension */: return reference;
        case sei: case delimiter: case 10: case 11: case 12: return !reference;  // ends of sequence and stream, filler
        case 14 /* prefix */: return true;
        default: return false;
    }
}

bool h265::is_header(std::uint8_t first, std::uint8_t second) noexcept {
    if ((first & 0x81U) != 0 || second == 0 || second > 7) return false;  // layer 0 only
    const std::uint8_t type = type_of(first);
    const bool base = second == 1;  // TemporalId 0
    if (type <= rasl_r) return type >= tsa_n && type <= stsa_r ? !base : true;
    if (is_irap(type) || type == vps || type == sps) return base;
    return type >= pps && type <= suffix_sei;
}

}  // namespace gbkit::wire::codec
