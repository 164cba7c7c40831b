// SIP over a byte stream, RFC 3261 section 18.3.
//
// Two states: looking for a start line (everything else is skipped line by line), and inside a message (waiting
// for the end of its head, then for Content-Length bytes). Every decision is taken on the bytes alone, once
// there are enough of them, never on where a push ended: that makes the result the same for any cuts.
#include "wire/sip/framer.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/sip/chars.hpp"
#include "wire/sip/start_line.hpp"

namespace gbkit::wire::sip {
namespace {

constexpr std::size_t none = std::string_view::npos;

std::string_view trim_line_end(std::string_view line) noexcept { return line.substr(0, line.find_last_not_of("\r\n") + 1); }

/// A cheap look before read_start_line: the line names a SIP version somewhere.
bool names_sip(std::string_view line) noexcept {
    for (std::size_t slash = line.find('/'); slash != none; slash = line.find('/', slash + 1))
        if (slash >= 3 && iequals(line.substr(slash - 3, 3), "SIP")) return true;
    return false;
}

bool is_start_line(std::string_view line) { return names_sip(line) && read_start_line(line); }

/// The offset of the last line that is a start line; 0 when only the first one can be. No header looks like one:
/// a head that holds another start line lost its end, and a new message began.
std::size_t last_start_line(std::string_view head) {
    std::size_t last = 0;
    for (std::size_t at = head.find('\n'); at != none; at = head.find('\n', at + 1)) {
        const std::string_view rest = head.substr(at + 1);
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (line.size() < rest.size() && is_start_line(trim_line_end(line))) last = at + 1;
    }
    return last;
}

/// Where in a line a start line begins: 0 for a clean one; later when a body without a line end came before it.
std::size_t start_line_in(std::string_view line) {
    const std::size_t version = line.rfind("SIP/2.0");
    if (version == none) return none;
    if (read_start_line(line.substr(version))) return version;
    if (version < 2 || line[version - 1] != ' ') return none;
    const std::size_t gap = line.find_last_of(" \t", version - 2);
    if (gap == none) return none;
    std::size_t method = gap;
    while (method > 0 && is_token_char(line[method - 1])) --method;
    return read_start_line(line.substr(method)) ? method : none;
}

/// The value of the first Content-Length of a head, with its folds; nothing when there is none.
std::optional<std::string_view> content_length(std::string_view head) {
    std::size_t at = head.find('\n') + 1;
    while (at < head.size()) {
        std::size_t end = head.find('\n', at);
        while (end != none && end + 1 < head.size() && is_blank(head[end + 1])) end = head.find('\n', end + 1);
        const std::string_view field = head.substr(at, end == none ? none : end - at);
        const std::size_t colon = field.find(':');
        if (colon != none && same_header(trim(field.substr(0, colon)), "Content-Length")) return trim(field.substr(colon + 1));
        if (end == none) break;
        at = end + 1;
    }
    return std::nullopt;
}

}  // namespace

std::string_view Framer::pending() const noexcept { return std::string_view(buffer_).substr(start_); }

void Framer::push(std::string_view bytes) {
    if (start_ > 0 && start_ >= buffer_.size() / 2) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    buffer_.append(bytes);
}

void Framer::lost(std::uint64_t missing) {
    skipped_ += buffered();
    stream_offset_ += buffered() + missing;
    buffer_.clear();
    start_ = searched_ = head_ = whole_ = 0;
    in_message_ = false;
}

void Framer::consume(std::size_t count) {
    start_ += count;
    stream_offset_ += count;
    searched_ = head_ = whole_ = 0;
    in_message_ = false;
}

void Framer::skip(std::size_t count) {
    skipped_ += count;
    consume(count);
}

void Framer::skip_keepalives() {
    while (true) {
        const std::string_view bytes = pending();
        const std::size_t length = bytes.substr(0, 2) == "\r\n" ? 2 : bytes.substr(0, 1) == "\n" ? 1 : 0;
        if (length == 0) return;
        consume(length);
        ++keepalives_;
    }
}

/// `line` bytes from start_ are no clean start line: skip them, or only what stands before one.
void Framer::skip_line(std::size_t line, bool ended) {
    const std::size_t inside = ended ? start_line_in(trim_line_end(pending().substr(0, line))) : none;
    skip(inside == none || inside == 0 ? line : inside);
}

bool Framer::find_start_line() {
    while (!in_message_) {
        skip_keepalives();
        const std::string_view bytes = pending().substr(0, limits_.head_bytes);
        const std::size_t end = bytes.find('\n', searched_);
        if (end == none && bytes.size() < limits_.head_bytes) {
            searched_ = bytes.size();
            return false;
        }
        const std::string_view line = bytes.substr(0, end == none ? bytes.size() : end + 1);
        if (end != none && is_start_line(trim_line_end(line)))
            in_message_ = true;
        else
            skip_line(line.size(), end != none);
    }
    return true;
}

bool Framer::find_head_end() {
    const std::string_view bytes = pending().substr(0, limits_.head_bytes);
    if (head_ > 0) return true;
    while (head_ == 0) {
        const std::size_t end = bytes.find('\n', searched_);
        searched_ = end == none ? bytes.size() : end;
        const std::string_view rest = end == none ? std::string_view() : bytes.substr(end + 1, 2);
        if (rest.empty() || rest == "\r") break;  // more bytes must decide
        searched_ = end + 1;
        if (rest[0] == '\n' || rest == "\r\n") head_ = end + 1 + (rest[0] == '\n' ? 1 : 2);
    }
    if (head_ == 0 && bytes.size() < limits_.head_bytes) return false;
    const std::size_t later = last_start_line(bytes.substr(0, head_ > 0 ? head_ : bytes.size()));
    if (later > 0) skip(later);
    else if (head_ == 0) skip(bytes.rfind('\n') + 1);  // a head over the limit
    return head_ > 0;
}

/// How long the message is; false when it claims more than the limit and has been given up.
bool Framer::find_length() {
    if (whole_ > 0) return true;
    const std::optional<std::string_view> value = content_length(pending().substr(0, head_));
    // A value that is no number frames nothing: the head goes out alone and the judge refuses it.
    const std::uint64_t length = value ? to_number(*value).value_or(0) : 0;
    if (length > limits_.message_bytes || head_ + length > limits_.message_bytes) {
        skip(head_);
        return false;
    }
    whole_ = head_ + static_cast<std::size_t>(length);
    without_length_ = !value.has_value();
    return true;
}

std::optional<Framer::Piece> Framer::next() {
    while (find_start_line()) {
        if (!find_head_end()) {
            if (in_message_) return std::nullopt;
            continue;  // the head has been given up: over the limit, or broken off by a new start line
        }
        if (!find_length()) continue;
        if (buffered() < whole_) return std::nullopt;
        Piece piece{std::string(pending().substr(0, whole_)), stream_offset_, without_length_};
        consume(whole_);
        return piece;
    }
    return std::nullopt;
}

}  // namespace gbkit::wire::sip
