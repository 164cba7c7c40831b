// One inspection: packets in, from files or from the wire; observers, records and the page out.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/output.hpp"
#include "io/capture.hpp"
#include "options.hpp"
#include "proto/observe/census.hpp"
#include "proto/observe/content_table.hpp"
#include "proto/observe/connection_observer.hpp"
#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/makers.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/nat_pairs.hpp"
#include "proto/observe/proxy_hops.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"
#include "streams.hpp"

namespace gbkit::replay_tool {

class Inspection {
public:
    Inspection(cli::Output& output, const Options& options);

    /// Where a reader gives what it reads; the sink lives as long as this object.
    [[nodiscard]] io::CaptureSink sink();
    /// Time passes without packets (live).
    void advance(Time now);
    /// The end: what is open is judged, then records, page and verdict. Throws cli::Failure when there was nothing to judge.
    [[nodiscard]] cli::ExitCode close(const io::CaptureFacts& facts);

private:
    [[nodiscard]] bool wants_records() const;
    [[nodiscard]] bool chosen(const proto::observe::SipSeen& seen) const;
    void take(const proto::Packet& packet);
    void message(const proto::observe::SipSeen& seen);
    void connection(const proto::ConnectionSeen& seen);
    void about_message(Finding finding);
    void about_media(Finding finding);
    void rtp(const proto::observe::RtpSource& source, const proto::observe::RtpInOrder& packet);
    void progress(std::uint64_t done, std::uint64_t total);
    [[nodiscard]] proto::observe::MediaFeed::Sinks media_sinks();

    cli::Output& output_;
    const Options& options_;
    proto::observe::Context context_;
    std::shared_ptr<proto::observe::Makers> makers_ = std::make_shared<proto::observe::Makers>();   // the output asks it to the end
    proto::observe::Census census_;
    proto::observe::ContentTable contents_;
    proto::observe::RegistrationObserver registrations_;
    proto::observe::DigestObserver digests_;
    proto::observe::DialogObserver dialogs_;
    proto::observe::QueryObserver queries_;
    Streams streams_;
    proto::observe::MediaFeed media_;
    proto::observe::ConnectionObserver connections_;
    proto::observe::ProxyHops hops_;
    proto::observe::NatPairs pairs_;
    proto::observe::SipFeed feed_;
    std::map<std::string, proto::observe::DigestVerdict> last_digest_;
    std::uint64_t judged_ = 0;
};

}  // namespace gbkit::replay_tool
