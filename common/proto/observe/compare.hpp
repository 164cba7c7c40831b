// Two conversations held against each other: what differs, most telling first.
//
// What one capture does not hold at all is said once, for the exchange, not header by header; what differs in the same way
// in several exchanges is said of the first. Delays and periods differ
// when one is more than twice the other and at least 100 ms longer (periods: a second).
#pragma once

#include <vector>

#include "proto/observe/conversation.hpp"

namespace gbkit::proto::observe {

struct Difference {
    Step step = Step::other;
    Weight weight = Weight::value;
    std::string exchange;                // "REGISTER with Authorization"; empty for media
    std::string what, what_chinese;      // "header Expires"
    std::string good, bad;               // "absent" where there is none
    std::uint64_t good_frame = 0, bad_frame = 0;   // of the exchange's first request; 0: none
    std::uint64_t also = 0;              // further exchanges in which the same differs
};

[[nodiscard]] std::vector<Difference> compare(const Conversation& good, const Conversation& bad);
/// Exchanges that both hold.
[[nodiscard]] std::size_t shared_exchanges(const Conversation& good, const Conversation& bad);

}  // namespace gbkit::proto::observe
