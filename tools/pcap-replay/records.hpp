// What inspect found, as records.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "cli/record.hpp"
#include "io/capture.hpp"
#include "proto/observe/census.hpp"
#include "proto/observe/content_table.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "plays.hpp"
#include "proto/observe/sip_feed.hpp"

namespace gbkit::replay_tool {

[[nodiscard]] cli::Record sip_message_record(const proto::observe::SipSeen& seen, const std::string& device);
[[nodiscard]] cli::Record registration_record(const proto::observe::RegistrationSeen& seen);
[[nodiscard]] cli::Record device_record(const proto::observe::DeviceStory& story);
[[nodiscard]] cli::Record conversation_record(const proto::observe::ContentFlow& flow);
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
    const proto::observe::ContentTable& contents;
};
[[nodiscard]] cli::Record summary_record(const Totals& totals);
/// `content` and `content_bytes`: what is there by kind; `all` false: neither SIP nor media.
void set_contents(cli::Record& summary, const proto::observe::ContentTable::Totals& totals, bool all);

/// What the capture came to: devices, RTP sources with their elementary streams, conversations nothing else is written about.
void write_records(cli::Output& output, const Totals& totals);

}  // namespace gbkit::replay_tool
