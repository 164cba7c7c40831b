#include "cli/describe.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/options.hpp"

namespace gbkit::cli {

namespace {

// What the validators of an option say of themselves: "{auto,always,never}", "UINT in [1 - 65535]".
std::vector<std::string> constraints_of(CLI::Option& option) {
    std::vector<std::string> constraints;
    try {
        for (int index = 0;; ++index) constraints.push_back(option.get_validator(index)->get_description());
    } catch (const CLI::OptionNotFound&) {
        return constraints;  // CLI11 has no other way to say how many there are
    }
}

// CLI11 appends them to the type name, each behind a colon; a kind like HOST:PORT has colons of its own.
void read_type(CLI::Option& option, OptionFacts& facts) {
    facts.kind = option.get_type_name();
    const auto constraints = constraints_of(option);
    for (auto constraint = constraints.rbegin(); constraint != constraints.rend(); ++constraint) {
        if (constraint->empty()) continue;
        const std::string_view inside = std::string_view(*constraint).substr(0, constraint->size() - 1);
        if (facts.kind.ends_with(":" + *constraint)) facts.kind.resize(facts.kind.size() - constraint->size() - 1);
        if (const std::size_t range = inside.find(" in ["); range != std::string_view::npos) facts.range = inside.substr(range + 5);
        if (inside.starts_with('{'))
            for (const std::string_view choice : split(inside.substr(1), ',')) facts.choices.emplace_back(choice);
    }
}

OptionFacts facts_of(CLI::Option& option) {
    OptionFacts facts;
    for (const std::string& name : option.get_snames()) facts.shorts.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) facts.longs.push_back("--" + name);
    facts.positional = option.get_positional();
    if (option.get_items_expected_max() > 0) read_type(option, facts);
    if (facts.positional) facts.kind = option.get_single_name();
    facts.fallback = option.get_default_str();
    facts.description = option.get_description();
    facts.common = option.get_group() == common_group;
    facts.required = option.get_required();
    facts.repeats = option.get_allow_extra_args() || option.get_items_expected_max() > 1 ||
                    option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    return facts;
}

std::vector<OptionFacts> options_of(CLI::App& app) {
    std::vector<OptionFacts> options;
    for (CLI::Option* option : app.get_options())
        if (!option->get_group().empty()) options.push_back(facts_of(*option));
    const auto rank = [](const OptionFacts& facts) { return facts.positional ? 0 : facts.common ? 2 : 1; };
    std::stable_sort(options.begin(), options.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return options;
}

}  // namespace

bool OptionFacts::few_choices() const noexcept {
    constexpr std::size_t few = 6;
    return !choices.empty() && choices.size() <= few;
}

std::string OptionFacts::value() const { return few_choices() ? join(choices, "|") : kind; }

std::string OptionFacts::full_description() const {
    std::string text = description;
    if (!choices.empty() && !few_choices()) text += ": " + join(choices, ", ");
    if (!range.empty()) text += fmt::format(" ({})", range);
    if (required && !positional) text += " (required)";
    if (!fallback.empty()) text += fmt::format(" (default {})", fallback);
    return text;
}

std::string OptionFacts::synopsis() const {
    if (positional) return fmt::format("{}{}{}{}", required ? "" : "[", kind, required ? "" : "]", repeats ? "..." : "");
    std::vector<std::string> names = shorts;
    names.insert(names.end(), longs.begin(), longs.end());
    return join(names, ", ") + (kind.empty() ? "" : " " + value());
}

ProgramFacts describe(CLI::App& app, std::string_view default_verb) {
    ProgramFacts program{app.get_name(), app.get_description(), app.get_footer(), std::string(default_verb), {}, options_of(app)};
    for (CLI::App* verb : app.get_subcommands({}))
        program.verbs.push_back({verb->get_name(), verb->get_description(), verb->get_footer(), options_of(*verb)});
    return program;
}

}  // namespace gbkit::cli
