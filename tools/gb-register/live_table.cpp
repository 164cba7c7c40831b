#include "live_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::register_tool {

namespace {

using State = proto::RegistrationReport::State;

constexpr std::size_t most_rows = 4096;
constexpr minutes refused_for{5};   // who was refused and did not come again is no news any more
constexpr std::size_t gap = 2;

// Columns in the order of the page, and the order in which a narrow terminal loses them.
enum Column : std::size_t { id, state, address, via, beat, left, finding, columns };
constexpr std::array<std::size_t, 4> spare{via, left, beat, address};

std::string age_text(Duration age) {
    const auto whole = std::max<std::int64_t>(0, std::chrono::duration_cast<seconds>(age).count());
    if (whole < 100) return fmt::format("{} s", whole);
    if (whole < 100 * 60) return fmt::format("{} min", whole / 60);
    if (whole < 100 * 3600) return fmt::format("{} h", whole / 3600);
    return fmt::format("{} d", whole / 86400);
}

std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::size_t> widths(columns, 0);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], display_width(line[i]));
    return widths;
}

// A width of nothing is a column that is not shown. The last one, the finding, takes what is left.
void fit(std::vector<std::size_t>& widths, std::size_t room) {
    const auto total = [&] {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < finding; ++i) sum += widths[i] == 0 ? 0 : widths[i] + gap;
        return sum;
    };
    constexpr std::size_t least_finding = 12;
    for (const std::size_t column : spare)
        if (total() + std::min(widths[finding], least_finding) > room) widths[column] = 0;
    widths[finding] = total() < room ? std::min(widths[finding], room - total()) : 0;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths, std::size_t room) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i)
        if (widths[i] > 0) line += pad(cut(cells[i], widths[i]), widths[i] + (i == finding ? 0 : gap));
    return cut(line.substr(0, line.find_last_not_of(' ') + 1), room);
}

}  // namespace

LiveTable::LiveTable(const proto::gb::Locations& locations, Language language) : locations_(locations), language_(language) {
    locations.each([this](const proto::gb::Location& location) {
        Row row;
        row.rank = location.offline ? Rank::offline : Rank::online;
        row.peer = location.observed;
        row.transport = location.transport;
        place(location.device, row);
    });
}

LiveTable::Row* LiveTable::row_of(const std::string& device) {
    const auto rank = ranks_.find(device);
    return rank == ranks_.end() ? nullptr : &rows_.at({rank->second, device});
}

void LiveTable::place(const std::string& device, Row row) {
    if (const auto known = ranks_.find(device); known != ranks_.end()) {
        rows_.erase({known->second, device});
        ranks_.erase(known);
    }
    const Key key{row.rank, device};
    if (rows_.size() >= most_rows) {
        const auto last = std::prev(rows_.end());
        if (last->first < key) return;
        ranks_.erase(last->first.second);
        rows_.erase(last);
    }
    ranks_.emplace(device, row.rank);
    rows_.emplace(key, row);
}

void LiveTable::see(Time now, const proto::RegistrationReport& report) {
    const Row* known = row_of(report.device);
    if (known && report.state == State::challenged) return;  // a refresh
    Row row = known ? *known : Row{};
    row.peer = report.peer;
    row.transport = report.transport;
    row.since = now;
    row.status = report.status;
    switch (report.state) {
        case State::refused: row.rank = Rank::refused; break;
        case State::expired: row.rank = Rank::offline; break;
        case State::unregistered: row.rank = Rank::left; break;
        case State::registered: row.rank = row.faulty ? Rank::faulty : Rank::online; break;
        default: return;  // on its way
    }
    place(report.device, row);
}

void LiveTable::see(const Finding& found) {
    Row* known = row_of(found.subject);
    if (!known) return;
    const bool error = info_of(found.id).severity == Severity::error && found.certainty != Certainty::possible;
    if (known->faulty && !error) return;
    Row row = *known;
    row.finding = found.id;
    row.faulty = error;
    if (error && row.rank == Rank::online) row.rank = Rank::faulty;
    place(found.subject, row);
}

void LiveTable::forget_old(Time now) {
    for (auto row = rows_.begin(); row != rows_.end() && row->first.first == Rank::refused;) {
        if (now - row->second.since < refused_for) {
            ++row;
            continue;
        }
        ranks_.erase(row->first.second);
        row = rows_.erase(row);
    }
}

std::string LiveTable::state_of(const Row& row) const {
    const bool chinese = language_ == Language::chinese;
    switch (row.rank) {
        case Rank::refused: return fmt::format("{} {}", chinese ? "被拒绝" : "refused", row.status);
        case Rank::offline: return chinese ? "离线" : "offline";
        case Rank::left: return chinese ? "已注销" : "left";
        case Rank::faulty:
        case Rank::online: break;
    }
    return chinese ? "在线" : "online";
}

LiveTable::Cells LiveTable::header() const {
    if (language_ == Language::chinese) return {"设备编号", "状态", "地址", "传输", "上次心跳", "剩余", "最近发现"};
    return {"ID", "state", "address", "via", "last beat", "left", "last finding"};
}

LiveTable::Cells LiveTable::cells_of(Time now, const std::string& device, const Row& row) const {
    const proto::gb::Location* location = row.rank == Rank::refused ? nullptr : locations_.find(device);
    Cells cells(columns, "-");
    cells[id] = cut(printable(device), 24);
    cells[state] = state_of(row);
    cells[address] = location ? location->observed.text() : row.peer.text();
    cells[via] = proto::name_of(location ? location->transport : row.transport);
    if (location && location->beaten && location->heard) cells[beat] = age_text(now - *location->heard);
    if (location) cells[left] = age_text(location->first_end() - now);
    if (row.finding) cells[finding] = row.finding->slug;
    return cells;
}

std::string LiveTable::sum(Time now, const Counters& counters, std::size_t shown) {
    const double registered = counters.registrations(), beats = counters.value("keepalives");
    if (const double elapsed = to_seconds(now - counted_); counted_ == Time{} || elapsed >= 1) {
        if (counted_ != Time{}) {
            registration_rate_ = (registered - registrations_) / elapsed;
            keepalive_rate_ = (beats - keepalives_) / elapsed;
        }
        counted_ = now;
        registrations_ = registered;
        keepalives_ = beats;
    }
    const std::size_t online = locations_.size() - locations_.offline();
    const std::size_t offline = std::max<std::size_t>(locations_.offline(), counters.in_state(State::expired));
    const std::size_t all = online + offline + counters.in_state(State::refused) + counters.in_state(State::unregistered);
    const Bilingual text{"online {}, offline {}, refused {}; {:.1f} registrations/s, {:.1f} keepalives/s",
                         "在线 {},离线 {},被拒绝 {};注册 {:.1f}/秒,心跳 {:.1f}/秒"};
    std::string line = fmt::format(fmt::runtime(text.in(language_)), online, offline, counters.in_state(State::refused), registration_rate_, keepalive_rate_);
    if (all > shown) line += fmt::format(fmt::runtime(Bilingual{"; {} of {} shown", ";显示 {}/{} 台"}.in(language_)), shown, all);
    return line;
}

std::vector<std::string> LiveTable::draw(Time now, const Counters& counters, TableSize size) {
    constexpr std::size_t frame = 2;  // header and sum
    drawn_ = now;
    forget_old(now);
    const std::size_t room = std::max<std::size_t>(size.rows * 2 / 3, frame + 2) - frame;
    std::vector<Cells> lines{header()};
    for (auto row = rows_.begin(); row != rows_.end() && lines.size() <= room; ++row) lines.push_back(cells_of(now, row->first.second, row->second));
    std::vector<std::size_t> widths = widths_of(lines);
    fit(widths, size.columns - 1);  // the last column would make some terminals wrap
    std::vector<std::string> drawn;
    if (lines.size() > 1)
        for (const Cells& cells : lines) drawn.push_back(line_of(cells, widths, size.columns - 1));
    drawn.push_back(cut(sum(now, counters, lines.size() - 1), size.columns - 1));
    return drawn;
}

}  // namespace gbkit::register_tool
