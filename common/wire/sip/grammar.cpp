// The grammar of the headers the kit acts on, decided by libosip2 (RFC 3261 section 25.1).
//
// libosip2 gets one value at a time (the request-URI, each Via, From, To, Contact), never a whole message: that
// keeps bodies away from its MIME parser, names the header that is wrong, and bounds its lists by the limits of
// scan(). It unescapes %XX and stops at NUL, so '%' and NUL are masked by characters the value does not hold on the
// way in and put back on the way out: values stay as they were sent. CSeq and Call-ID are a number and words; they
// are read here, because libosip2 takes any number.
#include <ctime>
#include <sys/time.h>

#include <osipparser2/osip_parser.h>

#include <algorithm>

#include "base/text.hpp"
#include "wire/sip/chars.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/split.hpp"

namespace gbkit::wire::sip {
namespace {

/// libosip2's process-wide set-up: once, and without its habit of printing to stdout.
void start_osip() {
    static const bool started = [] {
        osip_trace_initialize_func(TRACE_LEVEL0, [](const char*, int, osip_trace_level_t, const char*, va_list) {});
        parser_init();
        return true;
    }();
    static_cast<void>(started);
}

template <class T, int (*init)(T**), void (*destroy)(T*)>
class Osip {
public:
    Osip() { init(&value_); }
    ~Osip() { destroy(value_); }
    Osip(const Osip&) = delete;
    Osip& operator=(const Osip&) = delete;
    [[nodiscard]] T* get() const noexcept { return value_; }
    T* operator->() const noexcept { return value_; }

private:
    T* value_ = nullptr;
};
using OsipUri = Osip<osip_uri_t, osip_uri_init, osip_uri_free>;
using OsipFrom = Osip<osip_from_t, osip_from_init, osip_from_free>;
using OsipVia = Osip<osip_via_t, osip_via_init, osip_via_free>;

/// A copy that libosip2 can read: no '%', no NUL, ended by NUL.
class Masked {
public:
    explicit Masked(std::string value) : text_(std::move(value)) {
        percent_ = mask('%');
        nul_ = mask('\0');
    }
    [[nodiscard]] const char* c_str() const noexcept { return text_.c_str(); }
    [[nodiscard]] std::string restored(const char* part) const {
        std::string text = part == nullptr ? "" : part;
        if (percent_ == '%' && nul_ == '\0') return text;
        for (char& c : text) {
            if (c == percent_) c = '%';
            else if (c == nul_) c = '\0';
        }
        return text;
    }

private:
    /// Replaces `c` by a character the text does not hold: one that may stand wherever '%' may and makes none of
    /// the names looked for ("tag", "branch" ...), else a control character. A text that holds them all is no SIP.
    char mask(char c) {
        if (text_.find(c) == std::string::npos) return c;
        static constexpr std::string_view stand_ins = "~`!*'_+QZJKWYFLMU\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10\x11\x12\x13\x14";
        for (const char stand_in : stand_ins) {
            if (text_.find(stand_in) != std::string::npos) continue;
            std::replace(text_.begin(), text_.end(), c, stand_in);
            return stand_in;
        }
        return c;
    }

    std::string text_;
    char percent_ = '%';
    char nul_ = '\0';
};

Result<std::uint16_t> read_port(const std::string& text) {
    if (text.empty()) return std::uint16_t{0};
    const std::optional<std::uint64_t> port = to_number(text, 65535);
    if (!port) return fail(Errc::malformed, "a port that is no port number");
    return static_cast<std::uint16_t>(*port);
}

/// scheme ":" of RFC 3986, or empty.
std::string_view scheme_of(std::string_view uri) {
    const std::string_view scheme = uri.substr(0, uri.find(':'));
    if (scheme.size() == uri.size() || scheme.empty() || !is_alpha(scheme[0])) return {};
    for (const char c : scheme)
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return {};
    return scheme;
}

bool is_sip_scheme(std::string_view scheme) { return iequals(scheme, "sip") || iequals(scheme, "sips"); }

Result<Uri> read_uri(const osip_uri_t* parsed, const Masked& masked, std::string_view text) {
    Uri uri;
    uri.text = text;
    uri.scheme = scheme_of(text);
    if (uri.scheme.empty()) return fail(Errc::malformed, "a URI without a scheme");
    if (text.find_first_of(" \t") != std::string_view::npos) return fail(Errc::malformed, "white space in a URI");
    if (!is_sip_scheme(uri.scheme)) return uri;
    const Result<std::uint16_t> port = read_port(masked.restored(parsed->port));
    if (!port) return tl::unexpected<Error>(port.error());
    uri.user = masked.restored(parsed->username);
    uri.host = masked.restored(parsed->host);
    uri.port = *port;
    if (uri.host.empty()) return fail(Errc::malformed, "a SIP URI without a host");
    return uri;
}

/// The value of a parameter; nothing when absent, empty when it has no value.
std::optional<std::string> parameter(osip_list_t& list, const char* name, const Masked& masked) {
    osip_uri_param_t* found = nullptr;
    std::string key = name;
    if (osip_uri_param_get_byname(&list, key.data(), &found) != OSIP_SUCCESS || found == nullptr) return std::nullopt;
    return masked.restored(found->gvalue);
}

std::string unquoted(std::string_view display) {
    if (display.size() < 2 || display.front() != '"' || display.back() != '"') return std::string(display);
    std::string text;
    for (std::size_t i = 1; i + 1 < display.size(); ++i) {
        if (display[i] == '\\' && i + 2 < display.size()) ++i;
        text += display[i];
    }
    return text;
}

/// The value with the non-ASCII characters of a display name without quotes made letters, for the grammar's sake:
/// devices send GBK, whose second byte may be any from 0x40 on.
std::string with_plain_display(std::string_view value, std::string_view display) {
    std::string text(value);
    if (display.empty() || display.front() == '"') return text;
    const std::size_t begin = static_cast<std::size_t>(display.data() - value.data());
    for (std::size_t i = begin; i < begin + display.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x80) continue;
        text[i] = 'x';
        if (i + 1 < begin + display.size() && static_cast<unsigned char>(text[i + 1]) >= 0x40) text[++i] = 'x';
    }
    return text;
}

Result<NameAddr> read_name_addr(std::string_view value) {
    NameAddr result;
    const std::string_view display = display_name(value);
    const Masked masked(with_plain_display(value, display));
    OsipFrom parsed;
    if (!quotes_closed(value) || osip_from_parse(parsed.get(), masked.c_str()) != OSIP_SUCCESS || parsed->url == nullptr)
        return fail(Errc::malformed, "a name or address that is not well formed");
    Result<Uri> uri = read_uri(parsed->url, masked, addr_spec(value));
    if (!uri) return tl::unexpected<Error>(uri.error());
    result.uri = std::move(*uri);
    result.display = unquoted(display);
    result.tag = parameter(parsed->gen_params, "tag", masked).value_or("");
    if (const std::optional<std::string> expires = parameter(parsed->gen_params, "expires", masked))
        if (const std::optional<std::uint64_t> seconds = to_number(*expires, UINT32_MAX))
            result.expires = static_cast<std::uint32_t>(*seconds);
    return result;
}

Result<NameAddr> read_contact(std::string_view value) {
    if (value != "*") return read_name_addr(value);
    NameAddr every_binding;
    every_binding.star = true;
    return every_binding;
}

Result<Via> read_via(std::string_view value) {
    const Masked masked{std::string(value)};
    OsipVia parsed;
    if (osip_via_parse(parsed.get(), masked.c_str()) != OSIP_SUCCESS || parsed->host == nullptr || *parsed->host == '\0')
        return fail(Errc::malformed, "a Via that is not well formed");
    const Result<std::uint16_t> port = read_port(masked.restored(parsed->port));
    if (!port) return tl::unexpected<Error>(port.error());
    Via via;
    via.transport = masked.restored(parsed->protocol);
    via.host = masked.restored(parsed->host);
    via.port = *port;
    via.branch = parameter(parsed->via_params, "branch", masked).value_or("");
    via.received = parameter(parsed->via_params, "received", masked).value_or("");
    if (const std::optional<std::string> rport = parameter(parsed->via_params, "rport", masked)) {
        via.has_rport = true;
        via.rport = static_cast<std::uint16_t>(to_number(*rport, 65535).value_or(0));
    }
    return via;
}

/// CSeq = 1*DIGIT LWS Method
Result<CSeq> read_cseq(std::string_view value) {
    const std::size_t gap = value.find_first_of(" \t");
    if (gap == std::string_view::npos || !all_digits(value.substr(0, gap))) return fail(Errc::malformed, "a CSeq that is not a number and a method");
    const std::optional<std::uint64_t> number = to_number(value.substr(0, gap), UINT32_MAX);
    const std::string_view method = trim(value.substr(gap));
    if (!number) return fail(Errc::malformed, "a CSeq number over 32 bits");
    if (!is_token(method)) return fail(Errc::malformed, "a CSeq method that is no token");
    return CSeq{static_cast<std::uint32_t>(*number), std::string(method)};
}

Result<std::string> read_call_id(std::string_view value) {
    if (value.empty() || value.find_first_of(" \t") != std::string_view::npos) return fail(Errc::malformed, "a Call-ID that is not one word");
    return std::string(value);
}

/// Fills the typed fields of one message; the first refusal becomes its defect.
class Reader {
public:
    explicit Reader(Message& message) : message_(message) {}

    void run() {
        if (!message_.head_complete()) refuse({Errc::truncated, "no blank line after the headers", message_.text().size()});
        if (message_.is_request()) request_line();
        for (const HeaderField& header : message_.headers()) field(header);
    }

private:
    std::size_t offset_of(std::string_view part) const { return static_cast<std::size_t>(part.data() - message_.text().data()); }

    void refuse(const Error& error) {
        if (!message_.defect) message_.defect = error;
    }

    template <class T>
    bool take(Result<T> read, const HeaderField& header, std::string_view part, T& into) {
        if (read) into = std::move(*read);
        else refuse({read.error().code, read.error().what + " in " + std::string(header.name), part.empty() ? header.offset : offset_of(part)});
        return read.has_value();
    }

    void request_line() {
        const std::string_view uri = message_.request_uri();
        const std::size_t line_end = offset_of(message_.version()) + message_.version().size();
        const std::string_view after = message_.text().substr(line_end, 1);
        const std::size_t method_end = message_.text().find_first_of(" \t", message_.text().find_first_not_of("\r\n"));
        if (offset_of(uri) != method_end + 1 || offset_of(message_.version()) != offset_of(uri) + uri.size() + 1 || (!after.empty() && is_blank(after[0])))
            refuse({Errc::malformed, "superfluous white space in the request line", method_end});
        const Masked masked{std::string(uri)};
        OsipUri parsed;
        const bool accepted = !is_sip_scheme(scheme_of(uri)) || osip_uri_parse(parsed.get(), masked.c_str()) == OSIP_SUCCESS;
        Result<Uri> read = accepted ? read_uri(parsed.get(), masked, uri) : fail(Errc::malformed, "a URI that is not well formed");
        if (read) message_.uri = std::move(*read);
        else refuse({read.error().code, read.error().what + " as request-URI", offset_of(uri)});
    }

    void field(const HeaderField& header) {
        if (same_header(header.name, "Via")) list(header, message_.vias, read_via);
        else if (same_header(header.name, "Contact")) list(header, message_.contacts, read_contact);
        else if (same_header(header.name, "From")) once(header, from_, message_.from, read_name_addr);
        else if (same_header(header.name, "To")) once(header, to_, message_.to, read_name_addr);
        else if (same_header(header.name, "Call-ID")) once(header, call_id_, message_.call_id, read_call_id);
        else if (same_header(header.name, "CSeq")) once(header, cseq_, message_.cseq, read_cseq);
    }

    template <class T>
    void list(const HeaderField& header, std::vector<T>& into, Result<T> (*read)(std::string_view)) {
        if (header.value.find(',') == std::string_view::npos) return one(header, header.value, into, read);
        for (const std::string_view piece : split_values(header.value)) one(header, piece, into, read);
    }

    template <class T>
    void one(const HeaderField& header, std::string_view piece, std::vector<T>& into, Result<T> (*read)(std::string_view)) {
        T value;
        if (take(read(piece), header, piece, value)) into.push_back(std::move(value));
    }

    /// The first header of that name counts; a second one is refused.
    template <class T>
    void once(const HeaderField& header, bool& seen, T& into, Result<T> (*read)(std::string_view)) {
        if (seen) refuse({Errc::conflict, "a second " + std::string(header.name) + " header", header.offset});
        else take(read(header.value), header, header.value, into);
        seen = true;
    }

    Message& message_;
    bool from_ = false, to_ = false, call_id_ = false, cseq_ = false;
};

}  // namespace

Result<Message> parse(std::string_view bytes, const Limits& limits) {
    start_osip();
    Result<Message> message = scan(bytes, limits);
    if (message) Reader(*message).run();
    return message;
}

}  // namespace gbkit::wire::sip
