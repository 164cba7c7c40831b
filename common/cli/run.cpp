#include "cli/run.hpp"

#include <algorithm>
#include <csignal>
#include <new>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/describe.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/sink.hpp"
#include "cli/suggest.hpp"
#include "cli/terminal.hpp"
#include "io/capture.hpp"

namespace gbkit::cli {

std::string reason_of(int error_number) {
    std::string reason = std::generic_category().message(error_number);
    if (!reason.empty()) reason[0] = ascii_lower(reason[0]);
    return reason;
}

std::unique_ptr<CLI::App> make_app(const Program& program) {
    auto app = std::make_unique<CLI::App>("", std::string(program.name));
    program.define(*app);
    app->require_subcommand(1);
    define_common(*app, *program.common);
    for (CLI::App* verb : app->get_subcommands({})) define_common(*verb, *program.common);
    return app;
}

namespace {

// What ends a run: its code, and why when that is not the verb's own verdict.
struct End {
    ExitCode code = ExitCode::yes;
    std::string error = {};
};

constexpr std::string_view bug_report = "this is a bug of gbkit, not of your input: ";

// The one place where exceptions become exit codes; called from inside a catch block.
End end_of_exception() {
    try {
        throw;
    } catch (const ClosedPipe&) {
        return {};
    } catch (const Failure& failure) {
        return {failure.code, failure.message};
    } catch (const io::CaptureError& error) {
        return {error.system ? ExitCode::system : ExitCode::bad_input, error.what()};
    } catch (const std::bad_alloc&) {
        return {ExitCode::system, "out of memory"};
    } catch (const std::logic_error& error) {
        return {ExitCode::bug, fmt::format("{}{}", bug_report, error.what())};
    } catch (const std::runtime_error& error) {  // std::system_error and std::ios_base::failure among them
        return {ExitCode::system, error.what()};
    } catch (const std::exception& error) {
        return {ExitCode::bug, fmt::format("{}{}", bug_report, error.what())};
    } catch (...) {
        return {ExitCode::bug, fmt::format("{}an exception of an unknown type", bug_report)};
    }
}

void complain(const Program& program, std::string_view message) {
    const std::string line = fmt::format("{}: {}\n", program.name, message);
    (void)!::write(STDERR_FILENO, line.data(), line.size());
}

// A file we open must never become descriptor 1: with stdout closed, writes have to fail, not to land in it.
void keep_standard_descriptors() {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0) (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void check_ignored(const std::vector<std::string>& ids) {
    for (const std::string& id : ids)
        if (const std::string complaint = unknown_finding(id); !complaint.empty()) throw Failure{ExitCode::usage, "--ignore: " + complaint};
}

// Fills the options; throws CLI11's own kinds for help, version and errors.
void parse(CLI::App& app, const Program& program, const std::vector<std::string>& arguments) {
    std::vector<std::string> reversed = with_verb(app, program.default_verb, arguments);
    std::reverse(reversed.begin(), reversed.end());  // as CLI11 wants a vector
    app.parse(std::move(reversed));
}

const CLI::App* chosen_verb(const CLI::App& app) {
    const auto verbs = app.get_subcommands();
    return verbs.empty() ? nullptr : verbs.front();
}

// CLI11's sentences in our words: "--password: 1 required TEXT missing", "--color: blue not in {auto,always,never}".
std::string plain(std::string complaint) {
    const std::size_t required = complaint.find(": 1 required ");
    if (required != std::string::npos && complaint.ends_with(" missing")) return complaint.replace(required, std::string::npos, " needs a value");
    const std::size_t set = complaint.find(" not in {");
    const std::size_t value = complaint.find(": ");
    if (set == std::string::npos || value >= set || !complaint.ends_with("}")) return complaint;
    std::vector<std::string> choices;
    const std::string_view inside = std::string_view(complaint).substr(set + 9, complaint.size() - set - 10);
    for (const std::string_view choice : split(inside, ',')) choices.emplace_back(choice);
    const std::string suggestion = did_you_mean(std::string_view(complaint).substr(value + 2, set - value - 2), choices);
    return fmt::format("{} is not one of {}{}", complaint.substr(0, set), join(choices, ", "), suggestion);
}

[[noreturn]] void refuse(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App* verb = chosen_verb(app);
    std::string complaint = verb == nullptr ? std::string{} : complaint_about_leftovers(app, *verb);
    if (complaint.empty()) complaint = plain(error.what());
    const std::string command = verb == nullptr ? app.get_name() : app.get_name() + " " + verb->get_name();
    throw Failure{ExitCode::usage, fmt::format("{}\nTry '{} --help'.", complaint, command)};
}

std::string help(CLI::App& app, const Program& program) {
    const ProgramFacts facts = describe(app, program.default_verb);
    const std::size_t columns = terminal_columns(STDOUT_FILENO);
    const CLI::App* chosen = chosen_verb(app);
    for (const VerbFacts& verb : facts.verbs)
        if (chosen != nullptr && verb.name == chosen->get_name()) return help_of(facts, verb, columns);
    return help_of(facts, columns);
}

// The verb to run, or nothing when help or the version was asked for and has been given.
const Verb* choose(CLI::App& app, const Program& program, const std::vector<std::string>& arguments) {
    try {
        parse(app, program, arguments);
    } catch (const CLI::CallForHelp&) {
        Sink::standard_output().write(help(app, program));
        return nullptr;
    } catch (const CLI::CallForVersion&) {
        Sink::standard_output().write(fmt::format("{} {} (gbkit)\n", program.name, GBKIT_VERSION));
        return nullptr;
    } catch (const CLI::ParseError& error) {
        refuse(app, error);
    }
    check_ignored(program.common->ignore);
    const std::string name = chosen_verb(app)->get_name();
    for (const Verb& verb : program.verbs)
        if (verb.name == name) return &verb;
    throw std::logic_error("a verb without a function: " + name);
}

Record run_record(const Program& program, const Verb& verb, std::vector<std::string> arguments) {
    Record record("run", now());
    record.set("schema", std::int64_t{1});
    record.set("version", std::string(GBKIT_VERSION));
    record.set("verb", std::string(verb.name));
    record.set("argv", without_secrets(std::move(arguments), program.secret_options));
    return record;
}

End run_verb(const Program& program, const Verb& verb, const std::vector<std::string>& arguments) {
    Output output(program.name, *program.common, verb.product ? verb.product() : Product::none);
    End end;
    try {
        output.write(run_record(program, verb, arguments));
        end.code = verb.run(output);
    } catch (const ClosedPipe&) {
        return {};  // nobody is left to tell
    } catch (...) {
        end = end_of_exception();
    }
    output.finish(end.code, end.error);
    return end;
}

}  // namespace

int run(const Program& program, int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // write() then says EPIPE, and the run ends in good order
    keep_standard_descriptors();
    End end;
    try {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        const auto app = make_app(program);
        if (const Verb* verb = choose(*app, program, arguments)) end = run_verb(program, *verb, arguments);
    } catch (...) {
        end = end_of_exception();
    }
    if (!end.error.empty()) complain(program, end.error);
    return static_cast<int>(end.code);
}

}  // namespace gbkit::cli
