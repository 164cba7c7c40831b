// What is wrong with a device in one word and one phrase: the line of a table, where a whole sentence has no room.
//
//   CATALOG  10 of 140 items arrived        403  the digest is right for the given password
#pragma once

#include <string>

#include "base/finding.hpp"

namespace gbkit::replay_tool {

struct ShortTale {
    Bilingual word;      // "CATALOG"; eight columns at most
    Bilingual phrase;    // with the finding's {placeholders}; empty: its message has to do
};

/// By id, else by the id's first part: every id has a word.
[[nodiscard]] ShortTale short_tale_of(FindingId id);
/// The phrase in that language; the message when there is none.
[[nodiscard]] std::string phrase_of(const Finding& finding, Language language);

}  // namespace gbkit::replay_tool
