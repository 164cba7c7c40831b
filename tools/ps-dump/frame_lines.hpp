// Lines of --frames, --packets and --hex, as they come.
#pragma once

#include "cli/output.hpp"
#include "cli/wording.hpp"
#include "proto/observe/media/media_feed.hpp"

namespace gbkit::psdump_tool {

class FrameLines {
public:
    explicit FrameLines(cli::Output& output) : output_(output), say_(output.language()) {}

    void frame(const proto::observe::RtpSource* source, const proto::observe::MediaFrame& frame);
    void packet(const proto::observe::RtpSource* source, const proto::observe::PsPacketSeen& packet);
    /// The first bytes of a pack: offsets, hexadecimal, ASCII.
    void hex(ByteView pack, const proto::observe::MediaFrame* frame);

private:
    void head(Bilingual columns);
    [[nodiscard]] std::string stream_of(const proto::observe::RtpSource* source, std::uint8_t id) const;

    cli::Output& output_;
    cli::Words say_;
    std::string_view shown_;    // the table whose head stands above
};

/// What a stream_id is: "pack", "map", "video", "private 1" ...
[[nodiscard]] Bilingual kind_of(std::uint8_t stream_id) noexcept;

}  // namespace gbkit::psdump_tool
