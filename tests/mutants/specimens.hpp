// What is mutated: conversations of our own making, and real captures where they are at hand.
#pragma once

#include <string>
#include <vector>

#include "scenarios/conversation.hpp"

namespace gbkit::mutants {

struct Specimen {
    std::string name;
    Bytes file;                                // a capture as it is
    std::vector<scenario::Recorded> packets;   // what is in it
};

/// Registrations, queries, calls and media, healthy and broken, on UDP and TCP; then $GBKIT_SHARED/captures.
const std::vector<Specimen>& specimens();

}  // namespace gbkit::mutants
