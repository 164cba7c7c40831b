// The streams of a run: feeds and judges, what they tell as it comes, and what the page needs at the end.
//
// An input without RTP has one judge; captures together, each dump, and a live run have a feed each. A part is one of these.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "detect.hpp"
#include "frame_lines.hpp"
#include "io/capture.hpp"
#include "options.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "records.hpp"
#include "timeline.hpp"

namespace gbkit::psdump_tool {

/// Who wants the bytes themselves; a source of nullptr is a file without RTP. Empty functions are not called.
struct ByteSinks {
    std::function<void(const proto::observe::RtpSource*, const proto::observe::PayloadSeen&)> payload{};
    std::function<void(const proto::observe::RtpSource*, const proto::observe::MediaFrame&)> frame{};
    std::function<void(const proto::observe::RtpSource*, ByteView, const proto::observe::MediaFrame*)> program_stream{};
};

/// One input, or several captures that are one timeline.
struct Part {
    std::string title;                      // as the page names it
    Detected what{};
    std::uint64_t bytes = 0;                // of the input
    std::optional<io::CaptureFacts> capture{};
    std::string defect{};                   // how the input itself is broken
    bool live = false;
    std::unique_ptr<proto::observe::MediaFeed> feed{};
    std::unique_ptr<proto::observe::PsJudge> judge{};
    std::map<std::uint32_t, Timeline> timelines{};   // by number of the source; 0: the file

    /// Something in it was judged, or named for what it is.
    [[nodiscard]] bool has_streams() const;
};

class Judging {
public:
    /// `several`: there is more than one part, so records name theirs.
    Judging(cli::Output& output, const ViewOptions& view, bool several, ByteSinks bytes = {});

    /// A part of its own with a feed, or with a judge when `what` is a program stream or something that may be one.
    Part& add(std::string title, Detected what, proto::observe::MediaOptions options, bool times);
    /// The end of that part; `cut`: the sender goes on, and what stands open says nothing.
    void finish(Part& part, bool cut);

    [[nodiscard]] const std::list<Part>& parts() const noexcept { return parts_; }
    [[nodiscard]] Totals totals() const;
    /// Frames of video so far, over all parts.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    /// One record for each source and elementary stream, and the summary.
    void write_records(std::uint64_t files, std::optional<std::uint64_t> bytes_written);
    [[nodiscard]] bool wants_records() const;

private:
    using Source = proto::observe::RtpSource;
    [[nodiscard]] StreamName name_of(const Part& part, const Source* source) const;
    void add_feed(Part& part, const proto::observe::MediaOptions& options, bool times);
    void add_judge(Part& part);
    void frame(Part& part, const Source* source, const proto::observe::MediaFrame& frame, bool times);
    void map(const Part& part, const Source* source, const proto::observe::MapSeen& map);
    void packet(const Part& part, const Source* source, const proto::observe::PsPacketSeen& packet);
    void program_stream(const Source* source, ByteView pack, const proto::observe::MediaFrame* frame);

    cli::Output& output_;
    const ViewOptions& view_;
    bool several_;
    ByteSinks bytes_;
    FrameLines lines_;
    Time begun_;
    std::list<Part> parts_;
    std::uint64_t frames_ = 0;
};

/// Why nothing could be judged, as a message; `chosen`: --ssrc or --flow left something out.
[[nodiscard]] std::string nothing_in(const Judging& judging, bool chosen);
/// MediaOptions as the view asks for them.
[[nodiscard]] proto::observe::MediaOptions media_options(const ViewOptions& view);

}  // namespace gbkit::psdump_tool
