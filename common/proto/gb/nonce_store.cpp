#include "proto/gb/nonce_store.hpp"

namespace gbkit::proto::gb {

std::string NonceStore::issue(Time now, Random& random) {
    while (!by_age_.empty() && (by_age_.size() >= limit_ || !is_fresh(now, by_age_.front()))) drop_oldest();
    std::string nonce = random.hex(32);
    by_nonce_.insert_or_assign(nonce, Issued{now, 0});
    by_age_.push_back(nonce);
    return nonce;
}

bool NonceStore::is_fresh(Time now, std::string_view nonce) const {
    const auto found = by_nonce_.find(std::string(nonce));
    return found != by_nonce_.end() && now - found->second.at < lifetime_;
}

bool NonceStore::use(std::string_view nonce, std::uint32_t count) {
    const auto found = by_nonce_.find(std::string(nonce));
    if (found == by_nonce_.end()) return false;
    if (count == 0) return true;
    if (count <= found->second.last_count) return false;
    found->second.last_count = count;
    return true;
}

void NonceStore::drop_oldest() {
    by_nonce_.erase(by_age_.front());
    by_age_.pop_front();
}

}  // namespace gbkit::proto::gb
