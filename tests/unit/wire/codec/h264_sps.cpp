// wire/codec/h264_sps: every way to the picture size and the frame rate, and sets that lie.
#include <doctest/doctest.h>

#include <functional>

#include "unit/wire/codec/bit_writer.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/codec/video.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using namespace gbkit::wire::codec;

namespace {

struct Set {
    std::uint32_t profile = 77, constraints = 0, level = 31;
    std::function<void(BitWriter&)> chroma = {};   // of High profiles
    std::uint32_t order_count_type = 0;
    std::uint32_t width_units = 80, height_units = 45;
    bool frames_only = true;
    std::array<std::uint32_t, 4> crop{};           // left, right, top, bottom
    std::function<void(BitWriter&)> vui = {};
};

Bytes sps(const Set& set) {
    BitWriter out;
    out.u(8, set.profile).u(8, set.constraints).u(8, set.level).ue(0);
    if (set.chroma) set.chroma(out);
    out.ue(4).ue(set.order_count_type);
    if (set.order_count_type == 0) out.ue(2);
    if (set.order_count_type == 1) out.u(1, 0).se(-3).se(70000).ue(2).se(5).se(-5);
    out.ue(3).u(1, 0).ue(set.width_units - 1).ue(set.height_units - 1).u(1, set.frames_only ? 1 : 0);
    if (!set.frames_only) out.u(1, 1);
    out.u(1, 1);
    const bool crops = set.crop != std::array<std::uint32_t, 4>{};
    out.u(1, crops ? 1 : 0);
    if (crops)
        for (const std::uint32_t side : set.crop) out.ue(side);
    out.u(1, set.vui ? 1 : 0);
    if (set.vui) set.vui(out);
    return out.nal({0x67});
}

VideoFormat format_of(const Set& set) {
    const auto format = parse_h264_sps(sps(set));
    REQUIRE(format.has_value());
    return *format;
}

void rate(BitWriter& out, std::uint32_t units, std::uint32_t scale) { out.u(1, 1).u(32, units).u(32, scale).u(1, 1); }

std::string size_of(const VideoFormat& format) { return std::to_string(format.width) + 'x' + std::to_string(format.height); }

}  // namespace

TEST_CASE("an encoder's set says what the encoder was asked for") {
    const auto format = parse_h264_sps(h264_sps());
    REQUIRE(format.has_value());
    CHECK(*format == VideoFormat{Codec::h264, "Main", "3.0", 704, 576, 25.0});
}

TEST_CASE("the picture is what is left after cropping, in units of chroma format and field coding") {
    CHECK(size_of(format_of({})) == "1280x720");
    CHECK(size_of(format_of({.width_units = 120, .height_units = 68, .crop = {0, 0, 0, 4}})) == "1920x1080");
    CHECK(size_of(format_of({.width_units = 120, .height_units = 34, .frames_only = false, .crop = {0, 0, 0, 2}})) == "1920x1080");
    CHECK(size_of(format_of({.width_units = 10, .height_units = 10, .crop = {1, 2, 3, 4}})) == "154x146");
    const auto chroma = [](std::uint32_t format) {
        return [format](BitWriter& out) {
            out.ue(format);
            if (format == 3) out.u(1, 0);
            out.ue(0).ue(0).u(1, 0).u(1, 0);
        };
    };
    CHECK(size_of(format_of({.profile = 122, .chroma = chroma(2), .width_units = 10, .height_units = 10, .crop = {1, 2, 3, 4}})) == "154x153");
    CHECK(size_of(format_of({.profile = 244, .chroma = chroma(3), .width_units = 10, .height_units = 10, .crop = {1, 2, 3, 4}})) == "157x153");
    CHECK(size_of(format_of({.profile = 100, .chroma = chroma(0), .width_units = 10, .height_units = 10, .crop = {1, 2, 3, 4}})) == "157x153");
}

TEST_CASE("scaling lists and order counts are walked over to the bit") {
    const auto lists = [](BitWriter& out) {
        out.ue(1).ue(0).ue(0).u(1, 0).u(1, 1);
        for (int list = 0; list < 8; ++list) {
            out.u(1, list % 3 == 0 ? 0 : 1);
            if (list % 3 == 0) continue;
            if (list == 4) {
                out.se(-8);  // next scale 0: the rest repeats the last
                continue;
            }
            for (int i = 0; i < (list < 6 ? 16 : 64); ++i) out.se(i % 5 - 2);
        }
    };
    const auto fifty = [](BitWriter& out) { out.u(1, 0).u(1, 0).u(1, 0).u(1, 0), rate(out, 1, 100); };
    const VideoFormat format = format_of({.profile = 100, .chroma = lists, .order_count_type = 1, .vui = fifty});
    CHECK(size_of(format) == "1280x720");
    CHECK(format.profile == "High");
    CHECK(format.frames_per_second == 50.0);
    CHECK(size_of(format_of({.order_count_type = 2})) == "1280x720");
}

TEST_CASE("the frame rate stands behind aspect, colour and chroma place") {
    const auto full = [](BitWriter& out) {
        out.u(1, 1).u(8, 255).u(32, 0x00400021).u(1, 1).u(1, 0).u(1, 1).u(4, 5).u(1, 1).u(24, 0x010101).u(1, 1).ue(0).ue(5);
        rate(out, 1001, 60000);
    };
    CHECK(*format_of({.vui = full}).frames_per_second == doctest::Approx(29.97).epsilon(0.0001));
    CHECK_FALSE(format_of({.vui = [](BitWriter& out) { out.u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0); }}).frames_per_second);
    for (const auto& [units, scale] : {std::pair{0U, 50U}, {1U, 0U}, {0xFFFFFFFFU, 1U}, {1U, 0xFFFFFFFFU}})
        CHECK_FALSE(format_of({.vui = [&, u = units, s = scale](BitWriter& out) { out.u(1, 0).u(1, 0).u(1, 0).u(1, 0), rate(out, u, s); }})
                        .frames_per_second);
}

TEST_CASE("profiles and levels have their names") {
    CHECK(format_of({.profile = 66, .level = 30}).profile == "Baseline");
    CHECK(format_of({.profile = 66, .constraints = 0x40}).profile == "Constrained Baseline");
    CHECK(format_of({.profile = 88}).profile == "Extended");
    CHECK(format_of({.profile = 200}).profile == "profile 200");
    CHECK(format_of({.level = 52}).level == "5.2");
    CHECK(format_of({.profile = 66, .constraints = 0x10, .level = 11}).level == "1b");
    CHECK(format_of({.profile = 66, .level = 11}).level == "1.1");
}

TEST_CASE("a set that lies is refused") {
    CHECK_FALSE(parse_h264_sps({}));
    CHECK_FALSE(parse_h264_sps(h264_pps()));
    CHECK_FALSE(parse_h264_sps(sps({.width_units = 3000})));                       // 48000 wide
    CHECK_FALSE(parse_h264_sps(sps({.crop = {0, 640, 0, 0}})));                    // nothing left
    CHECK_FALSE(parse_h264_sps(sps({.crop = {0xFFFFFFFEU, 0xFFFFFFFEU, 0, 0}})));  // sums that wrap
    CHECK_FALSE(parse_h264_sps(sps({.width_units = 0xFFFFFFFEU})));
    Bytes zeros(200, 0);
    zeros[0] = 0x67;
    CHECK_FALSE(parse_h264_sps(zeros));
    const auto large = parse_h264_sps(joined({{0x67}, Bytes(5000, 0xFF)}));
    REQUIRE_FALSE(large);
    CHECK(large.error().code == Errc::too_large);
}

TEST_CASE("a set cut anywhere is refused or, cut behind the size, still gives it") {
    const Bytes whole = h264_sps();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto format = parse_h264_sps(ByteView(whole).first(size));
        if (!format) continue;
        CHECK(size >= 9);
        CHECK(size_of(*format) == "704x576");
    }
    CHECK_FALSE(parse_h264_sps(ByteView(whole).first(8)));
}
