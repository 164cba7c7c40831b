// A MANSCDP body as text, before and without an XML parser: which character set its bytes are, what is wrong with its
// XML, and what can still be read when a parser cannot (GB/T 28181-2022 6.10, XML 1.0 2.4 and 4.3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/manscdp.hpp"

namespace gbkit::wire {

/// What the bytes can be. ASCII is all of them.
struct BodyCharset {
    std::string declared;    // encoding="..." of the XML declaration, empty when there is none
    bool ascii = false;
    bool utf8 = false;
    bool gb2312 = false;     // every character in the two-byte square of GB 2312
    bool gb18030 = false;
};
[[nodiscard]] BodyCharset charset_of(std::string_view body);

/// The first & that begins no reference (&amp; &#38;), CDATA and comments apart.
[[nodiscard]] std::optional<std::size_t> find_bare_ampersand(std::string_view body) noexcept;

/// Name of the last start tag before that place, at most 64 bytes; empty when there is none.
[[nodiscard]] std::string_view element_before(std::string_view body, std::size_t offset) noexcept;

/// The head of a body that is no well-formed XML, found by its tags; empty texts where it has none.
[[nodiscard]] Manscdp salvage_manscdp(std::string_view body);

}  // namespace gbkit::wire
