// TLS by its first record: the client's hello with and without a name, cut anywhere, lengths that lie.
#include "wire/tls_hello.hpp"

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::wire;
using namespace gbkit::test;
using Kind = TlsHello::Kind;

namespace {

Bytes extension(std::uint16_t type, const Bytes& body) { return join({number(type, 2), number(body.size(), 2), body}); }

Bytes sni(std::string_view name) {
    return extension(0, join({number(name.size() + 3, 2), {0}, number(name.size(), 2), text(name)}));
}

Bytes hello(const Bytes& extensions, bool with_extensions = true, std::uint16_t version = 0x0301) {
    Bytes body = join({hex("0303"), Bytes(32, 0x5A), {4}, Bytes(4, 1), number(4, 2), hex("13011302"), {1, 0}});
    if (with_extensions) body = join({body, number(extensions.size(), 2), extensions});
    const Bytes handshake = join({{1}, number(body.size(), 3), body});
    return join({{22}, number(version, 2), number(handshake.size(), 2), handshake});
}

}  // namespace

TEST_CASE("a client's hello, its name wherever it stands") {
    const Bytes named = hello(join({extension(10, hex("0002001d")), sni("camera.example"), extension(21, Bytes(300))}));
    CHECK(read_tls_hello(named, false).kind == Kind::client);
    CHECK(read_tls_hello(named, false).server_name == "camera.example");

    const TlsHello nameless = read_tls_hello(hello(extension(10, hex("0002001d"))), false);
    CHECK(nameless.kind == Kind::client);
    CHECK(nameless.server_name.empty());
    CHECK(read_tls_hello(hello({}, false), false).kind == Kind::client);
    CHECK(read_tls_hello(hello(sni("a"), true, 0x0101), false).server_name == "a");  // TLCP
}

TEST_CASE("cut anywhere: undecided until the name is there, then always the same") {
    const Bytes named = hello(join({extension(10, hex("0002001d")), sni("camera.example"), extension(21, Bytes(40))}));
    const std::size_t enough = named.size() - 44;
    for (std::size_t cut = 0; cut <= named.size(); ++cut) {
        const TlsHello seen = read_tls_hello(ByteView(named).first(cut), false);
        CHECK_MESSAGE(seen.kind == (cut < enough ? Kind::more : Kind::client), cut);
        CHECK_MESSAGE(seen.server_name == (cut < enough ? "" : "camera.example"), cut);
        const TlsHello last = read_tls_hello(ByteView(named).first(cut), true);
        CHECK_MESSAGE(last.kind == (cut < 6 ? Kind::no : Kind::client), cut);
    }
    const Bytes nameless = hello({}, false);
    for (std::size_t cut = 0; cut < nameless.size(); ++cut) CHECK_MESSAGE(read_tls_hello(ByteView(nameless).first(cut), false).kind == Kind::more, cut);
}

TEST_CASE("other records, and what is none") {
    CHECK(read_tls_hello(hex("1703030020aabbcc"), false).kind == Kind::other);   // the middle of a connection
    CHECK(read_tls_hello(hex("160303007a0200007603"), false).kind == Kind::other);  // a ServerHello
    CHECK(read_tls_hello(hex("1703030000aabb"), false).kind == Kind::no);
    CHECK(read_tls_hello(hex("170303ffffaabb"), false).kind == Kind::no);
    CHECK(read_tls_hello(hex("1603090020010000"), false).kind == Kind::no);
    CHECK(read_tls_hello(hex("1604"), false).kind == Kind::no);
    CHECK(read_tls_hello(hex("0300"), false).kind == Kind::no);
    CHECK(read_tls_hello({}, false).kind == Kind::more);
}

TEST_CASE("lengths that lie end nowhere") {
    Bytes lying = hello(join({extension(10, hex("0002001d")), sni("camera.example")}));
    for (std::size_t at = 5; at < lying.size(); ++at)
        for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0x7F}, std::uint8_t{0xFF}}) {
            Bytes changed = lying;
            changed[at] = value;
            CHECK(read_tls_hello(changed, true).server_name.size() <= changed.size());
        }
}
