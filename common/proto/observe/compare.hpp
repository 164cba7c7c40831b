// Two conversations held against each other: what differs, most telling first.
//
//   parting   the first exchange that went otherwise, with the values that differ in it, then in those before it
//   following what went otherwise after that; exchanges that one of the two never came to are one line
//   value, timing, form, habit: what differs besides
//
// What one capture does not hold at all is said once, for the exchange, not header by header; what differs in the same way
// in several exchanges is said of the first. Delays and periods differ when one is more than twice the other and at least
// 100 ms longer (periods: a second). When nothing went otherwise there is no parting.
#pragma once

#include <vector>

#include "proto/observe/conversation.hpp"

namespace gbkit::proto::observe {

/// Where in the list it belongs.
enum class Place : std::uint8_t { parting, following, besides };

struct Difference {
    Place place = Place::besides;
    Stage stage = Stage::other;
    Weight weight = Weight::value;
    std::string exchange;                // "REGISTER with Authorization"; empty for media
    std::string what, what_chinese;      // "header Expires"
    std::string good, bad;               // "absent" where there is none
    std::uint64_t good_frame = 0, bad_frame = 0;   // of the exchange's first request; 0: none
    std::uint64_t also = 0;              // further exchanges in which the same differs
    std::uint32_t order = 0;             // of its exchange among those compared
};

[[nodiscard]] std::vector<Difference> compare(const Conversation& good, const Conversation& bad);
/// Exchanges that both hold.
[[nodiscard]] std::size_t shared_exchanges(const Conversation& good, const Conversation& bad);

}  // namespace gbkit::proto::observe
