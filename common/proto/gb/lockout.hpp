// Who guesses passwords waits: so many wrong ones for a device from one source, and that pair is refused for a while.
//
// Off by default: a bench tool must not ban the camera under test. Counting by device and source keeps one attacker
// from locking the real camera out, and one broken camera from locking out its neighbours behind the same NAT.
// Bounded: of many pairs the least recently seen are forgotten.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/observe/lru.hpp"

namespace gbkit::proto::gb {

struct LockoutPolicy {
    std::uint32_t wrong = 0;   // wrong passwords in a row; 0: nobody is locked out
    Duration duration{};       // of the lock, and after which a wrong password is forgotten
};

class Lockout {
public:
    explicit Lockout(LockoutPolicy policy, std::size_t limit = 65536) : policy_(policy), pairs_(limit) {}

    [[nodiscard]] bool locked(Time now, std::string_view device, const IpAddress& source);
    void wrong(Time now, std::string_view device, const IpAddress& source);
    void right(std::string_view device, const IpAddress& source);

private:
    struct Pair {
        std::uint32_t wrong = 0;
        Time last{};
    };
    LockoutPolicy policy_;
    observe::Lru<std::string, Pair> pairs_;
};

}  // namespace gbkit::proto::gb
