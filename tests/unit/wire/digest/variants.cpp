// One wrong implementation per row of the table: the row is found, and no other.
//
// The wrong responses are computed here from strings, by a formula of the test's own.
#include "wire/digest/variants.hpp"

#include <functional>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "base/bytes.hpp"
#include "wire/digest/explain.hpp"

using namespace gbkit;
using namespace gbkit::wire::digest;

namespace {

std::string md5(const std::string& text) { return hash_hex(HashAlgorithm::md5, {text}); }

/// What a message shows, and the parts the wrong implementation hashes (they start as the right ones).
struct Scene {
    std::string username = "admin";
    std::string realm = "hik";
    std::string password = "Secret-77";
    std::string nonce = "6eb1340d99c404a0e4d3b68d15d1d46f";
    std::string nc = "0000000b";
    std::string cnonce = "77aa";
    std::optional<std::string> qop = "auth";
    std::optional<std::string> algorithm;
    std::string uri = "sip:34020000002000000001@4400000000";
    std::string method = "MESSAGE";
    std::string request_uri = "sip:34020000002000000001@10.0.0.5:5070";
    std::string body = "v=0\r\n";
    std::string challenge_realm = "hik";
    std::optional<std::string> offered_qop = "auth";
    std::string raw_username;  // as it stands between the quotes, when that differs

    std::string ha1() const { return md5(username + ":" + realm + ":" + password); }
    std::string ha2() const { return md5(method + ":" + uri); }
    std::string with_qop(const std::string& a1, const std::string& a2) const {
        return md5(a1 + ":" + nonce + ":" + nc + ":" + cnonce + ":" + *qop + ":" + a2);
    }
    std::string without_qop(const std::string& a1, const std::string& a2) const { return md5(a1 + ":" + nonce + ":" + a2); }
    std::string response() const { return qop ? with_qop(ha1(), ha2()) : without_qop(ha1(), ha2()); }
};

Credentials credentials_of(const Scene& shown, const std::string& response) {
    Credentials c;
    c.username = shown.username;
    c.realm = shown.realm;
    c.nonce = shown.nonce;
    c.uri = shown.uri;
    c.response = response;
    c.algorithm = shown.algorithm;
    c.qop = shown.qop;
    if (shown.qop) c.nc = shown.nc;
    if (shown.qop || (shown.algorithm && shown.algorithm->ends_with("-sess"))) c.cnonce = shown.cnonce;
    c.header.scheme = "Digest";
    c.header.parameters.push_back({"username", shown.username, shown.raw_username.empty() ? shown.username : shown.raw_username, true, 0});
    return c;
}

std::optional<Explanation> judged(const Scene& shown, const std::string& response, Depth depth = Depth::pairs) {
    const Credentials credentials = credentials_of(shown, response);
    Challenge challenge;
    challenge.realm = shown.challenge_realm;
    challenge.nonce = shown.nonce;
    challenge.qop = shown.offered_qop;
    Facts facts;
    facts.method = shown.method;
    facts.request_uri = shown.request_uri;
    facts.device = "35010000001320000264";
    facts.domain = "sip.example";
    facts.server_id = "34020000002000000001";
    facts.body = shown.body;
    return explain({credentials, &challenge, facts}, shown.password, depth);
}

/// Makes the scene (what is shown) and gives the wrong response.
using Wrong = std::function<std::string(Scene&)>;

/// The response of an implementation that hashes something else in one place.
template <class Member>
Wrong other(Member Scene::*member, Member hashed, std::function<void(Scene&)> shown = [](Scene&) {}) {
    return [=](Scene& scene) {
        shown(scene);
        Scene wrong = scene;
        wrong.*member = hashed;
        return wrong.response();
    };
}
Wrong text(std::string Scene::*member, const std::string& hashed, std::function<void(Scene&)> shown = [](Scene&) {}) {
    return other<std::string>(member, hashed, std::move(shown));
}
Wrong uri_shown_as(const std::string& shown, const std::string& hashed) {
    return text(&Scene::uri, hashed, [shown](Scene& s) { s.uri = shown; });
}
void qop_off(Scene& scene) { scene.qop = scene.offered_qop = std::nullopt; }

std::string in_hash(HashAlgorithm hash, const Scene& s) {
    const std::string a1 = hash_hex(hash, {s.username + ":" + s.realm + ":" + s.password});
    const std::string a2 = hash_hex(hash, {s.method + ":" + s.uri});
    return hash_hex(hash, {a1 + ":" + s.nonce + ":" + s.nc + ":" + s.cnonce + ":" + *s.qop + ":" + a2});
}
Wrong hashed_in(HashAlgorithm hash, const char* shown) {
    return [=](Scene& s) {
        s.algorithm = shown;
        return in_hash(hash, s);
    };
}

const std::map<std::string, Wrong>& wrong_implementations() {
    static const std::map<std::string, Wrong> all = {
        {"response-upper-case", [](Scene& s) { return to_upper(s.response()); }},
        {"sha512-cut", hashed_in(HashAlgorithm::sha512_cut_256, "SHA-512-256")},
        {"formula-without-qop", [](Scene& s) { return s.without_qop(s.ha1(), s.ha2()); }},
        {"formula-with-qop", [](Scene& s) {
             qop_off(s);
             return md5(s.ha1() + ":" + s.nonce + ":00000001::auth:" + s.ha2());
         }},
        {"qop-null-hashed", [](Scene& s) {
             s.qop = "null";
             return s.response();
         }},
        {"qop-empty-hashed", [](Scene& s) {
             qop_off(s);
             return md5(s.ha1() + ":" + s.nonce + "::::" + s.ha2());
         }},
        {"qop-list-hashed", [](Scene& s) {
             s.offered_qop = "auth,auth-int";
             Scene wrong = s;
             wrong.qop = "auth,auth-int";
             return wrong.response();
         }},
        {"qop-unknown-hashed", [](Scene& s) {
             s.qop = "foo";
             return s.response();
         }},
        {"qop-auth-int-hashed", [](Scene& s) {
             Scene wrong = s;
             wrong.qop = "auth-int";
             return wrong.with_qop(s.ha1(), md5(s.method + ":" + s.uri + ":" + md5(s.body)));
         }},
        {"auth-int-without-body", [](Scene& s) {
             s.qop = "auth-int";
             return s.response();
         }},
        {"auth-int-empty-body", [](Scene& s) {
             s.qop = "auth-int";
             return s.with_qop(s.ha1(), md5(s.method + ":" + s.uri + ":" + md5("")));
         }},
        {"uri-request-uri", text(&Scene::uri, "sip:34020000002000000001@10.0.0.5:5070")},
        {"uri-request-uri-without-port", text(&Scene::uri, "sip:34020000002000000001@10.0.0.5")},
        {"uri-without-port", uri_shown_as("sip:1@[2001:db8::1]:5060;transport=udp", "sip:1@[2001:db8::1];transport=udp")},
        {"uri-with-port", text(&Scene::uri, "sip:34020000002000000001@4400000000:5070")},
        {"uri-without-scheme", text(&Scene::uri, "34020000002000000001@4400000000")},
        {"uri-without-parameters", uri_shown_as("sip:1@d;transport=udp", "sip:1@d")},
        {"uri-server-at-domain", text(&Scene::uri, "sip:34020000002000000001@sip.example")},
        {"uri-path-only", uri_shown_as("rtsp://10.0.0.9:554/live/1", "/live/1")},
        {"uri-slash-added", uri_shown_as("rtsp://10.0.0.9/live", "rtsp://10.0.0.9/live/")},
        {"uri-slash-removed", uri_shown_as("rtsp://10.0.0.9/live/", "rtsp://10.0.0.9/live")},
        {"nc-upper-case", text(&Scene::nc, "0000000B")},
        {"nc-lower-case", text(&Scene::nc, "0000000c", [](Scene& s) { s.nc = "0000000C"; })},
        {"nc-without-zeros", text(&Scene::nc, "b")},
        {"nc-padded", text(&Scene::nc, "0000000b", [](Scene& s) { s.nc = "b"; })},
        {"nc-first", text(&Scene::nc, "00000001")},
        {"realm-challenge", text(&Scene::realm, "hik", [](Scene& s) { s.realm = "own"; })},
        {"realm-domain", text(&Scene::realm, "sip.example")},
        {"realm-server-id-head", text(&Scene::realm, "3402000000")},
        {"realm-server-id", text(&Scene::realm, "34020000002000000001")},
        {"realm-device-id-head", text(&Scene::realm, "3501000000")},
        {"realm-trimmed", text(&Scene::realm, "hik", [](Scene& s) { s.realm = s.challenge_realm = " hik "; })},
        {"realm-space", text(&Scene::realm, "hik ")},
        {"realm-empty", text(&Scene::realm, "")},
        {"username-trimmed", text(&Scene::username, "admin", [](Scene& s) { s.username = "admin "; })},
        {"username-space", text(&Scene::username, "admin ")},
        {"username-device-id", text(&Scene::username, "35010000001320000264")},
        {"username-before-at", text(&Scene::username, "admin", [](Scene& s) { s.username = "admin@site"; })},
        {"username-at-realm", text(&Scene::username, "admin@hik")},
        {"username-escaped", text(&Scene::username, "dom\\user", [](Scene& s) {
             s.username = "domuser";
             s.raw_username = "dom\\user";
         })},
        {"password-empty", text(&Scene::password, "")},
        {"password-trimmed", text(&Scene::password, "pw", [](Scene& s) { s.password = "pw "; })},
        {"password-space", text(&Scene::password, "Secret-77 ")},
        {"password-gbk", text(&Scene::password, "\xC3\xDC\xC2\xEB", [](Scene& s) { s.password = "\xE5\xAF\x86\xE7\xA0\x81"; })},
        {"password-utf8", text(&Scene::password, "\xE5\xAF\x86\xE7\xA0\x81", [](Scene& s) { s.password = "\xC3\xDC\xC2\xEB"; })},
        {"password-md5", text(&Scene::password, md5("Secret-77"))},
        {"password-md5-upper", text(&Scene::password, to_upper(md5("Secret-77")))},
        {"password-is-ha1", [](Scene& s) {
             s.password = "0123456789abcdef0123456789abcdef";
             return s.with_qop(s.password, s.ha2());
         }},
        {"password-base64", text(&Scene::password, "U2VjcmV0LTc3")},
        {"algorithm-md5", [](Scene& s) {
             s.algorithm = "SHA-256";
             return s.response();
         }},
        {"algorithm-sha-256", hashed_in(HashAlgorithm::sha256, "MD5")},
        {"algorithm-sha-512-256", hashed_in(HashAlgorithm::sha512_256, "SHA-256")},
        {"algorithm-sm3", hashed_in(HashAlgorithm::sm3, "SHA-256")},
        {"algorithm-session", [](Scene& s) { return s.with_qop(md5(s.ha1() + ":" + s.nonce + ":" + s.cnonce), s.ha2()); }},
        {"algorithm-without-session", [](Scene& s) {
             s.algorithm = "MD5-sess";
             return s.response();
         }},
        {"ha1-upper-case", [](Scene& s) { return s.with_qop(to_upper(s.ha1()), s.ha2()); }},
        {"ha2-upper-case", [](Scene& s) { return s.with_qop(s.ha1(), to_upper(s.ha2())); }},
        {"ha2-omitted", [](Scene& s) { return md5(s.ha1() + ":" + s.nonce); }},
        {"ha2-omitted-with-qop", [](Scene& s) { return md5(s.ha1() + ":" + s.nonce + ":" + s.nc + ":" + s.cnonce + ":auth"); }},
        {"method-lower-case", text(&Scene::method, "message")},
        {"method-upper-case", text(&Scene::method, "GET", [](Scene& s) { s.method = "get"; })},
        {"method-register", text(&Scene::method, "REGISTER")},
        {"method-invite", text(&Scene::method, "INVITE")},
        {"method-describe", text(&Scene::method, "DESCRIBE")},
        {"method-options", text(&Scene::method, "OPTIONS")},
        {"method-get", text(&Scene::method, "GET")},
        {"method-empty", text(&Scene::method, "")},
    };
    return all;
}

}  // namespace

TEST_CASE("each wrong implementation is explained by its row and no other") {
    for (const auto& row : wrong_implementations()) {
        const std::string& id = row.first;
        CAPTURE(id);
        Scene shown;
        const std::string response = row.second(shown);
        const auto found = judged(shown, response);
        REQUIRE(found);
        CHECK_FALSE(found->exact);
        CHECK(found->variant_ids() == id);
        CHECK(found->worked.response == response);
    }
}

TEST_CASE("every row of the table has its wrong implementation here") {
    std::set<std::string> rows;
    for (const Variant& variant : variants()) {
        CAPTURE(variant.id);
        CHECK(wrong_implementations().contains(std::string(variant.id)));
        CHECK(rows.insert(std::string(variant.id)).second);
        CHECK_FALSE(variant.what.english.empty());
        CHECK_FALSE(variant.what.chinese.empty());
        CHECK_FALSE(variant.advice.english.empty());
        CHECK_FALSE(variant.advice.chinese.empty());
        CHECK(find_variant(variant.id) == &variant);
    }
    CHECK(find_variant("no-such-row") == nullptr);
}

TEST_CASE("which side to mend") {
    CHECK(find_variant("response-upper-case")->side == Side::device);
    CHECK(find_variant("nc-upper-case")->side == Side::both);
    CHECK(find_variant("password-is-ha1")->side == Side::platform);
    CHECK(name_of(Side::both).english == "both");
}

TEST_CASE("the right response is exact, whatever surrounds it") {
    Scene shown;
    CHECK(judged(shown, shown.response())->exact);
    CHECK(judged(shown, shown.response())->variant_ids().empty());
    qop_off(shown);
    CHECK(judged(shown, shown.response())->exact);
    shown.algorithm = "SHA-256";
    shown.qop = "auth";
    CHECK(judged(shown, in_hash(HashAlgorithm::sha256, shown))->exact);
    Scene with_body;
    with_body.qop = "auth-int";
    const std::string a2 = md5(with_body.method + ":" + with_body.uri + ":" + md5(with_body.body));
    CHECK(judged(with_body, with_body.with_qop(with_body.ha1(), a2))->exact);
}

TEST_CASE("two deviations at once are named as two") {
    Scene shown;
    Scene wrong = shown;
    wrong.realm = "sip.example";
    wrong.uri = shown.request_uri;
    CHECK(judged(shown, wrong.response())->variant_ids() == "realm-domain+uri-request-uri");
    CHECK(judged(shown, to_upper(shown.with_qop(to_upper(shown.ha1()), shown.ha2())))->variant_ids() == "ha1-upper-case+response-upper-case");
    CHECK(judged(shown, shown.with_qop(to_upper(shown.ha1()), to_upper(shown.ha2())))->variant_ids() == "ha1-upper-case+ha2-upper-case");
    wrong = shown;
    wrong.password = md5(shown.password);
    CHECK(judged(shown, wrong.without_qop(wrong.ha1(), wrong.ha2()))->variant_ids() == "formula-without-qop+password-md5");
}

TEST_CASE("pairs of very different groups are found") {
    const std::pair<const char*, const char*> pairs[] = {{"nc-upper-case", "realm-domain"}, {"username-space", "password-empty"}};
    for (const auto& [one, two] : pairs) {
        Scene shown;
        Scene wrong = shown;
        if (std::string(one) == "nc-upper-case") wrong.nc = "0000000B", wrong.realm = "sip.example";
        else wrong.username = "admin ", wrong.password = "";
        const auto found = judged(shown, wrong.response());
        const std::string ids = found->variant_ids();
        CHECK(ids.find(one) != std::string::npos);
        CHECK(ids.find(two) != std::string::npos);
    }
}

TEST_CASE("another password is explained by nothing, and the work is bounded") {
    Scene shown;
    Scene wrong = shown;
    wrong.password = "something else";
    const auto found = judged(shown, wrong.response());
    CHECK_FALSE(found->explained());
    CHECK(found->tried < 2500);
    CHECK(judged(shown, wrong.response(), Depth::rows)->tried <= variants().size() + 1);
    CHECK(judged(shown, wrong.response(), Depth::exact)->tried == 1);
    shown.username = std::string(5000, 'x');  // too long for pairs
    CHECK(judged(shown, "0123456789abcdef0123456789abcdef")->tried <= variants().size() + 1);
    shown.algorithm = "AKAv1-MD5";
    CHECK_FALSE(judged(shown, "00"));
}

TEST_CASE("a row that changes nothing is not named") {
    Scene shown;  // realm-domain, realm-server-id-head and the challenge all say the same here
    shown.realm = shown.challenge_realm = "sip.example";
    Scene wrong = shown;
    wrong.nc = "0000000B";
    CHECK(judged(shown, wrong.response())->variant_ids() == "nc-upper-case");
}

TEST_CASE("W#2059: nothing known gives this response, so the password itself differs") {
    Scene shown;
    shown.username = "34020000001110000301";
    shown.realm = shown.challenge_realm = "3100000000";
    shown.password = "336699";
    shown.nonce = "72ebe402c9b39b11ec648ff1c1c5a3f2";
    shown.nc = "00000001";
    shown.cnonce = "67dd03c3";
    shown.uri = shown.request_uri = "sip:31000000000121100010@3100000000";
    shown.method = "REGISTER";
    CHECK(shown.response() == "9a61637436620c51e4b2abf82a53e6be");
    CHECK_FALSE(judged(shown, "36bb36a165e3ff7a89b913da8f751b7a")->explained());
}

TEST_CASE("userhash: the name is found among those we were told") {
    Scene shown;
    Facts facts;
    facts.method = "GET";
    facts.username = "J\xC3\xA4s\xC3\xB8n Doe";
    const auto credentials = parse_credentials(
        R"(Digest username="488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec", realm="api@example.org", uri="/doe.json", )"
        R"(algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", nc=00000001, )"
        R"(cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", qop=auth, )"
        R"(response="ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd", userhash=true)");
    REQUIRE(credentials);
    CHECK(explain({*credentials, nullptr, facts}, "Secret, or not?")->variant_ids() == "sha512-cut");
    facts.username.clear();
    CHECK_FALSE(explain({*credentials, nullptr, facts}, "Secret, or not?")->explained());
}
