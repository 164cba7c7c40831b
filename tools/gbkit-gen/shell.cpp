#include "tools/gbkit-gen/shell.hpp"

#include <algorithm>

#include "base/finding.hpp"
#include "base/text.hpp"

namespace gbkit::gen {

std::string identifier(std::string_view program) { return replace_all(std::string(program), "-", "_"); }

std::string quoted(std::string_view text) { return "'" + replace_all(std::string(text), "'", "'\\''") + "'"; }

std::vector<std::string> candidates(const cli::OptionFacts& option) {
    if (option.kind == "DURATION") return {"500ms", "5s", "30s", "1m", "1h"};
    if (std::find(option.longs.begin(), option.longs.end(), "--ignore") == option.longs.end()) return option.choices;
    std::vector<std::string> ids;
    for (const FindingInfo& info : finding_catalogue()) ids.emplace_back(info.id.slug);
    return ids;
}

ValueKind kind_of(const cli::OptionFacts& option) {
    if (option.kind.empty()) return ValueKind::none;
    if (option.kind.starts_with("FILE")) return ValueKind::file;
    if (option.kind == "DIR") return ValueKind::directory;
    if (option.kind.starts_with("HOST")) return ValueKind::host;
    return candidates(option).empty() ? ValueKind::other : ValueKind::choice;
}

bool takes_files(const cli::VerbFacts& verb) {
    return std::any_of(verb.options.begin(), verb.options.end(), [](const cli::OptionFacts& option) {
        return option.positional && kind_of(option) == ValueKind::file;
    });
}

std::vector<std::string> names_of(const cli::OptionFacts& option) {
    std::vector<std::string> names = option.shorts;
    names.insert(names.end(), option.longs.begin(), option.longs.end());
    return names;
}

}  // namespace gbkit::gen
