#include "page_entry.hpp"

namespace gbkit::replay_tool {

void write_entry(cli::Output& output, Bilingual heading, std::string_view text) {
    constexpr std::size_t indent = 10;
    std::string first = output.styled(cli::Style::dim, pad(heading.in(output.language()), indent));
    for (const std::string& line : wrap(text, output.columns() - indent)) {
        output.line(first + line);
        first = std::string(indent, ' ');
    }
}

}  // namespace gbkit::replay_tool
