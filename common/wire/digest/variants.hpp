// The table of ways in which implementations leave the digest formula.
//
// A row is a pure function that edits a Recipe (what is hashed, and how). It may be tried on any message; it
// applies only when it changes the strings that are hashed. The rows are field knowledge: GB/T 28181 cameras,
// platforms and the RTSP and HTTP clients of the same makers.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::wire::digest {

/// What one digest is computed from, and how.
struct Recipe {
    Inputs inputs{};
    Deviation deviation{};
    friend bool operator==(const Recipe&, const Recipe&) = default;
};
[[nodiscard]] Worked work_out(const Recipe& recipe);

/// What the message and its surroundings say besides the credentials. Empty: not known.
struct Facts {
    std::string method;
    std::string request_uri;
    std::string device;      // From user of SIP: the device ID
    std::string domain;      // configured SIP domain
    std::string server_id;   // configured platform ID
    std::string username;    // the name behind a userhash
    std::string_view body;   // auth-int only; must outlive the call it is given to
};

/// One digest to explain. The views and pointers must outlive it.
struct Case {
    const Credentials& credentials;
    const Challenge* challenge = nullptr;  // the one it answers, when it was seen
    const Facts& facts;
};

enum class Side { device, platform, both };

/// What a row tampers with: two rows of one group are never combined.
enum class Group { algorithm, qop, username, realm, password, method, uri, nc, body, ha1, ha2, response };

struct Variant {
    std::string_view id;   // slug; never changes
    Group group;
    Side side;             // which side to mend
    Bilingual what;        // completes "the response was computed with ..."
    Bilingual advice;
    /// Edits the recipe; false when the row has nothing to say about this case.
    bool (*edit)(Recipe& recipe, const Case& about);
};

[[nodiscard]] std::span<const Variant> variants();
[[nodiscard]] const Variant* find_variant(std::string_view id) noexcept;
[[nodiscard]] Bilingual name_of(Side side) noexcept;

}  // namespace gbkit::wire::digest
