// How many descriptors this process may open.
#pragma once

#include <cstddef>

namespace gbkit::io {

struct DescriptorLimit {
    std::size_t soft = 0;  // what counts
    std::size_t hard = 0;  // what the soft one can be raised to
};

/// Raises the soft limit to `wanted` as far as the hard one lets it, never lowers it, and tells what holds then.
DescriptorLimit raise_descriptor_limit(std::size_t wanted);

}  // namespace gbkit::io
