#include "wire/pasted.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace gbkit::wire {

namespace {

constexpr std::size_t longest_line = 64 * 1024;   // of a line, what lies beyond is not looked at
constexpr std::size_t colons_looked_at = 24;      // per line, when looking for a header name behind a prefix

// Names that are believed behind a time stamp or a log prefix; others only at the start of a line.
constexpr auto known_names = std::to_array<std::string_view>({
    "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "max-forwards", "user-agent", "server",
    "expires", "content-length", "l", "content-type", "c", "www-authenticate", "proxy-authenticate", "authorization",
    "proxy-authorization", "authentication-info", "proxy-authentication-info", "allow", "supported", "require", "route",
    "record-route", "subject", "s", "event", "o", "date", "host", "accept", "session", "transport", "range", "public",
    "connection", "x-gb-ver", "note", "warning", "reason", "securityinfo", "cache-control", "location", "content-base",
    "subscription-state", "min-expires", "retry-after", "allow-events", "k", "u"});

bool is_known(std::string_view name) noexcept {
    return std::any_of(known_names.begin(), known_names.end(), [&](std::string_view known) { return iequals(known, name); });
}

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_char(char c) noexcept { return is_alpha(c) || (c >= '0' && c <= '9') || c == '-'; }
bool is_upper_word(std::string_view word) noexcept {
    return !word.empty() && word.size() <= 32 &&
           std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; });
}

struct StartLine {
    TextProtocol protocol = TextProtocol::sip;
    std::string_view text, method, uri, reason;
    int status = 0;
};

struct Version {
    std::string_view text;
    TextProtocol protocol;
};
constexpr auto versions = std::to_array<Version>({{"SIP/2.0", TextProtocol::sip},
                                                  {"RTSP/1.0", TextProtocol::rtsp},
                                                  {"RTSP/2.0", TextProtocol::rtsp},
                                                  {"HTTP/1.1", TextProtocol::http},
                                                  {"HTTP/1.0", TextProtocol::http},
                                                  {"HTTP/2", TextProtocol::http}});

/// The word that ends right before `end` (spaces between skipped); `end` moves to its start.
std::string_view word_before(std::string_view line, std::size_t& end) noexcept {
    while (end > 0 && line[end - 1] == ' ') --end;
    const std::size_t stop = end;
    while (end > 0 && line[end - 1] != ' ' && line[end - 1] != '\t') --end;
    return line.substr(end, stop - end);
}

std::optional<StartLine> response_at(std::string_view line, std::size_t at, const Version& version) {
    const std::size_t next = at + version.text.size();
    if (next >= line.size() || line[next] != ' ') return std::nullopt;
    std::string_view rest = trim(line.substr(next));
    if (rest.size() < 3 || !all_digits(rest.substr(0, 3)) || (rest.size() > 3 && rest[3] != ' ')) return std::nullopt;
    const auto status = to_number(rest.substr(0, 3));
    if (!status || *status < 100 || *status > 699) return std::nullopt;
    return StartLine{version.protocol, trim(line.substr(at)), {}, {}, trim(rest.substr(3)), static_cast<int>(*status)};
}

/// The method at the end of a word: "[INFO]REGISTER" and "msg=REGISTER" still hold one.
std::string_view method_in(std::string_view word) noexcept {
    std::size_t start = word.size();
    while (start > 0 && ((word[start - 1] >= 'A' && word[start - 1] <= 'Z') || word[start - 1] == '_')) --start;
    const std::string_view method = word.substr(start);
    return is_upper_word(method) && method.size() >= 3 ? method : std::string_view{};
}

std::optional<StartLine> request_at(std::string_view line, std::size_t at, const Version& version) {
    std::size_t end = at;
    const std::string_view uri = word_before(line, end);
    const std::string_view method = method_in(word_before(line, end));
    const bool likely_uri = uri == "*" || uri.find(':') != std::string_view::npos || (!uri.empty() && uri[0] == '/');
    if (method.empty() || !likely_uri) return std::nullopt;
    const std::size_t stop = at + version.text.size();
    if (stop < line.size() && is_name_char(line[stop])) return std::nullopt;
    const auto start = static_cast<std::size_t>(method.data() - line.data());
    return StartLine{version.protocol, line.substr(start, stop - start), method, uri, {}, 0};
}

std::optional<StartLine> start_line(std::string_view line) {
    for (const Version& version : versions) {
        for (std::size_t at = line.find(version.text); at != std::string_view::npos; at = line.find(version.text, at + 1)) {
            const std::size_t after = at + version.text.size();
            if (after < line.size() && line[after] == '/') continue;  // Via: SIP/2.0/UDP
            if (at > 0 && line[at - 1] == ' ')
                if (auto request = request_at(line, at, version)) return request;
            if (auto response = response_at(line, at, version)) return response;
            break;  // the first place decides: a line that names a version again and again stays linear
        }
    }
    return std::nullopt;
}

/// Spaces, quoting marks of mail and Markdown, table bars.
std::size_t margin(std::string_view line) noexcept {
    return std::min(line.find_first_not_of(" \t><|*#"), line.size());
}

struct Named {
    std::string_view name, value;
    bool at_margin = false;  // nothing but quoting marks stood before it
    bool known = false;
};

/// The header in this line: its name at the margin, or a known name behind some prefix.
std::optional<Named> header_in(std::string_view line) {
    std::optional<Named> plain;
    const std::size_t first = margin(line);
    std::size_t colon = line.find(':');
    for (std::size_t n = 0; colon != std::string_view::npos && n < colons_looked_at; colon = line.find(':', colon + 1), ++n) {
        std::size_t end = colon;
        while (end > first && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
        std::size_t start = end;
        while (start > first && is_name_char(line[start - 1]) && end - start < 40) --start;
        const std::string_view name = line.substr(start, end - start);
        if (name.empty() || !is_alpha(name[0])) continue;
        const bool at_margin = start == first;
        const bool known = is_known(name);
        // A compact name behind a prefix would be any single letter: believe it at the margin only.
        const bool separate = start == 0 || line[start - 1] == ' ' || line[start - 1] == '\t' || line[start - 1] == ']' ||
                              line[start - 1] == '|' || line[start - 1] == '>' || line[start - 1] == ')';
        if (known && (at_margin || (separate && name.size() > 2))) return Named{name, trim(line.substr(colon + 1)), at_margin, true};
        if (at_margin && n == 0) plain = Named{name, trim(line.substr(colon + 1)), true, false};
    }
    return plain;
}

bool is_auth(std::string_view name) noexcept {
    return iequals(name, "authorization") || iequals(name, "proxy-authorization") || iequals(name, "www-authenticate") ||
           iequals(name, "proxy-authenticate") || iequals(name, "authentication-info") ||
           iequals(name, "proxy-authentication-info");
}

/// Articles turn straight quotes into curly ones.
std::string straight_quotes(std::string value) {
    for (const std::string_view curly : {"\xE2\x80\x9C", "\xE2\x80\x9D", "&quot;"})
        if (value.find(curly) != std::string::npos) value = replace_all(std::move(value), curly, "\"");
    return value;
}

constexpr auto digest_parameters = std::to_array<std::string_view>(
    {"username", "username*", "realm", "nonce", "uri", "response", "algorithm", "cnonce", "opaque", "qop", "nc", "stale",
     "userhash", "domain", "charset", "rspauth", "nextnonce"});

/// Does this piece go on with a parameter of a Digest header?
bool is_parameter(std::string_view piece) noexcept {
    const std::size_t start = piece.find_first_not_of(", ");
    const std::size_t equals = piece.find('=');
    if (start == std::string_view::npos || equals == std::string_view::npos || equals <= start) return false;
    const std::string_view name = trim(piece.substr(start, equals - start));
    return std::any_of(digest_parameters.begin(), digest_parameters.end(), [&](std::string_view known) { return iequals(known, name); });
}

bool quote_open(std::string_view value) noexcept { return std::count(value.begin(), value.end(), '"') % 2 == 1; }

class Reader {
public:
    explicit Reader(const PastedLimits& limits) : limits_(limits) {}

    std::vector<PastedMessage> run(std::string_view text) {
        std::size_t at = 0;
        for (number_ = 1; at < text.size(); ++number_) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            raw_line(text.substr(at, std::min(end + 1, text.size()) - at));
            at = end + 1;
        }
        close();
        return std::move(messages_);
    }

private:
    enum class Part { outside, head, body };

    /// A line of the input; one that spells its line ends as \r\n or \n holds a whole message.
    void raw_line(std::string_view with_end) {
        const std::string_view text = with_end.substr(0, longest_line);
        const std::size_t written_end = text.find("\\n");
        if (written_end == std::string_view::npos || !start_line(text.substr(0, written_end))) return line(with_end);
        std::string plain = replace_all(std::string(text), "\\r\\n", "\r\n");
        plain = replace_all(replace_all(std::move(plain), "\\n", "\n"), "\\\"", "\"");
        for (std::string_view left = plain; !left.empty();) {
            const std::size_t end = std::min(left.find('\n'), left.size() - 1) + 1;
            line(left.substr(0, end));
            left.remove_prefix(end);
        }
        close();
    }

    void line(std::string_view with_end) {
        std::string_view text = with_end.substr(0, longest_line);
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
        const auto start = start_line(text);
        if (start && !inside_body()) open(*start, text);
        else if (part_ == Part::head) head_line(text, with_end);
        else if (part_ == Part::body) body_line(with_end);
        else bare_header(text);
    }

    /// An authentication header outside any message: somebody pasted just that line.
    void bare_header(std::string_view text) {
        const auto header = header_in(text);
        if (!header || !is_auth(header->name)) return;
        open({}, {});
        bare_ = true;
        if (ifind(header->name, "authenticate") != std::string_view::npos) message_.status = 401;
        if (ifind(header->name, "info") != std::string_view::npos) message_.status = 200;
        if (part_ == Part::head) add(*header);
    }

    /// A start line inside a message/sipfrag body is no new message.
    bool inside_body() const {
        const bool body = part_ == Part::body || (part_ == Part::head && blank_);
        return body && sipfrag_ && length_ && message_.body.size() < *length_;
    }

    void open(const StartLine& start, std::string_view line) {
        close();
        if (messages_.size() == limits_.messages) return;
        part_ = Part::head;
        message_ = {};
        message_.protocol = start.protocol;
        message_.start_line = start.text;
        message_.method = start.method;
        message_.request_uri = start.uri;
        message_.status = start.status;
        message_.reason = start.reason;
        message_.line = number_;
        dotted_ = !line.empty() && line.back() == '.' && (start.status == 0 || start.reason.size() > 1);
        if (dotted_ && !message_.reason.empty()) message_.reason.pop_back();
        if (dotted_ && start.status != 0) message_.start_line.pop_back();
        length_.reset();
        sipfrag_ = blank_ = open_quote_ = bare_ = false;
    }

    void head_line(std::string_view text, std::string_view with_end) {
        if (dotted_ && !text.empty() && text.back() == '.') text.remove_suffix(1);
        if (margin(text) == text.size()) {
            blank_ = true;
            return;
        }
        const auto header = header_in(text);
        if (bare_ && header && is_auth(header->name)) {
            close();
            return bare_header(text);
        }
        // Double-spaced text has a blank line after every line: a known header after it belongs to the head.
        const bool announced = length_ && *length_ > 0;
        if (blank_ && bare_) return close();
        if (blank_ && (announced || !header || !header->known || !header->at_margin)) {
            part_ = Part::body;
            return body_line(with_end);
        }
        blank_ = false;
        if (continues(header)) wrapped(text);
        else if (header) add(*header);
    }

    /// A folded line of a Digest header, or one that a terminal or a mailer broke.
    bool continues(const std::optional<Named>& header) const {
        if (message_.headers.empty() || !is_auth(message_.headers.back().name)) return false;
        return !header || (open_quote_ && !header->known);
    }
    void wrapped(std::string_view text) {
        std::string& value = message_.headers.back().value;
        const std::string more = straight_quotes(std::string(trim(text.substr(margin(text)))));
        if (value.size() + more.size() > limits_.header_bytes) return;
        if (!open_quote_ && !is_parameter(more)) return;  // a log line in between
        value.append(open_quote_ ? "" : " ").append(more);
        open_quote_ ^= quote_open(more);
    }

    void add(const Named& header) {
        if (message_.headers.size() == limits_.headers) return;
        std::string value(header.value.substr(0, limits_.header_bytes));
        if (is_auth(header.name)) value = straight_quotes(std::move(value));
        open_quote_ = is_auth(header.name) && quote_open(value);
        if (iequals(header.name, "content-length") || header.name == "l") length_ = to_number(value, limits_.body_bytes);
        if (ifind(value, "message/sipfrag") != std::string_view::npos) sipfrag_ = true;
        message_.headers.push_back({std::string(header.name), std::move(value), number_});
    }

    void body_line(std::string_view with_end) {
        const std::size_t wanted = length_ ? static_cast<std::size_t>(*length_) + 2 : 0;  // and the line end after it
        if (message_.body.size() < wanted) message_.body += with_end.substr(0, wanted - message_.body.size());
    }

    /// Does a body of this length end where a line ends?
    static bool ends_a_line(std::string_view body, std::size_t length) noexcept {
        if (length >= body.size()) return length == body.size();
        return length == 0 || body[length - 1] == '\n' || body[length] == '\r' || body[length] == '\n';
    }

    /// Content-Length counts CRLF; a paste may have lost the CR.
    void settle_body() {
        std::string& body = message_.body;
        const std::size_t length = length_ ? static_cast<std::size_t>(*length_) : 0;
        if (body.find('\r') == std::string::npos) {
            std::string crlf = replace_all(body, "\n", "\r\n");
            if (ends_a_line(crlf, length) || !ends_a_line(body, length)) body = std::move(crlf);
        }
        if (body.size() > length) body.resize(length);
    }

    void close() {
        if (part_ == Part::outside) return;
        settle_body();
        messages_.push_back(std::move(message_));
        message_ = {};
        part_ = Part::outside;
    }

    const PastedLimits& limits_;
    std::vector<PastedMessage> messages_;
    PastedMessage message_;
    Part part_ = Part::outside;
    std::size_t number_ = 1;
    std::optional<std::uint64_t> length_;
    bool sipfrag_ = false, blank_ = false, dotted_ = false, open_quote_ = false, bare_ = false;
};

std::string_view compact_of(std::string_view name) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> forms = {
        {{"from", "f"}, {"to", "t"}, {"call-id", "i"}, {"via", "v"}, {"contact", "m"}, {"content-length", "l"}, {"content-type", "c"}}};
    for (const auto& [full, compact] : forms)
        if (iequals(full, name)) return compact;
    return {};
}

}  // namespace

std::string_view PastedMessage::value(std::string_view name) const noexcept {
    const std::string_view compact = compact_of(name);
    for (const PastedHeader& header : headers)
        if (iequals(header.name, name) || (!compact.empty() && iequals(header.name, compact))) return header.value;
    return {};
}

std::vector<PastedMessage> read_pasted(std::string_view text, const PastedLimits& limits) {
    return Reader(limits).run(text);
}

}  // namespace gbkit::wire
