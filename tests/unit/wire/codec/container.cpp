// wire/codec/container: each kind named from its start and from its middle; random bytes are nothing.
#include "wire/codec/container.hpp"

#include <doctest/doctest.h>

#include <random>

#include "unit/wire/codec/samples.hpp"
#include "wire/codec/nal.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using namespace gbkit::wire::codec;

namespace {

const Bytes pack{0x00, 0x00, 0x01, 0xBA, 0x44, 0x00, 0x04, 0x00, 0x04, 0x01, 0x00, 0x02, 0x03, 0xF8};
const Bytes pack_mpeg1{0x00, 0x00, 0x01, 0xBA, 0x21, 0x00, 0x01, 0x00, 0x01, 0x80, 0x1B, 0x91};
const Bytes pes{0x00, 0x00, 0x01, 0xE0, 0x01, 0x00, 0x8C, 0x80, 0x07, 0x21, 0x00, 0x01, 0x00, 0x01, 0xFF, 0xFC};

Bytes transport(std::size_t packets) {
    Bytes all;
    for (std::size_t i = 0; i < packets; ++i)
        all = joined({all, {0x47, 0x01, 0x00, static_cast<std::uint8_t>(0x10 | (i & 15))}, filler(184, static_cast<std::uint32_t>(i))});
    return all;
}

Bytes length_before(const Bytes& nal) {
    return joined({{static_cast<std::uint8_t>(nal.size() >> 8), static_cast<std::uint8_t>(nal.size())}, nal});
}

// RFC 6184 5.8 and RFC 7798 4.4.3: the first fragment of a NAL unit, and one from its middle.
Bytes fu_a(const Bytes& nal, bool start) {
    const auto indicator = static_cast<std::uint8_t>((nal[0] & 0x60U) | 28U);
    return joined({{indicator, static_cast<std::uint8_t>((start ? 0x80U : 0U) | (nal[0] & 31U))}, Bytes(nal.begin() + 1, nal.end())});
}
Bytes fu(const Bytes& nal, bool start) {
    const auto type = static_cast<std::uint8_t>((start ? 0x80U : 0U) | h265::type_of(nal[0]));
    return joined({{0x62, 0x01, type}, Bytes(nal.begin() + 2, nal.end())});
}

Bytes random_bytes(std::mt19937& random, std::size_t size) {
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

}  // namespace

TEST_CASE("each kind is named from its start") {
    CHECK(container_of(joined({pack, filler(40)})) == Container::program_stream);
    CHECK(container_of(joined({pack_mpeg1, filler(40)})) == Container::program_stream);
    CHECK(container_of(pes) == Container::program_stream);
    CHECK(container_of(transport(3)) == Container::transport_stream);
    CHECK(container_of(h264_key(200)) == Container::bare_h264);
    CHECK(container_of(h264_predicted(200)) == Container::bare_h264);
    CHECK(container_of(h265_key(200)) == Container::bare_h265);
    CHECK(container_of(h265_predicted(200)) == Container::bare_h265);
    CHECK(container_of(joined({adts_frame(100), adts_frame(100)})) == Container::adts);
    CHECK(container_of(joined({{'I', 'M', 'K', 'H'}, Bytes(36, 1), pack})) == Container::hikvision_file);
    CHECK(container_of(joined({{'D', 'H', 'A', 'V', 0xFD, 0x00, 0x01}, filler(50)})) == Container::dahua_private);
}

TEST_CASE("each kind is named from its middle") {
    CHECK(container_of(joined({filler(3000), pack, filler(40)})) == Container::program_stream);
    CHECK(container_of(joined({filler(3000), pes})) == Container::program_stream);
    const Bytes packets = transport(8);
    for (const std::size_t cut : {1U, 47U, 187U}) CHECK(container_of(ByteView(packets).subspan(cut)) == Container::transport_stream);
    CHECK(container_of(joined({filler(900), h264_key(200)})) == Container::bare_h264);
    CHECK(container_of(joined({filler(900), h265_key(200)})) == Container::bare_h265);
    CHECK(container_of(joined({filler(900), h264_predicted(200), h264_predicted(20), h264_predicted(90)})) == Container::bare_h264);
    CHECK(container_of(joined({filler(900), h265_predicted(200), h265_predicted(20), h265_predicted(90)})) == Container::bare_h265);
    Bytes frames = filler(50);
    for (std::uint32_t i = 0; i < 5; ++i) frames = joined({frames, adts_frame(100 + i, i)});
    CHECK(container_of(frames) == Container::adts);
    CHECK(container_of(joined({filler(77), {'D', 'H', 'A', 'V', 0xFC}, filler(50)})) == Container::dahua_private);
}

TEST_CASE("video in a program stream is a program stream, and no start code makes one") {
    CHECK(container_of(joined({filler(100), h264_key(50), pack, pes, h264_key(50)})) == Container::program_stream);
    CHECK(container_of(joined({{0, 0, 1, 0xBA}, Bytes(40, 0)})) == Container::unknown);   // no marker bit
    CHECK(container_of(joined({{0, 0, 1, 0xE0, 0, 0, 0xFF}, filler(40)})) == Container::unknown);
    CHECK(container_of(Bytes{0, 0, 1, 0xE0, 0, 0x20, 0x80, 0x00, 0x05, 0x01, 0, 1, 0, 1}) == Container::unknown);   // no timestamp
    CHECK(container_of(Bytes{0, 0, 1, 0xE0, 0, 0x20, 0x80, 0x40, 0x05, 0x11, 0, 1, 0, 1}) == Container::unknown);   // PTS_DTS_flags 01
    CHECK(container_of(joined({filler(900), h264_predicted(200), h264_predicted(20)})) == Container::unknown);
    CHECK(container_of(joined({filler(900), h264_predicted(20), h265_predicted(20), h264_predicted(20), h264_predicted(9)})) == Container::unknown);
    CHECK(container_of(joined({{'D', 'H', 'A', 'V', 0x11}, filler(40)})) == Container::unknown);
    CHECK(container_of(transport(2)) == Container::unknown);
    CHECK(container_of({}) == Container::unknown);
    CHECK(container_of(g711a_speech(2000)) == Container::unknown);
    CHECK(container_of(g711u_speech(2000)) == Container::unknown);
}

TEST_CASE("RTP payloads: NAL units, fragments, aggregates") {
    CHECK(container_of_rtp_payload(joined({pack, filler(1300)})) == Container::program_stream);
    CHECK(container_of_rtp_payload(transport(7)) == Container::transport_stream);
    CHECK(container_of_rtp_payload(h264_sps()) == Container::bare_h264);
    CHECK(container_of_rtp_payload(fu_a(h264_idr(1300), true)) == Container::bare_h264);
    CHECK(container_of_rtp_payload(joined({{0x78}, length_before(h264_sps()), length_before(h264_pps())})) == Container::bare_h264);
    CHECK(container_of_rtp_payload(h265_vps()) == Container::bare_h265);
    CHECK(container_of_rtp_payload(h265_sps()) == Container::bare_h265);
    CHECK(container_of_rtp_payload(fu(h265_idr(1300), true)) == Container::bare_h265);
    CHECK(container_of_rtp_payload(fu(h265_idr(1300), false)) == Container::bare_h265);
    CHECK(container_of_rtp_payload(joined({{0x60, 0x01}, length_before(h265_vps()), length_before(h265_sps())})) == Container::bare_h265);
    CHECK(container_of_rtp_payload(h265_idr(500)) == Container::bare_h265);
    CHECK(container_of_rtp_payload(h264_key(500)) == Container::bare_h264);  // Annex B in RTP, as some devices do
    CHECK(container_of_rtp_payload(adts_frame(300)) == Container::adts);
    // What goes on from an earlier packet, and aggregates that do not add up.
    CHECK(container_of_rtp_payload(fu_a(h264_idr(1300), false)) == Container::unknown);
    CHECK(container_of_rtp_payload(joined({{0x78}, length_before(h264_sps()), {0x00, 0x30, 0x68}})) == Container::unknown);
    CHECK(container_of_rtp_payload(joined({{0x78}, length_before(h264_sps())})) == Container::unknown);
    CHECK(container_of_rtp_payload(joined({{0x78}, length_before(h264_sps()), length_before(h264_pps()), {0x00}})) == Container::unknown);
    CHECK(container_of_rtp_payload(filler(1400)) == Container::unknown);
    CHECK(container_of_rtp_payload(g711a_speech(320)) == Container::unknown);
    for (std::size_t size = 0; size < 4; ++size) (void)container_of_rtp_payload(ByteView(pack).first(size));
}

TEST_CASE("random bytes have no name") {
    std::mt19937 random(1);
    int named = 0, named_payloads = 0;
    for (int round = 0; round < 10000; ++round) {
        const Bytes bytes = random_bytes(random, 400 + random() % 1100);
        named += container_of(bytes) != Container::unknown;
        named_payloads += container_of_rtp_payload(bytes) != Container::unknown;
    }
    CHECK(named == 0);
    CHECK(named_payloads <= 2);  // the first fragment of an H.264 slice has no more than 15 bits to know it by
    CHECK(container_of(random_bytes(random, 300000)) == Container::unknown);
}

TEST_CASE("every container has a name") {
    for (int i = 1; i <= static_cast<int>(Container::dahua_private); ++i) CHECK(name_of(static_cast<Container>(i)) != "unknown");
    CHECK(name_of(Container::unknown) == "unknown");
}
