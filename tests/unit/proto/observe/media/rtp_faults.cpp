// Every fault of the RTP sender is seen as what it is, at its place, and nothing else is said beyond what it implies.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/findings/rtp.hpp"
#include "unit/proto/observe/media/rtp_world.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test::rtp;
using wire::rtp::Framing;

namespace {

constexpr std::size_t frames = 60;

Bytes stream_of(fault::RtpFilter& fault, Framing framing = Framing::rfc4571) {
    Bytes stream;
    for (const Timed& timed : camera(frames, &fault)) fault.write(stream, timed.sent.bytes, framing);
    return stream;
}

Told judge(fault::RtpFilter& filter) {
    if (filter.fault().frame != nullptr) {
        const Bytes stream = stream_of(filter);
        return look([&](MediaFeed& feed) { see_tcp(feed, stream, Direction::received); });
    }
    MediaOptions options;
    if (filter.fault().id == findings::rtp_ssrc_differs) options.expected_ssrc = ssrc;
    auto packets = camera(frames, &filter);
    std::stable_sort(packets.begin(), packets.end(), [](const Timed& a, const Timed& b) { return a.time < b.time; });
    return look([&](MediaFeed& feed) { see_udp(feed, packets); }, options);
}

/// JUDGE's side of RTP: needs pack borders.
bool by_judge(FindingId id) { return id == findings::rtp_timestamp_within_frame || id == findings::rtp_timestamp_repeats; }

}  // namespace

TEST_CASE("rtp faults: a camera without a fault: nothing is wrong") {
    for (const auto& drive : {std::function<void(MediaFeed&)>([](MediaFeed& feed) { see_udp(feed, camera(frames)); }),
                              std::function<void(MediaFeed&)>([](MediaFeed& feed) {
                                  Bytes stream;
                                  for (const Timed& timed : camera(frames)) wire::rtp::write_framed(stream, timed.sent.bytes, Framing::rfc4571);
                                  see_tcp(feed, stream, Direction::received);
                              }),
                              std::function<void(MediaFeed&)>([](MediaFeed& feed) {
                                  Bytes stream;
                                  for (const Timed& timed : camera(frames)) wire::rtp::write_framed(stream, timed.sent.bytes, Framing::bare);
                                  feed.see_dump(stream);
                              })}) {
        const Told told = look(drive);
        INFO(told.ids());
        CHECK(told.nothing_above_info());
        REQUIRE(told.sources.size() == 1);
        CHECK(told.frames[0] == frames);
        CHECK(told.statistics[0].lost == 0);
        CHECK(told.statistics[0].packets == 3 * frames);
    }
}

TEST_CASE("rtp faults: each is named, at its place, and only what it implies comes along") {
    for (const fault::RtpFault& fault : fault::all_rtp_faults()) {
        CAPTURE(fault.id.slug);
        auto filter = fault::RtpFilter::make(fault.id.slug);
        REQUIRE(filter);
        const Told told = judge(*filter);
        INFO(told.ids());
        const Finding* finding = told.find(fault.id);
        REQUIRE(finding != nullptr);
        CHECK(filter->first_edit());
        CHECK(finding->where.frame.value_or(1) > 0);
        const FindingInfo& info = info_of(fault.id);
        for (const Finding& other : told.findings) {
            CAPTURE(other.id.slug);
            const bool implied = std::find(info.implies.begin(), info.implies.end(), other.id) != info.implies.end();
            CHECK((other.id == fault.id || implied || info_of(other.id).severity == Severity::info || by_judge(fault.id)));
        }
    }
}

TEST_CASE("rtp faults: places are exact") {
    const auto place_of = [](FindingId id) {
        auto filter = fault::RtpFilter::make(id.slug);
        const Told told = judge(*filter);
        return told.find(id)->where;
    };
    // The fifth frame's second packet is missing: the third one, now frame 17 of the capture, shows it.
    CHECK(place_of(findings::rtp_lost).frame == 17);
    CHECK(place_of(findings::rtp_rtcp_in_flow).frame == 19);
    CHECK(place_of(findings::rtp_malformed).frame == 16);
    CHECK(place_of(findings::rtp_sequence_jumps).frame == 31);
    CHECK(place_of(findings::rtp_silence).frame == 31);
    // Seven packets of the stream are whole before the damaged one.
    std::uint64_t offset = 0;
    const auto sent = camera(frames);
    for (std::size_t i = 0; i < 8; ++i) offset += sent[i].sent.bytes.size() + 2;
    CHECK(place_of(findings::rtp_framing_lost).offset == offset);
    CHECK(place_of(findings::rtp_starts_mid_packet).offset == sent[0].sent.bytes.size() / 2);
}

TEST_CASE("rtp faults: names are unique, unknown ones are refused") {
    for (const fault::RtpFault& fault : fault::all_rtp_faults()) CHECK(fault::find_rtp_fault(fault.id.slug) == &fault);
    CHECK_FALSE(fault::RtpFilter::make("rtp-nothing"));
}
