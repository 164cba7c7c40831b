// Why a response is what it is: the standard's formula first, then each row of the table, then pairs.
//
// Work is bounded: at most rows + pairs of rows, pairs only while the hashed strings are short. Rows that do
// not change what is hashed are left out, so no row is named that did nothing.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "wire/digest/variants.hpp"

namespace gbkit::wire::digest {

struct Explanation {
    bool exact = false;                          // right, as the header says
    std::array<const Variant*, 2> variants{};    // what fits instead: none, one or two rows
    Recipe recipe;                               // what gives the response; the standard's when nothing does
    Worked worked;                               // of that recipe: a1 holds the password
    std::size_t tried = 0;                       // recipes that were computed

    [[nodiscard]] bool explained() const noexcept { return exact || variants[0] != nullptr; }
    /// "nc-upper-case", "realm-domain+ha1-upper-case", or empty.
    [[nodiscard]] std::string variant_ids() const;
};

enum class Depth { exact, rows, pairs };

/// The recipe the header claims. Nothing when the algorithm is not one we know.
[[nodiscard]] std::optional<Recipe> claimed_recipe(const Case& about, std::string_view password);

/// Nothing when the algorithm is not one we know. SHA-512 cut to 256 bits counts as a row (`sha512-cut`).
[[nodiscard]] std::optional<Explanation> explain(const Case& about, std::string_view password, Depth depth = Depth::pairs);

/// Is `qop` a value the formula with qop is defined for?
[[nodiscard]] bool is_standard_qop(std::string_view qop) noexcept;

}  // namespace gbkit::wire::digest
