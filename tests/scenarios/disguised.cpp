// Every fault and every cause in every disguise a capture can put on it: what is said of it stays what it was.
//
// A copy, a tag, a fragment or a segment border tells nothing about the conversation: all findings are the same, id,
// certainty and subject. Half of a conversation tells less, and the rule of halves says what that may be:
//
//   1. what the whole says as well, and no more certainly than the whole does;
//   2. its weaker form (the table below), never as certain;
//   3. what rests on absence is never certain: what is missing may be in the other half.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "base/findings/sip.hpp"
#include "io/capture_findings.hpp"
#include "scenarios/causes.hpp"
#include "scenarios/disguises.hpp"
#include "scenarios/implied.hpp"
#include "scenarios/recorded_faults.hpp"

using namespace gbkit;
using namespace gbkit::scenario;
using proto::Transport;

namespace {

/// A cause or a fault, recorded once.
struct Specimen {
    std::string name;
    FindingId id;
    std::vector<Recorded> packets;
    Run run{};
    [[nodiscard]] bool datagrams() const { return packets.front().transport == Transport::udp; }
    [[nodiscard]] IpAddress platform() const { return packets.front().destination.address; }
};

const std::vector<Specimen>& specimens() {
    static const std::vector<Specimen> table = [] {
        std::vector<Specimen> all;
        for (const Cause& cause : causes()) all.push_back({"cause " + std::string(cause.id.slug), cause.id, cause.make(), cause.run});
        for (const Transport transport : {Transport::udp, Transport::tcp})
            for (const RecordedFault& fault : recorded_faults(transport))
                all.push_back({std::string(transport == Transport::udp ? "fault " : "fault on TCP ") + std::string(fault.fault.slug), fault.seen_as,
                               fault.record.packets, fault.record.run});
        return all;
    }();
    return table;
}

/// Findings by id and subject: how certain the surest of each was.
using Verdict = std::map<std::pair<std::string, std::string>, Certainty>;
Verdict verdict(const Told& told) {
    Verdict all;
    for (const Finding& finding : told.findings) {
        const auto [entry, added] = all.try_emplace({std::string(finding.id.slug), finding.subject}, finding.certainty);
        if (!added) entry->second = std::min(entry->second, finding.certainty);
    }
    return all;
}

bool shows(const Verdict& verdict, FindingId id) {
    return std::any_of(verdict.begin(), verdict.end(), [&](const auto& entry) { return entry.first.first == id.slug; });
}

std::string text(const Verdict& verdict) {
    std::string out;
    for (const auto& [what, certainty] : verdict) out += what.first + " of " + what.second + " (" + std::string(name_of(certainty)) + "); ";
    return out;
}

/// Causes that a connection does not have, each for a reason. The list only shrinks.
const std::set<std::string_view> about_datagrams{
    "register-401-to-private-via",   // answers take the connection
    "register-answer-misdirected",   // the same
    "register-port-unreachable",     // ICMP is about a datagram
    "register-source-moved",         // whoever dials again comes from another port
    "keepalive-too-rare",            // a NAT keeps a connection for hours
    "query-undelivered",             // TCP repeats by itself
    "sip-datagram-cut",              // a stream waits for the rest
    "sip-too-large",                 // the framer passes over such a head: sip-stream-skipped says how many bytes
};

void same(const Specimen& specimen, const Verdict& plain, const ReadBack& disguised) {
    CAPTURE(specimen.name);
    CAPTURE(text(plain));
    CAPTURE(text(verdict(disguised.told)));
    CHECK(verdict(disguised.told) == plain);
}

/// What a half may say instead, not certainly, each for a reason. The list only shrinks.
struct Weaker {
    FindingId whole, half;   // whole empty: any
};
const std::vector<Weaker> weaker_forms{
    // The answers are in the other half; a device that resends did not hear them either.
    {{}, findings::register_no_answer},
    // Whether a password was used is in the REGISTER, which is in the other half.
    {findings::register_refused_outright, findings::register_refused},
    // What the 401 says of the nonce is behind the cut.
    {findings::digest_stale_nonce, findings::register_refused},
    // Whether Expires was there as well.
    {findings::register_400_no_expires, findings::register_bad_request},
};

bool is_weaker_form(const std::set<FindingId>& whole, FindingId half) {
    return std::any_of(weaker_forms.begin(), weaker_forms.end(),
                       [&](const Weaker& weaker) { return weaker.half == half && (weaker.whole.slug.empty() || whole.contains(weaker.whole)); });
}

/// The rule of halves.
void honest(const Specimen& specimen, const Told& whole, const Told& half) {
    CAPTURE(specimen.name);
    CAPTURE(whole.ids());
    CAPTURE(half.ids());
    std::map<FindingId, Certainty> said;
    std::set<FindingId> allowed = allowed_by(specimen.id);
    for (const Finding& finding : whole.findings) {
        const auto [entry, added] = said.try_emplace(finding.id, finding.certainty);
        if (!added) entry->second = std::min(entry->second, finding.certainty);
        allowed.insert(finding.id);
    }
    for (const Finding& finding : half.serious()) {
        CAPTURE(finding.id.slug);
        CAPTURE(name_of(finding.certainty));
        const auto before = said.find(finding.id);
        if (before != said.end()) CHECK(finding.certainty >= before->second);
        else CHECK((allowed.contains(finding.id) || (is_weaker_form(allowed, finding.id) && finding.certainty != Certainty::certain)));
        if (io::rests_on_absence(finding.id) && before == said.end()) CHECK(finding.certainty != Certainty::certain);
    }
}

std::ptrdiff_t middle(const Passings& packets) { return static_cast<std::ptrdiff_t>(packets.size() / 2); }

}  // namespace

TEST_CASE("as frames, mirrored, tagged or in fragments a conversation tells the same") {
    for (const Specimen& specimen : specimens()) {
        const Verdict plain = verdict(observe(specimen.packets, specimen.run));
        CAPTURE(specimen.name);
        CAPTURE(text(plain));
        CHECK(shows(plain, specimen.id));
        const Passings frames = on_the_wire(specimen.packets);
        same(specimen, plain, read_back(frames, specimen.run));
        const ReadBack twice = read_back(copied(frames), specimen.run);
        same(specimen, plain, twice);
        CHECK(twice.facts.duplicates == frames.size());
        same(specimen, plain, read_back(copied(on_the_wire(specimen.packets, {.identified = false})), specimen.run));
        same(specimen, plain, read_back(tagged(frames, {101}), specimen.run));
        same(specimen, plain, read_back(tagged(frames, {4000, 101}), specimen.run));
        for (const std::size_t bytes : {std::size_t{8}, std::size_t{128}, std::size_t{512}})
            for (const bool backwards : {false, true}) {
                const ReadBack pieces = read_back(fragmented(frames, bytes, backwards), specimen.run);
                same(specimen, plain, pieces);
                CHECK(pieces.facts.incomplete_datagrams == 0);
                if (specimen.datagrams() && bytes == 8) CHECK(pieces.facts.fragments > 0);
            }
    }
}

TEST_CASE("a conversation on TCP tells the same wherever it is split, resent, out of order, mirrored") {
    for (const Specimen& specimen : specimens()) {
        const std::vector<Recorded> packets = over_tcp(specimen.packets);
        if (packets.empty()) continue;
        const ReadBack whole = read_back(on_the_wire(packets), specimen.run);
        const Verdict plain = verdict(whole.told);
        CAPTURE(specimen.name);
        CAPTURE(text(plain));
        CHECK(shows(plain, specimen.id) != about_datagrams.contains(specimen.id.slug));
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            CAPTURE(seed);
            const Laying laying{.seed = seed, .longest = seed % 4 == 0 ? 7U : 300U, .resent = seed % 2 == 0, .disordered = seed > 4};
            const Passings frames = on_the_wire(packets, laying);
            same(specimen, plain, read_back(frames, specimen.run));
            same(specimen, plain, read_back(copied(frames), specimen.run));
        }
    }
}

TEST_CASE("half of the time tells nothing that the whole does not") {
    for (const Specimen& specimen : specimens()) {
        const Passings frames = on_the_wire(specimen.packets);
        const Told whole = read_back(frames, specimen.run).told;
        Run cut = specimen.run;
        cut.after = Duration{};
        for (std::ptrdiff_t at = 1; at < static_cast<std::ptrdiff_t>(frames.size()); at = frames.size() > 60 ? at + middle(frames) - 1 : at + 1) {
            CAPTURE(at);
            honest(specimen, whole, read_back({frames.begin(), frames.begin() + at}, cut).told);
            honest(specimen, whole, read_back({frames.begin() + at, frames.end()}, specimen.run).told);
        }
    }
}

TEST_CASE("one direction tells nothing that the whole does not") {
    for (const Specimen& specimen : specimens()) {
        const Passings frames = on_the_wire(specimen.packets);
        const Told whole = read_back(frames, specimen.run).told;
        Run long_after = specimen.run;
        long_after.after = std::max<Duration>(long_after.after, minutes(2));
        for (const bool from_platform : {false, true})
            honest(specimen, whole, read_back(sent_by(frames, specimen.platform(), from_platform), long_after).told);
    }
}

TEST_CASE("frames that were cut short tell nothing that the whole ones do not") {
    for (const Specimen& specimen : specimens()) {
        const Passings frames = on_the_wire(specimen.packets);
        const Told whole = read_back(frames, specimen.run).told;
        for (const std::size_t length : {std::size_t{60}, std::size_t{96}, std::size_t{128}, std::size_t{256}, std::size_t{400}, std::size_t{640}}) {
            CAPTURE(length);
            const ReadBack cut = read_back(frames, specimen.run, length);
            honest(specimen, whole, cut.told);
        }
    }
}
