// A network interface as a capture: libpcap gives the frames, everything else is as for files (io/capture_intake).
//
//   LiveCapture live("eth0", options);    opens, sets the filter in the kernel; needs root or CAP_NET_RAW
//   give_up_privileges(...)               from here on none of that is needed
//   CaptureFacts facts = live.run(...)    until Ctrl-C, the duration, --until, or the interface is gone
//
// The time of a live capture is that of its frames; between them it moves with the monotonic clock, so that somebody
// who sets the machine's time meanwhile makes no device late.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/capture.hpp"

namespace gbkit::io {

struct LiveOptions {
    std::string interface;              // "any": all of them
    std::optional<Duration> duration{};
    int buffer_bytes = 32 << 20;        // where frames wait in the kernel for us
};

class LiveCapture {
public:
    /// Throws CaptureError: no such interface, no permission, a filter that is none.
    LiveCapture(LiveOptions options, CaptureOptions capture);
    ~LiveCapture();
    LiveCapture(const LiveCapture&) = delete;
    LiveCapture& operator=(const LiveCapture&) = delete;

    /// "Ethernet".
    [[nodiscard]] std::string link_layer() const;
    /// Until the end. The first SIGINT or SIGTERM is the end of the capture; the second that of the program.
    [[nodiscard]] CaptureFacts run(const CaptureSink& sink);
    /// Frames that came since it was opened and were lost before they could be read.
    [[nodiscard]] std::uint64_t lost() const;
    /// Why it ended, when nobody asked for that: the interface went away.
    [[nodiscard]] const std::string& broken() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::io
