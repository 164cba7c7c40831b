// The command of a body: read at its head where it is written as usual, by the parser where it is not.
#include "proto/observe/census.hpp"

#include <doctest/doctest.h>

#include "wire/sip/writer.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;

namespace {

std::string command(std::string_view body) {
    auto writer = wire::sip::Writer::request("MESSAGE", "sip:b@192.0.2.9");
    writer.header("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1").header("From", "<sip:a@h>;tag=1").header("To", "<sip:b@h>").header("Call-ID", "x").header("CSeq", "1 MESSAGE");
    const std::string message = std::move(writer).finish(body);
    return command_of(wire::sip::parse(message).value());
}

}  // namespace

TEST_CASE("the command of a body, however it is written") {
    CHECK(command("<?xml version=\"1.0\"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n<SN>1</SN></Query>") == "Query Catalog");
    CHECK(command("<Notify><CmdType> Keepalive\n</CmdType></Notify>") == "Notify Keepalive");
    CHECK(command("\r\n<Response><CmdType>Catalog</CmdType><Name>\xB4\xF3\xC3\xC5</Name></Response>") == "Response Catalog");
    CHECK(command("<Query CmdType=\"Catalog\" SN=\"1\"/>") == "Query Catalog");                       // attributes
    CHECK(command("<Query><cmdtype>Catalog</cmdtype></Query>") == "Query Catalog");                  // another case
    CHECK(command("<!-- <CmdType>No</CmdType> --><Query><CmdType>Catalog</CmdType></Query>") == "Query Catalog");
    CHECK(command("<Query><!-- <CmdType>No</CmdType> --><CmdType>Catalog</CmdType></Query>") == "Query Catalog");
    CHECK(command("<Query><CmdType>Cata&#108;og</CmdType></Query>") == "Query Catalog");
    CHECK(command("<Query><CmdType><![CDATA[Catalog]]></CmdType></Query>") == "Query Catalog");
    CHECK(command("<Query>" + std::string(600, ' ') + "<CmdType>Catalog</CmdType></Query>") == "Query Catalog");
    CHECK(command("<Query><CmdType>Catalog</CmdType><SN>1</Query>") == "Query Catalog");             // breaks later
}

TEST_CASE("what has no command") {
    for (const std::string_view body : {"", "v=0", "<", "<?xml", "<Query>", "<Query><CmdType>", "<Query><CmdType>Catalog", "<CmdType>Catalog</CmdType>", "<Query></Query>", "<>"})
        CHECK_MESSAGE(command(body).empty(), body);
    CHECK(command("<Query><CmdType>" + std::string(100, 'a') + "</CmdType></Query>").size() == 46);
}
