// The frame of every program: options in, verdict out.
//
// run() parses the command line (default verb inserted), opens the outputs, writes the `run` record, calls the
// verb, and turns every exception and CLI11 code into the kit's exit codes and one line on stderr.
//
// The room of a program, tools/NAME/:
//   options.hpp  struct Options { cli::CommonOptions common; ... };  void define(CLI::App& app, Options& options);
//   options.cpp  the only file that includes <CLI/CLI.hpp>; uses cli/options.hpp for DURATION, HOST:PORT, passwords
//   program.hpp  cli::Program program();   in namespace gbkit::digest_tool, register_tool, replay_tool ...
//   VERB.cpp     one file a verb:  cli::ExitCode verify(cli::Output& output, const Options& options);
//   main.cpp     int main(int argc, char** argv) { return gbkit::cli::run(gbkit::digest_tool::program(), argc, argv); }
//
// program() owns its Options in a shared_ptr that the functions capture:
//   auto options = std::make_shared<Options>();
//   return {.name = "gb-digest", .default_verb = "verify",
//           .define = [options](CLI::App& app) { define(app, *options); },
//           .verbs = {{"verify", [options](cli::Output& out) { return verify(out, *options); }}, ...},
//           .common = &options->common, .secret_options = {"--password"}};
//
// define() calls app.description(...), app.add_subcommand("verify", "one line") for each verb, puts all options
// on the verbs (never on the root), gives each verb its examples by verb->footer("Examples:\n  ..."), and names
// the kind of each value with ->type_name("FILE"), "DIR", "HOST:PORT", "DURATION", "N", "ID", "TEXT", or
// ->check(CLI::IsMember({...})) for a choice: help, manual and completions come from that. A list option that
// takes one value each time needs ->allow_extra_args(false), or it swallows the file names after it.
// The common options are added to every verb by run(). A verb writes its `summary` record whenever it likes:
// Output keeps it, adds exit_code and findings, and writes it last.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/record.hpp"

namespace CLI {
class App;
}

namespace gbkit::cli {

/// A set-up failure: thrown once (open, bind, keys), caught once in run(). The text completes "program: ".
struct Failure {
    ExitCode code;
    std::string message;
};

/// What the system says about an error number, in our style: "no space left on device".
[[nodiscard]] std::string reason_of(int error_number);

/// Options that mean the same in every program.
struct CommonOptions {
    bool json = false;
    bool text = false;
    bool quiet = false;
    int verbose = 0;
    std::string output = {};          // -o
    std::string records = {};         // --records FILE or fd:N
    std::string color = "auto";       // auto, always, never
    std::string progress = "auto";
    std::string lang = {};            // en, zh; empty: from LANG for pages, English in JSON
    std::string fail_on = "error";    // error, violation, vendor, never
    std::vector<std::string> ignore = {};  // finding ids
    std::string baseline = {};        // file of findings that are known
    bool all = false;                 // print each repeat of a finding
};

class Output;  // records and page of one run (cli/output.hpp)

/// A binary product of a verb, besides page and records: -o names its file, - is stdout. Where it goes to stdout, the
/// page goes to stderr and records only to --records.
enum class Product : std::uint8_t { none, when_named, always };  // none: -o is for the page or the records

struct Verb {
    std::string_view name;
    std::function<ExitCode(Output&)> run;
    std::function<Product()> product = {};   // asked when the options are read; empty: none
};

/// A program: its options are defined on the App (tools/<name>/options.cpp), its verbs run by name.
struct Program {
    std::string_view name;
    std::string_view default_verb;
    std::function<void(CLI::App&)> define;   // adds verbs as subcommands and all options
    std::vector<Verb> verbs;
    CommonOptions* common;
    std::vector<std::string_view> secret_options = {};  // their values never reach the run record
};

int run(const Program& program, int argc, char** argv);

/// The whole command line as CLI11 sees it: the program's verbs and options, the common ones on each verb.
[[nodiscard]] std::unique_ptr<CLI::App> make_app(const Program& program);

}  // namespace gbkit::cli
