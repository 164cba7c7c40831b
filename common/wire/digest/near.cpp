#include "wire/digest/near.hpp"

#include <array>
#include <unordered_set>
#include <utility>

#include "base/charset.hpp"

namespace gbkit::wire::digest {

namespace {

constexpr std::size_t longest = 256;  // a longer password is not typed by hand

class Guesses {
public:
    explicit Guesses(std::string_view password) { seen_.emplace(password); }
    void add(std::string guess, Bilingual what, std::string detail = {}) {
        if (seen_.insert(guess).second) list_.push_back({std::move(guess), what, std::move(detail)});
    }
    std::vector<NearGuess> take() { return std::move(list_); }

private:
    std::unordered_set<std::string> seen_;
    std::vector<NearGuess> list_;
};

void ends(std::string_view password, Guesses& out) {
    const std::string text(password);
    out.add(std::string(trim(text)), {"the space or line end at its ends removed", "去掉首尾的空格或换行"});
    out.add(text + ' ', {"a space at the end", "末尾多一个空格"});
    out.add(text + '\r', {"a CR at the end", "末尾多一个回车符 CR"});
    out.add(text + '\n', {"an LF at the end", "末尾多一个换行符 LF"});
    out.add(text + "\r\n", {"a CR LF at the end", "末尾多了回车换行 CR LF"});
    out.add(text + '\t', {"a tab at the end", "末尾多一个制表符"});
    out.add(text + std::string(1, '\0'), {"a NUL byte at the end", "末尾多一个 NUL 字节"});
    out.add(' ' + text, {"a space at the start", "开头多一个空格"});
    out.add("\xEF\xBB\xBF" + text, {"a byte order mark at the start", "开头多了 UTF-8 BOM"});
    out.add('"' + text + '"', {"quotation marks around it", "两边多了引号"});
    if (text.size() > 1) {
        out.add(text.substr(1), {"the first character missing", "少了第一个字符"});
        out.add(text.substr(0, text.size() - 1), {"the last character missing", "少了最后一个字符"});
    }
    out.add(text + text, {"typed twice", "输入了两遍"});
}

std::string swapped_case(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool lower = c >= 'a' && c <= 'z';
        out += upper ? ascii_lower(c) : lower ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

void letter_case(std::string_view password, Guesses& out) {
    const std::string text(password);
    out.add(to_lower(text), {"all letters in lower case", "全部小写"});
    out.add(to_upper(text), {"all letters in upper case", "全部大写"});
    out.add(swapped_case(text), {"upper and lower case exchanged (caps lock)", "大小写互换(大写锁定)"});
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string one = text;
        one[i] = swapped_case(text.substr(i, 1))[0];
        out.add(std::move(one), {"one letter in the other case, at place", "某一位字母大小写不同,位置"}, std::to_string(i + 1));
    }
}

constexpr std::array<std::pair<char, char>, 20> look_alikes = {{
    {'O', '0'}, {'o', '0'}, {'0', 'O'}, {'0', 'o'}, {'l', '1'}, {'1', 'l'}, {'I', '1'}, {'1', 'I'}, {'I', 'l'}, {'l', 'I'},
    {'S', '5'}, {'5', 'S'}, {'Z', '2'}, {'2', 'Z'}, {'B', '8'}, {'8', 'B'}, {'g', '9'}, {'9', 'g'}, {'-', '_'}, {'_', '-'},
}};

void look_alike(std::string_view password, Guesses& out) {
    for (const auto& [from, to] : look_alikes) {
        std::string all(password);
        for (char& c : all)
            if (c == from) c = to;
        out.add(std::move(all), {"look-alike characters exchanged (O/0, l/1, I/l, S/5 ...)", "形近字符互换(O/0、l/1、I/l、S/5 等)"});
    }
    for (std::size_t i = 0; i < password.size(); ++i) {
        for (const auto& [from, to] : look_alikes) {
            if (password[i] != from) continue;
            std::string one(password);
            one[i] = to;
            out.add(std::move(one), {"one look-alike character exchanged, at place", "某一位形近字符不同,位置"}, std::to_string(i + 1));
        }
    }
}

/// U+FF01..U+FF5E and U+3000 for ASCII, and back.
std::string full_width(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (code == ' ') out += "\xE3\x80\x80";
        else if (code <= 0x20 || code > 0x7E) out += c;
        else if (code < 0x60) out.append("\xEF\xBC").append(1, static_cast<char>(code + 0x60));
        else out.append("\xEF\xBD").append(1, static_cast<char>(code + 0x20));
    }
    return out;
}
std::string half_width(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
        const bool three = i + 2 < text.size();
        if (three && at(0) == 0xEF && at(1) == 0xBC && at(2) >= 0x81 && at(2) <= 0xBF) out += static_cast<char>(at(2) - 0x60);
        else if (three && at(0) == 0xEF && at(1) == 0xBD && at(2) >= 0x80 && at(2) <= 0x9E) out += static_cast<char>(at(2) - 0x20);
        else if (three && at(0) == 0xE3 && at(1) == 0x80 && at(2) == 0x80) out += ' ';
        else {
            out += text[i];
            continue;
        }
        i += 2;
    }
    return out;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> html = {{
    {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"},
}};

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        std::string piece(1, c);
        for (const auto& [plain, escaped] : html)
            if (piece == plain) {
                piece = escaped;
                break;
            }
        out += piece;
    }
    return out;
}
std::string html_unescaped(std::string text) {
    for (std::size_t i = html.size(); i-- > 0;) text = replace_all(std::move(text), html[i].second, html[i].first);
    return text;
}

std::string percent_escaped(std::string_view text, bool lower) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                           c == '.' || c == '~';
        const char digits[] = "0123456789ABCDEF";
        const auto code = static_cast<unsigned char>(c);
        if (plain) out += c;
        else {
            std::string pair = {digits[code >> 4], digits[code & 15]};
            out += '%' + (lower ? to_lower(pair) : pair);
        }
    }
    return out;
}
std::string percent_unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        if (escape) i += 2;
    }
    return out;
}

void escapes(std::string_view password, Guesses& out) {
    const std::string text(password);
    out.add(full_width(text), {"full-width characters (Chinese input method)", "全角字符(中文输入法)"});
    out.add(half_width(text), {"half-width characters instead of full-width ones", "全角字符变成了半角"});
    out.add(html_escaped(text), {"HTML escapes such as &amp;", "HTML 转义(如 &amp;)"});
    out.add(html_unescaped(text), {"HTML escapes such as &amp; undone", "HTML 转义(如 &amp;)被还原"});
    out.add(percent_escaped(text, false), {"URL escapes such as %40", "URL 转义(如 %40)"});
    out.add(percent_escaped(text, true), {"URL escapes in lower case such as %2f", "小写 URL 转义(如 %2f)"});
    out.add(percent_unescaped(text), {"URL escapes such as %40 undone", "URL 转义(如 %40)被还原"});
    out.add(replace_all(text, " ", "+"), {"a plus sign for each space", "空格变成了加号"});
    out.add(replace_all(text, "+", " "), {"a space for each plus sign", "加号变成了空格"});
    out.add(replace_all(text, " ", ""), {"the spaces removed", "去掉了所有空格"});
    out.add(replace_all(text, "\\", "\\\\"), {"backslashes doubled", "反斜杠变成了两个"});
    if (auto gbk = utf8_to_gb18030(text)) out.add(std::move(*gbk), {"GBK characters", "GBK 编码"});
    if (auto gbk = utf8_to_gb18030(full_width(text))) out.add(std::move(*gbk), {"full-width characters in GBK", "GBK 编码的全角字符"});
}

void cuts(std::string_view password, Guesses& out) {
    for (const std::size_t length : {6U, 8U, 10U, 12U, 15U, 16U, 20U, 24U, 31U, 32U, 63U, 64U})
        if (password.size() > length)
            out.add(std::string(password.substr(0, length)), {"the end cut off, at length", "后面被截断,长度"}, std::to_string(length));
}

}  // namespace

std::vector<NearGuess> near_guesses(std::string_view password) {
    Guesses out(password);
    if (password.size() > longest) {
        cuts(password, out);
        return out.take();
    }
    ends(password, out);
    letter_case(password, out);
    look_alike(password, out);
    escapes(password, out);
    cuts(password, out);
    return out.take();
}

}  // namespace gbkit::wire::digest
