#include "wire/manscdp_catalog.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "wire/manscdp.hpp"

using namespace gbkit;
using namespace gbkit::wire;

TEST_CASE("a catalog notification: the standard's elements in their order") {
    const std::vector<CatalogChange> changes{{"34020000001320000001", true}, {"34020000001320000002", false}};
    CHECK(catalog_notify_body(7, "34020000002000000001", changes) ==
          "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Catalog</CmdType>\r\n<SN>7</SN>\r\n"
          "<DeviceID>34020000002000000001</DeviceID>\r\n<SumNum>2</SumNum>\r\n<DeviceList Num=\"2\">\r\n"
          "<Item>\r\n<DeviceID>34020000001320000001</DeviceID>\r\n<Event>ON</Event>\r\n</Item>\r\n"
          "<Item>\r\n<DeviceID>34020000001320000002</DeviceID>\r\n<Event>OFF</Event>\r\n</Item>\r\n</DeviceList>\r\n</Notify>\r\n");
    const std::string none = catalog_notify_body(1, "x", {});
    CHECK(none.find("<SumNum>0</SumNum>") != std::string::npos);
    CHECK(none.find("DeviceList") == std::string::npos);
}

TEST_CASE("no ID becomes markup or breaks the XML") {
    const std::vector<CatalogChange> changes{{"</DeviceID><x a=\"&\">\x01\xFF", true}};
    const std::string body = catalog_notify_body(1, "]]><", changes);
    const auto read = parse_manscdp(body);
    REQUIRE(read);
    CHECK(read->cmd_type == "Catalog");
    CHECK(read->device_id == "]]><");
    CHECK(body.find("&lt;/DeviceID&gt;&lt;x a=\"&amp;\"&gt;??") != std::string::npos);
}
