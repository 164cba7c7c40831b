// The life of a stream in one line of text: how large its frames are, where key frames, gaps and damage are.
//
//   ▆▁▁▁▆▁▁▁▇▁▁▁▂    bytes in each span of time
//   K   K   xxx~K    K key frame, x damaged, ~ follows damage, . nothing came
//
// Frames are counted into spans of equal length; when there are too many spans, two become one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/observe/media/ps_judge.hpp"

namespace gbkit::psdump_tool {

class Timeline {
public:
    /// `arrivals`: packets have times, and those are the axis; otherwise PTS, as far as they run on.
    explicit Timeline(bool arrivals = false) : arrivals_(arrivals) {}

    void add(const proto::observe::MediaFrame& frame);

    struct Rows {
        std::string sizes;        // a character for each span
        std::string marks;
        Duration span{};          // of one character
        std::uint64_t highest = 0;  // bytes in the fullest of them
    };
    /// Rows of at most `columns`; empty ones when there was no frame.
    [[nodiscard]] Rows rows(std::size_t columns, bool unicode) const;

private:
    struct Span {
        std::uint64_t bytes = 0;
        bool frames = false, key = false, damaged = false, depends = false;
    };
    [[nodiscard]] Duration position_of(const proto::observe::MediaFrame& frame);
    void make_room(std::size_t index);
    static std::vector<Span> merged(const std::vector<Span>& spans, std::size_t by);

    bool arrivals_;
    Duration width_ = milliseconds(40);
    std::vector<Span> spans_;
    Duration now_{};
    std::optional<Time> first_;
    std::optional<std::uint64_t> last_stamp_;
};

}  // namespace gbkit::psdump_tool
