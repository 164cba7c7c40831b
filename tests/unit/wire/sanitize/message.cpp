// wire/sanitize/message, credentials, media: lengths stay true, digests stay right, wrong or go.
#include "wire/sanitize/message.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "wire/digest/formula.hpp"
#include "wire/sanitize/media.hpp"

using namespace gbkit;
using namespace gbkit::wire;
using namespace gbkit::wire::sanitize;

namespace {

std::string registration(const std::string& response, const std::string& body = "", const std::string& length = "") {
    return "REGISTER sip:51010600002000000001@5101060000 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1\r\n"
           "f: \"Gate\" <sip:51010600001320000264@5101060000>;tag=1\r\nTo: <sip:51010600001320000264@5101060000>\r\nCall-ID: 1011@192.168.1.64\r\nCSeq: 2 REGISTER\r\n"
           "Authorization: Digest username=\"51010600001320000264\", realm=\"5101060000\", nonce=\"6eb1340d\", uri=\"sip:51010600002000000001@5101060000\", response=\"" + response +
           "\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001\r\nContent-Length:  " + (length.empty() ? std::to_string(body.size()) : length) + "\r\n\r\n" + body;
}

std::string right_response(const std::string& message, const std::string& password) {
    const auto parsed = sip::parse(message);
    REQUIRE(parsed);
    const auto credentials = digest::parse_credentials(parsed->value("Authorization"));
    REQUIRE(credentials);
    return digest::response_of(digest::inputs_of(*credentials, "REGISTER", password));
}

std::string response_in(const std::string& message) {
    const auto parsed = sip::parse(message);
    REQUIRE(parsed);
    return digest::parse_credentials(parsed->value("Authorization"))->response;
}

Messages sanitizer(Aliases& aliases, bool known) {
    return Messages(aliases, [known](std::string_view, std::string_view) { return known ? std::optional<std::string>("old") : std::nullopt; }, "new");
}

const std::string placeholder(32, 'b');

}  // namespace

TEST_CASE("a right digest is right for the new password, a wrong one stays wrong, an unknown one goes") {
    const std::string good = registration(right_response(registration(placeholder), "old"));
    {
        Aliases aliases;
        Messages messages = sanitizer(aliases, true);
        const std::string clean = messages.scrub_message(good);
        CHECK(response_in(clean) == right_response(clean, "new"));
        CHECK(messages.credentials().right == 1);
        for (const char* gone : {"510106", "192.168.1.64", "Gate"}) CHECK_MESSAGE(clean.find(gone) == std::string::npos, gone);
        const std::string wrong = messages.scrub_message(registration(placeholder));
        CHECK(response_in(wrong) != right_response(wrong, "new"));
        CHECK(response_in(wrong) != placeholder);
        CHECK(messages.credentials().wrong == 1);
    }
    Aliases aliases;
    Messages messages = sanitizer(aliases, false);
    const std::string clean = messages.scrub_message(good);
    CHECK(response_in(clean).substr(0, 31) == std::string(31, '0'));
    CHECK(messages.credentials().removed == 1);
}

TEST_CASE("a digest that is wrong in a known way stays wrong in that way") {
    const std::string good = right_response(registration(placeholder), "old");
    Aliases aliases;
    Messages messages = sanitizer(aliases, true);
    const std::string clean = messages.scrub_message(registration(to_upper(good)));
    CHECK(response_in(clean) == to_upper(right_response(clean, "new")));
}

TEST_CASE("Content-Length follows the body, and a wrong one stays wrong by as much") {
    Aliases aliases;
    Messages messages = sanitizer(aliases, false);
    const std::string body = "<Notify><Name>A gate with a long name</Name></Notify>";
    const auto clean = sip::scan(messages.scrub_message(registration(placeholder, body)));
    REQUIRE(clean);
    CHECK(clean->value("Content-Length") == std::to_string(clean->bytes_after_head()));
    CHECK(clean->bytes_after_head() < body.size());
    const auto lying = sip::scan(messages.scrub_message(registration(placeholder, body, std::to_string(body.size() + 100))));
    REQUIRE(lying);
    CHECK(lying->value("Content-Length") == std::to_string(lying->bytes_after_head() + 100));
}

TEST_CASE("any bytes: every prefix and every broken byte is taken, and nothing of it leaks") {
    Aliases aliases;
    Messages messages = sanitizer(aliases, false);
    const std::string whole = registration(placeholder, "<Notify><DeviceID>51010600001320000264</DeviceID></Notify>");
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        CHECK(messages.scrub_message(whole.substr(0, cut)).find("51010600001320000264") == std::string::npos);
        std::string broken = whole;
        if (cut < whole.size()) broken[cut] = '\xE5';
        CHECK(messages.scrub_message(broken).find("192.168.1.64:5060") == std::string::npos);
    }
    CHECK(without_responses("response=\"abc123\" rspauth=ff, response=\"") == "response=\"000000\" rspauth=00, response=\"");
    for (const char* scheme : {"Basic YWRtaW46cHc=", "Capability algorithm=\"A:SM2;H:SM3\""})
        CHECK(messages.scrub_message(std::string("OPTIONS sip:a SIP/2.0\r\nAuthorization: ") + scheme + "\r\n\r\n").find("removed") != std::string::npos);
}

TEST_CASE("names in odd places: folds, broken credentials, warnings, origins, phones") {
    Aliases aliases;
    Messages messages = sanitizer(aliases, false);
    const std::string head = "SIP/2.0 403 Forbidden\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <tel:+8613912345678>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n";
    const std::string clean = messages.scrub_message(head + "Warning: 399 sip.company.cn:5060 \"no\"\r\nX-Device-Name: North gate\r\nWWW-Authenticate: Digest realm=\"Company\",\r\n nonce=\"1\"\r\n"
                                                     "Authorization: Digest username=\"zhangsan, realm=Company, response=\"abc\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=zhangsan 1 1 IN IP4 8.8.8.8\r\n");
    for (const char* gone : {"ompany", "gate", "zhangsan", "13912345678", "abc", "8.8.8.8"}) CHECK_MESSAGE(clean.find(gone) == std::string::npos, gone);
    for (const char* kept : {"Warning: 399 host", ":5060 \"no\"", "X-Device-Name: Name 1", "realm=\"realm1\",", "nonce=\"1\"", "1 1 IN IP4 198.18.0.1"}) CHECK_MESSAGE(clean.find(kept) != std::string::npos, kept);
}

TEST_CASE("RTP keeps its header, RTCP its reports; the rest becomes zeros of the same length") {
    Aliases aliases;
    const Bytes rtp = {0x80, 0x60, 0, 1, 0, 0, 0, 2, 0xFF, 1, 2, 3, 9, 9, 9};
    CHECK(scrub_media(rtp, false, aliases) == Bytes{0x80, 0x60, 0, 1, 0, 0, 0, 2, 0xFF, 1, 2, 3, 0, 0, 0});
    CHECK(scrub_media(rtp, true, aliases) == rtp);
    const Bytes sdes = {0x81, 202, 0, 3, 1, 2, 3, 4, 1, 4, 'a', '@', 'b', 'c', 0, 0};
    const Bytes clean = scrub_media(sdes, true, aliases);
    CHECK(clean == Bytes{0x81, 202, 0, 3, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(scrub_media({}, false, aliases).empty());
    const Bytes text = {'s', 'e', 'c', 'r', 'e', 't'};
    CHECK(scrub_media(text, true, aliases) == Bytes(6, 0));
    for (std::size_t cut = 0; cut <= sdes.size(); ++cut) CHECK(scrub_media(ByteView(sdes).first(cut), false, aliases).size() == cut);
}
