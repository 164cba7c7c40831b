// Completion for zsh: _arguments with the verb taken out of the words first.
#include <fmt/format.h>

#include "base/text.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/gbkit-gen/shell.hpp"

namespace gbkit::gen {

namespace {

// Inside the parts of a specification, ':' and brackets separate (zshcompsys(1), _arguments).
std::string part(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '[' || c == ']' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out;
}

std::string action(const cli::OptionFacts& option) {
    switch (kind_of(option)) {
        case ValueKind::file: return "_files";
        case ValueKind::directory: return "_files -/";
        case ValueKind::host: return "_hosts";
        case ValueKind::choice: return "(" + join(candidates(option), " ") + ")";
        case ValueKind::none:
        case ValueKind::other: break;
    }
    return " ";
}

std::string specification(const cli::OptionFacts& option) {
    const bool has_value = kind_of(option) != ValueKind::none;
    const std::string value = has_value ? fmt::format(":{}:{}", part(option.kind), action(option)) : "";
    if (option.positional) return "    " + quoted("*" + value) + "\n";
    const auto names = names_of(option);
    const bool often = option.repeats || option.longs.front() == "--verbose";
    std::string lines;
    for (const std::string& name : names) {
        const bool is_long = name.starts_with("--");
        const std::string before = often ? "*" : names.size() > 1 ? "(" + join(names, " ") + ")" : "";
        const std::string form = name + (!has_value ? "" : is_long ? "=" : "+");
        lines += "    " + quoted(fmt::format("{}{}[{}]{}", before, form, part(option.description), value)) + "\n";
    }
    return lines;
}

std::string arguments_of(const cli::VerbFacts& verb) {
    std::string text = fmt::format("  {})\n    specifications=(\n", verb.name);
    for (const cli::OptionFacts& option : verb.options) text += "  " + replace_all(specification(option), "\n    ", "\n      ");
    return text + "    ) ;;\n";
}

}  // namespace

std::string zsh_completion(const cli::ProgramFacts& program) {
    std::string text = fmt::format("#compdef {0}\n# zsh completion for {0}, written by gbkit-gen\n\n", program.name);
    text += fmt::format("_{}() {{\n  local -a verbs specifications\n  local verb= word\n  local -i at found=1\n  verbs=(\n", identifier(program.name));
    std::vector<std::string> names;
    for (const cli::VerbFacts& verb : program.verbs) {
        text += "    " + quoted(verb.name + ":" + part(verb.description)) + "\n";
        names.push_back(verb.name);
    }
    text += fmt::format("  )\n  for (( at = 2; at < CURRENT; ++at )); do\n    case $words[at] in ({}) verb=$words[at]; break ;; esac\n  done\n",
                        join(names, "|"));
    text += "  if [[ -n $verb ]]; then\n    words[at]=()\n    (( --CURRENT ))\n  fi\n";
    text += fmt::format("  case ${{verb:-{}}} in\n", program.default_verb);
    for (const cli::VerbFacts& verb : program.verbs) text += arguments_of(verb);
    text += "  esac\n  [[ -z $verb && $words[CURRENT] != -* && $words[CURRENT-1] != -* ]] &&\n";
    text += "    _describe -t verbs verb verbs && found=0\n";
    text += "  _arguments -s -S : $specifications && found=0\n  return found\n}\n\n";
    return text + fmt::format("_{} \"$@\"\n", identifier(program.name));
}

}  // namespace gbkit::gen
