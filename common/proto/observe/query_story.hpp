// What is told of queries, control and notices: who asked whom for what, what came back in how many parts, and how
// long it took. Language-free; pages and records put it into words.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "proto/machine.hpp"
#include "proto/observe/dialog_story.hpp"
#include "wire/manscdp.hpp"
#include "wire/ptz.hpp"

namespace gbkit::proto::observe {

/// One query (or control, or subscription) and its answers. Texts are printable UTF-8, 200 bytes at most.
struct QueryStory {
    enum class State : std::uint8_t {
        asked,         // no SIP answer yet, or the query is not in the capture
        accepted,      // 2xx; nothing more is due, or it has not come yet
        answering,     // some parts came
        complete,
        incomplete,    // ten seconds without a further part
        refused,
        undelivered,   // no SIP answer
        unanswered,    // 2xx and no Response
    };
    State state = State::asked;
    std::string root, command, sn;    // Query or Control; Catalog, RecordInfo, DeviceControl ...
    std::string element;              // of a control: PTZCmd, GuardCmd ...; of a query its Type or ConfigType
    std::string device, platform;     // To and From user of the query
    std::string target;               // DeviceID of the body: the device or a channel
    std::string device_agent;
    std::string manufacturer;         // of a DeviceInfo Response
    Endpoint platform_at, device_at;
    Transport transport = Transport::udp;
    bool subscription = false;        // SUBSCRIBE
    std::optional<std::uint32_t> expires{};   // of a subscription
    std::uint64_t notifies = 0;               // of a subscription

    DialogPlace query, accepted, first_part, last_part;
    int status = 0;                   // SIP answer to the query
    std::string reason, result;       // reason phrase; Result of the Response
    std::optional<wire::PtzCommand> ptz{};

    std::uint64_t parts = 0;          // Response messages, resends not counted
    std::optional<std::uint64_t> sum_num{};
    std::uint64_t items = 0;          // in all parts
    std::uint64_t unique = 0;         // by ID (records: by ID, name and times)
    std::uint64_t duplicates = 0;
    std::uint64_t overlaps = 0;       // parts sent before the last one was answered
    std::size_t largest_part = 0;     // bytes of the SIP message
    Duration largest_gap{};           // between two parts
    std::vector<wire::ManscdpItem> listed{};  // the first of them
    bool unreadable = false;          // a part could not be read: items may be missing for that reason

    /// From the query to its first Response.
    [[nodiscard]] std::optional<Duration> first_answer() const {
        return query.seen() && first_part.seen() ? std::optional(first_part.time - query.time) : std::nullopt;
    }
    /// From the query (or the first part, when the query is not in the capture) to the last part.
    [[nodiscard]] std::optional<Duration> total() const {
        if (!last_part.seen()) return std::nullopt;
        return last_part.time - (query.seen() ? query.time : first_part.time);
    }
};

/// What a device says unasked: alarms, positions, ends of files, changes of the catalog.
struct NoticeStory {
    std::string device;               // From user
    std::uint64_t alarms = 0, positions = 0, media_statuses = 0, catalog_events = 0, others = 0;
    DialogPlace first{}, last{};
    struct Alarm {
        std::string target, priority, method, time, description;
    };
    struct Position {
        std::string time, longitude, latitude, speed;
    };
    std::optional<Alarm> last_alarm{};
    std::optional<Position> last_position{};
};

}  // namespace gbkit::proto::observe
