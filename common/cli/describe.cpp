#include "cli/describe.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/options.hpp"

namespace gbkit::cli {

namespace {

// CLI11 tells the choices of IsMember only as text behind the type name: "WHEN:{auto,always,never}".
void read_type(const std::string& type, OptionFacts& facts) {
    const std::size_t colon = type.find(":{");
    facts.kind = type.substr(0, colon);
    if (colon == std::string::npos) return;
    const std::size_t close = type.find('}', colon);
    const std::string_view inside = std::string_view(type).substr(colon + 2, close - colon - 2);
    for (const std::string_view choice : split(inside, ',')) facts.choices.emplace_back(choice);
}

OptionFacts facts_of(const CLI::Option& option) {
    OptionFacts facts;
    for (const std::string& name : option.get_snames()) facts.shorts.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) facts.longs.push_back("--" + name);
    facts.positional = option.get_positional();
    if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), facts);
    if (facts.positional) facts.kind = option.get_single_name();
    facts.fallback = option.get_default_str();
    facts.description = option.get_description();
    facts.common = option.get_group() == common_group;
    facts.required = option.get_required();
    facts.repeats = option.get_allow_extra_args() || option.get_items_expected_max() > 1 ||
                    option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    return facts;
}

std::vector<OptionFacts> options_of(const CLI::App& app) {
    std::vector<OptionFacts> options;
    for (const CLI::Option* option : app.get_options())
        if (!option->get_group().empty()) options.push_back(facts_of(*option));
    const auto rank = [](const OptionFacts& facts) { return facts.positional ? 0 : facts.common ? 2 : 1; };
    std::stable_sort(options.begin(), options.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return options;
}

}  // namespace

std::string OptionFacts::value() const { return choices.empty() ? kind : join(choices, "|"); }

std::string OptionFacts::synopsis() const {
    if (positional) return fmt::format("{}{}{}{}", required ? "" : "[", kind, required ? "" : "]", repeats ? "..." : "");
    std::vector<std::string> names = shorts;
    names.insert(names.end(), longs.begin(), longs.end());
    return join(names, ", ") + (kind.empty() ? "" : " " + value());
}

ProgramFacts describe(const CLI::App& app, std::string_view default_verb) {
    ProgramFacts program{app.get_name(), app.get_description(), app.get_footer(), std::string(default_verb), {}, options_of(app)};
    for (const CLI::App* verb : app.get_subcommands({}))
        program.verbs.push_back({verb->get_name(), verb->get_description(), verb->get_footer(), options_of(*verb)});
    return program;
}

}  // namespace gbkit::cli
