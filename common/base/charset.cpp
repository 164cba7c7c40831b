#include "base/charset.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <iconv.h>

namespace gbkit {

namespace {

class Converter {
public:
    Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {}
    ~Converter() {
        if (handle_ != bad()) iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    Result<std::string> run(std::string_view in) const {
        if (handle_ == bad()) return fail(Errc::unsupported, "a character set this system's iconv does not know");
        std::string out(in.size() * 4 + 4, '\0');
        char* read = const_cast<char*>(in.data());  // iconv takes char** and does not write
        char* write = out.data();
        std::size_t left = in.size();
        std::size_t room = out.size();
        if (iconv(handle_, &read, &left, &write, &room) == static_cast<std::size_t>(-1))
            return fail(errno == EINVAL ? Errc::truncated : Errc::malformed, "bytes outside the character set", in.size() - left);
        out.resize(out.size() - room);
        return out;
    }

private:
    static iconv_t bad() noexcept { return reinterpret_cast<iconv_t>(-1); }
    iconv_t handle_;
};

// Length of the well-formed UTF-8 sequence at the start (RFC 3629 section 4), 0 when there is none.
std::size_t sequence_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) > 0x9F;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

// C0 controls and DEL, and the C1 controls U+0080-U+009F that some terminals obey.
std::string escape_controls(std::string_view utf8, bool escape_high) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        const bool c1 = byte == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0;
        if (byte == '\n') out += "\\n";
        else if (byte == '\r') out += "\\r";
        else if (byte == '\t') out += "\\t";
        else if (byte < 0x20 || byte == 0x7F || (escape_high && byte >= 0x80)) out += fmt::format("\\x{:02x}", byte);
        else if (c1) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(utf8[++i]));
        else out.push_back(utf8[i]);
    }
    return out;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

Result<std::string> gb18030_to_utf8(std::string_view bytes) { return Converter("UTF-8", "GB18030").run(bytes); }
Result<std::string> utf8_to_gb18030(std::string_view utf8) { return Converter("GB18030", "UTF-8").run(utf8); }

std::string printable(std::string_view bytes) {
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) return std::string(bytes);
    if (is_utf8(bytes)) return escape_controls(bytes, false);
    if (const auto utf8 = gb18030_to_utf8(bytes)) return escape_controls(*utf8, false);
    return escape_controls(bytes, true);
}

}  // namespace gbkit
