// --help: what it is for, how to call it, each option in a line or two, examples.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/describe.hpp"

namespace gbkit::cli {

namespace {

constexpr std::size_t left_column = 28;  // a longer synopsis gets a line of its own

std::string row(const std::string& left, const std::string& right, std::size_t columns) {
    std::string text = fmt::format("  {}", left);
    if (display_width(text) + 2 > left_column) text += fmt::format("\n{:{}}", "", left_column);
    else text = pad(text, left_column);
    const std::size_t room = std::max<std::size_t>(columns, left_column + 20) - left_column;
    return text + join(wrap(right, room), fmt::format("\n{:{}}", "", left_column)) + "\n";
}

std::string section(std::string_view title, const std::vector<OptionFacts>& options, bool common, std::size_t columns) {
    std::string rows;
    for (const OptionFacts& option : options)
        if (option.common == common) rows += row(option.synopsis(), option.full_description(), columns);
    return rows.empty() ? rows : fmt::format("\n{}:\n{}", title, rows);
}

std::string footer(const std::string& examples) { return examples.empty() ? "" : "\n" + examples + "\n"; }

}  // namespace

std::string help_of(const ProgramFacts& program, std::size_t columns) {
    std::string text = fmt::format("{}\n\nUsage: {} [VERB] [OPTION]... [ARGUMENT]...\n", program.description, program.name);
    text += fmt::format("\nVerbs ({} when none is named; '{} VERB --help' shows its options):\n", program.default_verb, program.name);
    for (const VerbFacts& verb : program.verbs) text += row(verb.name, verb.description, columns);
    return text + section("Options of every verb", program.common, true, columns) + footer(program.examples);
}

std::string help_of(const ProgramFacts& program, const VerbFacts& verb, std::size_t columns) {
    const bool is_default = verb.name == program.default_verb;
    std::string arguments;
    for (const OptionFacts& option : verb.options)
        if (option.positional) arguments += " " + option.synopsis();
    return fmt::format("{}\n\nUsage: {} {} [OPTION]...{}\n", verb.description, program.name,
                       is_default ? "[" + verb.name + "]" : verb.name, arguments) +
           section("Arguments and options", verb.options, false, columns) +
           section("Options of every verb", verb.options, true, columns) + footer(verb.examples);
}

}  // namespace gbkit::cli
