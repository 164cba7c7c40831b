// Plays as chains: registered, INVITE, SDP, media, RTP, PS, codec, first key frame, keeps running. The first broken link
// is where to look; what comes after it is not judged.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/output.hpp"
#include "cli/record.hpp"
#include "proto/observe/device_story.hpp"
#include "proto/observe/dialog_story.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "streams.hpp"

namespace gbkit::replay_tool {

/// All that is known about the plays of a capture.
struct PlayFacts {
    PlayFacts(std::vector<const proto::observe::DialogStory*> calls, std::vector<const proto::observe::DeviceStory*> known_devices,
              std::vector<proto::observe::RtpSource> rtp_sources, const Streams& lives, Time capture_end);

    [[nodiscard]] const proto::observe::RtpSource* source_of(const proto::observe::DialogStory& dialog) const;
    [[nodiscard]] const proto::observe::DeviceStory* device_of(const proto::observe::DialogStory& dialog) const;

    std::vector<const proto::observe::DialogStory*> dialogs;
    std::vector<const proto::observe::DeviceStory*> devices;
    std::vector<proto::observe::RtpSource> sources;
    const Streams& streams;
    Time end{};                         // of the capture
    bool media_seen = false;            // of any call

private:
    std::unordered_map<std::uint32_t, const proto::observe::RtpSource*> sources_by_number_;
    std::unordered_map<Endpoint, const proto::observe::DeviceStory*> devices_by_place_;
    std::unordered_map<std::string_view, const proto::observe::DeviceStory*> devices_by_id_;
};

enum class LinkState : std::uint8_t { fine, notable, broken, unknown };

struct ChainLink {
    Bilingual name;
    LinkState state = LinkState::unknown;
    std::string text;
};

/// The chain of one call in the page's language.
[[nodiscard]] std::vector<ChainLink> chain_of(const proto::observe::DialogStory& dialog, const PlayFacts& facts, Language language);

/// A call is what `wanted` says: its channel, the device that makes it, its Call-ID, or empty for every call.
[[nodiscard]] bool is_wanted(const proto::observe::DialogStory& dialog, const std::string& wanted);

/// The chains on the page: those of `wanted`, at most a handful when it is empty; the others a line each.
void write_plays(cli::Output& output, const PlayFacts& facts, const std::string& wanted, bool everything);

[[nodiscard]] cli::Record dialog_record(const proto::observe::DialogStory& dialog, const PlayFacts& facts);

}  // namespace gbkit::replay_tool
