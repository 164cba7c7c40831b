#include "cli/wording.hpp"

#include <algorithm>

namespace gbkit::cli {

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
    return digits;
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 10'000) return grouped(bytes) + " B";
    if (bytes < 1'000'000) return fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3);
    return fmt::format("{:.{}f} MB", static_cast<double>(bytes) / 1e6, bytes < 100'000'000 ? 1 : 0);
}

std::string span_text(Duration span) {
    const double whole = std::max(0.0, to_seconds(span));
    if (whole < 0.001) return fmt::format("{:.1f} ms", whole * 1e3);
    if (whole < 1) return fmt::format("{:.0f} ms", whole * 1e3);
    return whole < 120 ? fmt::format("{:.1f} s", whole) : fmt::format("{:.1f} min", whole / 60);
}

}  // namespace gbkit::cli
