// --filter: a BPF expression as tcpdump takes it (pcap-filter(7)), for frames of files and of an interface.
//
// libpcap compiles an expression for one link layer; here it is compiled for each link layer that turns up. Later
// fragments of a datagram hold no ports: "udp port 5060" would let the first fragment of a catalog through and drop
// the rest, and we would then report a loss that is ours. So a later fragment passes when the first one did.
// The same with the VLAN tags of a mirror port: an interface's frames are filtered without them (Linux keeps the tag
// beside the frame), so those of files are as well, unless the expression itself speaks of "vlan".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "wire/pcap.hpp"

struct pcap;

namespace gbkit::io {

class CaptureFilter {
public:
    /// Throws CaptureError when no link layer can be filtered like that.
    explicit CaptureFilter(std::string expression);
    ~CaptureFilter();
    CaptureFilter(const CaptureFilter&) = delete;
    CaptureFilter& operator=(const CaptureFilter&) = delete;

    /// libpcap's word about an expression that is none; nothing when it is fine.
    [[nodiscard]] static std::optional<std::string> complaint_about(const std::string& expression);

    /// Puts the expression, widened by later fragments, into the kernel for an open interface: what comes from there
    /// has passed. Throws CaptureError.
    void install(pcap* interface);
    /// Throws CaptureError when the expression has no meaning on the frame's link layer.
    [[nodiscard]] bool passes(const wire::CapturedFrame& frame);

private:
    struct Programs;
    struct Datagram {
        std::uint64_t key = 0;
        Time time{};
    };
    [[nodiscard]] bool passes_fragments(const wire::CapturedFrame& frame, bool matches);

    [[nodiscard]] wire::CapturedFrame without_tags(const wire::CapturedFrame& frame);

    std::string expression_;
    bool speaks_of_vlan_ = false;
    Bytes untagged_;   // the frame without its tags
    std::unique_ptr<Programs> programs_;
    bool installed_ = false;
    std::array<Datagram, 1024> passed_{};  // first fragments that did, by hash
};

}  // namespace gbkit::io
