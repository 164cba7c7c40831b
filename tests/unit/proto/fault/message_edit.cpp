#include "proto/fault/message_edit.hpp"

#include <doctest/doctest.h>

#include "proto/fault/fault.hpp"

using namespace gbkit;
using namespace gbkit::proto::fault;

namespace {
const std::string message =
    "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n"
    "CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
}  // namespace

TEST_CASE("a message taken apart and put together is the same") {
    const auto edit = MessageEdit::read(message);
    REQUIRE(edit);
    CHECK(edit->text() == message);
    CHECK(edit->is_request());
    CHECK(edit->cseq_method() == "MESSAGE");
}

TEST_CASE("headers are set, removed and replaced; the length follows the body") {
    auto edit = MessageEdit::read(message);
    REQUIRE(edit);
    edit->set("to", "<sip:other@b>");
    edit->remove("Content-Type");
    edit->replace_everywhere("sip:x@", "sip:z@");
    edit->body = "hi";
    const std::string text = edit->text();
    CHECK(text.find("To: <sip:other@b>\r\n") != std::string::npos);
    CHECK(text.find("Content-Type") == std::string::npos);
    CHECK(text.find("From: <sip:z@y>;tag=1\r\n") != std::string::npos);
    CHECK(text.find("Content-Length: 2\r\n") != std::string::npos);
    edit->content_length = 77;
    CHECK(edit->text().find("Content-Length: 77\r\n") != std::string::npos);
    CHECK_FALSE(MessageEdit::read("no message"));
}

TEST_CASE("an unchanged resigning gives the same response; a resend is edited like the first copy") {
    const std::string authorized = [] {
        auto edit = MessageEdit::read(message);
        wire::digest::Inputs inputs;
        inputs.username = "u";
        inputs.realm = "r";
        inputs.password = "p";
        inputs.method = "MESSAGE";
        inputs.uri = "sip:a@b";
        inputs.nonce = "n";
        edit->set("Authorization", wire::digest::authorization_value(inputs, "o", "MD5"));
        return edit->text();
    }();
    auto edit = MessageEdit::read(authorized);
    edit->resign("p", [](MessageEdit::Signing&) {});
    CHECK(edit->text() == authorized);
    const auto filter = Filter::make("digest-password-differs", Role::device, {"x", "a", "b", "p"});
    REQUIRE(filter);
    proto::Actions actions{proto::Send{1, {}, authorized}, proto::Send{1, {}, authorized}, proto::Send{1, {}, message}};
    filter->apply(actions);
    REQUIRE(actions.size() == 3);
    CHECK(std::get<proto::Send>(actions[0]).bytes == std::get<proto::Send>(actions[1]).bytes);
    CHECK(std::get<proto::Send>(actions[0]).bytes != authorized);
    CHECK(std::get<proto::Send>(actions[2]).bytes == message);
}
