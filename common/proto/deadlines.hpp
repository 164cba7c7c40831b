// Many deadlines, one next: a binary heap of slot numbers that can be moved and taken out again.
//
// The owner names its things by small numbers (slots of a vector); each has at most one deadline. Setting,
// moving and clearing cost log n, so a hundred thousand devices share one timer of the loop.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace gbkit::proto {

class Deadlines {
public:
    using Slot = std::uint32_t;

    /// Sets or moves the deadline of a slot; nothing clears it.
    void set(Slot slot, std::optional<Time> when);
    [[nodiscard]] std::optional<Time> next() const noexcept;
    /// The slot whose deadline comes first; its deadline stays.
    [[nodiscard]] std::optional<Slot> first() const noexcept;
    /// Takes out one slot whose deadline is not after `now`.
    [[nodiscard]] std::optional<Slot> pop_due(Time now);
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

private:
    struct Entry {
        Time when;
        Slot slot;
    };
    static constexpr std::uint32_t absent = UINT32_MAX;

    void place(std::size_t at, Entry entry);
    void up(std::size_t at, Entry entry);
    void down(std::size_t at, Entry entry);
    void erase(std::size_t at);

    std::vector<Entry> heap_;
    std::vector<std::uint32_t> position_;  // by slot: index into heap_
};

}  // namespace gbkit::proto
