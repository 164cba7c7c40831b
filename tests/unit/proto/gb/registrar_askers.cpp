// Subscribers and those who ask where a device is: what they get, and what a hostile or dead one costs.
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "proto/gb/registrar.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::gb;

namespace {

const Endpoint camera{IpAddress::v4(0x7F000002), 5060}, upper{IpAddress::v4(0x7F000003), 5070};
const std::string camera_id = "34020000001320000001", other_id = "34020000001320000002", upper_id = "34010000002000000001";
const std::string query = "<?xml version=\"1.0\"?>\r\n<Query><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>34020000002000000001</DeviceID></Query>";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
bool is(const std::string& answer, int status) { return answer.find("SIP/2.0 " + std::to_string(status) + " ") == 0; }

struct Bench {
    explicit Bench(RegistrarSettings settings = {}) : registrar(settings, Random(1)) {
        step(Started{});
        step(Opened{1, {IpAddress::v4(0x7F000001), 5060}, {}});
    }
    void step(const Event& event) {
        out.clear();
        registrar.step(now, event, out);
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action))
                if (send->bytes.starts_with("NOTIFY ")) notifies.push_back(*send);
    }
    /// The answer; NOTIFYs are kept apart.
    std::string ask(const Endpoint& from, const std::string& bytes) {
        step(Received{1, from, bytes, {}});
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action))
                if (send->bytes.starts_with("SIP/2.0 ")) return send->bytes;
        return {};
    }
    std::string request(const std::string& method, const std::string& from, const std::string& to, const std::string& more, const std::string& body = "",
                        const std::string& to_tag = "", std::uint32_t cseq = 0) {
        const std::string n = std::to_string(++serial);
        return method + " sip:" + to + "@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.3:5070;rport;branch=z9hG4bK" + n + "\r\nFrom: <sip:" + from +
               "@3402000000>;tag=f\r\nTo: <sip:" + to + "@3402000000>" + (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: c" + from + "\r\nCSeq: " +
               (cseq == 0 ? n : std::to_string(cseq)) + ' ' + method + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    std::string subscribe(const std::string& more, const std::string& body = query, const std::string& to_tag = "", std::uint32_t cseq = 0) {
        return ask(upper, request("SUBSCRIBE", upper_id, "34020000002000000001",
                                  "Contact: <sip:" + upper_id + "@127.0.0.3:5070>\r\nContent-Type: Application/MANSCDP+xml\r\n" + more, body, to_tag, cseq));
    }
    void device(const std::string& id, int expires) {
        const Endpoint from{IpAddress::v4(0x7F000002), 5060};
        CHECK(is(ask(from, request("REGISTER", id, id, "Contact: <sip:" + id + "@127.0.0.2:5060>\r\nExpires: " + std::to_string(expires) + "\r\n")), 200));
    }
    /// Answers the NOTIFY sent last.
    void confirm(int status = 200) {
        REQUIRE_FALSE(notifies.empty());
        const auto notify = wire::sip::parse(notifies.back().bytes).value();
        step(Received{1, upper, *sip::make_reply(notify, notifies.back().to, status, "Whatever", ""), {}});
    }
    static std::string tag_of(const std::string& answer) { return wire::sip::parse(answer).value().to.tag; }

    Time now = from_unix(1'700'000'000);
    Registrar registrar;
    Actions out;
    std::vector<Send> notifies;
    int serial = 0;
};

const std::string catalog = "Event: Catalog;id=9\r\nExpires: 600\r\n";

}  // namespace

TEST_CASE("a subscription: 200, the offline ones at once, then each change, and terminated after Expires: 0") {
    Bench b;
    b.device(camera_id, 3600);
    b.device(other_id, 3600);
    b.device(other_id, 0);
    const std::string answer = b.subscribe(catalog);
    CHECK(is(answer, 200));
    CHECK(has(answer, "Expires: 600\r\n"));
    CAPTURE(answer);
    CHECK(has(answer, "Contact: <sip:34020000002000000001@127.0.0.1:5060>\r\n"));
    REQUIRE(b.notifies.size() == 1);
    const std::string first = b.notifies[0].bytes;
    CHECK(b.notifies[0].to == upper);
    CHECK(has(first, "NOTIFY sip:" + upper_id + "@127.0.0.3:5070 SIP/2.0\r\n"));
    CHECK(has(first, "Subscription-State: active;expires=600\r\n"));
    CHECK(has(first, "Event: Catalog;id=9\r\n"));
    CHECK(has(first, "From: <sip:34020000002000000001@3402000000>;tag=" + Bench::tag_of(answer)));
    CHECK(has(first, "<DeviceID>" + other_id + "</DeviceID>\r\n<Event>OFF</Event>"));
    CHECK_FALSE(has(first, camera_id));   // what is not said to be offline is online
    b.device(other_id, 60);
    CHECK(b.notifies.size() == 1);        // one at a time
    b.confirm();
    REQUIRE(b.notifies.size() == 2);
    CHECK(has(b.notifies[1].bytes, "<DeviceID>" + other_id + "</DeviceID>\r\n<Event>ON</Event>"));
    b.confirm();
    b.device(other_id, 60);               // a refresh is no news
    CHECK(b.notifies.size() == 2);
    b.now += seconds{60};
    b.step(Woken{});
    REQUIRE(b.notifies.size() == 3);
    CHECK(has(b.notifies[2].bytes, "<Event>OFF</Event>"));
    CHECK(has(b.notifies[2].bytes, "CSeq: 3 NOTIFY\r\n"));
    b.confirm();
    CHECK(is(b.subscribe("Event: Catalog;id=9\r\nExpires: 0\r\n", query, Bench::tag_of(answer)), 200));
    REQUIRE(b.notifies.size() == 4);
    CHECK(has(b.notifies[3].bytes, "Subscription-State: terminated;reason=timeout\r\n"));
    b.confirm();
    CHECK(b.registrar.subscriptions().size() == 0);
    b.device(camera_id, 0);
    CHECK(b.notifies.size() == 4);
}

TEST_CASE("a device that goes and comes while a NOTIFY is under way is one line, the last word") {
    Bench b;
    b.subscribe(catalog);
    for (int i = 0; i < 4; ++i) b.device(camera_id, i % 2 == 0 ? 3600 : 0);
    b.confirm();
    REQUIRE(b.notifies.size() == 2);
    CHECK(has(b.notifies[1].bytes, "<SumNum>1</SumNum>"));
    CHECK(has(b.notifies[1].bytes, "<Event>OFF</Event>"));
}

TEST_CASE("a refresh keeps the dialog, tells the offline ones again and lengthens; the end comes by itself") {
    Bench b;
    const std::string tag = Bench::tag_of(b.subscribe("Event: Catalog\r\nExpires: 100\r\n"));
    b.confirm();
    b.now += seconds{90};
    CHECK(is(b.subscribe("Event: Catalog\r\nExpires: 100\r\n", "", tag), 200));
    CHECK(b.notifies.size() == 2);
    b.confirm();
    b.now += seconds{50};
    b.step(Woken{});
    CHECK(b.registrar.subscriptions().size() == 1);
    b.now += seconds{50};
    b.step(Woken{});
    REQUIRE(b.notifies.size() == 3);
    CHECK(has(b.notifies[2].bytes, "Subscription-State: terminated;reason=timeout\r\n"));
    b.confirm();
    CHECK(b.registrar.subscriptions().size() == 0);
}

TEST_CASE("dead subscribers are dropped: 481, any refusal, no answer, nobody there, a connection that ended") {
    for (const int status : {481, 404, 500, 302}) {
        Bench b;
        b.subscribe(catalog);
        b.confirm(status);
        CHECK(b.registrar.subscriptions().size() == 0);
    }
    Bench silent;
    silent.subscribe(catalog);
    for (int i = 0; i < 400; ++i) {
        silent.now += milliseconds{100};
        silent.step(Woken{});
    }
    CHECK(silent.registrar.subscriptions().size() == 0);
    CHECK(silent.notifies.size() == 11);
    Bench gone;
    gone.subscribe(catalog);
    gone.step(Refused{1, "connection refused", upper});
    CHECK(gone.registrar.subscriptions().size() == 0);
    Bench tcp;
    tcp.step(Opened{first_accepted_flow, {IpAddress::v4(0x7F000001), 5060}, upper, 2});
    tcp.step(Received{first_accepted_flow, upper,
                      tcp.request("SUBSCRIBE", upper_id, "34020000002000000001", "Contact: <sip:u@127.0.0.3>\r\n" + catalog, query), {}});
    REQUIRE(tcp.notifies.size() == 1);
    CHECK(tcp.notifies[0].flow == first_accepted_flow);
    CHECK(has(tcp.notifies[0].bytes, "Via: SIP/2.0/TCP "));
    CHECK(has(tcp.notifies[0].bytes, ";transport=tcp>\r\n"));
    tcp.step(Closed{first_accepted_flow, "the peer closed the connection"});
    CHECK(tcp.registrar.subscriptions().size() == 0);
}

TEST_CASE("what is refused: other events and queries, no dialog, an unknown dialog, an old CSeq, one too many") {
    RegistrarSettings settings;
    settings.max_subscriptions = 2;
    Bench b(settings);
    CHECK(is(b.subscribe("Event: MobilePosition\r\nExpires: 600\r\n"), 489));
    CHECK(has(b.subscribe("Expires: 600\r\n"), "Allow-Events: Catalog\r\n"));
    CHECK(is(b.subscribe("Event: presence\r\n", replace_all(query, "Catalog", "MobilePosition")), 489));
    CHECK(is(b.subscribe(catalog, "<broken"), 489));
    CHECK(is(b.subscribe("Event: Catalog\r\nExpires: soon\r\n"), 400));
    CHECK(is(b.subscribe(catalog, query, "unknown"), 481));
    CHECK(is(b.ask(upper, b.request("SUBSCRIBE", upper_id, "p", catalog)), 400));   // no Contact
    CHECK(b.registrar.subscriptions().size() == 0);
    const std::string tag = Bench::tag_of(b.subscribe("Event: presence\r\n"));      // some platforms mean Catalog by it
    CHECK(is(b.subscribe("Event: presence\r\n", query, tag, 1), 500));
    CHECK(is(b.subscribe(catalog), 200));                                            // the same one, begun again
    CHECK(b.registrar.subscriptions().size() == 1);
    for (const int status : {200, 503}) {
        const std::string who = "3401000000200000009" + std::to_string(status % 7);
        CHECK(is(b.ask(upper, b.request("SUBSCRIBE", who, "p", "Contact: <sip:u@127.0.0.3>\r\n" + catalog)), status));
    }
}

TEST_CASE("a subscription to one device, or to those of an area") {
    Bench b;
    b.subscribe(catalog, replace_all(query, "34020000002000000001", other_id));
    b.confirm();
    b.device(camera_id, 60);
    CHECK(b.notifies.size() == 1);
    b.device(other_id, 60);
    REQUIRE(b.notifies.size() == 2);
    CHECK(has(b.notifies[1].bytes, "<DeviceID>" + other_id + "</DeviceID>\r\n<SumNum>1"));
    Bench area;
    area.subscribe(catalog, replace_all(query, "34020000002000000001", "3402"));
    area.confirm();
    area.device(camera_id, 60);
    CHECK(area.notifies.size() == 2);
}

TEST_CASE("a thousand devices that leave are told in datagrams that fit, and all of them") {
    Bench b;
    const auto id = [](int i) { return "34020000001320" + std::to_string(100000 + i); };
    for (int i = 0; i < 1000; ++i) b.device(id(i), 60);
    b.subscribe(catalog);
    b.confirm();
    b.now += seconds{60};
    b.step(Woken{});
    for (std::size_t told = 0; told != b.notifies.size();) {
        told = b.notifies.size();
        b.confirm();
    }
    std::size_t items = 0;
    for (const Send& notify : b.notifies) {
        CHECK(notify.bytes.size() <= 1300);
        for (std::size_t at = notify.bytes.find("<Item>"); at != std::string::npos; at = notify.bytes.find("<Item>", at + 1)) ++items;
    }
    CHECK(items == 1000);
}

TEST_CASE("who may subscribe and ask is who may register: proof is asked for, from the device itself it is not") {
    RegistrarSettings settings;
    settings.password = "12345678";
    Bench b(settings);
    CHECK(is(b.subscribe(catalog), 401));
    CHECK(is(b.ask(upper, b.request("OPTIONS", upper_id, camera_id, "")), 401));
    CHECK(is(b.ask(upper, b.request("OPTIONS", upper_id, "34020000002000000001", "")), 200));
    RegistrarSettings listed;
    listed.allowed = std::make_shared<AllowList>(std::move(*AllowList::parse("3402")));
    Bench closed(listed);
    CHECK(is(closed.subscribe(catalog), 403));
    CHECK(is(closed.ask(upper, closed.request("INVITE", upper_id, camera_id, "")), 403));
}

TEST_CASE("where a device is: 302 with its binding, 480 when it is offline or gone, 404 when nobody knows it") {
    RegistrarSettings settings;
    settings.heartbeat.interval = seconds{10};
    Bench b(settings);
    b.device(camera_id, 3600);
    for (const std::string method : {"OPTIONS", "INVITE"}) {
        const std::string there = b.ask(upper, b.request(method, upper_id, camera_id, ""));
        CHECK(is(there, 302));
        CHECK(has(there, "Contact: <sip:" + camera_id + "@127.0.0.2:5060>;expires=3600\r\n"));
        CHECK(is(b.ask(upper, b.request(method, upper_id, other_id, "")), 404));
        CHECK(is(b.ask(upper, b.request(method, upper_id, "34020000002000000001", "")), method == "OPTIONS" ? 200 : 405));
    }
    CHECK(is(b.ask(upper, b.request("OPTIONS", upper_id, "34020000002000000099", "")), 200));   // meant for us, with another ID
    b.now += seconds{40};
    b.step(Woken{});
    CHECK(is(b.ask(upper, b.request("INVITE", upper_id, camera_id, "")), 480));
    b.device(camera_id, 3600);
    b.device(camera_id, 0);
    CHECK(is(b.ask(upper, b.request("OPTIONS", upper_id, camera_id, "")), 480));
}

TEST_CASE("a platform that sends its devices elsewhere says so to those who look for one") {
    RegistrarSettings settings;
    settings.redirect = RedirectTarget{"34020000002000000002", {IpAddress::v4(0xC0000209), 5062}};
    Bench b(settings);
    const std::string answer = b.ask(upper, b.request("INVITE", upper_id, camera_id, ""));
    CHECK(is(answer, 302));
    CHECK(has(answer, "Contact: <sip:" + camera_id + "@192.0.2.9:5062>\r\n"));
}

TEST_CASE("a Stop tells every subscriber to try again later") {
    Bench b;
    b.subscribe(catalog);
    b.confirm();
    b.step(Stop{});
    REQUIRE(b.notifies.size() == 2);
    CHECK(has(b.notifies[1].bytes, "Subscription-State: terminated;reason=probation\r\n"));
}

TEST_CASE("garbage in place of SUBSCRIBEs is survived and leaves no subscription behind its limit") {
    Bench b;
    Random random(11);
    const std::string good = b.request("SUBSCRIBE", upper_id, "34020000002000000001", "Contact: <sip:u@127.0.0.3:5070>\r\n" + catalog, query);
    for (std::size_t length = 0; length < good.size(); ++length) (void)b.ask(upper, good.substr(0, length));
    for (int round = 0; round < 3000; ++round) {
        std::string bad = good;
        for (int i = 0; i < 4; ++i) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
        (void)b.ask(upper, bad);
    }
    CHECK(b.registrar.subscriptions().size() <= 32);
}
