// URLs found in traffic are shown without their passwords and tokens.
#include "wire/masked_url.hpp"

#include <doctest/doctest.h>

using gbkit::wire::masked_url;

TEST_CASE("what a URL may show") {
    CHECK(masked_url("rtsp://10.1.0.3:554/Streaming/Channels/101") == "rtsp://10.1.0.3:554/Streaming/Channels/101");
    CHECK(masked_url("rtsp://admin:Geheim@10.1.0.3/ch1") == "rtsp://***@10.1.0.3/ch1");
    CHECK(masked_url("rtsp://admin:Ge@h/eim@10.1.0.3/ch1") == "rtsp://***@10.1.0.3/ch1");  // unescaped
    CHECK(masked_url("rtmp://10.1.0.5/live?token=abc&user=bob") == "rtmp://10.1.0.5/live?token=***&user=***");
    CHECK(masked_url("live?abc") == "live?***");
    CHECK(masked_url("live?abc&d=e;f/g") == "live?***&d=***;***/***");
    CHECK(masked_url("live/auth=1-2-3/cam") == "live/auth=***/cam");
    CHECK(masked_url("live?a=b=c") == "live?a=***");
    CHECK(masked_url("live?") == "live?");
    CHECK(masked_url("live") == "live");
    CHECK(masked_url("").empty());
    CHECK(masked_url("rtsp://") == "rtsp://");
    CHECK(masked_url("rtsp://@") == "rtsp://***@");
    CHECK(masked_url("rtsp://h/a?x@y:z") == "rtsp://h/a?***");  // no authority
}
