// Faults of an RTP sender and its network: edits of finished RTP packets and of their framing on TCP. Each has the
// name of the finding it causes.
//
// An RtpFilter stands between wire::rtp::Packetizer, which knows nothing of it, and whatever writes the packets. It
// gets the packets of one frame at a time, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/result.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::proto::fault {

/// One packet on its way.
struct RtpSent {
    Bytes bytes{};
    Duration later{};                 // than it would have been sent
    std::uint16_t port_shift = 0;     // sent from the usual port plus this
    bool other_host = false;          // sent from another address
};

/// What a fault may know of the stream before this frame.
struct RtpHistory {
    std::uint64_t frames = 0;
    std::uint64_t packets = 0;        // as the packetizer made them
    std::uint32_t last_timestamp = 0; // as sent
};

struct RtpFault {
    FindingId id;
    Bilingual what;                   // what goes wrong
    void (*edit)(std::vector<RtpSent>& packets, const RtpHistory& history);                       // or nullptr
    /// Writes one packet onto the TCP stream; nullptr: as the framing says. `number`: of the packet, from 0.
    void (*frame)(Bytes& out, ByteView packet, std::uint64_t number, wire::rtp::Framing framing) = nullptr;
    Bilingual needs = {};             // what must be there for it to show: "TCP framing", "a capture"
};

/// Every fault: loss and order, times, senders, framing.
[[nodiscard]] const std::vector<RtpFault>& all_rtp_faults();
[[nodiscard]] const RtpFault* find_rtp_fault(std::string_view slug) noexcept;

class RtpFilter {
public:
    /// No such fault is not_found.
    [[nodiscard]] static Result<RtpFilter> make(std::string_view slug);
    /// The packets of one frame; they may become fewer, more, other.
    void apply(std::vector<RtpSent>& packets);
    /// Appends one packet to a stream with that framing.
    void write(Bytes& out, ByteView packet, wire::rtp::Framing framing);
    /// Number of the first packet (from 1, as the packetizer made them) that is not as it was made.
    [[nodiscard]] std::optional<std::uint64_t> first_edit() const noexcept { return first_edit_; }
    [[nodiscard]] const RtpFault& fault() const noexcept { return *fault_; }

private:
    explicit RtpFilter(const RtpFault& fault) : fault_(&fault) {}

    const RtpFault* fault_;
    RtpHistory history_;
    std::uint64_t written_ = 0;
    std::optional<std::uint64_t> first_edit_;
};

}  // namespace gbkit::proto::fault
