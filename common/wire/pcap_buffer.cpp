#include "wire/pcap_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace gbkit::wire {

std::span<std::uint8_t> PcapBuffer::prepare(std::size_t count) {
    const std::size_t held = end_ - start_;
    if (capacity_ - end_ < count) {
        if (capacity_ < held + count) {
            capacity_ = std::max(held + count, capacity_ * 2);
            std::unique_ptr<std::uint8_t[]> larger(new std::uint8_t[capacity_]);  // not zeroed: it is read into
            if (held > 0) std::memcpy(larger.get(), bytes_.get() + start_, held);
            bytes_ = std::move(larger);
        } else if (held > 0) {
            std::memmove(bytes_.get(), bytes_.get() + start_, held);
        }
        start_ = 0;
        end_ = held;
    }
    return {bytes_.get() + end_, count};
}

void PcapBuffer::push(ByteView bytes) {
    if (bytes.empty()) return;
    std::copy(bytes.begin(), bytes.end(), prepare(bytes.size()).begin());
    commit(bytes.size());
}

}  // namespace gbkit::wire
