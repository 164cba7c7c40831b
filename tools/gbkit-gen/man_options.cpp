#include <fmt/format.h>

#include "base/text.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/gbkit-gen/mdoc.hpp"

namespace gbkit::gen {

namespace {

constexpr std::string_view begin_mark = ".\\\" BEGIN OPTIONS\n";
constexpr std::string_view end_mark = ".\\\" END OPTIONS";

std::string flag(const std::string& name) { return "Fl " + mdoc_word(name.substr(1)); }

std::string value_of(const cli::OptionFacts& option) {
    if (!option.few_choices()) return option.kind.empty() ? "" : " Ar " + mdoc_word(option.kind);
    std::string text = " Cm";
    for (const std::string& choice : option.choices) text += (&choice == &option.choices.front() ? " " : " | ") + mdoc_word(choice);
    return text;
}

std::string item(const cli::OptionFacts& option) {
    std::string head;
    if (option.positional) head = "Ar " + mdoc_word(option.kind) + (option.repeats ? " ..." : "");
    for (const auto* names : {&option.shorts, &option.longs})
        for (const std::string& name : *names) head += (head.empty() ? "" : " , ") + flag(name);
    if (!option.positional) head += value_of(option);
    return ".It " + head + "\n" + mdoc_text(option.full_description());
}

std::string list(const std::vector<cli::OptionFacts>& options, bool common) {
    std::string items;
    for (const cli::OptionFacts& option : options)
        if (option.common == common) items += item(option);
    return items.empty() ? items : ".Bl -tag -width Ds\n" + items + ".El\n";
}

}  // namespace

std::string man_options(const cli::ProgramFacts& program) {
    std::string block;
    for (const cli::VerbFacts& verb : program.verbs)
        block += fmt::format(".Ss {} {}\n{}", program.name, mdoc_word(verb.name), list(verb.options, false));
    return block + ".Ss Options of every verb\n" + list(program.common, true);
}

Result<std::string> with_options(std::string_view page, std::string_view block) {
    const std::size_t begin = page.find(begin_mark);
    const std::size_t end = page.find(end_mark);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        return fail(Errc::not_found, "a manual without .\\\" BEGIN OPTIONS and .\\\" END OPTIONS");
    return std::string(page.substr(0, begin + begin_mark.size())) + std::string(block) + std::string(page.substr(end));
}

}  // namespace gbkit::gen
