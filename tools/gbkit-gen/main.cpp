// gbkit-gen: writes what is made from tables (option blocks of manuals, completions, gbkit-records(7),
// gbkit-findings(7)), or says which of those files are out of date. For developers and tests; not installed.
//
//   gbkit-gen --write SOURCE_DIR    writes them
//   gbkit-gen --check SOURCE_DIR    names those that differ, exit 1
//   gbkit-gen --options             program, verb and option, one a line
//   gbkit-gen --validate            checks each record on standard input against the table of its type, exit 1
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/record.hpp"
#include "tools/gbkit-gen/generated.hpp"

namespace {

using namespace gbkit;

struct GeneratedFile {
    std::string path;     // below the source directory
    std::string content;
    std::string problem = {};  // why there is no content
};

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

// The manual of a program keeps its prose; only the block between the marks is ours.
GeneratedFile manual(const std::string& source, const cli::ProgramFacts& program) {
    const std::string path = "man/" + program.name + ".1";
    const auto page = read_file(source + "/" + path);
    if (!page) return {path, {}, "cannot be read"};
    const auto merged = gen::with_options(*page, gen::man_options(program));
    if (!merged) return {path, {}, "is " + merged.error().what};
    return {path, *merged};
}

std::vector<GeneratedFile> generate(const std::string& source) {
    std::vector<GeneratedFile> files{{"man/gbkit-records.7", gen::records_page()}, {"man/gbkit-findings.7", gen::findings_page()}};
    for (const cli::ProgramFacts& program : gen::programs()) {
        files.push_back({"completions/bash/" + program.name, gen::bash_completion(program)});
        files.push_back({"completions/zsh/_" + program.name, gen::zsh_completion(program)});
        files.push_back({"completions/fish/" + program.name + ".fish", gen::fish_completion(program)});
        files.push_back(manual(source, program));
    }
    return files;
}

int check(const std::string& source) {
    int wrong = 0;
    for (const GeneratedFile& file : generate(source)) {
        if (file.problem.empty() && read_file(source + "/" + file.path) == file.content) continue;
        std::cout << file.path << ' ' << (file.problem.empty() ? "is out of date: run gbkit-gen --write" : file.problem) << '\n';
        wrong = 1;
    }
    return wrong;
}

int write(const std::string& source) {
    int wrong = 0;
    for (const GeneratedFile& file : generate(source)) {
        if (!file.problem.empty()) {
            std::cout << file.path << ' ' << file.problem << '\n';
            wrong = 1;
            continue;
        }
        const std::filesystem::path path = std::filesystem::path(source) / file.path;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream out(path, std::ios::binary);
        out << file.content;
        out.close();
        if (!out) throw std::runtime_error("cannot write " + file.path);
    }
    return wrong;
}

int list_options() {
    for (const cli::ProgramFacts& program : gen::programs())
        for (const cli::VerbFacts& verb : program.verbs)
            for (const cli::OptionFacts& option : verb.options)
                for (const std::string& name : option.longs) std::cout << program.name << ' ' << verb.name << ' ' << name << '\n';
    return 0;
}

// Every line fits its table, the first is `run` and the last is `summary`.
int validate() {
    int wrong = 0;
    std::size_t number = 0;
    std::string line, first, last;
    const auto complain = [&](const std::string& what) {
        std::cout << "line " << number << ": " << what << '\n';
        wrong = 1;
    };
    while (std::getline(std::cin, line)) {
        ++number;
        if (const std::string what = cli::validate_line(line); !what.empty()) complain(what + ": " + line.substr(0, 200));
        const auto record = cli::read_record(line);
        last = record ? record->type : std::string{};
        if (number == 1) first = last;
    }
    if (number == 0) complain("no records at all");
    else if (first != "run") complain("the first record is not run");
    else if (last != "summary") complain("the last record is not summary");
    return wrong;
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() == 2 && arguments[0] == "--check") return check(arguments[1]);
    if (arguments.size() == 2 && arguments[0] == "--write") return write(arguments[1]);
    if (arguments.size() == 1 && arguments[0] == "--options") return list_options();
    if (arguments.size() == 1 && arguments[0] == "--validate") return validate();
    std::cerr << "usage: gbkit-gen --write SOURCE_DIR | --check SOURCE_DIR | --options | --validate\n";
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "gbkit-gen: " << error.what() << '\n';
        return 70;
    }
}
