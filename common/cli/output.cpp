// Output: who gets records, page and talk, and the book of findings.
#include "cli/output.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "cli/baseline.hpp"
#include "cli/finding_text.hpp"
#include "cli/run.hpp"
#include "cli/sink.hpp"
#include "cli/spool.hpp"
#include "cli/terminal.hpp"

namespace gbkit::cli {

namespace {

// Hostile traffic can name any number of devices: beyond this, findings are counted and not kept.
constexpr std::size_t findings_limit = 20'000;

bool product_on_stdout(const CommonOptions& options, Product product) {
    return product != Product::none && (options.output == "-" || (options.output.empty() && product == Product::always));
}

bool wants_json(const CommonOptions& options, Product product) {
    if (product_on_stdout(options, product)) {
        if (options.json) throw Failure{ExitCode::usage, "--json and the product cannot share standard output: name a file with -o, or use --records"};
        return false;
    }
    if (options.json || options.text) return options.json;
    const char* wish = std::getenv("GBKIT_OUTPUT");
    return wish != nullptr && std::string_view(wish) == "json";
}

std::optional<Language> given_language(const CommonOptions& options) {
    if (options.lang.empty()) return std::nullopt;
    return options.lang == "zh" ? Language::chinese : Language::english;
}

Sink page_sink(const CommonOptions& options, Product product) {
    if (product_on_stdout(options, product)) return Sink::standard_error();
    return options.output.empty() || options.output == "-" || product != Product::none ? Sink::standard_output() : Sink::file(options.output);
}

// Talk is worth nothing to a run that lost its stderr: a failed write changes nothing.
void to_stderr(std::string_view text) { (void)!::write(STDERR_FILENO, text.data(), text.size()); }

// From the end of the last of so many lines.
std::string to_first_line(std::size_t lines) { return lines > 1 ? fmt::format("\r\x1b[{}A", lines - 1) : "\r"; }

}  // namespace

struct Output::State {
    State(std::string_view name, const CommonOptions& chosen, Product product)
        : tool(name),
          options(chosen),
          json(wants_json(chosen, product)),
          page_language(given_language(chosen).value_or(language_of_environment())),
          record_language(given_language(chosen).value_or(Language::english)),
          data(page_sink(chosen, product)),
          colour(wants_colour(chosen.color, data.descriptor())),
          shows_progress(chosen.progress == "always" || (chosen.progress == "auto" && is_terminal(STDERR_FILENO) && !chosen.quiet)),
          columns(terminal_columns(data.descriptor())) {
        if (!chosen.baseline.empty()) baseline = Baseline(chosen.baseline);
        if (!chosen.records.empty()) records.emplace(Sink::file_or_descriptor(chosen.records));
    }

    void write_record(const Record& record) {
        if (!json && !records) return;
        const std::string line = record.to_json(tool) + "\n";
        if (json) to_data(line);
        if (records_spool) records_spool->write(line);
        else if (records) records->write(line);
    }

    void to_data(std::string text) {
        if (data_spool) data_spool->write(std::move(text));
        else data.write(text);
    }

    [[nodiscard]] std::uint64_t lines_dropped() const {
        return (data_spool ? data_spool->dropped() : 0) + (records_spool ? records_spool->dropped() : 0);
    }

    // Where page and talk share a terminal, the spool keeps them and the progress below them in order.
    void to_terminal(std::string text) {
        if (shares_terminal) data_spool->write(std::move(text));
        else to_stderr(text);
    }

    [[nodiscard]] bool terminal_takes_more() const {
        constexpr std::size_t plenty = 64 << 10;  // a terminal that is held gets no more pictures
        return !shares_terminal || data_spool->waiting() < plenty;
    }

    void clear_progress() {
        if (const std::size_t lines = std::exchange(progress_lines, 0); lines > 0) to_terminal(to_first_line(lines) + "\x1b[J");
    }

    void draw_progress() {
        if (progress_text.empty() || !terminal_takes_more()) return;
        to_terminal(to_first_line(progress_lines) + replace_all(progress_text, "\n", "\x1b[K\n") + "\x1b[J");
        progress_lines = static_cast<std::size_t>(std::count(progress_text.begin(), progress_text.end(), '\n')) + 1;
    }

    struct Seen {
        bool known = false;         // by the baseline
        std::uint64_t times = 0;
        std::optional<std::uint64_t> last_frame;
    };

    std::string tool;
    const CommonOptions& options;
    bool json;
    Language page_language;
    Language record_language;
    Sink data;
    std::optional<Sink> records;
    std::optional<Spool> data_spool;
    std::optional<Spool> records_spool;
    bool colour;
    bool shows_progress;
    std::size_t columns;
    bool shares_terminal = false;     // the page waits in the spool for the terminal that talk goes to
    std::string progress_text;        // what was drawn last
    std::size_t progress_lines = 0;   // of it on the terminal, the cursor at the end of the last

    std::vector<Finding> findings;
    std::map<std::pair<std::string_view, std::string>, Seen> seen;  // by id and subject
    std::map<std::string_view, std::uint64_t> count_by_id;
    Baseline baseline;
    std::vector<Finding> known;     // of the baseline: first of each id and subject
    std::function<Parties(const Finding&)> parties;
    std::optional<Severity> worst;  // of the findings that count for the verdict
    std::uint64_t dropped = 0;
    std::function<void(Finding&)> weigh;
    std::function<bool(const Finding&)> holds;
    std::vector<Finding> held;
    std::function<void(const Finding&)> hear_finding;
    std::optional<Record> summary;
};

Output::Output(std::string_view tool, const CommonOptions& options, Product product)
    : state_(std::make_unique<State>(tool, options, product)) {}
Output::~Output() {
    state_->shares_terminal = false;  // what is left to do here must not fail
    state_->clear_progress();
}

void Output::decouple() {
    state_->data_spool.emplace(state_->data);
    state_->shares_terminal = is_terminal(state_->data.descriptor()) && is_terminal(STDERR_FILENO);
    if (state_->records) state_->records_spool.emplace(*state_->records);
}

bool Output::json() const noexcept { return state_->json; }
Language Output::language() const noexcept { return state_->page_language; }
const CommonOptions& Output::options() const noexcept { return state_->options; }
bool Output::shows_progress() const noexcept { return state_->shows_progress; }
std::size_t Output::columns() const noexcept { return state_->columns; }

void Output::write(const Record& record) {
    if (record.type() == "summary") state_->summary = record;
    else state_->write_record(record);
}

void Output::line(std::string_view text) {
    if (state_->json) return;
    const bool drawn = state_->progress_lines > 0 && state_->shares_terminal;
    state_->clear_progress();
    state_->to_data(std::string(text) + "\n");
    if (drawn) state_->draw_progress();
}

void Output::talk(std::string_view text) {
    if (state_->options.quiet) return;
    const bool drawn = state_->progress_lines > 0;
    state_->clear_progress();
    state_->to_terminal(fmt::format("{}: {}\n", state_->tool, text));
    if (drawn) state_->draw_progress();
}

void Output::progress(std::string_view text) {
    if (!state_->shows_progress) return;
    state_->progress_text = text;
    state_->draw_progress();
}

std::string Output::styled(Style style, std::string_view text) const {
    return state_->colour ? in_style(style, text) : std::string(text);
}

void Output::finding(const Finding& finding) {
    if (state_->holds && state_->held.size() < findings_limit && state_->holds(finding)) {
        state_->held.push_back(finding);
        return;
    }
    if (!state_->weigh) return book(finding);
    Finding weighed = finding;
    state_->weigh(weighed);
    book(weighed);
}

void Output::book(const Finding& finding) {
    State& state = *state_;
    const std::string_view id = info_of(finding.id).id.slug;
    if (std::find(state.options.ignore.begin(), state.options.ignore.end(), id) != state.options.ignore.end()) return;
    const bool accepted = state.baseline.holds(finding);
    ++state.count_by_id[id];
    // What is only possible may be a hole in the evidence: it is told, and decides nothing.
    if (finding.certainty != Certainty::possible && !accepted) state.worst = std::min(state.worst.value_or(Severity::info), info_of(finding.id).severity);
    auto known = state.seen.find({id, finding.subject});
    const bool first = known == state.seen.end();
    if (first && state.findings.size() + state.known.size() == findings_limit) {
        ++state.dropped;
        return;
    }
    if (first) {
        known = state.seen.emplace(std::pair{id, finding.subject}, State::Seen{accepted, 0, std::nullopt}).first;
        (accepted ? state.known : state.findings).push_back(finding);
    }
    ++known->second.times;
    known->second.last_frame = finding.where.frame;
    if (!first && !state.options.all) return;
    Record record = finding_record(finding, parties_of(finding), state.record_language, now());
    if (accepted) record.set("known", true);
    state.write_record(record);
    if (state.hear_finding && !accepted) state.hear_finding(finding);
}

void Output::weigh_findings(std::function<void(Finding&)> weigh) { state_->weigh = std::move(weigh); }
void Output::hold_findings(std::function<bool(const Finding&)> holds) { state_->holds = std::move(holds); }

void Output::release_findings() {
    state_->holds = nullptr;
    for (const Finding& held : std::exchange(state_->held, {})) finding(held);
}

void Output::know_parties(std::function<Parties(const Finding&)> parties) { state_->parties = std::move(parties); }
Parties Output::parties_of(const Finding& finding) const { return state_->parties ? state_->parties(finding) : Parties{}; }
void Output::on_finding(std::function<void(const Finding&)> hear) { state_->hear_finding = std::move(hear); }

const std::vector<Finding>& Output::findings() const noexcept { return state_->findings; }

std::string_view Output::healthy() const noexcept {
    if (state_->known.empty()) return Bilingual{"Nothing is wrong.", "没有发现问题。"}.in(language());
    return Bilingual{"Nothing new is wrong.", "没有发现新问题。"}.in(language());
}

/// What the baseline knows of, by id: one line.
void Output::write_known() {
    if (state_->known.empty()) return;
    std::map<std::string_view, std::uint64_t> subjects;
    for (const Finding& finding : state_->known) ++subjects[finding.id.slug];
    std::vector<std::string> words;
    for (const auto& [id, count] : subjects) words.push_back(count == 1 ? std::string(id) : fmt::format("{} ({})", id, count));
    const Bilingual sentence{"known     {} (--baseline)", "已知      {}(--baseline)"};
    line(styled(Style::dim, fmt::format(fmt::runtime(sentence.in(language())), join(words, ", "))));
}

std::uint64_t Output::repeats(const Finding& first) const noexcept {
    const auto known = state_->seen.find({first.id.slug, first.subject});
    return known == state_->seen.end() ? 1 : known->second.times;
}

Counters Output::findings_by_id() const { return {state_->count_by_id.begin(), state_->count_by_id.end()}; }

ExitCode Output::verdict() const noexcept {
    const std::string& bar = state_->options.fail_on;
    if (bar == "never") return ExitCode::yes;
    const Severity least = bar == "vendor" ? Severity::vendor : bar == "violation" ? Severity::violation : Severity::error;
    return state_->worst && *state_->worst <= least ? ExitCode::no : ExitCode::yes;
}

void Output::finish(ExitCode code, std::string_view error) {
    State& state = *state_;
    release_findings();
    write_known();
    state.clear_progress();
    state.progress_text.clear();
    Record summary = state.summary.value_or(Record("summary", now()));
    summary.set("exit_code", static_cast<std::int64_t>(code));
    summary.set_text("error", error);
    if (!state.count_by_id.empty()) summary.set("findings", findings_by_id());
    std::map<std::string_view, std::uint64_t> last;
    for (const auto& [key, seen] : state.seen)
        if (seen.times > 1 && seen.last_frame) last[key.first] = std::max(last[key.first], *seen.last_frame);
    if (!last.empty()) summary.set("findings_last_frame", Counters(last.begin(), last.end()));
    if (!state.known.empty()) summary.set("findings_known", static_cast<std::int64_t>(state.known.size()));
    if (state.dropped > 0) summary.set("findings_dropped", static_cast<std::int64_t>(state.dropped));
    if (const std::uint64_t lines = state.lines_dropped(); lines > 0) summary.set("lines_dropped", static_cast<std::int64_t>(lines));
    state.write_record(summary);
    if (state.data_spool) state.data_spool->close();
    state.shares_terminal = false;
    if (state.records_spool) state.records_spool->close();
    state.data.close();
    if (state.records) state.records->close();
}

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace gbkit::cli
