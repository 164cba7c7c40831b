#include "wire/sanitize/text.hpp"

#include <algorithm>
#include <optional>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::size_t longest_user = 256;   // looked at for the '@' of a URI: every place is looked at that often at most

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_alnum(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_host(char c) noexcept { return is_alnum(c) || c == '.' || c == '-' || c == '_'; }
bool ends_user(char c) noexcept { return c == '@' || c == '>' || c == '<' || c == ';' || c == ',' || c == '"' || c == '?' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A Chinese mobile number, with or without the country's 86.
bool is_mobile_number(std::string_view digits) noexcept {
    if (digits.size() == 13 && digits.starts_with("86")) digits.remove_prefix(2);
    return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

std::size_t run(std::string_view text, std::size_t at, bool (*fits)(char)) {
    while (at < text.size() && fits(text[at])) ++at;
    return at;
}

class Scrubber {
public:
    Scrubber(std::string_view text, Aliases& aliases, bool ids_only) : text_(text), aliases_(aliases), ids_only_(ids_only) {}

    std::string work() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (!ids_only_ && (uri() || via() || authority(c) || bracketed(c) || mac() || bare_v6())) continue;
            if (is_digit(c)) digits();
            else take(1);
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
    [[nodiscard]] char before() const noexcept { return at_ == 0 ? ' ' : text_[at_ - 1]; }

    void take(std::size_t count) {
        out_ += text_.substr(at_, count);
        at_ += count;
    }
    void put(std::size_t count, const std::string& alias) {
        out_ += alias;
        at_ += count;
    }

    bool uri() {
        if (text_[at_] != 's' && text_[at_] != 'S') return false;
        if (is_alnum(before()) || (!istarts_with(rest().substr(0, 5), "sip:") && !istarts_with(rest().substr(0, 5), "sips:"))) return false;
        take(rest().find(':') + 1);
        const std::size_t end = run(text_.substr(0, std::min(text_.size(), at_ + longest_user)), at_, [](char c) { return !ends_user(c); });
        if (end < text_.size() && text_[end] == '@') {
            const std::string_view user = text_.substr(at_, end - at_);
            put(user.size(), scrub_user(user.substr(0, user.find(':')), aliases_));   // a password in it goes
        } else {
            host();
        }
        return true;
    }

    // "SIP/2.0/UDP host:port" of a Via.
    bool via() {
        if (text_[at_] != 'S' && text_[at_] != 's') return false;
        if (is_alnum(before()) || !istarts_with(rest().substr(0, 8), "SIP/2.0/")) return false;
        take(8);
        take(run(text_, at_, is_alnum) - at_);
        take(run(text_, at_, [](char c) { return c == ' ' || c == '\t'; }) - at_);
        host();
        return true;
    }

    bool authority(char c) {
        if (c == '@') take(1);
        else if (c == ':' && rest().starts_with("://")) take(3);
        else return false;
        host();
        return true;
    }

    void host() {
        if (at_ < text_.size() && bracketed(text_[at_])) return;
        const std::string_view name = text_.substr(at_, run(text_, at_, is_host) - at_);
        if (!name.empty()) put(name.size(), scrub_host(name, aliases_));
    }

    bool bracketed(char c) {
        if (c != '[') return false;
        const std::size_t end = rest().substr(0, 64).find(']');
        const auto address = end == std::string_view::npos ? std::nullopt : IpAddress::parse(rest().substr(0, end + 1));
        if (!address) return false;
        put(end + 1, '[' + aliases_.address(*address).text() + ']');
        return true;
    }

    bool mac() {
        if (rest().size() < 17 || is_alnum(before())) return false;
        const char separator = text_[at_ + 2];
        if (separator != ':' && separator != '-') return false;
        std::string hex;
        for (std::size_t i = 0; i < 17; ++i) {
            const char c = text_[at_ + i];
            if (i % 3 == 2 ? c != separator : hex_value(c) < 0) return false;
            if (i % 3 != 2) hex += ascii_lower(c);
        }
        if (rest().size() > 17 && is_alnum(text_[at_ + 17])) return false;
        const std::string digits = to_hex(aliases_.mac(from_hex(hex).value()));
        std::string alias;
        for (std::size_t i = 0; i < 12; i += 2) alias += (i == 0 ? "" : std::string(1, separator)) + digits.substr(i, 2);
        put(17, alias);
        return true;
    }

    bool bare_v6() {
        if (is_alnum(before()) || before() == ':' || before() == '.' || (hex_value(text_[at_]) < 0 && text_[at_] != ':')) return false;
        const std::size_t end = run(text_.substr(0, std::min(text_.size(), at_ + 64)), at_, [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
        const std::string_view word = text_.substr(at_, end - at_);
        if (std::count(word.begin(), word.end(), ':') < 2) return false;
        const auto address = IpAddress::parse(word);
        if (!address) return false;
        put(word.size(), aliases_.address(*address).text());
        return true;
    }

    // Digits: an IPv4 address when they begin one, an ID by their number, a domain that is known.
    void digits() {
        const std::size_t end = run(text_, at_, is_digit);
        if (!ids_only_ && before() != '.' && v4()) return;
        const std::string_view run_of = text_.substr(at_, end - at_);
        const bool id = is_id_length(run_of.size()) || run_of.size() > 20 || (run_of.size() == 10 && aliases_.is_domain(run_of));
        if (id) put(run_of.size(), aliases_.id(run_of));
        else if (!ids_only_ && is_mobile_number(run_of)) put(run_of.size(), aliases_.number(run_of));
        else take(run_of.size());
    }

    bool v4() {
        const std::size_t end = run(text_.substr(0, std::min(text_.size(), at_ + 16)), at_, [](char c) { return is_digit(c) || c == '.'; });
        std::string_view word = text_.substr(at_, end - at_);
        if (word.ends_with('.')) word.remove_suffix(1);   // the end of a sentence
        if (std::count(word.begin(), word.end(), '.') != 3) return false;
        const auto address = IpAddress::parse(word);
        if (!address) return false;
        put(word.size(), aliases_.address(*address).text());
        return true;
    }

    std::string_view text_;
    Aliases& aliases_;
    bool ids_only_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::string scrub(std::string_view text, Aliases& aliases) { return Scrubber(text, aliases, false).work(); }

std::string scrub_ids(std::string_view text, Aliases& aliases) { return Scrubber(text, aliases, true).work(); }

std::string scrub_user(std::string_view user, Aliases& aliases) {
    if (user.empty()) return {};
    if (all_digits(user)) return user.size() >= 9 ? aliases.id(user) : aliases.number(user);
    if (IpAddress::parse(user)) return scrub_host(user, aliases);
    return "user" + std::to_string(aliases.ordinal("user", user));
}

std::string scrub_host(std::string_view host, Aliases& aliases) {
    if (host.empty() || iequals(host, "localhost")) return std::string(host);
    if (all_digits(host)) return host.size() >= 9 ? aliases.id(host) : aliases.number(host);
    if (const auto address = IpAddress::parse(host)) return aliases.address(*address).text();
    return "host" + std::to_string(aliases.ordinal("host", to_lower(host))) + ".example";
}

std::string scrub_name(std::string_view name, Aliases& aliases) {
    if (name.empty()) return {};
    if (all_digits(name)) return name.size() >= 9 ? aliases.id(name) : aliases.number(name);
    const std::string n = std::to_string(aliases.ordinal("name", name));
    const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) return "Name " + n;
    const std::string chinese = "\xE5\x90\x8D\xE7\xA7\xB0" + n;   // "name" in UTF-8
    if (is_utf8(name)) return chinese;
    const std::string national = utf8_to_gb18030(chinese).value_or("Name " + n);
    return gb18030_to_utf8(name) ? national : national + '\xFF';
}

std::string ascii_only(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return text;
}

}  // namespace gbkit::wire::sanitize
