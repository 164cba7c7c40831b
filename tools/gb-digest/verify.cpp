// gb-digest verify: each digest of the input against a password.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "candidate_file.hpp"
#include "cli/files.hpp"
#include "cli/secrets.hpp"
#include "input.hpp"
#include "page.hpp"
#include "proto/observe/digest_passwords.hpp"
#include "verbs.hpp"
#include "wire/digest/candidates.hpp"
#include "wire/digest/near.hpp"

namespace gbkit::digest_tool {

namespace {

constexpr std::size_t table_limit = std::size_t{64} << 20;

using cli::ExitCode;
using proto::observe::DigestCheck;
using proto::observe::DigestVerdict;
using proto::observe::Secret;

proto::observe::PasswordTable load_table(const std::string& name) {
    auto parsed = proto::observe::PasswordTable::parse(cli::read_file(name, table_limit));
    if (!parsed) throw cli::Failure{ExitCode::bad_input, name + ", " + parsed.error().what};
    return std::move(*parsed);
}

proto::observe::PasswordTable read_table(const VerifyOptions& options) {
    auto table = options.passwords.empty() ? proto::observe::PasswordTable{} : load_table(options.passwords);
    if (auto password = cli::password_of(options.password)) table.add("*", {std::move(*password), options.username});
    return table;
}

std::string algorithm_of(const DigestCheck& check) { return printable(check.credentials.algorithm.value_or("MD5")); }

class Verifier {
public:
    Verifier(cli::Output& output, const VerifyOptions& options)
        : output_(output), options_(options) {
        stdin_once();
        table_ = read_table(options);
        if (!options.candidates.empty()) words_ = CandidateFile(options.candidates);
    }

    ExitCode run() {
        proto::observe::Context context;
        context.server_id = options_.server_id;
        context.domain = options_.domain;
        proto::observe::DigestObserver observer(
            context, [this](std::string_view device, std::string_view user) { return table_.find(device, user); },
            [this](const Finding& finding) { output_.finding(finding); }, [this](const DigestCheck& check) { take(check); });
        const InputCounts read = read_inputs(options_.inputs, [&](const proto::observe::AuthSeen& seen) { see(observer, seen); });
        observer.finish();
        summary(read, observer.counts());
        return finish(read, observer.counts());
    }

private:
    void stdin_once() const {
        const auto& files = options_.inputs;
        const auto dashes = std::count(files.begin(), files.end(), "-") + (files.empty() ? 1 : 0) +
                            (options_.password.password_file == "-" ? 1 : 0) + (options_.candidates == "-" ? 1 : 0) +
                            (options_.passwords == "-" ? 1 : 0);
        if (dashes > 1) throw cli::Failure{ExitCode::usage, "standard input can be read once: name a file for the rest"};
    }

    void see(proto::observe::DigestObserver& observer, const proto::observe::AuthSeen& seen) const {
        if (seen.status != 0 || !seen.method.empty() || options_.method.empty()) return observer.see(seen);
        proto::observe::AuthSeen named = seen;
        named.method = options_.method;
        observer.see(named);
    }

    void take(const DigestCheck& check) {
        Extra extra;
        const bool open = check.claimed && check.verdict != DigestVerdict::match;
        if (open && options_.near && check.verdict == DigestVerdict::mismatch && !check.explanation->explained()) near(check, extra);
        if (open && words_) candidates(check, extra);
        const bool found = extra.candidate_line.has_value();
        const bool judged = check.verdict != DigestVerdict::unverified || extra.candidates_tried;
        (found || check.verdict == DigestVerdict::match ? right_ : judged ? wrong_ : open_)++;
        record(check, extra);
        if (output_.json()) return;
        if (shown_++ != 0) output_.line();
        show_check(output_, check, extra);
        if (options_.explain && check.explanation)
            show_work(output_, check.explanation->recipe, check.explanation->worked, check.credentials.response);
    }

    void near(const DigestCheck& check, Extra& extra) const {
        extra.near_tried = true;
        wire::digest::CandidateSearch search(*check.claimed, check.credentials.response);
        for (wire::digest::NearGuess& guess : wire::digest::near_guesses(check.claimed->inputs.password)) {
            if (!search.matches(guess.password)) continue;
            extra.near = std::move(guess);
            return;
        }
    }

    void candidates(const DigestCheck& check, Extra& extra) {
        extra.candidates_tried = true;
        wire::digest::CandidateSearch search(*check.claimed, check.credentials.response);
        const auto found = words_->find(search);
        tried_ += found.tried;
        if (!found.line) return;
        extra.candidate_line = found.line;
        if (options_.show_secrets) extra.candidate = found.word;
    }

    void record(const DigestCheck& check, const Extra& extra) {
        cli::Record line("digest_check", check.time == Time{} ? cli::now() : check.time);
        line.set("verdict", std::string(name_of(check.verdict)));
        line.set_text("username", printable(check.credentials.username));
        line.set_text("realm", printable(check.credentials.realm));
        line.set("algorithm", algorithm_of(check));
        line.set_text("qop", printable(check.credentials.qop.value_or("")));
        line.set_text("method", printable(check.facts.method));
        if (check.frame) line.set("frame", static_cast<std::int64_t>(*check.frame));
        if (check.line != 0) line.set("line", static_cast<std::int64_t>(check.line));
        line.set("header", std::string(name_of(check.header)));
        line.set_text("device", printable(check.device));
        if (check.status != 0) line.set("status", std::int64_t{check.status});
        line.set("challenge", check.challenge != nullptr);
        explained(line, check);
        if (extra.near) line.set("near", std::string(extra.near->what.english) + (extra.near->detail.empty() ? "" : ' ' + extra.near->detail));
        if (extra.candidate_line) line.set("candidate_line", static_cast<std::int64_t>(*extra.candidate_line));
        line.set_text("candidate", printable(extra.candidate));
        output_.write(line);
    }

    static void explained(cli::Record& line, const DigestCheck& check) {
        if (!check.explanation || check.explanation->variants[0] == nullptr) return;
        const auto* second = check.explanation->variants[1];
        const auto side = check.explanation->variants[0]->side;
        line.set("variant", check.explanation->variant_ids());
        line.set("side", std::string(name_of(second == nullptr || second->side == side ? side : wire::digest::Side::both).english));
    }

    void summary(const InputCounts& read, const proto::observe::DigestObserver::Counts& counts) {
        cli::Record line("summary", cli::now());
        line.set("files", static_cast<std::int64_t>(read.files));
        if (read.frames != 0) line.set("frames", static_cast<std::int64_t>(read.frames));
        line.set("messages", static_cast<std::int64_t>(read.messages));
        line.set("checks", static_cast<std::int64_t>(counts.checks));
        line.set("matches", static_cast<std::int64_t>(counts.matched));
        line.set("mismatches", static_cast<std::int64_t>(counts.mismatched));
        line.set("unverified", static_cast<std::int64_t>(counts.unverified));
        if (words_) line.set("candidates", static_cast<std::int64_t>(tried_));
        output_.write(line);
    }

    ExitCode finish(const InputCounts& read, const proto::observe::DigestObserver::Counts& counts) {
        if (counts.checks == 0) throw cli::Failure{ExitCode::bad_input, nothing(read)};
        if (!output_.json()) output_.line();
        if (right_ + wrong_ == 0) {
            output_.line(Bilingual{"Nothing to check against: give --password, --password-file, --passwords or --candidates.",
                                   "没有可用来校验的密码:请用 --password、--password-file、--passwords 或 --candidates 给出。"}
                             .in(output_.language()));
            if (output_.json()) output_.talk("nothing to check against: give --password, --password-file, --passwords or --candidates");
            return ExitCode::bad_input;
        }
        const bool zh = output_.language() == Language::chinese;
        output_.line(fmt::format(fmt::runtime(zh ? "共校验 {} 个:{} 个一致,{} 个不一致" : "{} checked: {} right, {} wrong"), right_ + wrong_,
                                 right_, wrong_) +
                     (open_ == 0 ? "" : fmt::format(fmt::runtime(zh ? ",{} 个没有密码" : ", {} without a password"), open_)));
        output_.root_causes(wrong_ == 0);
        const ExitCode all = wrong_ == 0 ? ExitCode::yes : ExitCode::no;
        // The verdict is about digests; findings count when the caller asked for a level.
        return output_.options().fail_on == "error" ? all : cli::worse(all, output_.verdict());
    }

    static std::string nothing(const InputCounts& read) {
        if (read.page) return "nothing to check: this is text output; add --json before the pipe";
        if (read.messages == 0)
            return "nothing to check: no SIP, HTTP or RTSP message in the input (message text, a capture, or records with "
                   "raw_base64 as pcap-replay inspect --json gives)";
        return fmt::format("nothing to check: {} messages, and none has a Digest Authorization", read.messages);
    }

    cli::Output& output_;
    const VerifyOptions& options_;
    proto::observe::PasswordTable table_;
    std::optional<CandidateFile> words_;
    std::uint64_t right_ = 0, wrong_ = 0, open_ = 0, shown_ = 0, tried_ = 0;
};

}  // namespace

ExitCode verify(cli::Output& output, const Options& options) { return Verifier(output, options.verify).run(); }

}  // namespace gbkit::digest_tool
