// Follows queries from the MESSAGE that asks to the last Response, and control and notices beside (rows C of the
// field tables; GB/T 28181-2022 9.3 to 9.11).
//
// A query and its answers are different SIP transactions: they are matched by CmdType, SN and DeviceID. An answer is
// judged when it is whole, or when ten seconds passed without a further part; a query when 32 s passed without any
// SIP answer, or 30 s after the 200 without a Response. At the end of the observation nothing that might have come
// later is called missing, and nothing is missing from an answer whose query is not in the capture.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "proto/observe/observer.hpp"
#include "proto/observe/query_story.hpp"

namespace gbkit::proto::observe {

struct QuerySinks {
    FindingSink finding;
    std::function<void(const QueryStory&)> over;  // nothing more is due, or the observation is over; may be empty
};

struct QueryLimits {
    std::size_t queries = 10'000;        // the oldest goes first
    std::size_t items = 500'000;         // IDs remembered in all of them
    std::size_t listed = 1'000;          // items told of one answer
    std::size_t listed_in_all = 50'000;  // items told of all of them
    std::size_t channels = 200'000;      // IDs remembered across devices
    std::size_t devices = 20'000;        // with notices
};

class QueryObserver {
public:
    QueryObserver(Context context, QuerySinks sinks, QueryLimits limits = {});
    ~QueryObserver();

    void see(const SipSeen& seen);
    void advance(Time now);
    void finish(Time end);

    /// In order of appearance.
    [[nodiscard]] std::vector<const QueryStory*> queries() const;
    [[nodiscard]] std::vector<const NoticeStory*> notices() const;
    [[nodiscard]] std::uint64_t not_followed() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
