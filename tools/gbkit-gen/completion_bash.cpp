// Completion for bash. It needs nothing but bash: words are read from COMP_WORDS, where "--name=value" is three.
#include <fmt/format.h>

#include "base/text.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/gbkit-gen/shell.hpp"

namespace gbkit::gen {

namespace {

std::string offer(const cli::OptionFacts& option) {
    switch (kind_of(option)) {
        case ValueKind::file: return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")";
        case ValueKind::directory: return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")";
        case ValueKind::host: return "mapfile -t COMPREPLY < <(compgen -A hostname -- \"$cur\")";
        case ValueKind::choice:
            return fmt::format("mapfile -t COMPREPLY < <(compgen -W \"{}\" -- \"$cur\")", join(candidates(option), " "));
        case ValueKind::none:
        case ValueKind::other: break;
    }
    return ":";
}

// One line of the case over "VERB:OPTION" for an option that takes a value.
std::string value_case(std::string_view verb, const cli::OptionFacts& option) {
    if (option.positional || kind_of(option) == ValueKind::none) return {};
    std::vector<std::string> patterns;
    for (const std::string& name : names_of(option)) patterns.push_back(fmt::format("{}:{}", verb, name));
    return fmt::format("        {}) {}; return ;;\n", join(patterns, "|"), offer(option));
}

std::string option_names(const cli::VerbFacts& verb) {
    std::vector<std::string> names;
    for (const cli::OptionFacts& option : verb.options)
        for (const std::string& name : option.longs) names.push_back(name);
    return join(names, " ");
}

std::vector<std::string> verb_names(const cli::ProgramFacts& program) {
    std::vector<std::string> names;
    for (const cli::VerbFacts& verb : program.verbs) names.push_back(verb.name);
    return names;
}

}  // namespace

std::string bash_completion(const cli::ProgramFacts& program) {
    const std::string function = "_" + identifier(program.name);
    const auto verbs = verb_names(program);
    std::string text = fmt::format("# bash completion for {0}, written by gbkit-gen\n\n{1}() {{\n", program.name, function);
    text += "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= word\n";
    text += "    [[ $prev == \"=\" ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n";
    text += "    [[ $cur == \"=\" ]] && cur=\n";
    text += "    COMPREPLY=()\n";
    text += "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n";
    text += fmt::format("        case $word in {}) verb=$word; break ;; esac\n    done\n", join(verbs, "|"));
    text += fmt::format("    case ${{verb:-{}}}:$prev in\n", program.default_verb);
    for (const cli::OptionFacts& option : program.common) text += value_case("*", option);
    for (const cli::VerbFacts& verb : program.verbs)
        for (const cli::OptionFacts& option : verb.options)
            if (!option.common) text += value_case(verb.name, option);
    text += "    esac\n    local options files=\n";
    text += fmt::format("    case ${{verb:-{}}} in\n", program.default_verb);
    for (const cli::VerbFacts& verb : program.verbs)
        text += fmt::format("        {}) options=\"{}\"{} ;;\n", verb.name, option_names(verb), takes_files(verb) ? " files=yes" : "");
    text += "    esac\n";
    text += "    if [[ $cur == -* ]]; then\n        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n        return\n    fi\n";
    text += "    if [[ $files ]]; then\n        compopt -o filenames 2>/dev/null\n        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n    fi\n";
    text += fmt::format("    [[ $verb ]] || mapfile -t -O ${{#COMPREPLY[@]}} COMPREPLY < <(compgen -W \"{}\" -- \"$cur\")\n}}\n", join(verbs, " "));
    return text + fmt::format("complete -F {} {}\n", function, program.name);
}

}  // namespace gbkit::gen
