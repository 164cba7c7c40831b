// Text for mdoc(7): what would be read as a request is made harmless.
#pragma once

#include <string>
#include <string_view>

namespace gbkit::gen {

/// Running text, one sentence a line, ending in a line end; hyphens that belong to options stay hyphens.
[[nodiscard]] std::string mdoc_text(std::string_view text);
/// One word behind a macro.
[[nodiscard]] std::string mdoc_word(std::string_view word);

}  // namespace gbkit::gen
