// Reads Digest headers (RFC 7616 section 3, RFC 7235 section 2.1) in one pass from left to right.
//
// Lenient where devices are: spaces around "=", a missing comma, empty list elements, values that should be
// quoted and are not. A quote that never closes and a name without "=" are refused at their offset.
#include "wire/digest/header.hpp"

#include <utility>

#include "base/text.hpp"

namespace gbkit::wire::digest {

namespace {

constexpr std::size_t usual_parameters = 10;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool ends_token(char c) noexcept { return is_space(c) || c == ',' || c == '=' || c == '"'; }

class Scanner {
public:
    Scanner(std::string_view text, std::size_t limit) : text_(text), limit_(limit) {}

    Result<std::vector<Header>> headers() {
        std::vector<Header> all;
        for (skip_list_space(); !at_end(); skip_list_space()) {
            if (all.size() == limit_) return fail(Errc::too_large, "more authentication schemes than the limit", at_);
            Header header;
            header.scheme = token();
            if (header.scheme.empty()) return fail(Errc::malformed, "an authentication scheme without a name", at_);
            auto done = parameters(header);
            if (!done && header.is_digest()) return tl::unexpected(done.error());
            if (!done) at_ = text_.size();
            all.push_back(std::move(header));
        }
        return all;
    }

    Result<bool> parameters(Header& header) {
        header.parameters.reserve(usual_parameters);
        for (skip_list_space(); !at_end() && !at_scheme(); skip_list_space()) {
            if (header.parameters.size() == limit_) return fail(Errc::too_large, "more parameters than the limit", at_);
            if (auto read = one_parameter(header.parameters.emplace_back()); !read) {
                header.parameters.pop_back();
                return read;
            }
        }
        return true;
    }

private:
    bool at_end() const noexcept { return at_ >= text_.size(); }
    void skip_space() noexcept {
        while (!at_end() && is_space(text_[at_])) ++at_;
    }
    void skip_list_space() noexcept {
        while (!at_end() && (is_space(text_[at_]) || text_[at_] == ',')) ++at_;
    }
    std::string_view token() noexcept {
        const std::size_t start = at_;
        while (!at_end() && !ends_token(text_[at_])) ++at_;
        return text_.substr(start, at_ - start);
    }
    /// "Digest realm=" inside a list: a token, space, and another token instead of "=".
    bool at_scheme() const noexcept {
        std::size_t next = at_;
        while (next < text_.size() && !ends_token(text_[next])) ++next;
        if (next == at_ || next == text_.size() || !is_space(text_[next])) return false;
        while (next < text_.size() && is_space(text_[next])) ++next;
        return next < text_.size() && text_[next] != '=' && text_[next] != ',' && text_[next] != '"';
    }

    Result<bool> one_parameter(Parameter& parameter) {
        parameter.offset = at_;
        parameter.name = token();
        skip_space();
        if (parameter.name.empty()) return fail(Errc::malformed, "a parameter without a name", parameter.offset);
        if (at_end() || text_[at_] != '=') return fail(Errc::malformed, "a parameter without \"=\"", parameter.offset);
        ++at_;
        skip_space();
        if (!at_end() && text_[at_] == '"') return quoted(parameter);
        const std::size_t start = at_;
        while (!at_end() && !is_space(text_[at_]) && text_[at_] != ',') ++at_;
        parameter.raw = parameter.value = text_.substr(start, at_ - start);
        return true;
    }

    Result<bool> quoted(Parameter& parameter) {
        const std::size_t start = ++at_;
        parameter.quoted = true;
        for (std::size_t plain = at_;;) {  // from here on nothing is escaped
            while (!at_end() && text_[at_] != '"' && text_[at_] != '\\') ++at_;
            parameter.value += text_.substr(plain, at_ - plain);
            if (at_end()) return fail(Errc::malformed, "a quoted value that does not end", start - 1);
            if (text_[at_] == '"') break;
            if (at_ + 1 < text_.size()) ++at_;
            plain = at_++;  // the escaped character, whatever it is
        }
        parameter.raw = text_.substr(start, at_ - start);
        ++at_;
        if (!at_end() && !is_space(text_[at_]) && text_[at_] != ',')
            return fail(Errc::malformed, "text right after a quoted value", at_);
        return true;
    }

    std::string_view text_;
    std::size_t limit_;
    std::size_t at_ = 0;
};

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (!escape) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

/// RFC 8187: charset'language'value; only UTF-8 is allowed for username*.
std::string extended_value(std::string_view text) {
    const std::size_t first = text.find('\'');
    const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    return percent_decoded(second == std::string_view::npos ? text : text.substr(second + 1));
}

bool is_true(const Header& header, std::string_view name) {
    const Parameter* parameter = header.find(name);
    return parameter != nullptr && iequals(parameter->value, "true");
}

Error missing(std::string_view name) { return {Errc::not_found, "no " + std::string(name) + " parameter", 0}; }

std::optional<Error> first_missing(const Header& header, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (header.find(name) == nullptr) return missing(name);
    return std::nullopt;
}

/// The Digest headers among those of one line; none is unsupported.
Result<std::vector<Header>> digest_headers(std::string_view value) {
    auto headers = parse_headers(value);
    if (!headers) return headers;
    std::vector<Header> digests;
    for (Header& header : *headers)
        if (header.is_digest()) digests.push_back(std::move(header));
    if (!digests.empty()) return digests;
    return fail(Errc::unsupported, headers->empty() ? std::string("an empty header")
                                                    : "the authentication scheme " + headers->front().scheme);
}

Result<Challenge> challenge_of(Header header) {
    if (const auto absent = first_missing(header, {"realm", "nonce"})) return tl::unexpected(*absent);
    Challenge challenge;
    challenge.realm = *header.value("realm");
    challenge.nonce = *header.value("nonce");
    challenge.opaque = header.value("opaque");
    challenge.algorithm = header.value("algorithm");
    challenge.qop = header.value("qop");
    challenge.stale = is_true(header, "stale");
    challenge.userhash = is_true(header, "userhash");
    challenge.header = std::move(header);
    return challenge;
}

}  // namespace

const Parameter* Header::find(std::string_view name) const noexcept {
    for (const Parameter& parameter : parameters)
        if (iequals(parameter.name, name)) return &parameter;
    return nullptr;
}

std::optional<std::string> Header::value(std::string_view name) const {
    const Parameter* parameter = find(name);
    return parameter == nullptr ? std::nullopt : std::optional(parameter->value);
}

bool Header::is_digest() const noexcept { return iequals(scheme, "Digest"); }

bool Challenge::offers_qop(std::string_view option) const {
    if (!qop) return false;
    for (const std::string_view offered : split(*qop, ','))
        if (iequals(trim(offered), option)) return true;
    return false;
}

Result<std::vector<Header>> parse_headers(std::string_view value, std::size_t limit) {
    return Scanner(value, limit).headers();
}

Result<Header> parse_header(std::string_view value, std::size_t limit) {
    auto headers = parse_headers(value, limit);
    if (!headers) return tl::unexpected(headers.error());
    if (headers->empty()) return fail(Errc::malformed, "an empty header");
    return std::move(headers->front());
}

Result<Header> parse_parameters(std::string_view value, std::size_t limit) {
    Header header;
    auto done = Scanner(value, limit).parameters(header);
    if (!done) return tl::unexpected(done.error());
    return header;
}

Result<std::vector<Challenge>> parse_challenges(std::string_view value) {
    auto headers = digest_headers(value);
    if (!headers) return tl::unexpected(headers.error());
    std::vector<Challenge> challenges;
    for (Header& header : *headers) {
        auto challenge = challenge_of(std::move(header));
        if (!challenge) return tl::unexpected(challenge.error());
        challenges.push_back(std::move(*challenge));
    }
    return challenges;
}

Result<Challenge> parse_challenge(std::string_view value) {
    auto challenges = parse_challenges(value);
    if (!challenges) return tl::unexpected(challenges.error());
    return std::move(challenges->front());
}

Result<Credentials> parse_credentials(std::string_view value) {
    auto headers = digest_headers(value);
    if (!headers) return tl::unexpected(headers.error());
    Header& header = headers->front();
    const Parameter* extended = header.find("username*");
    if (extended == nullptr && header.find("username") == nullptr) return tl::unexpected(missing("username"));
    if (const auto absent = first_missing(header, {"realm", "nonce", "uri", "response"})) return tl::unexpected(*absent);
    Credentials credentials;
    credentials.username = extended != nullptr ? extended_value(extended->value) : *header.value("username");
    credentials.realm = *header.value("realm");
    credentials.nonce = *header.value("nonce");
    credentials.uri = *header.value("uri");
    credentials.response = *header.value("response");
    credentials.algorithm = header.value("algorithm");
    credentials.cnonce = header.value("cnonce");
    credentials.opaque = header.value("opaque");
    credentials.qop = header.value("qop");
    credentials.nc = header.value("nc");
    credentials.userhash = is_true(header, "userhash");
    credentials.header = std::move(header);
    return credentials;
}

Result<AuthenticationInfo> parse_authentication_info(std::string_view value) {
    auto header = parse_parameters(value);
    if (!header) return tl::unexpected(header.error());
    return AuthenticationInfo{header->value("nextnonce"), header->value("qop"), header->value("rspauth"),
                              header->value("cnonce"), header->value("nc")};
}

}  // namespace gbkit::wire::digest
