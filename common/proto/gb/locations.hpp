// Where the registered devices are: the platform's location table, bounded, every entry with its end.
// RFC 3261 section 10.3; one contact a device in this edition: a new registration takes the place of the old one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/deadlines.hpp"

namespace gbkit::proto::gb {

struct Location {
    std::string device;
    Endpoint observed;       // where the REGISTER came from
    std::string contact;     // as sent
    std::string call_id;
    std::uint32_t cseq = 0;
    Time until{};
};

class Locations {
public:
    explicit Locations(std::size_t limit = 200'000) : limit_(limit) {}

    [[nodiscard]] const Location* find(std::string_view device) const;
    /// Adds or replaces; false when the table is full.
    bool put(Location location);
    bool remove(std::string_view device);
    /// Takes out one whose time is over.
    [[nodiscard]] std::optional<Location> pop_expired(Time now);
    [[nodiscard]] std::optional<Time> next_end() const noexcept { return ends_.next(); }
    [[nodiscard]] std::size_t size() const noexcept { return by_device_.size(); }

private:
    Location release(std::uint32_t slot);

    std::size_t limit_;
    std::vector<Location> slots_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<std::string, std::uint32_t> by_device_;
    Deadlines ends_;
};

}  // namespace gbkit::proto::gb
