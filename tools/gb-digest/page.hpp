// The page of one digest check: who, the verdict, what fits, what to change on which side.
#pragma once

#include <optional>
#include <string>

#include "cli/output.hpp"
#include "proto/observe/digest_observer.hpp"
#include "wire/digest/near.hpp"

namespace gbkit::digest_tool {

/// What verify found beyond the check itself.
struct Extra {
    std::optional<wire::digest::NearGuess> near;      // a password near the given one that fits
    bool near_tried = false;
    std::optional<std::uint64_t> candidate_line;      // of the candidate file
    std::string candidate;                            // the word, with --show-secrets only
    bool candidates_tried = false;
};

void show_check(cli::Output& output, const proto::observe::DigestCheck& check, const Extra& extra);
/// Each string that is hashed; the password masked.
void show_work(cli::Output& output, const wire::digest::Recipe& recipe, const wire::digest::Worked& worked,
               const std::string& sent);

}  // namespace gbkit::digest_tool
