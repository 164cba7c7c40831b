// scan(): header table, places, folds, line ends, limits.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "unit/wire/sip/samples.hpp"
#include "wire/sip/message.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

const std::string request = "OPTIONS sip:a@b SIP/2.0\r\n";

Error error_of(const std::string& bytes) {
    const Result<Message> message = scan(bytes);
    REQUIRE_FALSE(message);
    return message.error();
}

}  // namespace

TEST_CASE("scan: start lines and the header table") {
    const std::string bytes = samples::register_request();
    const Message message = *scan(bytes);
    CHECK(message.is_request());
    CHECK(message.method() == "REGISTER");
    CHECK(message.request_uri() == "sip:34020000002000000001@3402000000");
    CHECK(message.version() == "SIP/2.0");
    CHECK(message.status() == 0);
    CHECK(message.headers().size() == 10);
    CHECK(message.value("user-AGENT") == "IP Camera");
    CHECK(message.body().empty());
    CHECK(message.head_complete());
    CHECK(message.text() == bytes);

    const Message response = *scan(samples::unauthorized());
    CHECK_FALSE(response.is_request());
    CHECK(response.status() == 401);
    CHECK(response.reason() == "Unauthorized");
    CHECK(response.method() == "REGISTER");
}

TEST_CASE("scan: the fields tile the head, each at its offset") {
    const std::string bytes = "\r\n\r\n" + request + "Via: x\r\nSubject:  two\r\n  lines \r\nl:0\r\n\r\n";
    const Message message = *scan(bytes);
    std::size_t at = 4 + request.size();
    for (const HeaderField& header : message.headers()) {
        CHECK(header.offset == at);
        CHECK(bytes.compare(at, header.name.size(), header.name) == 0);
        at += header.length;
    }
    CHECK(at + 2 == bytes.size());
    CHECK(message.value("s") == "two    lines");
    CHECK(message.text().size() == bytes.size());
    CHECK(message.text().substr(message.headers()[1].offset) == "Subject:  two    lines \r\nl:0\r\n\r\n");
}

TEST_CASE("scan: LF alone, mixed line ends, no blank line, value only in the fold") {
    CHECK(scan(replace_all(samples::keepalive(), "\r\n", "\n"))->headers().size() == 8);
    CHECK(scan("OPTIONS sip:a@b SIP/2.0\nVia: x\r\nTo: y\n\r\n")->value("t") == "y");
    const Message open = *scan(request + "Via: x\r\nTo: y");
    CHECK_FALSE(open.head_complete());
    CHECK(open.value("To") == "y");
    CHECK(scan(request + "Contact:\r\n\t<sip:a@b>\r\n\r\n")->value("m") == "<sip:a@b>");
    CHECK(scan(request + "Subject:\r\n\r\n")->find("Subject") != nullptr);
    CHECK(scan(request + "Subject:\r\n\r\n")->value("Subject").empty());
}

TEST_CASE("scan: compact forms both ways, and space before the colon") {
    const Message message = *scan(request + "V : 1\r\nf: 2\r\nT\t: 3\r\nI: 4\r\nm: 5\r\nc: 6\r\nl: 0\r\no: 7\r\nCall-id: 8\r\nx: 9\r\n\r\n");
    CHECK(message.value("Via") == "1");
    CHECK(message.value("FROM") == "2");
    CHECK(message.value("t") == "3");
    CHECK(message.value("Call-ID") == "4");
    CHECK(message.all("i").size() == 2);
    CHECK(message.value("Contact") == "5");
    CHECK(message.value("content-type") == "6");
    CHECK(message.value("Event") == "7");
    CHECK(message.value("Session-Expires") == "9");
    CHECK(message.find("Subject") == nullptr);
    CHECK(same_header("q", "Q"));
    CHECK_FALSE(same_header("q", "From"));
}

TEST_CASE("scan: the body is cut to Content-Length and never longer than the bytes") {
    CHECK(scan(request + "l: 3\r\n\r\nabcdef")->body() == "abc");
    CHECK(scan(request + "l: 3\r\n\r\nabcdef")->bytes_after_head() == 6);
    CHECK(scan(request + "l: 30\r\n\r\nabcdef")->body() == "abcdef");
    CHECK(scan(request + "l: -3\r\n\r\nabcdef")->body() == "abcdef");
    CHECK(scan(request + "To: x\r\n\r\nabcdef")->body() == "abcdef");
    CHECK(scan(request + "l: 4\r\n\r\n" + std::string("a\0b\0", 4))->body() == std::string("a\0b\0", 4));
}

TEST_CASE("scan: views live as long as any copy of the message") {
    Message copy;
    {
        const Message first = *scan(samples::keepalive());
        copy = first;
    }
    CHECK(copy.value("CSeq") == "20 MESSAGE");
    CHECK(istarts_with(copy.body(), "<?xml"));
    CHECK(Message().bytes_after_head() == 0);
}

TEST_CASE("scan: what is no SIP is an error at its place") {
    CHECK(error_of("").code == Errc::truncated);
    CHECK(error_of("\r\n\r\n").code == Errc::truncated);
    CHECK(error_of("GET / HTTP/1.1\r\n\r\n").code == Errc::malformed);
    CHECK(error_of("OPTIONS rtsp://a/b RTSP/1.0\r\n\r\n").code == Errc::malformed);
    CHECK(error_of("SIP/2.0 4294967301 x\r\n\r\n").offset == 8);
    CHECK(error_of("SIP/2.0 20 x\r\n\r\n").offset == 8);
    CHECK(error_of("SIP/2.0 099 x\r\n\r\n").offset == 8);
    CHECK(error_of("OPTIONS SIP/2.0\r\n\r\n").offset == 7);
    CHECK(error_of("OP(TIONS sip:a SIP/2.0\r\n\r\n").code == Errc::malformed);
    CHECK(error_of("\r\n" + request + "no colon here\r\n\r\n") == Error{Errc::malformed, "a header line without a colon", request.size() + 2});
    CHECK(error_of(request + " folded: early\r\n\r\n").offset == request.size());
    CHECK(error_of(request + ": value\r\n\r\n") == Error{Errc::malformed, "a header name that is no token", request.size()});
    CHECK(error_of(request + "two words: value\r\n\r\n").code == Errc::malformed);
    CHECK(error_of(request + "To: a\rVia: b\r\n\r\n") == Error{Errc::malformed, "a CR without LF in the head", request.size() + 5});
    CHECK(error_of(request + std::string("To: a\0b\r\n\r\n", 11)) == Error{Errc::malformed, "a NUL in the head", request.size() + 5});
}

TEST_CASE("scan: a NUL may stand in a quoted pair only") {
    CHECK(scan(request + std::string("To: \"\\\0\" <sip:a@b>\r\n\r\n", 22)));
    CHECK_FALSE(scan(request + std::string("To: \"\\\\\0\" <sip:a@b>\r\n\r\n", 23)));  // the backslash is escaped itself
    CHECK_FALSE(scan(request + std::string("To: \"open\r\nX: \\\0\r\n\r\n", 21)));  // quotes end with their header
    CHECK_FALSE(scan(request + std::string("To: \\\0 <sip:a@b>\r\n\r\n", 20)));
    CHECK_FALSE(scan(std::string("OPTIONS sip:\0 SIP/2.0\r\n\r\n", 25)));
    CHECK_FALSE(scan(std::string("OPTIONS sip:\"\\\0\" SIP/2.0\r\n\r\n", 28)));
}

TEST_CASE("scan: limits hold exactly") {
    Limits limits;
    limits.header_lines = 3;
    CHECK(scan(request + "a:1\r\nb:2\r\n c\r\n\r\n", limits));
    CHECK(scan(request + "a:1\r\nb:2\r\n c\r\n d\r\n\r\n", limits).error().code == Errc::too_large);
    limits = {};
    limits.head_bytes = request.size() + 5 + 2;
    CHECK(scan(request + "a:1\r\n\r\n", limits));
    CHECK(scan("\r\n\r\n" + request + "a:1\r\n\r\nbody", limits));
    CHECK(scan(request + "a:12\r\n\r\n", limits).error() == Error{Errc::too_large, "a head over the limit", limits.head_bytes});
    limits = {};
    CHECK(scan(request + "a:" + std::string(64, ';') + "\r\n b\r\n\r\n", limits));
    CHECK(scan(request + "a:" + std::string(64, ';') + "\r\n ;\r\n\r\n", limits).error().offset == request.size() + 2 + 64 + 3);
    limits.message_bytes = request.size() + 2;
    CHECK(scan(request + "\r\n", limits));
    CHECK(scan(request + "\r\nx", limits).error().code == Errc::too_large);
    limits = {};
    limits.separators = 10;
    CHECK(scan(request + "a:,;<&\r\nb:,,,,,\r\n\r\n", limits));  // one more is the @ of the request line
    CHECK(scan(request + "a:,;<&\r\nb:,,,,,,\r\n\r\n", limits).error().offset == request.size() + 8 + 2 + 5);
    limits = {};
    std::string many;
    for (int i = 0; i < 9; ++i) many += "a:" + std::string(60, ',') + "\r\n";
    CHECK(scan(request + many + "\r\n").error().what == "too many separators in the head");
}

TEST_CASE("scan: hostile 64 kB shapes are refused by counters, before any grammar") {
    struct Shape {
        const char* name;
        std::string before, unit;
    };
    const Shape shapes[] = {
        {"header lines", "", "a:b\n"},
        {"Via list", "Via: ", "SIP/2.0/U h,"},
        {"Contact parameters", "Contact: <sip:a@b>", ";a"},
        {"Contact list", "Contact: ", "<sip:a>,"},
        {"URI parameters", "Contact: <sip:a@b", ";a"},
        {"URI headers", "Contact: <sip:a@b?", "a=b&"},
        {"From parameters", "From: <sip:a@b>", ";a"},
        {"Accept list", "Accept: ", "a/b,"},
        {"Allow list", "Allow: ", "A,"},
        {"Authorization parameters", "Authorization: Digest ", "a=b,"},
        {"Authorization quotes", "Authorization: Digest ", "a=\"b\","},
        {"escaped commas", "Contact: \"", "\\,"},
        {"backslashes", "Contact: \"", "\\"},
        {"folds", "X: a", "\r\n b"},
        {"Call-Info", "Call-Info: ", "<a>,"},
        {"lt signs", "Contact: ", "<sip:"},
        {"at signs", "Contact: <sip:", "a@"},
        {"a long value", "Subject: ", "x"},
        {"one long line", "", "x"},
    };
    for (const Shape& shape : shapes) {
        CAPTURE(shape.name);
        std::string bytes = "REGISTER sip:a@b SIP/2.0\r\n" + shape.before;
        while (bytes.size() + shape.unit.size() + 4 <= 65507) bytes += shape.unit;
        bytes += "\r\n\r\n";
        CHECK(error_of(bytes).code == Errc::too_large);
        // The same far below the limits is no reason to refuse.
        std::string few = "REGISTER sip:a@b SIP/2.0\r\nX: 1\r\n" + shape.before;
        if (shape.before.empty() && shape.unit == "x") continue;
        for (int i = 0; i < 5; ++i) few += shape.unit;
        CHECK(scan(few + "\r\n\r\n"));
    }
}

TEST_CASE("scan: a start line of separators is refused too") {
    std::string bytes = "REGISTER sip:a@b";
    while (bytes.size() < 8000) bytes += ";a";
    CHECK(error_of(bytes + " SIP/2.0\r\n\r\n").code == Errc::too_large);
}

TEST_CASE("scan: every prefix and every single-byte damage gives a message or an error") {
    const std::string whole = samples::keepalive();
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const Result<Message> message = scan(whole.substr(0, length));
        if (message) CHECK(message->text().size() == length);
    }
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char c : {'\0', '\r', '\n', ' ', ':', '"', '\\', '\xFF'}) {
            std::string damaged = whole;
            damaged[at] = c;
            const Result<Message> message = parse(damaged);
            if (message) CHECK(message->bytes_after_head() >= message->body().size());
        }
}
