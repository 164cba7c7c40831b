// A file of candidate passwords, one a line, held in memory and searched at full speed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/digest/candidates.hpp"

namespace gbkit::digest_tool {

class CandidateFile {
public:
    /// Throws cli::Failure when the file cannot be read; "-" is stdin.
    explicit CandidateFile(const std::string& name);

    struct Found {
        std::optional<std::uint64_t> line;  // from 1
        std::string word;
        std::uint64_t tried = 0;
    };
    /// The first line that fits: without its line end (LF or CR LF), nothing trimmed.
    [[nodiscard]] Found find(wire::digest::CandidateSearch& search) const;

private:
    std::string text_;
};

}  // namespace gbkit::digest_tool
