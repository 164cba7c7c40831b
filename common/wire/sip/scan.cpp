// Our own reader of a SIP head: start line, header table, limits (RFC 3261 section 7).
//
// One walk over the head, line by line, counting lines and separators as it goes; nothing else of a message is
// read before the counters have passed it. Names and values are remembered as places, then the text is copied
// once, fold line ends become spaces in the copy (same length), and the places become views into it.
#include <array>
#include <cstring>

#include "base/text.hpp"
#include "wire/sip/chars.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/start_line.hpp"

namespace gbkit::wire::sip {
namespace {

struct Place {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Field {
    Place name, value, whole;
};

/// Characters libosip2's cost grows with the square of, each with its own counter.
constexpr std::string_view separator_characters = ";,<\"\\&@";
constexpr std::size_t usual_fields = 16;

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (std::size_t i = 0; i < separator_characters.size(); ++i)
        classes[static_cast<std::uint8_t>(separator_characters[i])] = static_cast<std::uint8_t>(i + 1);
    classes[0] = classes['\r'] = classes['\n'] = 0xFF;
    return classes;
}
constexpr std::array<std::uint8_t, 256> classes = make_classes();

class Scanner {
public:
    Scanner(std::string_view bytes, const Limits& limits) : bytes_(bytes), limits_(limits) { fields.reserve(usual_fields); }

    Result<void> head();

    StartLine start;
    std::vector<Field> fields;
    std::size_t head_end = 0;
    bool complete = false;

private:
    struct Line {
        std::size_t begin = 0;
        std::size_t end = 0;   // its line end excluded
        std::size_t next = 0;
        bool ended = false;
    };

    Result<Line> next_line(std::size_t at);
    Result<void> header_line(const Line& line);
    Result<void> count(std::size_t begin, std::size_t end);
    Result<void> read_lines(std::size_t at);

    std::string_view bytes_;
    const Limits& limits_;
    std::size_t start_ = 0;
    std::size_t lines_ = 0;
    std::size_t separators_ = 0;
    // of the header field being read, kept over its folds
    std::array<std::size_t, separator_characters.size() + 1> counts_{};
    bool quoted_ = false;
    bool escaped_ = false;
};

Result<Scanner::Line> Scanner::next_line(std::size_t at) {
    const std::size_t reach = std::min(bytes_.size(), start_ + limits_.head_bytes);
    if (at >= reach && reach < bytes_.size()) return fail(Errc::too_large, "a head over the limit", reach);
    const std::string_view window = bytes_.substr(at, reach - at);
    const std::size_t found = window.find('\n');
    if (found == std::string_view::npos && reach < bytes_.size()) return fail(Errc::too_large, "a head over the limit", reach);
    Line line{at, reach, reach, found != std::string_view::npos};
    if (line.ended) {
        line.end = at + found;
        line.next = line.end + 1;
        if (line.end > at && bytes_[line.end - 1] == '\r') --line.end;
    }
    return line;
}

Result<void> Scanner::count(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        const auto c = static_cast<std::uint8_t>(bytes_[i]);
        const std::uint8_t kind = classes[c];
        if (kind == 0) {  // nearly all of them
            escaped_ = false;
            continue;
        }
        // RFC 3261 section 25.1: a quoted-pair may hold NUL, never CR or LF.
        if (kind == 0xFF && !(c == 0 && quoted_ && escaped_))
            return fail(Errc::malformed, c == 0 ? "a NUL in the head" : "a CR without LF in the head", i);
        if (kind != 0xFF) {
            if (++counts_[kind] > limits_.separators_per_line)
                return fail(Errc::too_large, "too many separators in one header", i);
            if (++separators_ > limits_.separators) return fail(Errc::too_large, "too many separators in the head", i);
        }
        if (c == '"' && !escaped_) quoted_ = !quoted_;
        escaped_ = c == '\\' && !escaped_;
    }
    return {};
}

Result<void> Scanner::header_line(const Line& line) {
    const bool fold = is_blank(bytes_[line.begin]);
    if (fold && fields.empty()) return fail(Errc::malformed, "a folded line before the first header", line.begin);
    if (!fold) {
        counts_.fill(0);
        quoted_ = escaped_ = false;
        const std::string_view text = bytes_.substr(line.begin, line.end - line.begin);
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return fail(Errc::malformed, "a header line without a colon", line.begin);
        const std::string_view name = trim(text.substr(0, colon));
        if (!is_token(name)) return fail(Errc::malformed, "a header name that is no token", line.begin);
        fields.push_back({{line.begin, line.begin + name.size()}, {line.begin + colon + 1, line.end}, {line.begin, line.next}});
    }
    fields.back().value.end = line.end;
    fields.back().whole.end = line.next;
    return count(line.begin, line.end);
}

Result<void> Scanner::read_lines(std::size_t at) {
    while (at < bytes_.size()) {
        const Result<Line> line = next_line(at);
        if (!line) return tl::unexpected<Error>(line.error());
        at = line->next;
        if (line->end == line->begin) {
            complete = line->ended;
            break;
        }
        if (++lines_ > limits_.header_lines) return fail(Errc::too_large, "too many header lines", line->begin);
        if (Result<void> read = header_line(*line); !read) return read;
    }
    head_end = at;
    return {};
}

Result<void> Scanner::head() {
    if (bytes_.size() > limits_.message_bytes) return fail(Errc::too_large, "a message over the limit", limits_.message_bytes);
    // RFC 3261 section 7.5: line ends before the start line are ignored.
    start_ = bytes_.find_first_not_of("\r\n");
    if (start_ == std::string_view::npos) return fail(Errc::truncated, "no SIP message");
    const Result<Line> line = next_line(start_);
    if (!line) return tl::unexpected<Error>(line.error());
    const Result<StartLine> read = read_start_line(bytes_.substr(line->begin, line->end - line->begin));
    if (!read) return fail(read.error().code, read.error().what, start_ + read.error().offset);
    start = *read;
    if (Result<void> counted = count(line->begin, line->end); !counted) return counted;
    const std::size_t nul = bytes_.substr(0, line->end).find('\0', start_);  // no quoted pairs in a start line
    if (nul != std::string_view::npos) return fail(Errc::malformed, "a NUL in the head", nul);
    return read_lines(line->next);
}

/// The bytes with the line ends inside header fields (folds) made spaces.
std::shared_ptr<const std::string> unfolded(std::string_view bytes, const std::vector<Field>& fields) {
    auto text = std::make_shared<std::string>(bytes);
    for (const Field& field : fields) {
        for (std::size_t i = field.value.begin; i < field.value.end; ++i)
            if ((*text)[i] == '\r' || (*text)[i] == '\n') (*text)[i] = ' ';
    }
    return text;
}

std::string_view body_of(std::string_view after_head, std::string_view content_length) {
    const std::optional<std::uint64_t> length = to_number(content_length);
    return length && *length < after_head.size() ? after_head.substr(0, static_cast<std::size_t>(*length)) : after_head;
}

}  // namespace

Result<Message> scan(std::string_view bytes, const Limits& limits) {
    Scanner scanner(bytes, limits);
    if (const Result<void> read = scanner.head(); !read) return tl::unexpected<Error>(read.error());

    Message message;
    message.text_ = unfolded(bytes, scanner.fields);
    const std::string_view text = *message.text_;
    const auto moved = [&](std::string_view part) {
        return part.empty() ? std::string_view() : text.substr(static_cast<std::size_t>(part.data() - bytes.data()), part.size());
    };
    message.start_method_ = moved(scanner.start.method);
    message.request_uri_ = moved(scanner.start.uri);
    message.version_ = moved(scanner.start.version);
    message.reason_ = moved(scanner.start.reason);
    message.status_ = scanner.start.status;
    message.head_complete_ = scanner.complete;
    message.headers_.reserve(scanner.fields.size());
    for (const Field& field : scanner.fields) {
        message.headers_.push_back({text.substr(field.name.begin, field.name.end - field.name.begin),
                                    trim(text.substr(field.value.begin, field.value.end - field.value.begin)),
                                    field.whole.begin, field.whole.end - field.whole.begin});
    }
    message.body_ = body_of(text.substr(scanner.head_end), message.value("Content-Length"));
    return message;
}

}  // namespace gbkit::wire::sip
