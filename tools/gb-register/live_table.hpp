// The platform's devices while it runs, below the page on the terminal: who is online, who is not, and why.
//
//   ID                    state        address             via  last beat  left     last finding
//   34020000001320000009  refused 403  192.0.2.7:5060      UDP  -          -        digest-password-differs
//   34020000001320000001  online       192.0.2.10:5060     UDP  12 s       23 h     -
//   online 1, offline 0, refused 1; 0.5 registrations/s, 0.1 keepalives/s
// Trouble is on top. It remembers the first few thousand devices in that order, whatever their number: keeping it costs
// a few comparisons a report, drawing it costs what is shown. Columns a narrow terminal has no room for are left out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/finding.hpp"
#include "cli/output.hpp"
#include "counters.hpp"
#include "proto/gb/locations.hpp"
#include "proto/machine.hpp"

namespace gbkit::register_tool {

struct TableSize {
    std::size_t columns = 100;
    std::size_t rows = 24;     // of the terminal; the table takes two thirds at most
};

class LiveTable {
public:
    /// `locations` says where devices are and when they were heard; it must outlive the table.
    LiveTable(const proto::gb::Locations& locations, Language language);

    void see(Time now, const proto::RegistrationReport& report);
    void see(const Finding& finding);
    /// Worth drawing again: at most three times a second.
    [[nodiscard]] bool due(Time now) const noexcept { return !drawn_ || now - *drawn_ >= milliseconds{333}; }
    /// Header, devices, sum: lines that fit the size.
    [[nodiscard]] std::vector<std::string> draw(Time now, const Counters& counters, TableSize size);

private:
    /// From trouble to none: the order of the rows.
    enum class Rank : std::uint8_t { refused, offline, faulty, online, left };
    struct Row {
        Rank rank = Rank::online;
        int status = 0;                       // of a refusal
        Endpoint peer{};
        proto::Transport transport = proto::Transport::udp;
        std::optional<FindingId> finding{};
        bool faulty = false;                  // the finding is an error
        Time since{};
    };
    using Key = std::pair<Rank, std::string>;
    using Cells = std::vector<std::string>;

    Row* row_of(const std::string& device);
    void place(const std::string& device, Row row);
    void forget_old(Time now);
    [[nodiscard]] Cells header() const;
    [[nodiscard]] Cells cells_of(Time now, const std::string& device, const Row& row) const;
    [[nodiscard]] std::string state_of(const Row& row) const;
    [[nodiscard]] std::string sum(Time now, const Counters& counters, std::size_t shown);

    const proto::gb::Locations& locations_;
    Language language_;
    std::map<Key, Row> rows_;
    std::unordered_map<std::string, Rank> ranks_;   // of the devices in rows_
    std::optional<Time> drawn_;
    Time counted_{};                                 // rates are taken over a second or more
    double registrations_ = 0, keepalives_ = 0;      // as counted then
    double registration_rate_ = 0, keepalive_rate_ = 0;
};

}  // namespace gbkit::register_tool
