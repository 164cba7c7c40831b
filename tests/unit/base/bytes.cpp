// base/bytes: the sticky reader, the writer, hex and base64 (vectors of RFC 4648 section 10).
#include <doctest/doctest.h>

#include "base/bytes.hpp"

using namespace gbkit;

namespace {
const Bytes eight{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
}

TEST_CASE("integers in both orders") {
    ByteReader big(eight);
    CHECK(big.u8() == 0x01);
    CHECK(big.u16be() == 0x2345);
    CHECK(big.u24be() == 0x6789ab);
    CHECK(big.remaining() == 2);
    CHECK(big.u16le() == 0xefcd);
    CHECK(big.ok());
    CHECK(ByteReader(eight).u32be() == 0x01234567);
    CHECK(ByteReader(eight).u32le() == 0x67452301);
    CHECK(ByteReader(eight).u64be() == 0x0123456789abcdef);
}

TEST_CASE("a reader that ran past the end stays bad and gives zeros") {
    ByteReader reader(eight);
    reader.skip(6);
    CHECK(reader.u32le() == 0);  // two bytes are left: half a value is no value
    CHECK_FALSE(reader.ok());
    CHECK(reader.offset() == 6);
    CHECK(reader.u8() == 0);
    CHECK(reader.take(1).empty());
    CHECK(reader.rest().empty());
}

TEST_CASE("a huge count does not wrap around") {
    ByteReader reader(eight);
    reader.u8();
    CHECK(reader.take(SIZE_MAX).empty());
    CHECK_FALSE(reader.ok());
}

TEST_CASE("rest takes everything, nothing included") {
    ByteReader reader(eight);
    CHECK(reader.rest().size() == 8);
    CHECK(reader.rest().empty());
    CHECK(reader.ok());
}

TEST_CASE("the writer is the reader's inverse") {
    Bytes out;
    ByteWriter writer(out);
    writer.u8(1);
    writer.u16be(0x2345);
    writer.u32be(0x6789abcd);
    writer.u16le(0x2345);
    writer.u32le(0x6789abcd);
    writer.zeros(2);
    writer.bytes(as_bytes("ab"));
    CHECK(to_hex(out) == "0123456789abcd4523cdab896700006162");
}

TEST_CASE("hex") {
    CHECK(to_hex(eight) == "0123456789abcdef");
    CHECK(from_hex("0123456789ABCdef") == eight);
    CHECK(from_hex("")->empty());
    CHECK(from_hex("012").error().code == Errc::truncated);
    CHECK(from_hex("01g2").error().offset == 2);
    CHECK(from_hex("0x").error().offset == 1);
}

TEST_CASE("base64, RFC 4648 section 10") {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},          {"f", "Zg=="},         {"fo", "Zm8="},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "+/8="},
    };
    for (const auto& [plain, coded] : vectors) {
        CHECK(to_base64(as_bytes(plain)) == coded);
        const auto back = from_base64(coded);
        REQUIRE(back);
        CHECK(as_text(*back) == plain);
    }
}

TEST_CASE("base64 refuses what is not base64") {
    for (const std::string_view bad : {"Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Z=9v", "Zm9!", "Zm\n9"}) CHECK_FALSE(from_base64(bad));
    CHECK(from_base64("Zm9!").error().offset == 3);
}
