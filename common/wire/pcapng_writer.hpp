// Writes pcapng blocks (draft-ietf-opsawg-pcapng, drawn in wire/pcapng.hpp): little-endian, nanoseconds.
//
// Each function appends one whole block, so a file that ends between two calls is a good file.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace gbkit::wire::pcapng {

/// The section header; `application` goes into shb_userappl, `comment` (UTF-8, may be empty) says what the file is.
void append_section(Bytes& out, std::string_view application, std::string_view comment = {});
/// An interface with nanosecond stamps and no snap length; numbered from 0 in order.
void append_interface(Bytes& out, std::uint32_t link_type, std::string_view name);
/// An enhanced packet; `wire_length` is at least bytes.size(). `comment`: UTF-8, may be empty.
void append_packet(Bytes& out, std::uint32_t interface, Time time, ByteView bytes, std::size_t wire_length, std::string_view comment = {});

}  // namespace gbkit::wire::pcapng
