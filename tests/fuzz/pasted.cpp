// Pasted text: whatever it is, the messages found stay within the limits, and every Digest header goes through
// the observer without harm.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "proto/observe/digest_observer.hpp"
#include "wire/pasted.hpp"

using namespace gbkit;

namespace {
void require(bool condition) {
    if (!condition) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const wire::PastedLimits limits{64, 32, 4096, 4096};
    const auto messages = wire::read_pasted(text, limits);
    require(messages.size() <= limits.messages);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    proto::observe::DigestObserver observer(
        {}, [](std::string_view, std::string_view) { return std::optional(proto::observe::Secret{"12345678", {}}); }, [](const Finding&) {});
    for (const wire::PastedMessage& message : messages) {
        require(message.headers.size() <= limits.headers && message.body.size() <= limits.body_bytes);
        require(message.line >= 1 && message.line <= lines);
        require(message.status == 0 || (message.status >= 100 && message.status <= 699));
        observer.see(proto::observe::auth_seen(message));
    }
    observer.finish();
    return 0;
}
