// What people do to a password between the paper and the form: passwords near the given one.
//
// Each guess says what was done without showing the password. The list is short (some hundred) and bounded by
// the password's length; guesses that equal the password or an earlier guess are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace gbkit::wire::digest {

struct NearGuess {
    std::string password;
    Bilingual what;       // completes "the password with ..."
    std::string detail{}; // a length or a place, "16"; may be empty
};

[[nodiscard]] std::vector<NearGuess> near_guesses(std::string_view password);

}  // namespace gbkit::wire::digest
