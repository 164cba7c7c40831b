// TLS without sockets: two sessions and the bytes between them, right, wrong, cut and hostile.
#include "io/tls_session.hpp"

#include <random>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "unit/io/certificates.hpp"

using namespace gbkit;
using namespace gbkit::io;
using namespace gbkit::test;

namespace {

using Context = std::shared_ptr<const TlsContext>;

Context client_of(const TlsClientSettings& settings) { return std::make_shared<const TlsContext>(settings); }
Context server_of(const TlsServerSettings& settings) { return std::make_shared<const TlsContext>(settings); }

// What goes to `to` in pieces; everything it decrypts.
std::string deliver(TlsSession& to, std::string_view bytes, std::size_t piece) {
    std::string plain;
    char room[100];
    const auto read_all = [&] {
        for (std::string_view some = to.read(room, sizeof room); !some.empty(); some = to.read(room, sizeof room)) plain += some;
    };
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        to.take(part);
        read_all();
    }
    return plain;
}

struct Pair {
    Pair(const Context& client_context, const Context& server_context, const std::string& name = {})
        : client(client_context, name), server(server_context) {}
    /// Until nobody has anything to say.
    void talk(std::size_t piece = SIZE_MAX) {
        for (;;) {
            const std::string there = client.output();
            at_server += deliver(server, there, piece);
            const std::string back = server.output();
            at_client += deliver(client, back, piece);
            if (there.empty() && back.empty()) return;
        }
    }
    TlsSession client, server;
    std::string at_client, at_server;
};

struct Bench {
    TemporaryFolder folder{};
    Authority authority{folder};
    CertificateFiles platform = authority.issue({});
    Context server = server_of({platform.certificate, platform.key, {}});
    Context client = client_of({.ca_file = authority.file(), .name = "platform.test"});
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string setup_error(const TlsServerSettings& settings) {
    try {
        const TlsContext context(settings);
    } catch (const TlsSetupError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("both ways, in whole pieces and byte by byte, TLS 1.3 and 1.2: the same bytes") {
    Bench bench;
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION})
        for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{7}}) {
            CAPTURE(version);
            CAPTURE(piece);
            SSL_CTX_set_max_proto_version(bench.server->handle(), version);
            Pair pair(bench.client, bench.server);
            CHECK_FALSE(pair.client.open());
            pair.client.write("too early");   // nothing plain leaves before the handshake is done
            pair.talk(piece);
            REQUIRE(pair.client.open());
            REQUIRE(pair.server.open());
            const std::string big(100'000, 'b');
            pair.client.write("REGISTER");
            pair.client.write(big);
            pair.server.write("200");
            pair.talk(piece);
            CHECK(pair.at_server == "REGISTER" + big);
            CHECK(pair.at_client == "200");
            pair.client.shut();
            pair.client.write("after the goodbye");
            pair.talk(piece);
            CHECK(pair.server.closed());
            CHECK(pair.at_server == "REGISTER" + big);
        }
    SSL_CTX_set_max_proto_version(bench.server->handle(), 0);
}

TEST_CASE("what is on the wire is not what was said") {
    Bench bench;
    Pair pair(bench.client, bench.server);
    pair.talk();
    pair.client.write("REGISTER sip:34020000002000000001");
    CHECK_FALSE(has(pair.client.output(), "REGISTER"));
}

TEST_CASE("the peer is verified: chain, dates and name; the reason is one a person can use; nothing plain goes out") {
    Bench bench;
    Authority stranger(bench.folder, "stranger");
    struct Wrong {
        const char* what;
        CertificateFiles shown;
        std::string name;
        std::string says;
    };
    const std::string ours = "platform.test";
    const std::vector<Wrong> wrongs{
        {"another CA", stranger.issue({}), ours, "was issued by \"stranger\", which is not trusted here"},
        {"self-signed", bench.authority.issue({}, true), ours, "self-signed (platform.test, 127.0.0.1, ::1)"},
        {"expired", bench.authority.issue({.from_days = -30, .until_days = -2}), ours, "its certificate expired on 20"},
        {"not yet", bench.authority.issue({.from_days = 2}), ours, "is valid only from 20"},
        {"another name", bench.platform, "other.test", "name other.test is not in its certificate, which says platform.test, 127.0.0.1, ::1"},
        {"another address", bench.platform, "192.0.2.7", "name 192.0.2.7 is not in its certificate"},
        {"another IPv6 address", bench.platform, "2001:db8::7", "name 2001:db8::7 is not in its certificate"},
        {"a part of the name", bench.platform, "test", "name test is not in"},
        {"an address in the CN only", bench.authority.issue({.common_name = "192.0.2.9", .names = ""}), "192.0.2.9", "which says CN 192.0.2.9"},
        {"a hostile name", bench.authority.issue({.common_name = "x\x1b[31m\n\"y", .names = ""}), ours, "which says CN x"},
    };
    for (const Wrong& wrong : wrongs) {
        CAPTURE(wrong.what);
        const Context server = server_of({wrong.shown.certificate, wrong.shown.key, {}});
        Pair pair(client_of({.ca_file = bench.authority.file(), .name = wrong.name}), server);
        pair.talk();
        CHECK_FALSE(pair.client.open());
        CHECK_FALSE(pair.server.open());
        CHECK(pair.client.distrusts());
        CAPTURE(pair.client.failure());
        CHECK(has(pair.client.failure(), wrong.says));
        CHECK_FALSE(has(pair.client.failure(), "\x1b"));
        CHECK_FALSE(has(pair.client.failure(), "\n"));
        CHECK_FALSE(pair.server.failure().empty());   // the alert said something to the other side
        pair.client.write("REGISTER");
        pair.talk();
        CHECK(pair.at_server.empty());
    }
}

TEST_CASE("what is right is taken: names, addresses, a wildcard, a CN without other names, no verification at all") {
    Bench bench;
    const auto open = [&](const CertificateFiles& shown, const TlsClientSettings& settings, const std::string& name = {}) {
        Pair pair(client_of(settings), server_of({shown.certificate, shown.key, {}}), name);
        pair.talk();
        CAPTURE(pair.client.failure());
        CHECK(pair.client.open());
        CHECK(pair.server.open());
    };
    for (const char* name : {"platform.test", "PLATFORM.test", "127.0.0.1", "::1"}) open(bench.platform, {.ca_file = bench.authority.file(), .name = name});
    open(bench.authority.issue({.names = "DNS:*.sites.test"}), {.ca_file = bench.authority.file(), .name = "a.sites.test"});
    open(bench.authority.issue({.common_name = "cn.test", .names = ""}), {.ca_file = bench.authority.file(), .name = "cn.test"});
    // Another platform than usual: the name of this connection counts.
    open(bench.platform, {.ca_file = bench.authority.file(), .name = "elsewhere.test"}, "platform.test");
    // Who is trusted by name needs no CA.
    const CertificateFiles own = bench.authority.issue({}, true);
    open(own, {.ca_file = own.certificate, .name = "platform.test"});
    open(own, {.name = "nobody", .verify = false});
}

TEST_CASE("client certificates: taken, missing, of a stranger; both sides know why") {
    Bench bench;
    Authority stranger(bench.folder, "stranger");
    const Context asks = server_of({bench.platform.certificate, bench.platform.key, bench.authority.file()});
    const auto client_with = [&](const CertificateFiles& files) {
        return client_of({.ca_file = bench.authority.file(), .certificate_file = files.certificate, .key_file = files.key, .name = "platform.test"});
    };
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        CAPTURE(version);
        SSL_CTX_set_max_proto_version(asks->handle(), version);
        Pair good(client_with(bench.authority.issue({.common_name = "camera", .names = ""})), asks);
        good.talk();
        CHECK(good.server.open());
        Pair none(bench.client, asks);
        none.talk();
        CHECK_FALSE(none.server.open());
        CHECK(has(none.server.failure(), "the peer shows no client certificate, and one is asked for"));
        CHECK(has(none.client.failure(), "asks for a client certificate"));
        Pair wrong(client_with(stranger.issue({.common_name = "camera", .names = ""})), asks);
        wrong.talk();
        CHECK_FALSE(wrong.server.open());
        CHECK(has(wrong.server.failure(), "issued by \"stranger\""));
        CHECK(has(wrong.client.failure(), "does not trust"));
        wrong.client.write("REGISTER");
        wrong.talk();
        CHECK(wrong.at_server.empty());
    }
}

TEST_CASE("no common version, no common cipher") {
    Bench bench;
    SSL_CTX_set_max_proto_version(bench.client->handle(), TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(bench.server->handle(), TLS1_3_VERSION);
    Pair versions(bench.client, bench.server);
    versions.talk();
    CHECK(has(versions.client.failure(), "no common TLS version"));
    CHECK(has(versions.server.failure(), "no common TLS version"));
    SSL_CTX_set_min_proto_version(bench.server->handle(), TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(bench.client->handle(), "ECDHE-RSA-AES256-GCM-SHA384") == 1);  // the key is EC
    Pair ciphers(bench.client, bench.server);
    ciphers.talk();
    CHECK(has(ciphers.client.failure(), "no common cipher"));
    CHECK(ciphers.server.failure() == "no common cipher");
}

TEST_CASE("a peer that speaks something else is told by what it says") {
    Bench bench;
    TlsSession client(bench.client);
    client.take("SIP/2.0 400 Bad Request\r\n");
    CHECK(client.failure() == "the peer speaks no TLS on this port: it says \"SIP/2.0 400 Bad Request\"");
    TlsSession server(bench.server);
    server.take("REGISTER sip:x SIP/2.0\r\n");
    CHECK_FALSE(server.failure().empty());
    CHECK(TlsSession::begins("\x16\x03\x01"));
    CHECK_FALSE(TlsSession::begins("REGISTER"));
    CHECK_FALSE(TlsSession::begins(""));
}

TEST_CASE("cut short, flipped or made up: it waits or fails, and opens for nobody") {
    Bench bench;
    Pair model(bench.client, bench.server);
    const std::string hello = model.client.output();
    deliver(model.server, hello, SIZE_MAX);
    const std::string answer = model.server.output();
    REQUIRE(answer.size() > 200);
    for (std::size_t length = 0; length < hello.size(); ++length) {
        TlsSession server(bench.server);
        CHECK(deliver(server, std::string_view(hello).substr(0, length), SIZE_MAX).empty());
        CHECK_FALSE(server.open());
    }
    for (std::size_t i = 0; i < hello.size(); i += 3) {  // a flipped hello makes another session, or none
        std::string bent = hello;
        bent[i] = static_cast<char>(bent[i] ^ 0x41);
        TlsSession server(bench.server);
        deliver(server, bent, SIZE_MAX);
        CHECK_FALSE(server.open());
        CHECK(server.output().size() < 20'000);
    }
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
        std::string noise(1 + random() % 3000, '\0');
        for (char& c : noise) c = static_cast<char>(random());
        noise[0] = '\x16';
        TlsSession client(bench.client), server(bench.server);
        deliver(client, noise, 1 + random() % 500);
        deliver(server, noise, 1 + random() % 500);
        CHECK_FALSE(client.open());
        CHECK_FALSE(server.open());
    }
    // A record that was bent on its way ends the connection.
    Pair pair(bench.client, bench.server);
    pair.talk();
    pair.client.write("REGISTER");
    std::string record = pair.client.output();
    record.back() = static_cast<char>(record.back() ^ 1);
    CHECK(deliver(pair.server, record, SIZE_MAX).empty());
    CHECK_FALSE(pair.server.failure().empty());
}

TEST_CASE("files that cannot be used are named with the reason, and nothing of a key is told") {
    Bench bench;
    const CertificateFiles other = bench.authority.issue({});
    const std::string empty = bench.folder.write("empty.pem", {});
    CHECK(has(setup_error({bench.folder.file("absent.pem"), "", ""}), "the certificate " + bench.folder.file("absent.pem") + ": no such file"));
    CHECK(has(setup_error({bench.platform.certificate, bench.folder.file("absent.key"), ""}), "the key " + bench.folder.file("absent.key") + ": no such file"));
    CHECK(has(setup_error({empty, "", ""}), "it holds none in PEM form"));
    CHECK(has(setup_error({bench.platform.certificate, "", ""}), "the key " + bench.platform.certificate + ": it holds none"));
    CHECK(has(setup_error({bench.platform.certificate, bench.authority.locked_key(), ""}), "protected by a passphrase"));
    CHECK(has(setup_error({bench.platform.certificate, other.key, ""}), "it is not the one of the certificate"));
    CHECK(has(setup_error({bench.platform.certificate, bench.platform.key, empty}), "the CA certificates " + empty));
    CHECK(setup_error({bench.platform.certificate, bench.platform.key, bench.authority.file()}).empty());
}
