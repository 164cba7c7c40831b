// Queries, catalogs and control that go wrong, each for one reason, and some that go well (rows C of the field tables).
#include <algorithm>

#include <fmt/format.h>

#include "base/findings/catalog.hpp"
#include "scenarios/causes.hpp"

namespace gbkit::scenario {

namespace {

using namespace findings;

const std::string camera_id = "34020000001310000001";
const std::string second_device = "34020000001180000007";
const std::string channel_head = "340200000013200001";

std::string channel(int number) { return channel_head + fmt::format("{:02}", number); }

std::string item(const std::string& id, const std::string& name, const std::string& more = "<Parental>0</Parental>", const std::string& parent = device_id) {
    return fmt::format("<Item>\r\n<DeviceID>{}</DeviceID>\r\n<Name>{}</Name>\r\n<Manufacturer>M</Manufacturer>\r\n<Status>ON</Status>\r\n{}\r\n"
                       "<ParentID>{}</ParentID>\r\n</Item>\r\n", id, name, more, parent);
}
std::string list(const std::string& items, int count, std::string_view name = "DeviceList") {
    return fmt::format("<{0} Num=\"{1}\">\r\n{2}</{0}>\r\n", name, count, items);
}

/// A platform that asks and a device that answers, message by message.
struct Ask {
    Conversation talk{};
    std::string device = device_id;
    std::string agent = "IP Camera";
    std::string declaration = "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n";
    std::string answers_whom = server_id;
    int number = 0;        // of the messages, for branch and Call-ID

    [[nodiscard]] std::string message(const std::string& start, bool from_device, const std::string& to, int call, const std::string& body) const {
        const std::string& from = from_device ? device : server_id;
        return fmt::format("{}\r\nVia: SIP/2.0/UDP {}:5060;rport;branch=z9hG4bKq{}{}\r\nFrom: <sip:{}@3402000000>;tag=q{}\r\nTo: <sip:{}@3402000000>\r\n"
                           "Call-ID: q{}{}\r\nCSeq: 20 MESSAGE\r\nMax-Forwards: 70\r\nUser-Agent: {}\r\n{}Content-Length: {}\r\n\r\n{}",
                           start, from_device ? "192.168.1.64" : "203.0.113.9", call, device, from, call, to, call, device,
                           from_device == start.starts_with("MESSAGE") ? agent : "platform",  // who writes it
                           body.empty() ? "" : "Content-Type: Application/MANSCDP+xml\r\n", body.size(), body);
    }
    [[nodiscard]] std::string xml(std::string_view root, std::string_view command, int sn, const std::string& target, const std::string& more) const {
        return fmt::format("{}<{}>\r\n<CmdType>{}</CmdType>\r\n<SN>{}</SN>\r\n<DeviceID>{}</DeviceID>\r\n{}</{}>\r\n", declaration, root, command, sn, target,
                           more, root);
    }

    Ask& registered() {
        RegisterText text;
        text.device = device;
        talk.register_well(text);
        talk.beats(1, device).wait(seconds(2));
        return *this;
    }
    /// The platform's request and the device's SIP answer 3 ms later.
    Ask& asks_with(const std::string& body, int status = 200, std::string_view reason = "OK") {
        ++number;
        talk.from_platform(message("MESSAGE sip:" + device + "@192.168.1.64:5060 SIP/2.0", false, device, number, body)).wait(milliseconds(3));
        talk.from_device(message(fmt::format("SIP/2.0 {} {}", status, reason), false, device, number, "")).wait(milliseconds(5));
        return *this;
    }
    Ask& asks(std::string_view command, int sn, const std::string& more = {}, std::string_view root = "Query", const std::string& target = {}) {
        return asks_with(xml(root, command, sn, target.empty() ? device : target, more));
    }
    [[nodiscard]] std::string sent(const std::string& body, int call) const {
        return message("MESSAGE sip:" + answers_whom + "@3402000000 SIP/2.0", true, answers_whom, call, body);
    }
    [[nodiscard]] std::string took(int call) const { return message("SIP/2.0 200 OK", true, answers_whom, call, ""); }
    Ask& says(const std::string& body) {
        ++number;
        talk.from_device(sent(body, number)).wait(milliseconds(4)).from_platform(took(number)).wait(milliseconds(3));
        return *this;
    }
    Ask& answers(std::string_view command, int sn, const std::string& more, const std::string& target = {}) {
        return says(xml("Response", command, sn, target.empty() ? device : target, more));
    }
    Ask& catalog_part(int sn, int sum, const std::string& items, int count = 1) {
        return answers("Catalog", sn, fmt::format("<SumNum>{}</SumNum>\r\n", sum) + list(items, count));
    }
    /// Channels, one a message; some of them left out.
    Ask& catalog(int sn, int sum, const std::vector<int>& lost = {}) {
        asks("Catalog", sn);
        for (int i = 1; i <= sum; ++i)
            if (std::find(lost.begin(), lost.end(), i) == lost.end()) catalog_part(sn, sum, item(channel(i), fmt::format("Camera {}", i)));
        return *this;
    }
    [[nodiscard]] std::vector<Recorded> later() {
        talk.beats(2, device, 40);
        return talk.packets();
    }
};

std::vector<Recorded> one_item(const std::string& text, int sum = 1) { return Ask{}.registered().asks("Catalog", 7).catalog_part(7, sum, text).later(); }

std::vector<Recorded> declared(const std::string& charset, const std::string& name) {
    Ask ask;
    ask.declaration = charset.empty() ? "<?xml version=\"1.0\"?>\r\n" : "<?xml version=\"1.0\" encoding=\"" + charset + "\"?>\r\n";
    return ask.registered().asks("Catalog", 7).catalog_part(7, 1, item(camera_id, name)).later();
}

/// Five channels: so long until the first, and so long between two.
std::vector<Recorded> late_part(Duration first, Duration gap) {
    Ask ask;
    ask.registered().asks("Catalog", 7);
    ask.talk.wait(first);
    for (int i = 1; i <= 5; ++i) {
        ask.catalog_part(7, 5, item(channel(i), fmt::format("Camera {}", i)));
        ask.talk.wait(gap);
    }
    return ask.later();
}
Run for_aliyun() {
    Run run;
    run.context.platform = proto::observe::NamedPlatform::aliyun;
    return run;
}

std::vector<Recorded> undelivered() {
    Ask ask;
    ask.registered();
    const std::string query = ask.message("MESSAGE sip:" + device_id + "@192.168.1.64:5060 SIP/2.0", false, device_id, 1, ask.xml("Query", "Catalog", 7, device_id, ""));
    Duration interval = milliseconds(500);
    ask.talk.from_platform(query);
    for (int i = 0; i < 6; ++i, interval = std::min<Duration>(interval * 2, seconds(4))) ask.talk.wait(interval).from_platform(query);
    return ask.later();
}

std::vector<Recorded> overlapping() {
    Ask ask;
    ask.registered().asks("Catalog", 7);
    for (int i = 1; i <= 3; ++i)
        ask.talk.from_device(ask.sent(ask.xml("Response", "Catalog", 7, device_id, "<SumNum>3</SumNum>" + list(item(channel(i), "c"), 1)), 10 + i)).wait(milliseconds(2));
    for (int i = 1; i <= 3; ++i) ask.talk.from_platform(ask.took(10 + i)).wait(milliseconds(2));
    return ask.later();
}

std::vector<Recorded> to_another() {
    Ask ask;
    ask.registered().asks("DeviceInfo", 7);
    ask.answers_whom = "34020000002000000009";
    return ask.answers("DeviceInfo", 7, "<Result>OK</Result>").later();
}

std::vector<Recorded> in_attributes() {
    Ask ask;
    ask.registered().asks_with(fmt::format("<?xml version=\"1.0\"?><Query CmdType=\"DeviceInfo\" SN=\"7\" DeviceID=\"{}\"/>", device_id));
    return ask.answers("DeviceInfo", 7, "<Result>OK</Result>").later();
}

/// Two devices of one platform, each with one item in its catalog.
std::vector<Recorded> two_devices(const std::string& first_item, const std::string& second_item) {
    Ask first;
    first.registered().asks("Catalog", 7).catalog_part(7, 1, item(first_item, "Door"));
    Ask second;
    second.device = second_device;
    second.talk = first.talk;
    second.talk.device = second.talk.answers_to = endpoint("192.168.1.70", 5060);
    RegisterText text;
    text.device = second.device;
    text.call_id = "c70";
    text.branch = "z9hG4bK70";
    text.via = "192.168.1.70:5060";
    second.talk.wait(seconds(1)).register_well(text, "n70");
    second.number = 50;
    return second.asks("Catalog", 8).catalog_part(8, 1, item(second_item, "Gate", "", second.device)).talk.packets();
}

std::vector<Recorded> call_of_group() {
    Ask ask;
    ask.registered();
    const std::string group = "34020000002150000001";
    const auto message = [&](const std::string& start, std::string_view method, std::string_view tag) {
        return fmt::format("{}\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;rport;branch=z9hG4bKg{}\r\nFrom: <sip:{}@3402000000>;tag=g\r\nTo: <sip:{}@3402000000>{}\r\n"
                           "Call-ID: group\r\nCSeq: 20 {}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", start, method, server_id, group, tag, method);
    };
    ask.talk.from_platform(message("INVITE sip:" + group + "@192.168.1.64:5060 SIP/2.0", "INVITE", "")).wait(milliseconds(9));
    ask.talk.from_device(message("SIP/2.0 404 Not Found", "INVITE", ";tag=d")).wait(milliseconds(2));
    ask.talk.from_platform(message("ACK sip:" + group + "@192.168.1.64:5060 SIP/2.0", "ACK", ";tag=d"));
    return ask.later();
}

std::string period() { return "<StartTime>2023-11-14T00:00:00</StartTime>\r\n<EndTime>2023-11-15T00:00:00</EndTime>\r\n"; }
std::string record(int hour) {
    return fmt::format("<Item>\r\n<DeviceID>{}</DeviceID>\r\n<Name>n</Name>\r\n<StartTime>2023-11-14T{:02}:00:00</StartTime>\r\n"
                       "<EndTime>2023-11-14T{:02}:59:59</EndTime>\r\n<Type>time</Type>\r\n</Item>\r\n", camera_id, hour, hour);
}

std::vector<Recorded> records(int sum, int arriving) {
    Ask ask;
    ask.registered().asks("RecordInfo", 9, period() + "<Type>all</Type>\r\n", "Query", camera_id);
    for (int i = 0; i < arriving; ++i)
        ask.answers("RecordInfo", 9, fmt::format("<Name>n</Name>\r\n<SumNum>{}</SumNum>\r\n", sum) + list(record(i), 1, "RecordList"), camera_id);
    return ask.later();
}

std::vector<Recorded> records_without_type() {
    Ask ask;
    ask.agent = "Dahua NVR";
    return ask.registered().asks("RecordInfo", 9, period(), "Query", camera_id).later();
}

std::vector<Recorded> noticed(const std::string& body, const std::string& from = device_id) {
    Ask ask;
    ask.registered();
    ask.device = from;
    ask.says(body);
    ask.device = device_id;
    return ask.later();
}

std::vector<Recorded> ptz(const std::string& bytes) { return Ask{}.registered().asks("DeviceControl", 11, "<PTZCmd>" + bytes + "</PTZCmd>\r\n", "Control", camera_id).later(); }

std::vector<Recorded> configured(const std::string& target) {
    return Ask{}.registered().asks("DeviceConfig", 12, "<BasicParam><Name>x</Name></BasicParam>\r\n", "Control", target).later();
}

}  // namespace

std::vector<Cause> catalog_causes() {
    constexpr Certainty likely = Certainty::likely;
    const Ask usual;
    return {
        {query_refused, [usual] { return Ask{}.registered().asks_with(usual.xml("Query", "Catalog", 7, device_id, ""), 405, "Method Not Allowed").later(); }},
        {query_undelivered, undelivered, {}, likely},
        {query_unanswered, [] { return Ask{}.registered().asks("DeviceStatus", 7).later(); }, {}, likely},
        {query_sn_differs, [] { return Ask{}.registered().asks("DeviceInfo", 7).answers("DeviceInfo", 1, "<Result>OK</Result>").later(); }, {}, likely},
        {query_to_differs, to_another},
        {query_parts_overlap, overlapping},
        {query_list_empty, [] { return Ask{}.registered().asks("Catalog", 7).catalog_part(7, 0, "", 0).later(); }},
        {query_num_differs, [] { return Ask{}.registered().asks("Catalog", 7).catalog_part(7, 1, item(camera_id, "c"), 4).later(); }},
        {query_result_error, [] { return Ask{}.registered().asks("DeviceInfo", 7).answers("DeviceInfo", 7, "<Result>ERROR</Result>").later(); }},
        {query_attributes, in_attributes},
        {xml_broken, [] { return one_item(item(camera_id, "Gate < East")); }},
        {xml_not_escaped, [] { return one_item(item(camera_id, "Gate & East")); }},
        {xml_charset_differs, [] { return declared("GB2312", "摄像机"); }},
        {xml_charset_differs, [] { return declared("UTF-8", "\xC9\xE3\xCF\xF1\xBB\xFA"); }},
        {xml_charset_differs, [] { return declared("GB18030", "\xC9\xE3\xCF"); }},  // cut inside a character
        {xml_charset_undeclared, [] { return declared("", "\xC9\xE3\xCF\xF1\xBB\xFA"); }},
        {xml_beyond_gb2312, [] { return declared("GB2312", "\x96\x7C\xBB\xFA"); }},
        {catalog_incomplete, [] { return Ask{}.registered().catalog(7, 14, {11}).later(); }, {}, likely},
        {catalog_incomplete, [] { return Ask{}.registered().catalog(7, 14, {11, 12, 13, 14}).later(); }, {}, likely},
        {catalog_too_slow, [] { return late_part(milliseconds(1100), milliseconds(10)); }, for_aliyun(), likely},
        {catalog_too_slow, [] { return late_part(milliseconds(10), milliseconds(1100)); }, for_aliyun(), likely},
        {catalog_too_slow, [] { return late_part(milliseconds(10), milliseconds(800)); }, for_aliyun(), likely},
        {catalog_duplicate_ids,
         [] {
             return Ask{}.registered().asks("Catalog", 7).catalog_part(7, 2, item(camera_id, "Door")).catalog_part(7, 2, item(camera_id, "Gate")).later();
         }},
        {catalog_channel_shared, [] { return two_devices(camera_id, camera_id); }, {}, likely},
        {catalog_parent_unknown, [] { return one_item(item(camera_id, "c", "", "3402000000")); }},
        {catalog_field_value, [] { return one_item(item(camera_id, "c", "<Parental>65535</Parental>")); }},
        {catalog_not_playable, call_of_group, {}, likely},
        {records_incomplete, [] { return records(9, 7); }, {}, likely},
        {records_type_missing, records_without_type, {}, likely},
        {config_unanswered, [] { return configured(camera_id); }, {}, likely},
        {config_block_differs,
         [] {
             return Ask{}.registered().asks("ConfigDownload", 7, "<ConfigType>BasicParam</ConfigType>\r\n")
                 .answers("ConfigDownload", 7, "<Result>OK</Result>\r\n<BasicParamEx><Name>x</Name></BasicParamEx>\r\n").later();
         }},
        {alarm_of_channel, [usual] { return noticed(usual.xml("Notify", "Alarm", 3, camera_id, "<AlarmPriority>1</AlarmPriority>\r\n<AlarmMethod>2</AlarmMethod>\r\n")); }},
        {media_status_sender, [usual] { return noticed(usual.xml("Notify", "MediaStatus", 3, camera_id, "<NotifyType>121</NotifyType>\r\n"), camera_id); }},
        {ptz_malformed, [] { return ptz("A50F0102320000DA"); }},
        {ptz_malformed, [] { return ptz("A50F01031F1F00F6"); }},  // left and right
        {ptz_malformed, [] { return ptz("left"); }},
    };
}

std::vector<Healthy> healthy_queries() {
    return {
        {"a catalog of twenty channels, one a message", [] { return Ask{}.registered().catalog(7, 20).later(); }},
        {"an empty catalog without a list", [] { return Ask{}.registered().asks("Catalog", 7).answers("Catalog", 7, "<SumNum>0</SumNum>\r\n").later(); }},
        {"a slow catalog, for a platform that waits", [] { return late_part(milliseconds(1100), milliseconds(1100)); }},
        {"a quick catalog, for one that does not", [] { return late_part(milliseconds(900), milliseconds(300)); }, for_aliyun()},
        {"a catalog asked for twice", [] { return Ask{}.registered().catalog(7, 3).catalog(8, 3).later(); }},
        {"a part comes again in a new transaction",
         [] {
             return Ask{}.registered().asks("Catalog", 7).catalog_part(7, 2, item(channel(1), "c")).catalog_part(7, 2, item(channel(1), "c"))
                 .catalog_part(7, 2, item(channel(2), "d")).later();
         }},
        {"a slow catalog: nine seconds between two parts",
         [] {
             Ask ask;
             ask.registered().asks("Catalog", 7).catalog_part(7, 2, item(channel(1), "c")).talk.wait(seconds(9));
             return ask.catalog_part(7, 2, item(channel(2), "d")).later();
         }},
        {"the end of a catalog whose query is not in the capture",
         [] { return Ask{}.registered().catalog_part(7, 20, item(channel(19), "c")).catalog_part(7, 20, item(channel(20), "d")).later(); }},
        {"all records", [] { return records(7, 7); }},
        {"a tree of groups",
         [] {
             const std::string group = "34020000002150000001";
             return Ask{}.registered().asks("Catalog", 7).catalog_part(7, 2, item(group, "g", "<Parental>1</Parental>", server_id))
                 .catalog_part(7, 2, item(camera_id, "c", "", group + "/" + device_id)).later();
         }},
        {"configuration in several Responses",
         [] {
             return Ask{}.registered().asks("ConfigDownload", 7, "<ConfigType>BasicParam/VideoParamOpt</ConfigType>\r\n")
                 .answers("ConfigDownload", 7, "<Result>OK</Result>\r\n<BasicParam><Name>x</Name></BasicParam>\r\n")
                 .answers("ConfigDownload", 7, "<Result>OK</Result>\r\n<VideoParamOpt><Resolution>6</Resolution></VideoParamOpt>\r\n").later();
         }},
        {"camera control without Responses",
         [] {
             Ask ask;
             ask.registered();
             for (const std::string_view bytes : {"A50F01021F0000D6", "A50F0108001F00DC", "A50F0100000000B5"})
                 ask.asks("DeviceControl", 11, fmt::format("<PTZCmd>{}</PTZCmd>\r\n", bytes), "Control", camera_id);
             return ask.later();
         }},
        {"Chinese names in GB2312 as declared", [] { return declared("GB2312", "\xC9\xE3\xCF\xF1\xBB\xFA"); }},
        {"Chinese names in UTF-8 as declared", [] { return declared("UTF-8", "摄像机"); }},
        {"two devices with channels of their own", [] { return two_devices(camera_id, "34020000001310000002"); }},
        {"a camera behind a recorder that also registers itself", [] { return two_devices(second_device, second_device); }},
        {"texts that are escaped", [] { return one_item(item(camera_id, "Gate &amp; East &lt;2&gt; &#38;")); }},
    };
}

}  // namespace gbkit::scenario
