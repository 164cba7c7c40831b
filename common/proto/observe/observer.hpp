// The SIP observers' common ground: one message with its packet, and where findings and facts go.
//
// An observer has see(...), advance(now) and finish(end). It emits findings; it never acts. Time is the
// packets' time. At the end of a capture nothing that might have come later is called missing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/finding.hpp"
#include "proto/observe/packet.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::observe {

/// One SIP message on the wire; `message` and `packet` live during the call only.
struct SipSeen {
    const Packet& packet;                // its first byte: number, time, ends, transport
    const wire::sip::Message& message;
    bool retransmission = false;         // the same message again (same start line, branch, CSeq, Call-ID, ends)

    /// The capture kept the beginning of its headers only (snaplen): one that is not there may have been sent, and the
    /// last one may go on.
    [[nodiscard]] bool headers_are_cut() const { return packet.cut > 0 && message.text().find("\r\n\r\n") == std::string_view::npos; }
};

using FindingSink = std::function<void(Finding)>;

/// A platform with limits of its own that no clause has: they count only when the user names it.
enum class NamedPlatform : std::uint8_t { none, aliyun };

/// What packets cannot show and the user told us.
struct Context {
    std::string server_id;     // configured platform ID; empty: not known
    std::string domain;
    SeenFrom seen_from = SeenFrom::unknown;
    NamedPlatform platform = NamedPlatform::none;
};

}  // namespace gbkit::proto::observe
