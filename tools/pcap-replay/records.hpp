// What inspect found, as records.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/record.hpp"
#include "io/capture.hpp"
#include "proto/observe/census.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "plays.hpp"
#include "proto/observe/sip_feed.hpp"

namespace gbkit::replay_tool {

[[nodiscard]] cli::Record sip_message_record(const proto::observe::SipSeen& seen, const std::string& device);
[[nodiscard]] cli::Record registration_record(const proto::observe::RegistrationSeen& seen);
[[nodiscard]] cli::Record capture_record(const io::CaptureFile& file, const io::CaptureFacts& facts);

struct Totals {
    const io::CaptureFacts& facts;
    const proto::observe::SipFeedCounts& sip;
    const proto::observe::Census& census;
    std::vector<const proto::observe::DeviceStory*> devices;
    const proto::observe::DigestObserver::Counts& digests;
    const std::map<std::string, proto::observe::DigestVerdict>& last_digest;  // by device
    const PlayFacts& plays;
    const proto::observe::MediaFeedCounts& media;
};
[[nodiscard]] cli::Record summary_record(const Totals& totals);

}  // namespace gbkit::replay_tool
