// A table that remembers a bounded number of things: the least recently touched goes first.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace gbkit::proto::observe {

template <class Key, class Value, class Hash = std::hash<Key>>
class Lru {
public:
    explicit Lru(std::size_t capacity) : capacity_(capacity) {}

    /// The value of that key as the most recent one, or nullptr.
    Value* touch(const Key& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return &found->second->second;
    }
    /// A new most recent entry, in place of the one of that key; beyond the capacity the oldest is dropped.
    Value& add(const Key& key, Value value) {
        if (Value* known = touch(key)) return *known = std::move(value);
        if (order_.size() >= capacity_) drop_oldest();
        order_.emplace_front(key, std::move(value));
        index_[key] = order_.begin();
        return order_.front().second;
    }
    void drop_oldest() {
        if (order_.empty()) return;
        index_.erase(order_.back().first);
        order_.pop_back();
    }
    /// Most recent first.
    template <class Visitor>
    void each(Visitor visit) const {
        for (const Entry& entry : order_) visit(entry.second);
    }
    [[nodiscard]] Value& oldest() { return order_.back().second; }
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

private:
    using Entry = std::pair<Key, Value>;
    std::size_t capacity_;
    std::list<Entry> order_;
    std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> index_;
};

}  // namespace gbkit::proto::observe
