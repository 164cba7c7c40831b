#include "proto/deadlines.hpp"

namespace gbkit::proto {

void Deadlines::place(std::size_t at, Entry entry) {
    heap_[at] = entry;
    position_[entry.slot] = static_cast<std::uint32_t>(at);
}

void Deadlines::up(std::size_t at, Entry entry) {
    for (; at > 0 && entry.when < heap_[(at - 1) / 2].when; at = (at - 1) / 2) place(at, heap_[(at - 1) / 2]);
    place(at, entry);
}

void Deadlines::down(std::size_t at, Entry entry) {
    for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
        if (child + 1 < heap_.size() && heap_[child + 1].when < heap_[child].when) ++child;
        if (entry.when <= heap_[child].when) break;
        place(at, heap_[child]);
        at = child;
    }
    place(at, entry);
}

void Deadlines::erase(std::size_t at) {
    position_[heap_[at].slot] = absent;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return;
    if (at > 0 && last.when < heap_[(at - 1) / 2].when) up(at, last);
    else down(at, last);
}

void Deadlines::set(Slot slot, std::optional<Time> when) {
    if (slot >= position_.size()) position_.resize(slot + 1U, absent);
    const std::uint32_t at = position_[slot];
    if (at != absent) {
        if (when && heap_[at].when == *when) return;
        erase(at);
    }
    if (!when) return;
    heap_.push_back({*when, slot});
    up(heap_.size() - 1, {*when, slot});
}

std::optional<Time> Deadlines::next() const noexcept {
    return heap_.empty() ? std::nullopt : std::optional<Time>(heap_.front().when);
}

std::optional<Deadlines::Slot> Deadlines::first() const noexcept {
    return heap_.empty() ? std::nullopt : std::optional<Slot>(heap_.front().slot);
}

std::optional<Deadlines::Slot> Deadlines::pop_due(Time now) {
    if (heap_.empty() || heap_.front().when > now) return std::nullopt;
    const Slot slot = heap_.front().slot;
    erase(0);
    return slot;
}

}  // namespace gbkit::proto
