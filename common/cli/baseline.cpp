#include "cli/baseline.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/files.hpp"
#include "cli/record.hpp"
#include "cli/suggest.hpp"

namespace gbkit::cli {

namespace {

constexpr std::size_t file_limit = 256 << 20;

Failure refused(std::string what) { return {ExitCode::bad_input, std::move(what)}; }

}  // namespace

Baseline::Baseline(const std::string& name) {
    const std::string text = read_file(name, file_limit);
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        try {
            add_line(trim(line));
        } catch (const Failure& failure) {
            throw Failure{failure.code, fmt::format("--baseline {}, line {}: {}", name, number, failure.message)};
        }
    }
}

void Baseline::add_line(std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    if (line.front() == '{') return add_record(line);
    const std::string id(line.substr(0, line.find_first_of(" \t")));
    if (std::string complaint = unknown_finding(id); !complaint.empty()) throw refused(std::move(complaint));
    const std::string_view subject = trim(line.substr(id.size()));
    if (subject.empty()) everywhere_.insert(id);
    else of_subject_.emplace(id, subject);
}

void Baseline::add_record(std::string_view line) {
    const auto record = read_record(line);
    if (!record) throw refused(record.error().what);
    if (record->type == "finding") of_subject_.emplace(record->value("id"), record->value("subject"));
}

bool Baseline::holds(const Finding& finding) const {
    if (everywhere_.empty() && of_subject_.empty()) return false;
    return everywhere_.contains(finding.id.slug) || of_subject_.contains({std::string(finding.id.slug), printable(finding.subject)});
}

}  // namespace gbkit::cli
