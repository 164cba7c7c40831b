#include "merge.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/condition.hpp"
#include "cli/files.hpp"
#include "cli/output.hpp"
#include "cli/run.hpp"
#include "counters.hpp"
#include "load_page.hpp"
#include "options.hpp"

namespace gbkit::register_tool {

namespace {

constexpr std::size_t file_limit = std::size_t{256} << 20;
constexpr std::uint64_t count_limit = std::uint64_t{1} << 52;

struct Sum {
    Totals totals;
    std::uint64_t files = 0, messages = 0, retransmissions = 0, malformed = 0;
    double longest_s = 0;
    double slowest_ms = 0;
    std::map<std::string, std::uint64_t> findings;
};

std::uint64_t number(const cli::ReadRecord& record, std::string_view field) {
    return to_number(record.value(field), count_limit).value_or(0);
}

double real(const cli::ReadRecord& record, std::string_view field) {
    try {
        return std::stod(std::string(record.value(field)));
    } catch (const std::exception&) {
        return 0;  // absent, or not a number
    }
}

void add(Sum& sum, const cli::ReadRecord& summary) {
    sum.totals.devices += number(summary, "devices");
    sum.totals.registered += number(summary, "registered");
    sum.totals.refused += number(summary, "refused");
    sum.totals.unanswered += number(summary, "unanswered");
    sum.totals.unregistered += number(summary, "unregistered");
    sum.totals.keepalives += number(summary, "keepalives");
    sum.messages += number(summary, "messages");
    sum.retransmissions += number(summary, "retransmissions");
    sum.malformed += number(summary, "malformed");
    sum.longest_s = std::max(sum.longest_s, real(summary, "duration_s"));
    sum.slowest_ms = std::max(sum.slowest_ms, real(summary, "rtt_max_ms"));
    for (const auto& [upper_us, count] : cli::read_counters(summary.value("rtt_histogram_us")))
        if (const auto upper = to_number(upper_us, count_limit); upper && count < count_limit) sum.totals.round_trips.add_bucket(*upper, count);
    for (const auto& [id, count] : cli::read_counters(summary.value("findings"))) sum.findings[id] += count;
}

// A file may hold several runs, one after the other.
void add_file(Sum& sum, const std::string& name) {
    const std::string text = cli::read_file(name, file_limit);
    std::size_t found = 0;
    for (const std::string_view line : split(text, '\n')) {
        if (line.find("\"summary\"") == std::string_view::npos) continue;
        const auto record = cli::read_record(trim(line));
        if (!record || record->type != "summary" || record->value("tool") != "gb-register" || record->value("devices").empty()) continue;
        add(sum, *record);
        ++found;
    }
    if (found == 0) throw cli::Failure{cli::ExitCode::bad_input, name + ": no summary of gb-register device or serve in it"};
    sum.files += 1;
}

}  // namespace

cli::ExitCode merge(cli::Output& output, const Options& all) {
    const std::vector<cli::Condition> expect = cli::parse_conditions("--expect", all.merge.expect, counter_names());
    Sum sum;
    for (const std::string& name : all.merge.files) add_file(sum, name);
    if (sum.slowest_ms > 0) sum.totals.round_trips.set_slowest_ms(sum.slowest_ms);
    cli::Record summary("summary", cli::now());
    summary.set("duration_s", sum.longest_s).set("files", static_cast<std::int64_t>(sum.files));
    summary.set("messages", static_cast<std::int64_t>(sum.messages));
    summary.set("retransmissions", static_cast<std::int64_t>(sum.retransmissions));
    summary.set("malformed", static_cast<std::int64_t>(sum.malformed));
    sum.totals.write_to(summary);
    if (!sum.findings.empty()) summary.set("findings", cli::Counters(sum.findings.begin(), sum.findings.end()));
    output.write(summary);
    write_totals(output, sum.totals, sum.retransmissions);
    for (const auto& [id, count] : sum.findings) output.line(fmt::format("  {} {}", pad(id, 34), count));
    const bool met = std::all_of(expect.begin(), expect.end(), [&](const cli::Condition& condition) { return cli::met_or_said(output, condition, sum.totals.value(condition.counter)); });
    return met ? cli::ExitCode::yes : cli::ExitCode::no;
}

}  // namespace gbkit::register_tool
