// Where a run's results go: records (JSON Lines), the page a person reads, and talk.
//
// stdout is data, stderr is talk. Text is the default wherever stdout goes; --json puts the records there
// instead; --records FILE|fd:N gets them besides. Every line is written at once (within some milliseconds after
// decouple()), so that a reader on a pipe sees a server's lines when they happen. A closed pipe ends the run quietly.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/text.hpp"
#include "base/vendor.hpp"
#include "cli/exit_code.hpp"
#include "cli/record.hpp"

namespace gbkit::cli {

struct CommonOptions;
enum class Product : std::uint8_t;

enum class Style { plain, bold, dim, good, bad, warn };

class Output {
public:
    /// Opens what the options ask for; throws Failure (cli/run.hpp) when a file cannot be written.
    Output(std::string_view tool, const CommonOptions& options, Product product = {});
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// For verbs that run a loop: from now on a reader who does not read stalls nobody. Lines wait in a bounded
    /// queue; what does not fit is dropped and counted in the summary (lines_dropped).
    void decouple();

    [[nodiscard]] bool json() const noexcept;                 // records on stdout, no page
    [[nodiscard]] Language language() const noexcept;         // of the page
    [[nodiscard]] const CommonOptions& options() const noexcept;

    /// A record; a `summary` is kept and written last, with exit_code, error and the findings counted.
    void write(const Record& record);
    /// A line of the page (stdout in text mode; nothing with --json). No line end in `text`.
    void line(std::string_view text = {});
    /// A line of talk on stderr, not with --quiet: "gb-register: listening on ..."
    void talk(std::string_view text);
    /// What is going on right now, on one line of stderr or several, which the next ones replace; a terminal only.
    void progress(std::string_view text);
    [[nodiscard]] bool shows_progress() const noexcept;
    /// The text in that style when the page goes to a terminal that wants colour.
    [[nodiscard]] std::string styled(Style style, std::string_view text) const;
    /// Columns to lay the page out for: the terminal's, or 100.
    [[nodiscard]] std::size_t columns() const noexcept;

    /// One `finding` record per id and subject at first sight; repeats are counted (--all writes each);
    /// --ignore drops the id. Kept for root causes and the verdict.
    void finding(const Finding& finding);
    /// Who knows of a reason to trust less what is found may lower its certainty before it is booked.
    void weigh_findings(std::function<void(Finding&)> weigh);
    /// Findings that it says yes to wait, some thousands at most, for release_findings(): what weighs them is known at the end.
    void hold_findings(std::function<bool(const Finding&)> holds);
    void release_findings();
    /// Who else wants to hear of findings as they come: the first of each id and subject, with --all every one.
    void on_finding(std::function<void(const Finding&)> hear);
    /// Who knows the makers of both ends of what a finding is about: they choose the menus and keys its advice names.
    void know_parties(std::function<Parties(const Finding&)> parties);
    [[nodiscard]] Parties parties_of(const Finding& finding) const;
    [[nodiscard]] const std::vector<Finding>& findings() const noexcept;   // first of each id and subject; not the known ones
    /// "Nothing is wrong."; where --baseline knows some of the findings, that nothing new is.
    [[nodiscard]] std::string_view healthy() const noexcept;
    [[nodiscard]] std::uint64_t repeats(const Finding& first) const noexcept;  // how often it was seen, >= 1
    [[nodiscard]] Counters findings_by_id() const;
    /// no when a certain or likely finding is at or above --fail-on, else yes.
    [[nodiscard]] ExitCode verdict() const noexcept;
    /// The end of a page: the root causes in plain sentences with the advice, or that nothing is wrong.
    /// `say_healthy` false: for a program that has just said itself that something is wrong.
    void root_causes(bool say_healthy = true);
    /// One finding as root_causes() writes it; `same_for`: further subjects it holds for.
    void show(const Finding& finding, const std::vector<std::string>& same_for = {});
    /// The end of the run: the summary, and everything on its way. Called by run().
    void finish(ExitCode code, std::string_view error = {});

private:
    struct State;
    void book(const Finding& finding);
    void write_known();

    std::unique_ptr<State> state_;
};

/// The wall clock of records.
[[nodiscard]] Time now();

}  // namespace gbkit::cli
