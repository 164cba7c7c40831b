// Whole captures through reading, reassembly and every observer: no crash, what comes out of TCP is in order, and the
// counts add up.
#include <cstdlib>
#include <map>

#include "io/capture.hpp"
#include "io/capture_findings.hpp"
#include "proto/observe/census.hpp"
#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void well_formed(const Finding& finding) { require(!message_of(finding, Language::english).empty() && !message_of(finding, Language::chinese).empty()); }

observe::MediaOptions media_options() {
    observe::MediaOptions options;
    options.max_sources = 16;
    return options;
}

observe::MediaFeed::Sinks media_sinks() {
    observe::MediaFeed::Sinks sinks;
    sinks.finding = well_formed;
    return sinks;
}

class Inspection {
public:
    void see(const Packet& packet) {
        require(packet.number > 0);
        if (packet.transport == Transport::udp) ++datagrams_;
        else in_order(packet);
        const std::uint64_t messages = feed_.counts().messages;
        feed_.see(packet);
        if (feed_.counts().messages == messages && !media_.see(packet)) census_.see_other(packet);
    }
    void see(const Unreachable& error) { registrations_.see(error); }
    void finish(const io::CaptureFacts& facts) {
        require(datagrams_ <= facts.udp);
        registrations_.finish(facts.last);
        digests_.finish();
        media_.finish(true);
        dialogs_.finish(facts.last);
        queries_.finish(facts.last);
        for (const Finding& finding : io::findings_of(facts)) well_formed(finding);
    }

private:
    /// Each piece goes on where the one before it ended, after its gap; or a new connection begins.
    void in_order(const Packet& packet) {
        std::uint64_t& next = next_[{packet.source, packet.destination}];
        const bool anew = packet.stream_offset == packet.gap;
        require(!packet.bytes.empty() && (anew || packet.stream_offset == next + packet.gap));
        next = packet.stream_offset + packet.bytes.size();
    }

    observe::Context context_{.server_id = "34020000002000000001", .domain = "3402000000"};
    observe::RegistrationObserver registrations_{context_, {well_formed, {}}};
    observe::DigestObserver digests_{context_, [](std::string_view, std::string_view) { return observe::Secret{"12345678"}; }, well_formed};
    observe::DialogObserver dialogs_{context_, {well_formed, {}}};
    observe::QueryObserver queries_{context_, {well_formed, {}}};
    observe::Census census_;
    observe::MediaFeed media_{media_options(), media_sinks()};
    observe::SipFeed feed_{[this](const observe::SipSeen& seen) {
                               registrations_.see(seen);
                               digests_.see(seen);
                               dialogs_.see(seen);
                               queries_.see(seen);
                               census_.see(seen);
                           },
                           well_formed};
    std::map<std::pair<Endpoint, Endpoint>, std::uint64_t> next_;
    std::uint64_t datagrams_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Inspection inspection;
    io::CaptureSink sink;
    sink.packet = [&](const Packet& packet) { inspection.see(packet); };
    sink.unreachable = [&](const Unreachable& error) { inspection.see(error); };
    try {
        const io::CaptureFacts facts = io::read_capture_bytes("fuzz", {data, size}, {.dedup = size % 8 != 0, .max_reassembly_bytes = 1 << 20}, sink);
        inspection.finish(facts);
    } catch (const io::CaptureError&) {
    }
    return 0;
}
