// Two conversations held against each other: no crash, bounded state, nothing differs from itself, and every difference
// has words for both sides.
#include <cstdlib>

#include "fuzz/recorded.hpp"
#include "proto/observe/compare.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

struct Side {
    observe::Conversation conversation{};
    observe::MediaFeed media{options(), sinks()};
    observe::SipFeed feed{[this](const observe::SipSeen& seen) { conversation.see(seen); }, [](const Finding&) {}};

    static observe::MediaOptions options() {
        observe::MediaOptions few;
        few.max_sources = 4;
        return few;
    }
    static observe::MediaFeed::Sinks sinks() {
        observe::MediaFeed::Sinks none;
        none.finding = [](const Finding&) {};
        return none;
    }
    void see(std::uint8_t flags, const Packet& packet) {
        if ((flags & fuzz::media) != 0) (void)media.see(packet);
        else feed.see(packet);
    }
    void finish() {
        media.finish(true);
        conversation.media(media.sources());
        require(conversation.exchanges().size() <= observe::Conversation::max_exchanges);
    }
};

}  // namespace

// A packet with the flag second_side belongs to the second conversation.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Side good, bad;
    fuzz::each_recorded({data, size}, [&](std::uint8_t flags, const Packet& packet) { ((flags & fuzz::second_side) != 0 ? bad : good).see(flags, packet); });
    good.finish();
    bad.finish();
    require(observe::compare(good.conversation, good.conversation).empty());
    require(observe::compare(bad.conversation, bad.conversation).empty());
    for (const observe::Difference& difference : observe::compare(good.conversation, bad.conversation))
        require(!difference.what.empty() && !difference.what_chinese.empty() && difference.good != difference.bad);
    require(observe::shared_exchanges(good.conversation, bad.conversation) <= good.conversation.exchanges().size());
    return 0;
}
