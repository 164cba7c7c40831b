// The nonces a platform has given out: bounded, with a lifetime, each nc used once (RFC 7616 section 3.4, 5.5).
//
// A nonce that is too old, was pushed out, came from before a restart, or whose nc does not rise is "stale": with a
// right digest the client is asked again with stale=true and nobody is refused.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/random.hpp"
#include "base/time.hpp"

namespace gbkit::proto::gb {

class NonceStore {
public:
    explicit NonceStore(Duration lifetime = minutes{5}, std::size_t limit = 65536) : lifetime_(lifetime), limit_(limit) {}

    [[nodiscard]] std::string issue(Time now, Random& random);
    /// Known and not too old.
    [[nodiscard]] bool is_fresh(Time now, std::string_view nonce) const;
    /// Takes this count of a fresh nonce; false when it, or a higher one, was used before. 0: no qop, no count.
    bool use(std::string_view nonce, std::uint32_t count);
    [[nodiscard]] std::size_t size() const noexcept { return by_nonce_.size(); }

private:
    struct Issued {
        Time at;
        std::uint32_t last_count = 0;
    };
    void drop_oldest();

    Duration lifetime_;
    std::size_t limit_;
    std::unordered_map<std::string, Issued> by_nonce_;
    std::deque<std::string> by_age_;
};

}  // namespace gbkit::proto::gb
