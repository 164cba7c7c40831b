// Completion for fish: one `complete` line an option, under the condition that its verb is meant.
#include <fmt/format.h>

#include "base/text.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/gbkit-gen/shell.hpp"

namespace gbkit::gen {

namespace {

// fish keeps backslashes in single quotes, except before a quote and a backslash.
std::string fish_quoted(std::string_view text) {
    return "'" + replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "\\'") + "'";
}

std::string value_flags(const cli::OptionFacts& option) {
    switch (kind_of(option)) {
        case ValueKind::none: return "";
        case ValueKind::file: return " -r -F";
        case ValueKind::directory: return " -x -a '(__fish_complete_directories)'";
        case ValueKind::host: return " -x -a '(__fish_print_hostnames)'";
        case ValueKind::choice: return " -x -a " + fish_quoted(join(candidates(option), " "));
        case ValueKind::other: break;
    }
    return " -x";
}

std::string line(std::string_view program, std::string_view condition, const cli::OptionFacts& option) {
    if (option.positional) return {};
    std::string text = fmt::format("complete -c {}{}", program, condition);
    for (const std::string& name : option.shorts) text += " -s " + name.substr(1);
    for (const std::string& name : option.longs) text += " -l " + name.substr(2);
    return text + value_flags(option) + " -d " + fish_quoted(option.description) + "\n";
}

}  // namespace

std::string fish_completion(const cli::ProgramFacts& program) {
    const std::string function = "__" + identifier(program.name) + "_verb";
    std::string text = fmt::format("# fish completion for {}, written by gbkit-gen\n\n", program.name);
    std::vector<std::string> names;
    for (const cli::VerbFacts& verb : program.verbs) names.push_back(verb.name);
    text += fmt::format(
        "function {0}\n    for word in (commandline -opc)[2..-1]\n        contains -- $word {1}; and echo $word; and return\n"
        "    end\n    echo $argv[1]\nend\n\n",
        function, join(names, " "));
    text += fmt::format("complete -c {} -f\n", program.name);
    for (const cli::OptionFacts& option : program.common) text += line(program.name, "", option);
    for (const cli::VerbFacts& verb : program.verbs) {
        text += fmt::format("\ncomplete -c {} -n 'test ({} none) = none' -a {} -d {}\n", program.name, function, verb.name,
                            fish_quoted(verb.description));
        const std::string condition = fmt::format(" -n 'test ({} {}) = {}'", function, program.default_verb, verb.name);
        if (takes_files(verb)) text += fmt::format("complete -c {}{} -F\n", program.name, condition);
        for (const cli::OptionFacts& option : verb.options)
            if (!option.common) text += line(program.name, condition, option);
    }
    return text;
}

}  // namespace gbkit::gen
