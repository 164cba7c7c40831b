#include "wire/masked_url.hpp"

#include <cstddef>

namespace gbkit::wire {

namespace {

constexpr std::string_view mask = "***";
constexpr std::string_view borders = "?&;/#";

/// One part between two borders.
std::string masked_part(std::string_view part, bool in_query) {
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos) return std::string(part.substr(0, equals + 1)) + std::string(mask);
    return std::string(in_query && !part.empty() ? mask : part);
}

}  // namespace

std::string masked_url(std::string_view url) {
    std::string shown;
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
        shown = url.substr(0, scheme + 3);
        url.remove_prefix(scheme + 3);
        // A password may hold an @ or a / that should have been escaped: the last @ before the query ends it.
        const std::string_view authority = url.substr(0, url.find_first_of("?#"));
        if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
            shown += mask;
            url.remove_prefix(at);
        }
    }
    bool in_query = false;
    while (!url.empty()) {
        const std::size_t end = url.find_first_of(borders);
        shown += masked_part(url.substr(0, end), in_query);
        if (end == std::string_view::npos) break;
        shown += url[end];
        in_query = in_query || url[end] == '?' || url[end] == '#';
        url.remove_prefix(end + 1);
    }
    return shown;
}

}  // namespace gbkit::wire
