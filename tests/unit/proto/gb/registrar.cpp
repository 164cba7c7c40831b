// What the platform answers to requests that no well-behaved device sends.
#include "proto/gb/registrar.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::gb;

namespace {

struct Bench {
    explicit Bench(RegistrarSettings settings = {}) : registrar(settings, Random(1)) {
        step(Started{});
        step(Opened{1, {IpAddress::v4(0x7F000001), 5060}, {}});
    }
    void step(const Event& event) { registrar.step(now, event, out); }
    /// Status and whole text of the answer; empty when there is none.
    std::string ask(const std::string& bytes) {
        out.clear();
        step(Received{1, {IpAddress::v4(0x7F000002), 5060}, bytes, {}});
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action)) return send->bytes;
        return {};
    }
    std::string request(const std::string& method, const std::string& more, const std::string& body = "",
                        const std::string& to = "<sip:34020000001320000001@3402000000>") {
        const std::string n = std::to_string(++serial);
        return method + " sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;rport;branch=z9hG4bK" + n +
               "\r\nFrom: <sip:34020000001320000001@3402000000>;tag=f\r\nTo: " + to + "\r\nCall-ID: c\r\nCSeq: " + n + " " + method +
               "\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    static bool is(const std::string& answer, int status) { return answer.find("SIP/2.0 " + std::to_string(status) + " ") == 0; }
    static bool has(const std::string& answer, const std::string& text) { return answer.find(text) != std::string::npos; }

    Time now = from_unix(1'700'000'000);
    Registrar registrar;
    Actions out;
    int serial = 0;
};

const std::string contact = "Contact: <sip:34020000001320000001@127.0.0.2:5060>\r\n";
const std::string keepalive =
    "<?xml version=\"1.0\"?>\r\n<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>34020000001320000001</DeviceID><Status>OK</Status></Notify>";

}  // namespace

TEST_CASE("400 for no Expires, an Expires that is no number, a To without ID") {
    Bench b;
    CHECK(Bench::has(b.ask(b.request("REGISTER", contact)), "SIP/2.0 400 Missing Expires Header\r\n"));
    CHECK(Bench::has(b.ask(b.request("REGISTER", contact + "Expires: soon\r\n")), "SIP/2.0 400 Malformed Expires Header\r\n"));
    CHECK(Bench::has(b.ask(b.request("REGISTER", contact + "Expires: 60\r\n", "", "<sip:3402000000>")), "SIP/2.0 400 No Device ID In To\r\n"));
}

TEST_CASE("200 says date in Beijing time, lifetime and contact") {
    Bench b;
    const std::string answer = b.ask(b.request("REGISTER", contact + "Expires: 3600\r\n"));
    CHECK(Bench::is(answer, 200));
    CHECK(Bench::has(answer, "Date: 2023-11-15T06:13:20.000\r\n"));
    CHECK(Bench::has(answer, "Expires: 3600\r\n"));
    CHECK(Bench::has(answer, "Contact: <sip:34020000001320000001@127.0.0.2:5060>;expires=3600\r\n"));
    CHECK_FALSE(Bench::has(answer, "X-GB-Ver"));
    CHECK(Bench::has(b.ask(b.request("REGISTER", contact + "Expires: 3600\r\nX-GB-Ver: 3.0\r\n")), "X-GB-Ver: 3.0\r\n"));
    CHECK(Bench::has(b.ask(b.request("REGISTER", contact + "Expires: 4000000000\r\n")), "Expires: 604800\r\n"));
}

TEST_CASE("keepalives: 200 for who is registered, 403 for who is not, and after the lifetime") {
    Bench b;
    const std::string type = "Content-Type: Application/MANSCDP+xml\r\n";
    CHECK(Bench::has(b.ask(b.request("MESSAGE", type, keepalive)), "SIP/2.0 403 Not Registered\r\n"));
    b.ask(b.request("REGISTER", contact + "Expires: 60\r\n"));
    CHECK(Bench::is(b.ask(b.request("MESSAGE", type, keepalive)), 200));
    b.now += seconds{60};
    b.step(Woken{});
    CHECK(Bench::is(b.ask(b.request("MESSAGE", type, keepalive)), 403));
}

TEST_CASE("OPTIONS is answered, other methods are not allowed, an ACK is not answered") {
    Bench b;
    CHECK(Bench::has(b.ask(b.request("OPTIONS", "")), "Allow: REGISTER, MESSAGE, SUBSCRIBE, OPTIONS\r\n"));
    CHECK(Bench::is(b.ask(b.request("INVITE", "")), 405));
    CHECK(b.ask(b.request("ACK", "")).empty());
}

TEST_CASE("a REGISTER that overtook a later one does not change anything") {
    Bench b;
    const std::string early = b.request("REGISTER", contact + "Expires: 3600\r\n");
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 0\r\n")), 200));
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 3600\r\n")), 200));
    CHECK(Bench::is(b.ask(early), 500));
    CHECK(b.registrar.locations().size() == 1);
}

TEST_CASE("a full location table says 503") {
    RegistrarSettings settings;
    settings.max_devices = 1;
    Bench b(settings);
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 60\r\n")), 200));
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 60\r\n", "", "<sip:34020000001320000009@3402000000>")), 503));
}

TEST_CASE("garbage of every length is survived and not answered") {
    Bench b;
    Random random(5);
    const std::string good = b.request("REGISTER", contact + "Expires: 60\r\n");
    for (std::size_t length = 0; length < good.size(); ++length) (void)b.ask(good.substr(0, length));
    for (int round = 0; round < 3000; ++round) {
        std::string bad = good;
        for (int i = 0; i < 5; ++i) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
        (void)b.ask(bad);
    }
    CHECK(b.registrar.locations().size() <= 3000);
}

TEST_CASE("without Contact the bindings are told; Contact: * with Expires: 0 clears them, and only so") {
    Bench b;
    CHECK(Bench::is(b.ask(b.request("REGISTER", "")), 200));
    CHECK(b.registrar.locations().size() == 0);
    b.ask(b.request("REGISTER", "Contact: <sip:a@127.0.0.2:5060>;expires=60, <sip:a@127.0.0.3:5060>\r\nExpires: 3600\r\n"));
    b.now += seconds{10};
    const std::string told = b.ask(b.request("REGISTER", ""));
    CHECK(Bench::has(told, "Contact: <sip:a@127.0.0.2:5060>;expires=50, <sip:a@127.0.0.3:5060>;expires=3590\r\n"));
    CHECK(Bench::is(b.ask(b.request("REGISTER", "Contact: *\r\nExpires: 60\r\n")), 400));
    CHECK(b.registrar.locations().size() == 1);
    CHECK(Bench::is(b.ask(b.request("REGISTER", "Contact: *\r\nExpires: 0\r\n")), 200));
    CHECK(b.registrar.locations().size() == 0);
}

TEST_CASE("423 with Min-Expires for what is too short, never for leaving") {
    RegistrarSettings settings;
    settings.min_expires = 600;
    Bench b(settings);
    const std::string brief = b.ask(b.request("REGISTER", contact + "Expires: 599\r\n"));
    CHECK(Bench::is(brief, 423));
    CHECK(Bench::has(brief, "Min-Expires: 600\r\n"));
    CHECK(b.registrar.locations().size() == 0);
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 600\r\n")), 200));
    CHECK(Bench::is(b.ask(b.request("REGISTER", contact + "Expires: 0\r\n")), 200));
}

TEST_CASE("Date in UTC or not at all, by choice") {
    RegistrarSettings settings;
    settings.date = DateStyle::utc;
    CHECK(Bench::has([&] { Bench b(settings); return b.ask(b.request("REGISTER", contact + "Expires: 60\r\n")); }(), "Date: 2023-11-14T22:13:20.000\r\n"));
    settings.date = DateStyle::off;
    CHECK_FALSE(Bench::has([&] { Bench b(settings); return b.ask(b.request("REGISTER", contact + "Expires: 60\r\n")); }(), "Date:"));
}

TEST_CASE("302 to another platform, with its ID and address; who is not allowed, or unknown, is refused before") {
    RegistrarSettings settings;
    settings.redirect = RedirectTarget{"34020000002000000002", {IpAddress::v4(0xC0000209), 5062}};
    Bench b(settings);
    const std::string answer = b.ask(b.request("REGISTER", contact + "Expires: 60\r\n"));
    CHECK(Bench::is(answer, 302));
    CHECK(Bench::has(answer, "Contact: <sip:34020000002000000002@192.0.2.9:5062>\r\n"));
    CHECK(b.registrar.locations().size() == 0);

    RegistrarSettings listed;
    listed.allowed = std::make_shared<AllowList>(std::move(*AllowList::parse("3401")));
    Bench closed(listed);
    CHECK(Bench::has(closed.ask(closed.request("REGISTER", contact + "Expires: 60\r\n")), "SIP/2.0 403 Not Allowed\r\n"));
    RegistrarSettings tabled;
    tabled.passwords = std::make_shared<observe::PasswordTable>();
    Bench table(tabled);
    CHECK(Bench::has(table.ask(table.request("REGISTER", contact + "Expires: 60\r\n")), "SIP/2.0 404 Unknown Device\r\n"));
}
