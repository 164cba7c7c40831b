// Any conversation through the observers of dialogs and queries, with media and the passing of time: no crash, bounded
// state, every finding well formed, every story told once.
#include <cstdlib>

#include "fuzz/recorded.hpp"
#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

constexpr std::size_t most_dialogs = 20, most_queries = 20;

void require(bool condition) {
    if (!condition) std::abort();
}

void well_formed(const Finding& finding) {
    for (const Language language : {Language::english, Language::chinese}) {
        require(!message_of(finding, language).empty());
        (void)advice_of(finding, language);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const observe::Context context{.server_id = "34020000002000000001", .domain = "3402000000"};
    observe::DialogObserver dialogs(context, {well_formed, {}}, {.dialogs = most_dialogs});
    observe::QueryObserver queries(context, {well_formed, {}},
                                   {.queries = most_queries, .items = 300, .listed = 20, .listed_in_all = 200, .channels = 50, .devices = 10});
    observe::SipFeed feed(
        [&](const observe::SipSeen& seen) {
            dialogs.see(seen);
            queries.see(seen);
        },
        well_formed);
    Time now{};
    fuzz::each_recorded({data, size}, [&](std::uint8_t flags, const Packet& packet) {
        now = packet.time;
        if ((flags & fuzz::time_passes) != 0) {
            dialogs.advance(now);
            queries.advance(now);
        }
        if ((flags & fuzz::media) == 0) return feed.see(packet);
        observe::MediaSeen media{.source_number = 1U + flags / 64U, .ssrc = 100'003'190, .source = packet.source, .destination = packet.destination};
        media.source.port = 15060;
        media.destination.port = 30012;
        media.transport = packet.transport;
        media.frame = packet.number;
        media.time = packet.time;
        dialogs.see(media);
    });
    dialogs.finish(now + minutes(1));
    queries.finish(now + minutes(1));
    require(dialogs.dialogs().size() <= most_dialogs);
    require(queries.queries().size() <= most_queries);
    (void)queries.notices();
    return 0;
}
