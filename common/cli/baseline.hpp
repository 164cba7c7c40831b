// --baseline: findings of an earlier run that are known and accepted; they are told in one line and fail nothing.
//
// The file is what an earlier run wrote with --records or --json, or lines by hand: an id, or an id and the subject it
// is known for. Blank lines and lines that begin with # are passed over.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/finding.hpp"

namespace gbkit::cli {

class Baseline {
public:
    /// Nothing is known.
    Baseline() = default;
    /// Reads the file ("-": standard input); throws Failure when it cannot be read, holds a record that is none, or a
    /// line by hand names no finding.
    explicit Baseline(const std::string& name);

    [[nodiscard]] bool holds(const Finding& finding) const;

private:
    void add_line(std::string_view line);
    void add_record(std::string_view line);

    std::set<std::string, std::less<>> everywhere_;               // ids, whatever the subject
    std::set<std::pair<std::string, std::string>> of_subject_;    // id and subject, as records write it
};

}  // namespace gbkit::cli
