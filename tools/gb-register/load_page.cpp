#include "load_page.hpp"

#include <array>

#include <fmt/format.h>

namespace gbkit::register_tool {

namespace {

using State = proto::RegistrationReport::State;

void row(cli::Output& output, Bilingual label, std::string_view value) {
    output.line("  " + pad(label.in(output.language()), 18) + std::string(value));
}

std::string times_of(const RoundTrips& trips) {
    return fmt::format("p50 {} ms, p90 {} ms, p99 {} ms, max {} ms", trips.percentile_ms(0.5), trips.percentile_ms(0.9),
                       trips.percentile_ms(0.99), trips.percentile_ms(1));
}

}  // namespace

std::string progress_line(const Counters& counters, std::size_t devices, Language language) {
    const Bilingual text{"registered {}{}, under way {}, refused {}, unanswered {}, left {}, keepalives {}",
                         "已注册 {}{},进行中 {},被拒绝 {},无应答 {},已注销 {},心跳 {}"};
    const std::string of = devices == 0 ? std::string() : fmt::format(fmt::runtime(language == Language::chinese ? "(共 {})" : " of {}"), devices);
    return fmt::format(fmt::runtime(text.in(language)), counters.in_state(State::registered), of,
                       counters.in_state(State::trying) + counters.in_state(State::challenged), counters.in_state(State::refused),
                       counters.in_state(State::unanswered), counters.in_state(State::unregistered), counters.value("keepalives"));
}

void write_totals(cli::Output& output, const Totals& totals, std::uint64_t retransmissions) {
    row(output, {"Devices", "设备"}, std::to_string(totals.devices));
    row(output, {"Registered", "注册成功"}, std::to_string(totals.registered));
    row(output, {"Refused", "被拒绝"}, std::to_string(totals.refused));
    row(output, {"Unanswered", "无应答"}, std::to_string(totals.unanswered));
    row(output, {"Unregistered", "已注销"}, std::to_string(totals.unregistered));
    row(output, {"Keepalives", "心跳"}, std::to_string(totals.keepalives));
    row(output, {"Retransmissions", "重发"}, std::to_string(retransmissions));
    if (totals.round_trips.count() > 0) row(output, {"Round trip", "往返时间"}, times_of(totals.round_trips));
}

void write_phase(cli::Output& output, std::string_view name, const Totals& totals, double duration_s) {
    const Bilingual text{"{}{} registered, {} refused, {} unanswered, {} keepalives in {:.1f} s",
                         "{}注册 {},被拒绝 {},无应答 {},心跳 {},用时 {:.1f} 秒"};
    std::string line = fmt::format(fmt::runtime(text.in(output.language())), pad(name, 8), totals.registered, totals.refused,
                                   totals.unanswered, totals.keepalives, duration_s);
    if (totals.round_trips.count() > 0) line += "; " + times_of(totals.round_trips);
    output.line(line);
}

}  // namespace gbkit::register_tool
