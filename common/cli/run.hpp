// The frame of every program: options in, verdict out.
//
// run() parses the command line (default verb inserted), opens the outputs, writes the `run` record, calls the
// verb, and turns every exception and CLI11 code into the kit's exit codes and one line on stderr.
#pragma once

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

/// Options that mean the same in every program.
struct CommonOptions {
    bool json = false;
    bool text = false;
    bool quiet = false;
    int verbose = 0;
    std::string output;               // -o
    std::string records;              // --records FILE or fd:N
    std::string color = "auto";       // auto, always, never
    std::string progress = "auto";
    std::string lang = "";            // en, zh; empty: from LANG for pages, English in JSON
    std::string fail_on = "error";    // error, violation, vendor, never
    std::vector<std::string> ignore;  // finding ids
    bool all = false;                 // print each repeat of a finding
};

class Output;  // records and page of one run (cli/output.hpp)

struct Verb {
    std::string_view name;
    std::function<ExitCode(Output&)> run;
};

/// A program: its options are defined on the App (tools/<name>/options.cpp), its verbs run by name.
struct Program {
    std::string_view name;
    std::string_view default_verb;
    std::function<void(CLI::App&)> define;   // adds verbs as subcommands and all options
    std::vector<Verb> verbs;
    CommonOptions* common;
    std::vector<std::string_view> secret_options;  // their values never reach the run record
};

int run(const Program& program, int argc, char** argv);

}  // namespace gbkit::cli
