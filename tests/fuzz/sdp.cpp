// Any bytes as SDP: an error at a place inside the input, or lines that lie inside it; y= is read or refused, f= is split.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/sdp.hpp"

using namespace gbkit;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Result<wire::Sdp> sdp = wire::parse_sdp(bytes);
    (void)wire::parse_sdp_format(bytes);
    if (!sdp) {
        require(sdp.error().offset <= size);
        return 0;
    }
    for (const wire::SdpLine& line : sdp->lines) require(line.offset < size && inside(line.value, bytes));
    for (const wire::SdpMedia& media : sdp->media) {
        for (const wire::SdpLine& line : media.attributes) require(line.offset < size && inside(line.value, bytes));
        for (const wire::SdpMapping& mapping : media.mappings) require(media.mapping(mapping.payload_type) != nullptr);
        require(sdp->first(media.kind) != nullptr);
        (void)media.tcp();
    }
    if (sdp->ssrc()) require(sdp->y && sdp->y->find_first_of("0123456789") != std::string::npos);
    if (sdp->f) (void)wire::parse_sdp_format(*sdp->f);
    return 0;
}
