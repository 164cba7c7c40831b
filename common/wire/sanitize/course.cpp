#include "wire/sanitize/course.hpp"

#include <algorithm>

namespace gbkit::wire::sanitize {

void Course::begin(std::uint32_t first_sequence) noexcept {
    begun_ = true;
    first_ = first_sequence;
}

void Course::add(std::uint64_t old_bytes, Bytes bytes, bool missing, std::size_t keep) {
    const std::uint64_t fresh = missing ? old_bytes : bytes.size();
    kept_ += bytes.size();
    spans_.push_back({old_end_, old_bytes, new_end_, fresh, std::move(bytes)});
    old_end_ += old_bytes;
    new_end_ += fresh;
    received(old_end_);
    while ((kept_ > keep || spans_.size() > kept_spans) && spans_.size() > 1) {
        kept_ -= spans_.front().bytes.size();
        spans_.pop_front();
    }
}

std::int64_t Course::offset_of(std::uint32_t sequence) const noexcept {
    const auto ahead = static_cast<std::int32_t>(sequence - (first_ + static_cast<std::uint32_t>(received_)));
    return static_cast<std::int64_t>(received_) + ahead;
}

bool Course::knows(std::int64_t offset) const noexcept {
    return closed_ || !begun_ || offset <= static_cast<std::int64_t>(old_end_) || offset > static_cast<std::int64_t>(received_);
}

std::uint64_t Course::place(std::uint64_t offset) const noexcept {
    if (offset >= old_end_) return new_end_ + (offset - old_end_);
    const auto after = std::upper_bound(spans_.begin(), spans_.end(), offset, [](std::uint64_t at, const Span& span) { return at < span.old_at; });
    if (after == spans_.begin()) return spans_.front().new_at - (spans_.front().old_at - offset);   // long ago: may wrap like the numbers do
    const Span& span = *(after - 1);
    return span.new_at + std::min(offset - span.old_at, span.new_bytes);
}

std::uint32_t Course::sequence(std::uint32_t captured) const noexcept {
    const std::int64_t offset = begun_ ? offset_of(captured) : -1;
    return offset < 0 ? captured : first_ + static_cast<std::uint32_t>(place(static_cast<std::uint64_t>(offset)));
}

Bytes Course::bytes(std::int64_t offset, std::int64_t end) const {
    if (offset < 0 || end <= offset) return Bytes(static_cast<std::size_t>(std::max<std::int64_t>(end - offset, 0)), 0);
    const std::uint64_t from = place(static_cast<std::uint64_t>(offset)), to = place(static_cast<std::uint64_t>(end));
    Bytes out(static_cast<std::size_t>(to - from), 0);
    auto span = std::upper_bound(spans_.begin(), spans_.end(), from, [](std::uint64_t at, const Span& one) { return at < one.new_at; });
    if (span != spans_.begin()) --span;
    for (; span != spans_.end() && span->new_at < to; ++span) {
        const std::uint64_t begin = std::max(from, span->new_at), stop = std::min(to, span->new_at + span->bytes.size());
        if (begin >= stop) continue;
        std::copy_n(span->bytes.begin() + static_cast<std::ptrdiff_t>(begin - span->new_at), stop - begin, out.begin() + static_cast<std::ptrdiff_t>(begin - from));
    }
    return out;
}

}  // namespace gbkit::wire::sanitize
