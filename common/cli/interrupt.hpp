// Ctrl-C in a pipe reaches every program of it.
#pragma once

namespace gbkit::cli {

/// `tcpdump -w - | pcap-replay -`: the first interrupt is the end of what is written to us, not ours: what was read is
/// judged. The second ends us.
void outlive_first_interrupt();

}  // namespace gbkit::cli
