// What a finished DigestCheck has to say: pure, so that each rule can be tested by itself.
#pragma once

#include <string>
#include <vector>

#include "base/finding.hpp"
#include "proto/observe/digest_observer.hpp"

namespace gbkit::proto::observe {

/// What the observer remembers of a device besides the one check.
struct DigestHistory {
    bool constant_cnonce = false;      // the same cnonce under another nonce
    bool nonce_worked_before = false;  // accepted with this nonce and a smaller nc without letters
};

/// The causes and notes of one check. A right digest answered 401 is not judged here: see refusal_of().
[[nodiscard]] std::vector<Finding> findings_of(const DigestCheck& check, const Context& context, const DigestHistory& history);

/// A right digest that was refused: the cause that the message shows, or that it is not about the password.
[[nodiscard]] std::vector<Finding> refusal_of(const DigestCheck& check, const Context& context, const DigestHistory& history);

/// A right digest answered by a new challenge, and the next try worked.
[[nodiscard]] Finding stale_of(const DigestCheck& check, Certainty certainty);

}  // namespace gbkit::proto::observe
