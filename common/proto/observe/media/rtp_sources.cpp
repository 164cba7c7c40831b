#include "proto/observe/media/rtp_sources.hpp"

#include <algorithm>
#include <utility>

namespace gbkit::proto::observe {

namespace {

constexpr std::uint64_t little = 1000;         // packets
constexpr std::size_t most_flows = 8;          // of a source
constexpr std::size_t most_alike = 16;

const std::vector<RtpTrack*> nobody;

/// Both directions are one.
RtpFlow ends(const Endpoint& a, const Endpoint& b) { return a < b ? RtpFlow{a, b, 0, Transport::udp} : RtpFlow{b, a, 0, Transport::udp}; }
RtpFlow receiver_of(const RtpTrack& track) { return {{}, track.info().destination, track.info().ssrc, track.info().transport}; }

template <class Table, class Key>
RtpTrack* found_in(const Table& table, const Key& key) {
    const auto found = table.find(key);
    return found == table.end() ? nullptr : found->second;
}

template <class Table, class Key>
const std::vector<RtpTrack*>& newest_in(const Table& table, const Key& key) {
    const auto found = table.find(key);
    return found == table.end() ? nobody : found->second.newest;
}

template <class Table, class Key>
void remove_from(Table& table, const Key& key, const RtpTrack& track) {
    const auto found = table.find(key);
    if (found == table.end()) return;
    found->second.remove(track);
    if (found->second.all == 0) table.erase(found);
}

}  // namespace

void RtpSources::Alike::add(RtpTrack& track) {
    ++all;
    if (newest.size() == most_alike) newest.erase(newest.begin());
    newest.push_back(&track);
}

void RtpSources::Alike::remove(const RtpTrack& track) {
    --all;
    newest.erase(std::remove(newest.begin(), newest.end(), &track), newest.end());
}

RtpTrack* RtpSources::find(const RtpFlow& flow) const { return found_in(by_flow_, flow); }
RtpTrack* RtpSources::between(const Endpoint& a, const Endpoint& b) const { return found_in(by_ends_, ends(a, b)); }
const std::vector<RtpTrack*>& RtpSources::with(std::uint32_t ssrc) const { return newest_in(by_ssrc_, ssrc); }
const std::vector<RtpTrack*>& RtpSources::towards(const Endpoint& receiver, std::uint32_t ssrc) const {
    return newest_in(by_receiver_, RtpFlow{{}, receiver, ssrc, Transport::udp});
}

std::shared_ptr<RtpTrack> RtpSources::take_oldest() {
    RtpTracks& queue = much_.empty() || little_.size() > most_ / 4 ? little_ : much_;
    std::shared_ptr<RtpTrack> gone = std::move(queue.back());
    queue.pop_back();
    for (const RtpFlow& flow : gone->links.flows) unbind(*gone, flow);
    remove_from(by_receiver_, receiver_of(*gone), *gone);
    remove_from(by_ssrc_, gone->info().ssrc, *gone);
    return gone;
}

RtpTrack& RtpSources::add(std::shared_ptr<RtpTrack> added, const RtpFlow& flow) {
    RtpTrack& track = *added;
    little_.push_front(std::move(added));
    track.links.place = little_.begin();
    track.links.touched = heard_;
    by_receiver_[receiver_of(track)].add(track);
    by_ssrc_[track.info().ssrc].add(track);
    bind(track, flow);
    return track;
}

void RtpSources::bind(RtpTrack& track, const RtpFlow& flow) {
    std::vector<RtpFlow>& flows = track.links.flows;
    if (flows.size() == most_flows) {
        unbind(track, flows.front());
        flows.erase(flows.begin());
    }
    flows.push_back(flow);
    by_flow_[flow] = &track;
    if (flow.transport == Transport::udp) by_ends_[ends(flow.source, flow.destination)] = &track;
}

void RtpSources::unbind(const RtpTrack& track, const RtpFlow& flow) {
    if (find(flow) == &track) by_flow_.erase(flow);
    if (between(flow.source, flow.destination) == &track) by_ends_.erase(ends(flow.source, flow.destination));
}

void RtpSources::touch(RtpTrack& track) {
    if (++heard_ - track.links.touched <= most_ / 16) return;
    track.links.touched = heard_;
    RtpTracks& queue = queue_of(track);
    track.links.much = track.info().statistics->packets >= little;
    RtpTracks& now = queue_of(track);
    now.splice(now.begin(), queue, track.links.place);
}

std::vector<RtpTrack*> RtpSources::in_order() const {
    std::vector<RtpTrack*> all;
    for (const RtpTracks* queue : {&little_, &much_})
        for (const std::shared_ptr<RtpTrack>& track : *queue) all.push_back(track.get());
    std::sort(all.begin(), all.end(), [](const RtpTrack* a, const RtpTrack* b) { return a->info().number < b->info().number; });
    return all;
}

}  // namespace gbkit::proto::observe
