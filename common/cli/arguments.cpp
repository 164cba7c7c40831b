#include "cli/arguments.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/suggest.hpp"

namespace gbkit::cli {

namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> verb_names(const CLI::App& root) {
    std::vector<std::string> names;
    for (const CLI::App* verb : root.get_subcommands({})) names.push_back(verb->get_name());
    return names;
}

// How many arguments the option at the front of `arguments` takes up; 0 when it is none of the app's.
std::size_t width_of_option(const CLI::App& app, const std::vector<std::string>& arguments, std::size_t at) {
    const std::string& argument = arguments[at];
    if (argument.size() < 2 || argument[0] != '-' || argument == "--") return 0;
    const bool is_long = argument[1] == '-';
    const std::size_t equals = argument.find('=');
    const CLI::Option* option = app.get_option_no_throw(is_long ? argument.substr(0, equals) : argument.substr(0, 2));
    if (option == nullptr) return 0;
    if (is_long) return takes_value(*option) && equals == std::string::npos ? 2 : 1;
    if (takes_value(*option)) return argument.size() > 2 ? 1 : 2;
    const bool all_known = std::all_of(argument.begin() + 1, argument.end(), [&](char letter) {
        return app.get_option_no_throw(std::string{'-', letter}) != nullptr;
    });
    return all_known ? 1 : 0;
}

bool asks_for_help(const std::string& argument) {
    return argument == "-h" || argument == "--help" || argument == "-V" || argument == "--version";
}

std::vector<std::string> split_empty_values(const CLI::App& verb, std::vector<std::string> arguments) {
    for (std::size_t at = 0; at < arguments.size() && arguments[at] != "--"; ++at) {
        std::string& argument = arguments[at];
        if (!argument.starts_with("--") || argument.find('=') != argument.size() - 1) continue;
        const CLI::Option* option = verb.get_option_no_throw(argument.substr(0, argument.size() - 1));
        if (option == nullptr || !takes_value(*option)) continue;
        argument.pop_back();
        arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(++at), std::string{});
    }
    return arguments;
}

// Behind "--" everything is an argument. CLI11 gives what follows a list of arguments back to the parent, so
// the marker goes and a name that starts with a dash says that it is a file here; "-" stays standard input.
std::vector<std::string> without_marker(std::vector<std::string> arguments) {
    const auto marker = std::find(arguments.begin(), arguments.end(), "--");
    if (marker == arguments.end()) return arguments;
    for (auto argument = arguments.erase(marker); argument != arguments.end(); ++argument)
        if (argument->size() > 1 && argument->front() == '-') argument->insert(0, "./");
    return arguments;
}

}  // namespace

std::vector<std::string> with_verb(const CLI::App& root, std::string_view default_verb, std::vector<std::string> arguments) {
    const auto verbs = verb_names(root);
    const auto is_verb = [&](const std::string& word) { return std::find(verbs.begin(), verbs.end(), word) != verbs.end(); };
    std::size_t at = 0;
    while (at < arguments.size() && !is_verb(arguments[at])) {
        if (asks_for_help(arguments[at])) return arguments;
        const std::size_t width = width_of_option(root, arguments, at);
        if (width == 0) break;
        at = std::min(at + width, arguments.size());
    }
    std::string verb(default_verb);
    if (at < arguments.size() && is_verb(arguments[at])) {
        verb = arguments[at];
        arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
    }
    arguments.insert(arguments.begin(), verb);
    return without_marker(split_empty_values(*root.get_subcommand(verb), std::move(arguments)));
}

std::vector<std::string> without_secrets(std::vector<std::string> arguments, const std::vector<std::string_view>& secret_options) {
    const auto is_secret = [&](std::string_view name) {
        return std::find(secret_options.begin(), secret_options.end(), name) != secret_options.end();
    };
    for (std::size_t at = 0; at < arguments.size() && arguments[at] != "--"; ++at) {
        const std::size_t equals = arguments[at].find('=');
        if (!is_secret(std::string_view(arguments[at]).substr(0, equals))) continue;
        if (equals != std::string::npos) arguments[at].replace(equals + 1, std::string::npos, "***");
        else if (at + 1 < arguments.size()) arguments[++at] = "***";
    }
    return arguments;
}

std::string complaint_about_leftovers(const CLI::App& root, const CLI::App& verb) {
    const std::vector<std::string> left = verb.remaining();
    const auto is_option = [](const std::string& word) { return word.size() > 1 && word[0] == '-'; };
    const auto unknown = std::find_if(left.begin(), left.end(), is_option);
    if (unknown == left.end()) {
        if (left.empty()) return {};
        return fmt::format("unexpected argument {}{}", left.front(), did_you_mean(left.front(), verb_names(root)));
    }
    std::vector<std::string> names;
    for (const CLI::Option* option : verb.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    const std::string word = unknown->substr(0, unknown->find('='));  // the value may be a secret
    return fmt::format("unknown option {}{}", word, did_you_mean(word, names));
}

}  // namespace gbkit::cli
