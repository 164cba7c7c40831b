// wire/codec/h265_sps: the long way through sub-layers, scaling lists and reference sets to the VUI, and sets that lie.
#include <doctest/doctest.h>

#include <functional>

#include "unit/wire/codec/bit_writer.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/codec/video.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using namespace gbkit::wire::codec;

namespace {

using Fields = std::function<void(BitWriter&)>;

struct Set {
    std::uint32_t profile = 1, compatible = 0x60000000, level = 93;
    std::uint32_t sub_layers = 0;     // minus 1; each with profile and level
    std::uint32_t chroma = 1, width = 1280, height = 720;
    std::array<std::uint32_t, 4> window{};  // left, right, top, bottom
    bool ordering_for_each = false;
    Fields scaling = {}, pulse = {};
    Fields sets = [](BitWriter& out) { out.ue(0); };
    Fields long_term = {};
    std::uint32_t rate_scale = 0;     // frames a second in thousandths; 0: no VUI
};

void profile_tier_level(BitWriter& out, const Set& set) {
    out.u(3, 0).u(5, set.profile).u(32, set.compatible).u(32, 0x90000000).u(16, 0).u(8, set.level);
    for (std::uint32_t i = 0; set.sub_layers > 0 && i < 8; ++i) out.u(2, i < set.sub_layers ? 3 : 0);
    for (std::uint32_t i = 0; i < set.sub_layers; ++i) out.u(32, 0x01600000).u(32, 0x00900000).u(24, 0).u(8, 30);
}

void optional(BitWriter& out, const Fields& fields) {
    out.u(1, fields ? 1 : 0);
    if (fields) fields(out);
}

Bytes sps(const Set& set) {
    BitWriter out;
    out.u(4, 0).u(3, set.sub_layers).u(1, 1);
    profile_tier_level(out, set);
    out.ue(0).ue(set.chroma);
    if (set.chroma == 3) out.u(1, 0);
    out.ue(set.width).ue(set.height);
    const bool window = set.window != std::array<std::uint32_t, 4>{};
    out.u(1, window ? 1 : 0);
    if (window)
        for (const std::uint32_t side : set.window) out.ue(side);
    out.ue(0).ue(0).ue(4).u(1, set.ordering_for_each ? 1 : 0);
    for (std::uint32_t i = set.ordering_for_each ? 0 : set.sub_layers; i <= set.sub_layers; ++i) out.ue(4).ue(2).ue(0);
    out.ue(0).ue(3).ue(0).ue(3).ue(0).ue(0);
    optional(out, set.scaling);
    out.u(2, 3);
    optional(out, set.pulse);
    set.sets(out);
    optional(out, set.long_term);
    out.u(2, 3).u(1, set.rate_scale != 0 ? 1 : 0);
    if (set.rate_scale != 0) {
        out.u(1, 1).u(8, 1).u(1, 0).u(1, 1).u(3, 5).u(1, 1).u(1, 1).u(24, 0x010101).u(1, 0).u(3, 0);
        out.u(1, 1).ue(0).ue(0).ue(0).ue(0).u(1, 1).u(32, 1000).u(32, set.rate_scale);
    }
    return out.nal({0x42, 0x01});
}

VideoFormat format_of(const Set& set) {
    const auto format = parse_h265_sps(sps(set));
    REQUIRE(format.has_value());
    return *format;
}

std::string size_of(const VideoFormat& format) { return std::to_string(format.width) + 'x' + std::to_string(format.height); }

}  // namespace

TEST_CASE("an encoder's set says what the encoder was asked for") {
    const auto format = parse_h265_sps(h265_sps());
    REQUIRE(format.has_value());
    CHECK(*format == VideoFormat{Codec::h265, "Main", "4.0", 1920, 1080, 25.0});
}

TEST_CASE("the conformance window is cut off in units of the chroma format") {
    CHECK(size_of(format_of({})) == "1280x720");
    CHECK(size_of(format_of({.width = 1920, .height = 1088, .window = {0, 0, 0, 4}})) == "1920x1080");
    CHECK(size_of(format_of({.chroma = 2, .width = 160, .height = 160, .window = {1, 2, 3, 4}})) == "154x153");
    CHECK(size_of(format_of({.chroma = 3, .width = 160, .height = 160, .window = {1, 2, 3, 4}})) == "157x153");
    CHECK(size_of(format_of({.chroma = 0, .width = 160, .height = 160, .window = {1, 2, 3, 4}})) == "157x153");
}

TEST_CASE("sub-layers do not move what follows") {
    for (std::uint32_t layers = 0; layers <= 6; ++layers)
        for (const bool each : {false, true}) {
            const VideoFormat format = format_of({.sub_layers = layers, .ordering_for_each = each, .rate_scale = 12500});
            CHECK(format == VideoFormat{Codec::h265, "Main", "3.1", 1280, 720, 12.5});
        }
}

TEST_CASE("scaling lists, PCM and long-term pictures are walked over to the bit") {
    Set set;
    set.rate_scale = 25000;
    set.scaling = [](BitWriter& out) { out.u(1, 0); };
    CHECK(format_of(set).frames_per_second == 25.0);
    set.scaling = [](BitWriter& out) {
        out.u(1, 1);
        for (int size = 0; size < 4; ++size)
            for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
                const bool coded = (size + matrix) % 2 == 0;
                out.u(1, coded ? 1 : 0);
                if (!coded) out.ue(0);
                if (coded && size > 1) out.se(-7);
                for (int i = 0; coded && i < (size == 0 ? 16 : 64); ++i) out.se(i % 7 - 3);
            }
    };
    set.pulse = [](BitWriter& out) { out.u(4, 7).u(4, 7).ue(0).ue(2).u(1, 1); };
    set.long_term = [](BitWriter& out) { out.ue(3).u(8, 1).u(1, 0).u(8, 2).u(1, 1).u(8, 255).u(1, 0); };  // 8 bits of picture order count
    CHECK(format_of(set).frames_per_second == 25.0);
}

TEST_CASE("reference sets predicted from the set before count their pictures") {
    Set set;
    set.rate_scale = 30000;
    set.sets = [](BitWriter& out) {
        out.ue(4);
        out.ue(2).ue(1).ue(0).u(1, 1).ue(0).u(1, 0).ue(3).u(1, 1);                     // 3 pictures, written out
        out.u(1, 1).u(1, 0).ue(0).u(1, 1).u(1, 0).u(1, 1).u(1, 0).u(1, 0).u(1, 1);     // of 4 candidates: used, kept, dropped, used
        out.u(1, 1).u(1, 1).ue(2).u(1, 1).u(1, 1).u(1, 1).u(1, 1);                     // of 4 again: all used
        out.u(1, 0).ue(1).ue(0).ue(0).u(1, 1);                                         // written out again
    };
    CHECK(format_of(set).frames_per_second == 30.0);
}

TEST_CASE("profiles and levels have their names") {
    CHECK(format_of({.profile = 2, .level = 153}).profile == "Main 10");
    CHECK(format_of({.profile = 0, .compatible = 0x20000000}).profile == "Main 10");
    CHECK(format_of({.profile = 4}).profile == "Range Extensions");
    CHECK(format_of({.profile = 31}).profile == "profile 31");
    CHECK(format_of({.level = 153}).level == "5.1");
}

TEST_CASE("a set that lies is refused") {
    CHECK_FALSE(parse_h265_sps({}));
    CHECK_FALSE(parse_h265_sps(h265_vps()));
    CHECK_FALSE(parse_h265_sps(sps({.width = 0})));
    CHECK_FALSE(parse_h265_sps(sps({.width = 40000})));
    CHECK_FALSE(parse_h265_sps(sps({.window = {0, 640, 0, 0}})));
    CHECK_FALSE(parse_h265_sps(sps({.window = {0xFFFFFFFEU, 0xFFFFFFFEU, 0, 0}})));
    CHECK_FALSE(parse_h265_sps(sps({.chroma = 4})));
    CHECK_FALSE(parse_h265_sps(sps({.sets = [](BitWriter& out) { out.ue(65); }})));
    CHECK_FALSE(parse_h265_sps(sps({.sets = [](BitWriter& out) { out.ue(1).ue(17).ue(0); }})));
    CHECK_FALSE(parse_h265_sps(joined({{0x42, 0x01}, Bytes(5000, 0xFF)})));
    CHECK_FALSE(parse_h265_sps(joined({{0x42, 0x01}, Bytes(200, 0)})));
}

TEST_CASE("a set cut anywhere is refused or, cut inside its VUI, still gives the size") {
    const Bytes whole = h265_sps();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto format = parse_h265_sps(ByteView(whole).first(size));
        if (format) CHECK(size_of(*format) == "1920x1080");
    }
    CHECK_FALSE(parse_h265_sps(ByteView(whole).first(28)));
}
