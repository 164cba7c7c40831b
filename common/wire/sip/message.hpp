// A SIP message: the raw bytes, a table of its headers as sent, and the values the kit reads from it.
//
// Two readers look at the same bytes. scan() is ours: it keeps every header as it was sent (name, value,
// place) and enforces the limits before anything else runs. libosip2 then decides on grammar (wire/sip/grammar)
// and gives the typed fields. A message that libosip2 refuses still has its header table, so a page can say
// what is wrong with it and where. RFC 3261 section 7; compact forms of section 7.3.3 are known.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gbkit::wire::sip {

/// One header line (folded lines belong to it). Views live as long as any copy of the Message.
struct HeaderField {
    std::string_view name;   // as sent: "f", "From", "FROM"
    std::string_view value;  // trimmed; the line ends of folds are spaces
    std::size_t offset = 0;  // of the name, from the start of the message
    std::size_t length = 0;  // of the whole field, its last line end included
};

/// RFC 3261 section 19.1. Escapes are left as sent.
struct Uri {
    std::string scheme;
    std::string user;
    std::string host;            // IPv6 without brackets
    std::uint16_t port = 0;      // 0: none given
    std::string text;            // as sent, without angle brackets
};

/// From, To, Contact.
struct NameAddr {
    std::string display;
    Uri uri;
    std::string tag;                        // From and To
    std::optional<std::uint32_t> expires;   // Contact
    bool star = false;                      // Contact: *
};

/// One Via value, RFC 3261 section 20.42 and RFC 3581 (rport).
struct Via {
    std::string transport;  // UDP, TCP, TLS as sent
    std::string host;
    std::uint16_t port = 0;
    std::string branch;
    std::string received;
    bool has_rport = false;
    std::uint16_t rport = 0;  // 0: asked for, not yet filled in
};

struct CSeq {
    std::uint32_t number = 0;
    std::string method;
};

/// Bounds that hold for every message before any grammar runs (facts: libosip2 needs 1.1 s for 64 kB of ";a").
struct Limits {
    std::size_t head_bytes = 16 * 1024;     // start line and headers
    std::size_t header_lines = 100;         // continuation lines of folds included
    std::size_t separators_per_line = 64;   // each of ; , < " \ & @ in one header field, folds included
    std::size_t separators = 512;           // all of them together in the head
    std::size_t message_bytes = 4 << 20;    // on streams; a datagram cannot be longer than 64 kB
};

class Message {
public:
    [[nodiscard]] bool is_request() const noexcept { return status_ == 0; }
    /// The request's method; for a response the method of its CSeq.
    [[nodiscard]] std::string_view method() const noexcept;
    [[nodiscard]] std::string_view request_uri() const noexcept { return request_uri_; }
    [[nodiscard]] std::string_view version() const noexcept { return version_; }
    [[nodiscard]] int status() const noexcept { return status_; }  // 0 for a request
    [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

    [[nodiscard]] std::span<const HeaderField> headers() const noexcept { return headers_; }
    /// First header of that (long) name, compact form and letter case included; nullptr when absent.
    [[nodiscard]] const HeaderField* find(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<const HeaderField*> all(std::string_view name) const;
    /// Its value, or empty.
    [[nodiscard]] std::string_view value(std::string_view name) const noexcept;

    [[nodiscard]] std::string_view body() const noexcept { return body_; }
    /// Bytes that came after the head, whatever Content-Length says.
    [[nodiscard]] std::size_t bytes_after_head() const noexcept;
    /// The blank line after the headers was there; without it the last line may be cut.
    [[nodiscard]] bool head_complete() const noexcept { return head_complete_; }
    /// The whole message; fold line ends replaced by spaces, otherwise as sent.
    [[nodiscard]] std::string_view text() const noexcept { return text_ ? std::string_view(*text_) : std::string_view(); }

    // Typed fields: filled by parse(); empty when the header is absent or libosip2 refused the message.
    Uri uri;                      // request-URI
    NameAddr from;
    NameAddr to;
    std::string call_id;
    CSeq cseq;
    std::vector<Via> vias;        // topmost first
    std::vector<NameAddr> contacts;

    /// Why the grammar refused the message; nothing when it is well formed.
    std::optional<Error> defect;

private:
    friend Result<Message> scan(std::string_view, const Limits&);
    std::shared_ptr<const std::string> text_;
    std::string_view start_method_, request_uri_, version_, reason_;
    int status_ = 0;
    std::vector<HeaderField> headers_;
    std::string_view body_;
    bool head_complete_ = false;
};

/// The same header: letter case ignored, compact forms known ("f" and "From", "I" and "Call-ID").
[[nodiscard]] bool same_header(std::string_view a, std::string_view b) noexcept;

/// Start line and header table, within the limits; no typed fields. Works on LF and CRLF. The body is what
/// follows the blank line, cut to Content-Length when that is shorter. An input that is not SIP, or over a
/// limit, is an Error at its offset. Linear in the size, whatever the bytes are.
[[nodiscard]] Result<Message> scan(std::string_view bytes, const Limits& limits = {});

/// scan(), then libosip2 for the grammar and the typed fields; `defect` says what libosip2 or our own checks refuse.
[[nodiscard]] Result<Message> parse(std::string_view bytes, const Limits& limits = {});

/// Seconds asked for or granted by a REGISTER: the first Contact's own expires, else the Expires header (section
/// 10.2.1.1). Nothing when neither is a number.
[[nodiscard]] std::optional<std::uint32_t> expires_of(const Message& message);

/// What RFC 3261 lets a server do with a message it received.
enum class Verdict { accept, reject, drop };
struct Judgement {
    Verdict verdict = Verdict::accept;
    int status = 0;          // for reject: 400, 416, 420, 501, 505 ...
    Error why{};             // for reject and drop
};
/// The verdict RFC 3261 and RFC 4475 ask for on this message as a whole; `supported` are the option tags the
/// server understands (Require). Input that scan() refuses has nothing to answer to: drop it.
[[nodiscard]] Judgement judge(const Message& message, std::span<const std::string_view> supported = {});

}  // namespace gbkit::wire::sip
