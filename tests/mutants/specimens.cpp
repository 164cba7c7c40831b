#include "mutants/specimens.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "io/capture.hpp"
#include "scenarios/causes.hpp"
#include "scenarios/disguises.hpp"
#include "scenarios/media_causes.hpp"

namespace gbkit::mutants {

using namespace scenario;

namespace {

Specimen made(std::string name, std::vector<Recorded> packets) {
    Bytes file = capture_of(on_the_wire(packets));
    return {std::move(name), std::move(file), std::move(packets)};
}

const Healthy& healthy_one(std::string_view name) {
    const auto found = std::find_if(healthy().begin(), healthy().end(), [&](const Healthy& one) { return one.name == name; });
    if (found == healthy().end()) throw std::logic_error("no conversation \"" + std::string(name) + "\"");
    return *found;
}

/// A call and the program stream it asked for, between the ports of its SDP.
std::vector<Recorded> play(bool tcp) {
    std::vector<Recorded> packets = healthy_one(tcp ? "a call over TCP" : "a call of a minute over UDP").make();
    MediaPlan plan;
    plan.audio = wire::codec::Codec::g711a;
    plan.frames = 40;
    Time now = packets.back().time - seconds(50);
    std::uint64_t offset = 0;
    for (const Bytes& packet : packetize(record(plan))) {
        Recorded& rtp = packets.emplace_back();
        rtp.time = now += milliseconds(5);
        rtp.source = endpoint("192.168.1.64", 15060);
        rtp.destination = endpoint("203.0.113.9", 30012);
        if (tcp) {   // RFC 4571
            rtp.transport = proto::Transport::tcp;
            rtp.bytes = {static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size() & 0xFF)};
            rtp.stream_offset = offset;
        }
        rtp.bytes += as_text(packet);
        offset += rtp.bytes.size();
    }
    std::stable_sort(packets.begin(), packets.end(), [](const Recorded& a, const Recorded& b) { return a.time < b.time; });
    return packets;
}

std::vector<Recorded> packets_of(const std::string& name, ByteView file) {
    std::vector<Recorded> packets;
    io::CaptureSink sink;
    sink.packet = [&packets](const proto::Packet& packet) {
        packets.push_back({.time = packet.time, .source = packet.source, .destination = packet.destination, .transport = packet.transport,
                           .bytes = std::string(as_text(packet.bytes)), .stream_offset = packet.stream_offset});
    };
    (void)io::read_capture_bytes(name, file, {}, sink);
    return packets;
}

void add_real_ones(std::vector<Specimen>& all) {
    const char* shared = std::getenv("GBKIT_SHARED");
    std::error_code none;
    const auto first = static_cast<std::ptrdiff_t>(all.size());
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(shared == nullptr ? "" : shared) / "captures", none)) {
        if (!entry.path().extension().string().starts_with(".pcap")) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        const ByteView view = as_bytes(bytes);
        all.push_back({entry.path().filename().string(), Bytes(view.begin(), view.end()), packets_of(entry.path().filename().string(), view)});
    }
    std::sort(all.begin() + first, all.end(), [](const Specimen& a, const Specimen& b) { return a.name < b.name; });
}

}  // namespace

const std::vector<Specimen>& specimens() {
    static const std::vector<Specimen> table = [] {
        std::vector<Specimen> all;
        all.push_back(made("play over UDP", play(false)));
        all.push_back(made("play over TCP", play(true)));
        for (const Healthy& one : healthy()) all.push_back(made(std::string(one.name), one.make()));
        for (const Cause& cause : causes()) {
            all.push_back(made(std::string(cause.id.slug), cause.make()));
            if (auto packets = over_tcp(cause.make()); !packets.empty()) all.push_back(made(std::string(cause.id.slug) + " over TCP", std::move(packets)));
        }
        add_real_ones(all);
        return all;
    }();
    return table;
}

}  // namespace gbkit::mutants
