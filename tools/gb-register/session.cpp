#include "session.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/run.hpp"
#include "cli/terminal.hpp"
#include "io/tcp_flows.hpp"
#include "ladder.hpp"
#include "load_page.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::register_tool {

namespace {

using State = proto::RegistrationReport::State;

double rounded(double value) { return std::round(value * 1000) / 1000; }

std::string_view name_of(State state) noexcept {
    switch (state) {
        case State::trying: return "trying";
        case State::challenged: return "challenged";
        case State::registered: return "registered";
        case State::refused: return "refused";
        case State::unanswered: return "unanswered";
        case State::unregistered:
        case State::expired: break;
    }
    return "unregistered";
}

cli::Record record_of(Time now, const proto::RegistrationReport& report) {
    const std::string device = printable(report.device);
    if (report.state == State::expired) {
        cli::Record offline("offline", now);
        offline.set("device", device).set_text("reason", report.reason);
        return offline;
    }
    cli::Record record("registration", now);
    record.set("device", device).set("state", std::string(name_of(report.state))).set("peer", report.peer.text());
    record.set("transport", std::string(proto::name_of(report.transport))).set_text("reason", printable(report.reason));
    if (report.status != 0) record.set("status", std::int64_t{report.status});
    if (report.expires != 0) record.set("expires", std::int64_t{report.expires});
    if (report.round_trip > Duration{0}) record.set("rtt_ms", rounded(to_milliseconds(report.round_trip)));
    return record;
}

cli::Record record_of(Time now, const proto::KeepaliveReport& report) {
    cli::Record record("keepalive", now);
    record.set("device", printable(report.device)).set("answered", report.answered);
    if (report.status != 0) record.set("status", std::int64_t{report.status});
    if (report.missed != 0) record.set("missed", std::int64_t{report.missed});
    return record;
}

}  // namespace

std::string domain_of(const SharedOptions& options) {
    if (!options.domain.empty()) return options.domain;
    const std::string_view domain = wire::domain_of(options.server_id);
    return domain.empty() ? options.server_id : std::string(domain);
}

proto::Machine with_fault(proto::Machine machine, const SharedOptions& options, proto::fault::Role role,
                          const proto::fault::Context& context) {
    if (options.fault.empty()) return machine;
    auto filter = proto::fault::Filter::make(options.fault, role, context);
    if (!filter) throw cli::Failure{cli::ExitCode::usage, "--fault " + options.fault + ": " + filter.error().what};
    return proto::fault::with_fault(std::move(machine), std::move(*filter));
}

Session::Session(cli::Output& output, const SharedOptions& options, SessionFacts facts)
    : output_(output),
      options_(options),
      facts_(std::move(facts)),
      until_(cli::parse_conditions("--until", options.until, counter_names())),
      expect_(cli::parse_conditions("--expect", options.expect, counter_names())),
      registrations_({.server_id = facts_.server_id, .domain = facts_.domain, .seen_from = facts_.seen_from},
                     {.finding = [this](const Finding& finding) { on_finding(finding); }, .registration = {}}),
      digests_({.server_id = facts_.server_id, .domain = facts_.domain, .seen_from = facts_.seen_from},
               [this](std::string_view device, std::string_view username) -> std::optional<proto::observe::Secret> {
                   if (facts_.passwords) return facts_.passwords(device, username);
                   if (!facts_.password) return std::nullopt;
                   return proto::observe::Secret{*facts_.password};
               },
               [this](const Finding& finding) { on_finding(finding); }, {}, {.pair_searches_per_second = 50}),
      feed_([this](const proto::observe::SipSeen& seen) {
          ladder(seen);
          makers_->see(seen);
          registrations_.see(seen);
          digests_.see(seen);
      }, [this](const Finding& finding) { on_finding(finding); }, {}, facts_.parsed),
      connections_({.server_id = facts_.server_id, .domain = facts_.domain, .seen_from = facts_.seen_from},
                   [this](const Finding& finding) { on_finding(finding); }),
      loop_({.duration = options.duration,
             .connect_patience = facts_.connect_patience.value_or(io::LoopOptions{}.connect_patience),
             .tls_client = facts_.tls_client,
             .tls_server = facts_.tls_server},
            tap_) {
    if (!options.pcap.empty()) capture_.emplace(options.pcap);
    watch();
}

void Session::watch() {
    output_.know_parties([makers = makers_](const Finding& finding) { return makers->of(finding.subject); });
    tap_.add({.packet =
                  [this](const proto::Packet& packet) {
                      if (capture_) capture_->write(packet);
                      if (observes()) feed_.see(packet);
                  },
              .unreachable =
                  [this](const proto::Unreachable& unreachable) {
                      if (capture_) capture_->unreachable(unreachable);
                      if (!observes()) return;
                      ladder(unreachable);
                      registrations_.see(unreachable);
                  },
              .advance = [this](Time now) { advance(now); },
              .connection =
                  [this](const proto::ConnectionChange& change) {
                      if (capture_) capture_->connection(change);
                      if (observes()) connections_.see(change);
                  }});
}

void Session::advance(Time now) {
    registrations_.advance(now);
    connections_.advance(now);
    if (capture_) capture_->flush();
    if (facts_.leaving) facts_.leaving(now);
    if (facts_.table) draw_table(now);
    else if (many()) output_.progress(progress_line(counters_, facts_.devices, output_.language()));
}

void Session::on_finding(const Finding& finding) {
    output_.finding(finding);
    if (facts_.table) facts_.table->see(finding);
}

void Session::draw_table(Time now) {
    if (!facts_.table->due(now)) return;
    const TableSize size{cli::terminal_columns(2), cli::terminal_rows(2)};
    output_.progress(join(facts_.table->draw(now, counters_, size), "\n"));
}

// Nobody reads a ladder of a thousand devices; it ends, and says so, where it becomes unreadable.
bool Session::shows_ladder(const std::string& device) {
    if (output_.json() || facts_.devices > 1) return false;
    if (crowded_ || in_ladder_.contains(device)) return !crowded_;
    if (in_ladder_.size() < devices_shown) return in_ladder_.insert(device).second;
    crowded_ = true;
    const Bilingual text{"More than {} devices: they are counted from here on; --json and --pcap have every message.",
                         "设备超过 {} 台,以下只计数;全部消息见 --json 与 --pcap。"};
    output_.line(fmt::format(fmt::runtime(text.in(output_.language())), devices_shown));
    return false;
}

void Session::ladder(const proto::observe::SipSeen& seen) {
    if (!shows_ladder(seen.message.from.uri.user)) return;
    const bool sent = seen.packet.direction == proto::Direction::sent;
    output_.line(ladder_line(seen, output_, sent == (facts_.seen_from == SeenFrom::device), facts_.name_device));
}

void Session::ladder(const proto::Unreachable& unreachable) {
    if (!output_.json() && !many()) output_.line(ladder_line(unreachable, output_));
}

template <class What>
void Session::on_change(Time now, const What& report) {
    output_.write(record_of(now, report));
    counters_.count(report);
}

void Session::on(Time now, const proto::PhaseReport& report) {
    end_phase(now);
    phase_ = report.phase;
    phase_begun_ = now;
    (void)counters_.take_phase();
}

void Session::end_phase(Time now) {
    if (!phase_ || *phase_ >= facts_.phases.size()) return;
    const std::string& name = facts_.phases[*phase_];
    const Totals totals = counters_.take_phase();
    const double duration_s = rounded(to_seconds(now - phase_begun_));
    cli::Record record("phase", now);
    record.set("phase", name).set("number", static_cast<std::int64_t>(*phase_ + 1)).set("duration_s", duration_s);
    record.set("registered", static_cast<std::int64_t>(totals.registered)).set("refused", static_cast<std::int64_t>(totals.refused));
    record.set("unanswered", static_cast<std::int64_t>(totals.unanswered)).set("keepalives", static_cast<std::int64_t>(totals.keepalives));
    totals.round_trips.write_to(record);
    output_.write(record);
    write_phase(output_, name, totals, duration_s);
    phase_.reset();
}

void Session::on_report(Time now, const proto::Report& report) {
    std::visit([&](const auto& what) { on(now, what); }, report);
    if (facts_.table) {
        if (const auto* registration = std::get_if<proto::RegistrationReport>(&report)) facts_.table->see(now, *registration);
        draw_table(now);
    }
    for (const cli::Condition& goal : until_)
        if (cli::reached(goal, counters_.value(goal.counter))) loop_.stop();
}

io::LoopEnd Session::run(const proto::Machine& machine, std::function<void(Time, const io::OpenedFlow&)> opened) {
    loop_.set_hooks({.opened = std::move(opened), .report = [this](Time now, const proto::Report& report) { on_report(now, report); }, .leaving = facts_.leaving});
    begun_ = loop_.clock().now();
    io::LoopEnd end = loop_.run(machine);
    if (capture_) capture_->close();
    return end;
}

bool Session::expectations_met() {
    bool met = true;
    for (const cli::Condition& condition : expect_) {
        if (!cli::met_or_said(output_, condition, counters_.value(condition.counter))) met = false;
    }
    return met;
}

void Session::write_verdict(const std::string& failure) {
    output_.line();
    if (!observes()) {
        const Bilingual unseen{"No message was judged (--observe off).", "未对消息作判断(--observe off)。"};
        output_.line(unseen.in(output_.language()));
        if (!failure.empty()) output_.line(output_.styled(cli::Style::bad, failure));
        return;
    }
    if (feed_.counts().messages == 0 && output_.findings().empty()) {
        const Bilingual nothing{"No SIP message came or went: nothing to judge.", "没有收发任何 SIP 消息,无从判断。"};
        return output_.line(nothing.in(output_.language()));
    }
    // "Nothing is wrong" would be a lie when the job failed and the packets do not show why.
    if (failure.empty() || output_.verdict() != cli::ExitCode::yes) output_.root_causes();
    else output_.line(output_.styled(cli::Style::bad, failure));
}

bool Session::close(const proto::sip::LayerCounters& counters, const std::string& failure) {
    const Time now = loop_.clock().now();
    registrations_.finish(now);
    digests_.finish();
    connections_.finish();
    end_phase(now);
    const bool met = expectations_met();
    if (many()) {
        output_.line();
        write_totals(output_, counters_.totals(), counters.resends_sent);
    }
    write_verdict(failure);
    cli::Record summary("summary", now);
    counters_.totals().write_to(summary);
    summary.set("duration_s", rounded(to_seconds(now - begun_)));
    if (observes()) summary.set("messages", static_cast<std::int64_t>(feed_.counts().messages));
    summary.set("retransmissions", static_cast<std::int64_t>(counters.resends_sent));
    summary.set("malformed", static_cast<std::int64_t>(counters.malformed));
    if (const io::TcpCounters& tcp = loop_.connections(); tcp.opened + tcp.turned_away + tcp.insecure > 0) {
        summary.set("connections", static_cast<std::int64_t>(tcp.opened));
        summary.set("connections_refused", static_cast<std::int64_t>(tcp.turned_away));
        if (tcp.secured + tcp.insecure > 0) {
            summary.set("connections_tls", static_cast<std::int64_t>(tcp.secured));
            summary.set("connections_insecure", static_cast<std::int64_t>(tcp.insecure));
        }
        summary.set("connections_dropped", static_cast<std::int64_t>(tcp.overrun + counters.streams_dropped));
    }
    output_.write(summary);
    return met;
}

}  // namespace gbkit::register_tool
