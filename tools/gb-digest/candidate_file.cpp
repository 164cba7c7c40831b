#include "candidate_file.hpp"

#include <algorithm>
#include <string_view>

#include "cli/files.hpp"

namespace gbkit::digest_tool {

namespace {
constexpr std::size_t limit = std::size_t{1} << 30;
}

CandidateFile::CandidateFile(const std::string& name) : text_(cli::read_file(name, limit)) {}

CandidateFile::Found CandidateFile::find(wire::digest::CandidateSearch& search) const {
    Found found;
    const std::string_view text = text_;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view word = text.substr(at, end - at);
        if (!word.empty() && word.back() == '\r') word.remove_suffix(1);
        at = end + 1;
        ++found.tried;
        if (!search.matches(word)) continue;
        found.line = found.tried;
        found.word = word;
        break;
    }
    return found;
}

}  // namespace gbkit::digest_tool
