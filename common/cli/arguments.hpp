// The command line before and after CLI11: the default verb, empty values, secrets, unknown names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace gbkit::cli {

/// The verb in front, the common options that stood before it behind it; the default verb when none is named.
/// "--json verify FILE" becomes "verify --json FILE", "FILE" becomes "verify FILE". -h or -V before any verb
/// stays with the program itself. "--name=" of an option that takes a value becomes two arguments, because
/// CLI11 would take the next argument for the value. Behind "--" a name that starts with a dash gets "./".
[[nodiscard]] std::vector<std::string> with_verb(const CLI::App& root, std::string_view default_verb,
                                                 std::vector<std::string> arguments);

/// The values of secret options replaced by ***, in both forms (--x v, --x=v).
[[nodiscard]] std::vector<std::string> without_secrets(std::vector<std::string> arguments,
                                                       const std::vector<std::string_view>& secret_options);

/// What is wrong with the arguments the verb could not place: an unknown option or one argument too many,
/// with the nearest name there is. Empty when nothing is left over.
[[nodiscard]] std::string complaint_about_leftovers(const CLI::App& root, const CLI::App& verb);

}  // namespace gbkit::cli
