// One mutant of a capture, made from a seed: what is said is changed, or how it is laid into frames, or the file itself.
#pragma once

#include "mutants/specimens.hpp"

namespace gbkit::mutants {

/// The same seed makes the same mutant of the same specimen; about 200 packets of it at most.
[[nodiscard]] Bytes mutant_of(const Specimen& specimen, std::uint64_t seed);

}  // namespace gbkit::mutants
