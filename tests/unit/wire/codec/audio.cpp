// wire/codec/audio: ADTS chains, and G.711 told by ear, but never in what is no G.711.
#include "wire/codec/audio.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>

#include "unit/wire/codec/samples.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using namespace gbkit::wire::codec;

namespace {

Codec guess(ByteView bytes, std::size_t piece = 320) {
    G711Guess guess;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) guess.push(bytes.first(std::min(piece, bytes.size())));
    return guess.codec();
}

Bytes coded(std::uint8_t (*law)(int), const std::function<double(double)>& sound, std::size_t samples = 8000) {
    Bytes bytes(samples);
    for (std::size_t i = 0; i < samples; ++i) bytes[i] = law(static_cast<int>(sound(static_cast<double>(i))));
    return bytes;
}

double tone(double at, double hertz, double loudness) { return loudness * std::sin(2 * 3.14159265358979 * hertz * at / 8000); }

}  // namespace

TEST_CASE("an ADTS header says rate, channels and length") {
    CHECK(parse_adts(adts_frame(200)) == AdtsHeader{16000, 1, 207});
    CHECK(parse_adts(adts_frame(1, 1, 11, 2)) == AdtsHeader{8000, 2, 8});
    CHECK(parse_adts(adts_frame(10, 1, 3, 7)) == AdtsHeader{48000, 8, 17});
    const Bytes frame = adts_frame(20);
    CHECK_FALSE(parse_adts(ByteView(frame).first(6)));
    for (const auto& [at, bits] : {std::pair{0, 0x01}, {1, 0x10}, {1, 0x02}}) {  // syncword, syncword, layer
        Bytes wrong = frame;
        wrong[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(bits);
        CHECK_FALSE(parse_adts(wrong));
    }
    Bytes rate = frame;
    rate[2] |= 0x34;  // sampling_frequency_index 13
    CHECK_FALSE(parse_adts(rate));
    Bytes small = frame;
    small[3] = 0x40, small[4] = 0, small[5] = 0xDF;  // 6 bytes long, with its header of 7
    CHECK_FALSE(parse_adts(small));
}

TEST_CASE("a chain of ADTS frames fills its payload") {
    const Bytes three = joined({adts_frame(100, 1), adts_frame(121, 2), adts_frame(90, 3)});
    CHECK(is_adts_chain(three, true));
    CHECK(is_adts_chain(adts_frame(100), true));
    CHECK_FALSE(is_adts_chain({}, true));
    CHECK_FALSE(is_adts_chain({}, false));
    CHECK_FALSE(is_adts_chain(joined({three, {0x00}}), true));
    CHECK_FALSE(is_adts_chain(joined({adts_frame(100), adts_frame(100, 1, 11)}), true));     // another rate
    CHECK_FALSE(is_adts_chain(joined({adts_frame(100), adts_frame(100, 1, 8, 2)}), true));   // other channels
    CHECK_FALSE(is_adts_chain(g711u_speech(320), true));
    for (std::size_t size = 0; size < three.size(); ++size) {
        const ByteView cut = ByteView(three).first(size);
        CHECK(is_adts_chain(cut, true) == (size == 107 || size == 107 + 128));
        // Two headers must be there, or one frame to its last byte.
        const bool enough = size == 107 || size >= 107 + 7;
        CHECK(is_adts_chain(cut, false) == enough);
    }
    // FF F1 among samples near zero is not a frame.
    CHECK_FALSE(is_adts_chain(joined({{0xFF, 0xF1, 0x7E, 0xFD, 0x7D, 0xFE, 0x7F}, Bytes(313, 0xFF)}), false));
}

TEST_CASE("speech is told by its law, loud and quiet, from any piece of it") {
    CHECK(guess(g711a_speech(8000)) == Codec::g711a);
    CHECK(guess(g711u_speech(8000)) == Codec::g711u);
    for (const double loudness : {200.0, 600.0, 2000.0, 12000.0, 30000.0}) {
        const auto speech = [loudness](double at) { return speech_at(static_cast<std::size_t>(at), 1, loudness); };
        CHECK(guess(coded(a_law, speech)) == Codec::g711a);
        CHECK(guess(coded(mu_law, speech)) == Codec::g711u);
    }
    for (std::size_t first = 0; first < 40000; first += 1700) {
        CHECK(guess(g711a_speech(4000, first)) == Codec::g711a);
        CHECK(guess(g711u_speech(4000, first), 1) == Codec::g711u);
    }
}

TEST_CASE("silence is told by its codes") {
    for (const int quiet : {0, 8, -8}) {
        CHECK(guess(coded(a_law, [=](double) { return quiet; })) == Codec::g711a);
        CHECK(guess(coded(mu_law, [=](double) { return quiet; })) == Codec::g711u);
    }
    CHECK(guess(Bytes(8000, 0x00)) == Codec::unknown);
    CHECK(guess(Bytes(8000, 0xAA)) == Codec::unknown);
    CHECK(guess(Bytes(799, 0xD5)) == Codec::unknown);  // too short to say
    CHECK(guess({}) == Codec::unknown);
}

TEST_CASE("tones and noise are told by the right law or not at all") {
    int told = 0;
    for (const double hertz : {50.0, 101.0, 333.3, 440.0, 700.0, 1000.0, 1234.5, 2000.0, 2500.0, 3399.0}) {
        for (const double loudness : {30.0, 100.0, 500.0, 1000.0, 3000.0, 8000.0, 30000.0}) {
            const auto sound = [=](double at) { return tone(at, hertz, loudness); };
            const Codec a = guess(coded(a_law, sound)), u = guess(coded(mu_law, sound));
            CAPTURE(hertz);
            CAPTURE(loudness);
            CHECK(a != Codec::g711u);
            CHECK(u != Codec::g711a);
            told += a == Codec::g711a;
            told += u == Codec::g711u;
        }
    }
    CHECK(told >= 40);
    std::mt19937 random(3);
    for (const double loudness : {3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 5000.0, 12000.0}) {
        std::normal_distribution<double> noise(0, loudness);
        CAPTURE(loudness);
        CHECK(guess(coded(a_law, [&](double) { return noise(random); })) != Codec::g711u);
        CHECK(guess(coded(mu_law, [&](double) { return noise(random); })) != Codec::g711a);
    }
}

TEST_CASE("what a few codes or small numbers seem to say is not believed") {
    // Two loud levels that lie far apart in A-law and side by side in mu-law.
    Bytes square(8000);
    for (std::size_t i = 0; i < square.size(); ++i) square[i] = static_cast<std::uint8_t>((i / 20 % 2 != 0 ? 0xB5 : 0x8A) ^ 0x55);
    CHECK(guess(square) == Codec::unknown);
    // Small numbers in a form of their own, that leap little by either law.
    std::mt19937 random(9);
    Bytes numbers(8000);
    for (std::uint8_t& byte : numbers) byte = static_cast<std::uint8_t>(0x80 | (random() % 26 ^ 0x6A));
    CHECK(guess(numbers) == Codec::unknown);
}

TEST_CASE("encrypted data and AAC are claimed for neither law") {
    std::mt19937 random(5);
    for (int round = 0; round < 2000; ++round) {
        Bytes bytes(800 + random() % 2000);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        REQUIRE(guess(bytes) == Codec::unknown);
    }
    Bytes aac;
    for (std::uint32_t i = 0; i < 30; ++i) aac = joined({aac, adts_frame(150 + i, i)});
    CHECK(guess(aac) == Codec::unknown);
}
