#include "tools/gbkit-gen/mdoc.hpp"

#include "base/text.hpp"

namespace gbkit::gen {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool option_dash = text[i] == '-' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '-');
        if (text[i] == '\\') out += "\\e";
        else if (option_dash) out += "\\-";
        else out.push_back(text[i]);
    }
    return out;
}

}  // namespace

std::string mdoc_text(std::string_view text) {
    if (text.empty()) return {};
    std::string lines = replace_all(escaped(text), ". ", ".\n");
    const bool request = lines.front() == '.' || lines.front() == '\'';
    if (request) lines.insert(0, "\\&");
    if (lines.back() != '.' && lines.back() != '\n' && !lines.ends_with("。")) lines.push_back('.');
    return lines + "\n";
}

std::string mdoc_word(std::string_view word) {
    std::string out = escaped(word);
    // Short words in the middle of a macro line may be macros themselves (mdoc(7), "Ar", "No", "Li").
    return out.size() <= 3 ? "\\&" + out : out;
}

}  // namespace gbkit::gen
