// Which of many passwords was it: the digest of one message, tried at full speed.
//
// Everything that does not depend on the password is done once: the state after "user:realm:" is kept and
// copied, and the text after HA1 stands ready behind 32 or 64 free places. Two hashes a word are left.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/crypto/hash.hpp"
#include "wire/digest/variants.hpp"

namespace gbkit::wire::digest {

class CandidateSearch {
public:
    /// `claimed` as claimed_recipe() gives it; its password does not matter.
    CandidateSearch(const Recipe& claimed, std::string_view response);
    /// Does this password give the response?
    [[nodiscard]] bool matches(std::string_view password);

private:
    Hash prefix_;              // after "user:realm:"
    Hash empty_;
    Hash work_;
    bool session_;
    std::string session_text_; // HA1's places, then ":nonce:cnonce"
    std::string last_text_;    // HA1's places, then all that follows HA1
    Bytes response_;           // empty when it is no hex text of the right length: nothing matches
    std::array<std::uint8_t, 64> raw_{};
};

}  // namespace gbkit::wire::digest
