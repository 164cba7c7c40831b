// Seeds for the fuzz targets that look at whole conversations, from the same specimens. Written once, by hand:
//
//   GBKIT_SOURCE=$PWD build/release/bin/mutants --no-skip -tc='seeds of the fuzz targets'
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "fuzz/recorded.hpp"
#include "mutants/specimens.hpp"
#include "scenarios/disguises.hpp"

using namespace gbkit;
using namespace gbkit::mutants;
using scenario::Recorded;

namespace {

void write(const std::string& target, std::string name, ByteView bytes) {
    const char* source = std::getenv("GBKIT_SOURCE");
    REQUIRE(source != nullptr);
    const std::filesystem::path folder = std::filesystem::path(source) / "tests/fuzz/seeds" / target;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / replace_all(std::move(name), " ", "-"), std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

const Specimen& specimen(std::string_view name) {
    for (const Specimen& one : specimens())
        if (one.name == name) return one;
    FAIL("no specimen of that name");
    return specimens().front();
}

/// The form of fuzz/recorded.hpp.
Bytes recorded(const std::vector<Recorded>& packets, unsigned more_flags = 0) {
    Bytes out;
    ByteWriter writer(out);
    Time before = packets.front().time;
    for (const Recorded& packet : packets) {
        const bool down = packet.source.address == packets.front().destination.address;
        const bool sip = packet.bytes.find("SIP/2.0") != std::string::npos;
        const auto flags = more_flags | (down ? fuzz::from_platform : 0U) | (packet.transport == proto::Transport::tcp ? fuzz::on_tcp : 0U) |
                           (sip ? 0U : fuzz::media);
        writer.u8(static_cast<std::uint8_t>(flags));
        writer.u8(static_cast<std::uint8_t>(std::min<std::int64_t>(255, std::chrono::duration_cast<milliseconds>(packet.time - before).count() / 100)));
        writer.u16be(static_cast<std::uint16_t>(packet.bytes.size()));
        writer.bytes(as_bytes(packet.bytes));
        before = packet.time;
    }
    return out;
}

std::vector<Recorded> beginning(std::vector<Recorded> packets, std::size_t count = 40) {
    packets.resize(std::min(packets.size(), count));
    return packets;
}

}  // namespace

TEST_CASE("seeds of the fuzz targets" * doctest::skip()) {
    for (const char* name : {"play over UDP", "play over TCP"}) {
        const std::vector<Recorded> packets = beginning(specimen(name).packets);
        write("capture", name, scenario::capture_of(scenario::on_the_wire(packets)));
        write("dialogs", name, recorded(packets));
    }
    for (const char* name : {"catalog-incomplete", "dialog-ssrc-changed", "dialog-call-id-shared", "records-incomplete", "catalog-not-playable", "query-parts-overlap"}) {
        write("dialogs", name, recorded(beginning(specimen(name).packets)));
        Bytes both = recorded(beginning(specimen("a call of a minute over UDP").packets));
        const Bytes bad = recorded(beginning(specimen(name).packets), fuzz::second_side);
        both.insert(both.end(), bad.begin(), bad.end());
        write("compare", name, both);
    }
    std::vector<Recorded> two_lines = beginning(specimen("a call of a minute over UDP").packets);
    for (Recorded& packet : two_lines)
        if (const std::size_t at = packet.bytes.find("m=video"); at != std::string::npos) packet.bytes += packet.bytes.substr(at);
    write("compare", "two-m-lines", recorded(two_lines));
    const auto& frames = specimen("catalog-incomplete over TCP").packets;
    write("capture", "split", scenario::capture_of(scenario::on_the_wire(beginning(frames, 12), {.seed = 3, .resent = true, .disordered = true})));
    write("capture", "fragments", scenario::capture_of(scenario::copied(scenario::fragmented(scenario::on_the_wire(beginning(specimen("ptz-malformed").packets, 10)), 256, true))));
    std::size_t number = 0;
    for (const Recorded& packet : specimen("play over UDP").packets) {
        if (packet.bytes.empty() || ++number > 24) continue;
        const bool sip = packet.bytes.find("SIP/2.0") != std::string::npos;
        const std::size_t at = packet.bytes.find("\r\n\r\n");
        const std::string text = std::string(1, sip ? '\0' : '\2') + packet.bytes;
        write("sanitize", (sip ? "message-" : "media-") + std::to_string(number), as_bytes(text));
        if (!sip || at + 4 >= packet.bytes.size()) continue;
        const std::string body = '\1' + packet.bytes.substr(at + 4);
        write("sanitize", "body-" + std::to_string(number), as_bytes(body));
        if (body.find("m=") != std::string::npos) write("sdp", "body-" + std::to_string(number), as_bytes(body).subspan(1));
    }
}
