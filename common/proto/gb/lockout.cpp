#include "proto/gb/lockout.hpp"

namespace gbkit::proto::gb {

namespace {

std::string key_of(std::string_view device, const IpAddress& source) { return source.text().append(1, ' ').append(device); }

}  // namespace

bool Lockout::locked(Time now, std::string_view device, const IpAddress& source) {
    if (policy_.wrong == 0) return false;
    Pair* pair = pairs_.touch(key_of(device, source));
    if (pair == nullptr) return false;
    if (now - pair->last >= policy_.duration) pair->wrong = 0;
    return pair->wrong >= policy_.wrong;
}

void Lockout::wrong(Time now, std::string_view device, const IpAddress& source) {
    if (policy_.wrong == 0) return;
    std::string key = key_of(device, source);
    Pair* pair = pairs_.touch(key);
    if (pair == nullptr) pair = &pairs_.add(std::move(key), {});
    pair->wrong = now - pair->last >= policy_.duration ? 1 : pair->wrong + 1;
    pair->last = now;
}

void Lockout::right(std::string_view device, const IpAddress& source) {
    if (policy_.wrong == 0) return;
    if (Pair* pair = pairs_.touch(key_of(device, source))) pair->wrong = 0;
}

}  // namespace gbkit::proto::gb
