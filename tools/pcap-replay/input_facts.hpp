// What the input itself brings to the verdict: how much the capture lost, what stands on both sides of a NAT.
#pragma once

#include <vector>

#include "cli/output.hpp"
#include "cli/record.hpp"
#include "io/capture.hpp"
#include "options.hpp"
#include "proto/observe/dialog_story.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/nat_pairs.hpp"
#include "proto/observe/proxy_hops.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

/// Findings that rest on something missing wait until the capture's own loss is known; not where they have to be told
/// or proved at once (-i, --follow, --evidence).
void hold_doubtful(cli::Output& output, const Options& options);
/// Lets them go, weighed by what the capture lost itself, and tells of the capture: its findings, NAT pairs, proxies.
void judge_input(cli::Output& output, const io::CaptureFacts& facts, const std::vector<proto::observe::RtpSource>& sources,
                 const proto::observe::NatPairs& pairs, const proto::observe::ProxyHops& hops);

/// Its fields of the summary.
void set_input(cli::Record& summary, const io::CaptureFacts& facts, const proto::observe::NatPairs& pairs, const proto::observe::ProxyHops& hops);
/// "3 TCP connections, 2 refused (RST)"; empty when all that were dialled came about.
[[nodiscard]] std::string dialled_text(const io::CaptureFacts& facts, const Words& say);
/// The connection for a call's media, its fields of the dialog record.
void set_connection(cli::Record& record, const proto::observe::DialogStory& dialog);
/// It came about.
[[nodiscard]] bool is_connected(const proto::observe::DialogStory& dialog) noexcept;
/// "the device dialled 203.0.113.9:30012 after 61 ms #4423", and what came of it; empty: no connection was seen.
[[nodiscard]] std::string connection_text(const proto::observe::DialogStory& dialog, const Words& say);

}  // namespace gbkit::replay_tool
