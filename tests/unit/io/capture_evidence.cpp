// io/capture_evidence: the packets around a finding, no more files than allowed.
#include "io/capture_evidence.hpp"

#include <doctest/doctest.h>

#include "base/findings/register.hpp"
#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

struct Scene {
    TemporaryFolder place;
    OutputFolder folder{place.path.string(), {}};
    CaptureEvidence evidence;
    std::uint64_t number = 0;

    explicit Scene(EvidenceLimits limits = {}) : evidence(folder, limits) {}
    /// A frame each second up to and with `second`, one letter each.
    void until(int second) {
        while (number <= static_cast<std::uint64_t>(second)) {
            const Bytes bytes = ethernet(ipv4({.id = static_cast<std::uint32_t>(number + 1)}, udp(1, 2, {static_cast<std::uint8_t>('a' + number % 26)})));
            wire::CapturedFrame frame;
            frame.time = at(static_cast<std::int64_t>(number) * 1'000'000);
            frame.link_type = 1;
            frame.bytes = bytes;
            frame.wire_length = bytes.size();
            evidence.see(frame, ++number);
        }
    }
    std::string letters(const std::string& name) {
        evidence.advance(at(1'000'000'000));  // all files are closed
        std::string all;
        for (const KeptPacket& packet : read_files({place.file(name)}).packets) all += packet.bytes;
        return all;
    }
    std::size_t files() const { return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(place.path), {})); }
};

Finding found(FindingId id, std::uint64_t frame = 1) {
    Finding finding;
    finding.id = id;
    finding.subject = "34020000001320000001";
    finding.where.frame = frame;
    return finding;
}

}  // namespace

TEST_CASE("what came before a finding and some seconds after") {
    Scene scene({.before = seconds{4}, .after = seconds{2}});
    scene.until(9);
    const auto name = scene.evidence.keep(found(findings::register_refused, 8));
    CHECK(name == scene.place.file("register-refused-1.pcapng"));
    scene.until(20);
    CHECK(scene.letters("register-refused-1.pcapng") == "fghijkl");
    std::ifstream in(*name, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    CHECK(content.find("34020000001320000001") != std::string::npos);
}

TEST_CASE("the same id shares a file while it grows; later it has a new one; another id has its own") {
    Scene scene({.before = seconds{2}, .after = seconds{3}});
    scene.until(5);
    const auto first = scene.evidence.keep(found(findings::register_refused));
    scene.until(7);
    CHECK(scene.evidence.keep(found(findings::register_refused)) == first);
    CHECK(scene.evidence.keep(found(findings::register_challenge_lost)) != first);
    scene.until(15);
    CHECK(scene.evidence.keep(found(findings::register_refused)) == scene.place.file("register-refused-2.pcapng"));
    CHECK(scene.evidence.files() == 3);
    CHECK(scene.letters("register-refused-1.pcapng") == "defghijk");  // three seconds after the second finding
}

TEST_CASE("files of an id and of a run are bounded, and those of an earlier run stay") {
    Scene scene({.after = Duration{}, .files_of_an_id = 2, .files = 3});
    scene.place.write("register-refused-1.pcapng", text("mine"));
    int second = 0;
    const auto keep = [&](FindingId id) {
        scene.until(second += 2);
        return scene.evidence.keep(found(id)).has_value();
    };
    CHECK(keep(findings::register_refused));
    CHECK(keep(findings::register_refused));
    CHECK_FALSE(keep(findings::register_refused));
    CHECK(keep(findings::register_challenge_lost));
    CHECK_FALSE(keep(findings::register_challenge_lost));
    CHECK(std::filesystem::exists(scene.place.file("register-refused-3.pcapng")));
    CHECK(std::filesystem::file_size(scene.place.file("register-refused-1.pcapng")) == 4);
    CHECK(scene.files() == 4);
}

TEST_CASE("memory, a file and all files have their bytes") {
    Scene few({.before_bytes = 1000});
    few.until(25);
    CHECK(few.evidence.keep(found(findings::register_refused)));
    CHECK(few.letters("register-refused-1.pcapng").size() < 10);

    Scene small({.file_bytes = 2000});
    small.until(25);
    CHECK(small.evidence.keep(found(findings::register_refused)));
    small.until(29);
    CHECK(std::filesystem::file_size(small.place.file("register-refused-1.pcapng")) <= 2000);

    Scene all({.bytes = 1000});
    all.until(25);
    CHECK(all.evidence.keep(found(findings::register_refused)));
    CHECK(all.letters("register-refused-1.pcapng").size() < 10);
}

TEST_CASE("a finding before any packet makes a file that can be read") {
    Scene scene;
    CHECK(scene.evidence.keep(found(findings::register_refused)));
    CHECK(scene.files() == 1);
}
