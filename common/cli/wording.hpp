// Numbers and phrases as pages write them, in the page's language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/output.hpp"

namespace gbkit::cli {

/// 1234567 as 1,234,567.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// 2,476 B; 3.7 MB.
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// 12 ms; 31.5 s; 6.2 min.
[[nodiscard]] std::string span_text(Duration span);

/// Says things in one language: say({"frames", "帧"}), say({"{} of {}", "{}/{}"}, 1, 2).
class Words {
public:
    explicit Words(Language language) : language_(language) {}
    [[nodiscard]] std::string_view operator()(Bilingual words) const noexcept { return words.in(language_); }
    template <class... Arguments>
    [[nodiscard]] std::string operator()(Bilingual words, const Arguments&... arguments) const {
        return fmt::format(fmt::runtime(words.in(language_)), arguments...);
    }

private:
    Language language_;
};

}  // namespace gbkit::cli
