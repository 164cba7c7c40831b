// Where the bytes of one direction of a TCP connection have gone: from sequence numbers as captured to those written.
//
//   captured  |--- message 1 ---|CRLF|- - missing - -|-- message 2 --|
//   written   |-- message 1 --|CRLF|- - missing - -|--- message 2 ----|
//
// A span begins where its alias begins and ends where it ends; in between a place is as far from the begin, at most at the
// end. So every segment, acknowledgement and resend lies as it lay, and the stream holds what it should. The last bytes are
// remembered for resends; older ones are written as zeros.
#pragma once

#include <cstdint>
#include <deque>

#include "base/bytes.hpp"

namespace gbkit::wire::sanitize {

class Course {
public:
    static constexpr std::size_t kept_bytes = 128 * 1024, kept_spans = 4096;

    /// Sequence number of stream offset 0.
    void begin(std::uint32_t first_sequence) noexcept;
    [[nodiscard]] bool has_begun() const noexcept { return begun_; }
    [[nodiscard]] std::uint32_t first_sequence() const noexcept { return first_; }

    /// The next `old_bytes` of the stream are now `bytes` (missing: as many, unknown); of all of them `keep` are remembered.
    void add(std::uint64_t old_bytes, Bytes bytes, bool missing, std::size_t keep = kept_bytes);
    /// That many bytes of the stream have been captured, in order or not.
    void received(std::uint64_t end) noexcept { received_ = received_ < end ? end : received_; }
    /// Nothing that is still awaited will come.
    void close() noexcept { closed_ = true; }

    /// The stream offset of a captured sequence number; nothing before the first byte.
    [[nodiscard]] std::int64_t offset_of(std::uint32_t sequence) const noexcept;
    /// What is written there is known: it can be asked for.
    [[nodiscard]] bool knows(std::int64_t offset) const noexcept;
    /// The sequence number to write for a captured one.
    [[nodiscard]] std::uint32_t sequence(std::uint32_t captured) const noexcept;
    /// What is written for the bytes from `offset` to `end` (captured offsets).
    [[nodiscard]] Bytes bytes(std::int64_t offset, std::int64_t end) const;

private:
    struct Span {
        std::uint64_t old_at = 0, old_bytes = 0, new_at = 0, new_bytes = 0;
        Bytes bytes{};
    };
    [[nodiscard]] std::uint64_t place(std::uint64_t offset) const noexcept;

    bool begun_ = false, closed_ = false;
    std::uint32_t first_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t old_end_ = 0, new_end_ = 0;   // of the last span
    std::size_t kept_ = 0;
    std::deque<Span> spans_;
};

}  // namespace gbkit::wire::sanitize
