// What there is to say of a command line, read from CLI11 once: help, manual and completions all use it.
#pragma once

#include <string>
#include <vector>

#include "cli/run.hpp"

namespace CLI {
class App;
}

namespace gbkit::cli {

struct OptionFacts {
    std::vector<std::string> shorts;    // "-o"
    std::vector<std::string> longs;     // "--output"
    std::string kind;                   // of its value: FILE, DURATION ...; empty for a flag
    std::vector<std::string> choices;   // when only these values are allowed
    std::string range;                  // "1 - 65535" when only numbers in it are allowed
    std::string fallback;               // the value without it, as text; empty when there is nothing to say
    std::string description;
    bool common = false;                // every program has it
    bool positional = false;
    bool required = false;
    bool repeats = false;               // may be given several times

    /// "-o, --output FILE", "--color auto|always|never", "[FILE]..."
    [[nodiscard]] std::string synopsis() const;
    /// The value as the synopsis shows it: the choices when they are few, else the kind.
    [[nodiscard]] std::string value() const;
    [[nodiscard]] bool few_choices() const noexcept;
    /// The description with what the synopsis leaves out: choices, range, default, that it is required.
    [[nodiscard]] std::string full_description() const;
};

struct VerbFacts {
    std::string name;
    std::string description;
    std::string examples;               // the footer
    std::vector<OptionFacts> options;   // positionals first, then the verb's own, then the common ones
};

struct ProgramFacts {
    std::string name;
    std::string description;
    std::string examples;
    std::string default_verb;
    std::vector<VerbFacts> verbs;
    std::vector<OptionFacts> common;    // what the program accepts before a verb
};

[[nodiscard]] ProgramFacts describe(CLI::App& app, std::string_view default_verb);

/// The help of the program, laid out for that many columns.
[[nodiscard]] std::string help_of(const ProgramFacts& program, std::size_t columns);
[[nodiscard]] std::string help_of(const ProgramFacts& program, const VerbFacts& verb, std::size_t columns);

}  // namespace gbkit::cli
