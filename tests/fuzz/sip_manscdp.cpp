// Any bytes through parse_manscdp: an error at a place inside the input, or a root that has a name.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/manscdp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const gbkit::Result<gbkit::wire::Manscdp> body = gbkit::wire::parse_manscdp(bytes);
    if (body ? body->root.empty() : body.error().offset > size) std::abort();
    return 0;
}
