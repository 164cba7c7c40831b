// Every fault of a muxer and of an RTP sender in every disguise a capture can put on it, as disguised.cpp does for SIP.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/findings/ps.hpp"
#include "base/findings/rtp.hpp"
#include "io/capture_findings.hpp"
#include "proto/fault/rtp_fault.hpp"
#include "scenarios/disguises.hpp"
#include "scenarios/implied.hpp"
#include "scenarios/media_causes.hpp"
#include "unit/proto/observe/media/rtp_world.hpp"

using namespace gbkit;
using namespace gbkit::scenario;
using proto::Transport;
using wire::rtp::Framing;

namespace {

/// A stream with one fault, as datagrams or as segments.
struct Specimen {
    std::string name;
    FindingId id;
    std::vector<Recorded> packets;
    std::optional<std::uint32_t> expected_ssrc{};
};

const Endpoint camera = endpoint("192.0.2.64", 30'000), receiver = endpoint("192.0.2.10", 30'002);

Recorded piece(Time time, ByteView bytes, std::optional<std::uint64_t> offset = {}) {
    return {.time = time, .source = camera, .destination = receiver, .transport = offset ? Transport::tcp : Transport::udp,
            .bytes = std::string(as_text(bytes)), .stream_offset = offset.value_or(0)};
}

std::vector<Recorded> paced(const std::vector<Bytes>& packets) {
    std::vector<Recorded> out;
    Time time = from_unix(1'700'000'000);
    for (const Bytes& packet : packets) out.push_back(piece(time += milliseconds(10), packet));
    return out;
}

/// The same packets on a connection.
std::vector<Recorded> framed(const std::vector<Bytes>& packets, proto::fault::RtpFilter* filter = nullptr) {
    std::vector<Recorded> out;
    Time time = from_unix(1'700'000'000);
    std::uint64_t offset = 0;
    for (const Bytes& packet : packets) {
        Bytes bytes;
        if (filter != nullptr) filter->write(bytes, packet, Framing::rfc4571);
        else wire::rtp::write_framed(bytes, packet, Framing::rfc4571);
        out.push_back(piece(time += milliseconds(10), bytes, offset));
        offset += bytes.size();
    }
    return out;
}

Specimen of_sender(const proto::fault::RtpFault& fault) {
    auto filter = *proto::fault::RtpFilter::make(fault.id.slug);
    Specimen specimen{"RTP fault " + std::string(fault.id.slug), fault.id, {}};
    if (fault.id == findings::rtp_ssrc_differs) specimen.expected_ssrc = test::rtp::ssrc;
    std::vector<Bytes> on_connection;
    for (const test::rtp::Timed& timed : test::rtp::camera(60, &filter)) {
        on_connection.push_back(timed.sent.bytes);
        Recorded& packet = specimen.packets.emplace_back(piece(timed.time, timed.sent.bytes));
        packet.source = test::rtp::datagram(timed, 1).source;
    }
    if (fault.frame != nullptr) specimen.packets = framed(on_connection, &filter);
    return specimen;
}

const std::vector<Specimen>& specimens() {
    static const std::vector<Specimen> table = [] {
        std::vector<Specimen> all;
        for (const proto::fault::RtpFault& fault : proto::fault::all_rtp_faults()) all.push_back(of_sender(fault));
        for (const MediaCause& cause : media_causes()) {
            if (!cause.packets) continue;
            all.push_back({"media " + std::string(cause.id.slug), cause.id, paced(cause.packets())});
            all.push_back({"media on TCP " + std::string(cause.id.slug), cause.id, framed(cause.packets())});
        }
        return all;
    }();
    return table;
}

using Verdict = std::map<std::string, Certainty>;

Verdict judge(const Specimen& specimen, const Passings& frames) {
    Verdict verdict;
    proto::observe::MediaOptions options;
    options.expected_ssrc = specimen.expected_ssrc;
    proto::observe::MediaFeed::Sinks sinks;
    sinks.finding = [&verdict](const Finding& finding) {
        const auto [entry, added] = verdict.try_emplace(std::string(finding.id.slug), finding.certainty);
        if (!added) entry->second = std::min(entry->second, finding.certainty);
    };
    proto::observe::MediaFeed feed(options, std::move(sinks));
    io::CaptureSink sink;
    sink.packet = [&feed](const proto::Packet& packet) { (void)feed.see(packet); };
    (void)io::read_capture_bytes("memory", capture_of(frames), {}, sink);
    feed.finish(true);
    return verdict;
}

std::string text(const Verdict& verdict) {
    std::string out;
    for (const auto& [id, certainty] : verdict) out += id + " (" + std::string(name_of(certainty)) + "); ";
    return out;
}

void same(const Specimen& specimen, const Verdict& plain, const Verdict& disguised) {
    CAPTURE(specimen.name);
    CAPTURE(text(plain));
    CAPTURE(text(disguised));
    CHECK(disguised == plain);
}

/// What a half may say instead, not certainly, each for a reason. The list only shrinks.
struct Weaker {
    FindingId whole, half;
};
const Weaker weaker_forms[] = {
    // The only ones came before the cut.
    {findings::media_parameter_sets_rare, findings::media_no_parameter_sets},
    // A stream without lengths that begins inside a packet is just that.
    {findings::rtp_framing_absent, findings::rtp_starts_mid_packet},
    // The cut goes between two packets that changed places: one of them is missing.
    {findings::rtp_reordered, findings::rtp_lost},
    {findings::rtp_reordered, findings::media_frames_damaged},
};

bool is_weaker_form(const Verdict& whole, const std::string& half) {
    return std::any_of(std::begin(weaker_forms), std::end(weaker_forms),
                       [&](const Weaker& weaker) { return weaker.half.slug == half && whole.count(std::string(weaker.whole.slug)) == 1; });
}

/// The rule of halves (disguised.cpp).
void honest(const std::string& id, Certainty certainty, const Verdict& whole, const std::set<std::string>& allowed) {
    const FindingInfo* info = find_finding(id);
    if (info->severity > Severity::violation) return;
    CAPTURE(id);
    const auto before = whole.find(id);
    if (before != whole.end()) {
        CHECK(certainty >= before->second);
        return;
    }
    const bool weaker = is_weaker_form(whole, id);
    CHECK((allowed.count(id) == 1 || weaker));
    if (weaker || io::rests_on_absence(info->id)) CHECK(certainty != Certainty::certain);
}

}  // namespace

TEST_CASE("as frames, mirrored, tagged or in fragments media tell the same") {
    for (const Specimen& specimen : specimens()) {
        const Passings frames = on_the_wire(specimen.packets);
        const Verdict plain = judge(specimen, frames);
        CAPTURE(specimen.name);
        CAPTURE(text(plain));
        CHECK(plain.count(std::string(specimen.id.slug)) == 1);
        same(specimen, plain, judge(specimen, copied(frames)));
        same(specimen, plain, judge(specimen, tagged(frames, {4000, 101})));
        for (const bool backwards : {false, true}) same(specimen, plain, judge(specimen, fragmented(frames, 512, backwards)));
    }
}

TEST_CASE("media on TCP tell the same wherever they are split, resent, out of order, mirrored") {
    for (const Specimen& specimen : specimens()) {
        if (specimen.packets.front().transport == Transport::udp) continue;
        const Verdict plain = judge(specimen, on_the_wire(specimen.packets));
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            CAPTURE(seed);
            const Passings frames = on_the_wire(specimen.packets, {.seed = seed, .longest = 1400, .resent = seed % 2 == 0, .disordered = seed > 2});
            same(specimen, plain, judge(specimen, frames));
            same(specimen, plain, judge(specimen, copied(frames)));
        }
    }
}

TEST_CASE("half of the media tell nothing that the whole do not, and are not certain of what is missing") {
    for (const Specimen& specimen : specimens()) {
        const Passings frames = on_the_wire(specimen.packets);
        const Verdict whole = judge(specimen, frames);
        std::set<std::string> allowed;
        for (const FindingId id : allowed_by(specimen.id)) allowed.insert(std::string(id.slug));
        const auto size = static_cast<std::ptrdiff_t>(frames.size());
        for (std::ptrdiff_t at = 1 + size / 30; at < size; at += 1 + size / 12)
            for (const bool first : {true, false}) {
                const Verdict half = judge(specimen, first ? Passings(frames.begin(), frames.begin() + at) : Passings(frames.begin() + at, frames.end()));
                CAPTURE(specimen.name);
                CAPTURE(at);
                CAPTURE(first);
                CAPTURE(text(whole));
                CAPTURE(text(half));
                for (const auto& said : half) honest(said.first, said.second, whole, allowed);
            }
    }
}
