// The counters of a run, as the summary shows them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/record.hpp"
#include "proto/machine.hpp"
#include "round_trips.hpp"

namespace gbkit::register_tool {

/// The names of the counters in the summary, for --until and --expect.
[[nodiscard]] const std::vector<std::string_view>& counter_names();

/// What the summaries of a run, or of several, say.
struct Totals {
    std::uint64_t devices = 0, registered = 0, refused = 0, unanswered = 0, unregistered = 0, keepalives = 0;
    RoundTrips round_trips{};

    /// A counter by its name in the summary.
    [[nodiscard]] double value(std::string_view counter) const;
    void write_to(cli::Record& summary) const;
};

class Counters {
public:
    void count(const proto::RegistrationReport& report);
    void count(const proto::KeepaliveReport& report);
    /// A counter by its name in the summary.
    [[nodiscard]] double value(std::string_view counter) const;
    [[nodiscard]] Totals totals() const;
    /// Ends the phase that runs, if any, and gives what happened in it.
    [[nodiscard]] Totals take_phase();
    /// 200s for a REGISTER, refreshes too.
    [[nodiscard]] double registrations() const noexcept { return static_cast<double>(registrations_); }
    /// Devices whose last report was this one.
    [[nodiscard]] std::uint64_t in_state(proto::RegistrationReport::State state) const;

private:
    using State = proto::RegistrationReport::State;
    struct Device {
        bool registered = false;
        bool unregistered = false;
        State last = State::trying;
    };
    static constexpr std::size_t most_devices = 200'000;

    std::unordered_map<std::string, Device> devices_;
    std::uint64_t registered_ = 0, unregistered_ = 0, keepalives_ = 0, registrations_ = 0;
    std::map<State, std::uint64_t> last_;         // devices by their last state
    RoundTrips round_trips_;
    Totals phase_;                                // events since the phase began
};

}  // namespace gbkit::register_tool
