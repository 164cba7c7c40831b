// SIP over a byte stream: messages framed by Content-Length (RFC 3261 section 18.3).
//
// Push bytes in any cuts, take whole messages out: the same messages whatever the cuts. CRLFs between
// messages are the keepalive of RFC 5626 section 3.5.1 and are counted, not reported. Whatever is no start line
// is skipped to the next one. Taken empty after each push, the framer holds at most one message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::wire::sip {

class Framer {
public:
    explicit Framer(Limits limits = {}) : limits_(limits) {}

    void push(std::string_view bytes);
    /// A gap of `missing` bytes in the stream: what is buffered is given up (counted) and the next start line
    /// is looked for.
    void lost(std::uint64_t missing = 0);

    struct Piece {
        std::string bytes;            // one whole message, head and body
        std::uint64_t offset = 0;     // of its first byte in the stream
        bool without_length = false;  // Content-Length was missing: taken as 0, RFC 3261 18.3 forbids it
    };
    /// The next whole message; nothing when more bytes are needed.
    [[nodiscard]] std::optional<Piece> next();

    [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size() - start_; }
    [[nodiscard]] std::uint64_t skipped_bytes() const noexcept { return skipped_; }
    [[nodiscard]] std::uint64_t keepalives() const noexcept { return keepalives_; }

private:
    [[nodiscard]] std::string_view pending() const noexcept;
    [[nodiscard]] bool find_start_line();
    [[nodiscard]] bool find_head_end();
    [[nodiscard]] bool find_length();
    void skip_keepalives();
    void skip_line(std::size_t line, bool ended);
    void skip(std::size_t count);
    void consume(std::size_t count);

    Limits limits_;
    std::string buffer_;
    std::size_t start_ = 0;          // first byte not yet given out
    std::size_t searched_ = 0;       // from start_: up to here neither line end nor end of head is missed
    std::size_t head_ = 0;           // length of the head at start_, 0 while its end has not come
    std::size_t whole_ = 0;          // length of the message at start_, 0 while it is not known
    bool without_length_ = false;    // it has no Content-Length
    bool in_message_ = false;        // a start line is at start_
    std::uint64_t stream_offset_ = 0;  // of buffer_[start_]
    std::uint64_t skipped_ = 0;
    std::uint64_t keepalives_ = 0;
};

}  // namespace gbkit::wire::sip
