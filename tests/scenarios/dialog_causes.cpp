// Calls that fail, each for one reason, and calls that work (rows I of the field tables).
#include <algorithm>

#include <fmt/format.h>

#include "base/findings/dialog.hpp"
#include "scenarios/causes.hpp"
#include "scenarios/media_causes.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/rtp/packetizer.hpp"

namespace gbkit::scenario {

namespace {

using namespace findings;

const std::string channel_id = "34020000001310000001";

/// One side's SDP; change what the scenario is about.
struct SdpText {
    std::string address = "203.0.113.9";
    std::uint32_t port = 30012;
    std::string protocol = "RTP/AVP";
    std::string maps = "a=rtpmap:96 PS/90000\r\na=rtpmap:98 H264/90000\r\n";
    std::string direction = "recvonly";
    std::string setup{};
    std::string y = "0100003190";
    std::string kind = "video";
    std::string formats = "96 98";

    [[nodiscard]] std::string text() const {
        return fmt::format("v=0\r\no={} 0 0 IN IP4 {}\r\ns=Play\r\nc=IN IP4 {}\r\nt=0 0\r\nm={} {} {} {}\r\n{}a={}\r\n{}{}", server_id, address,
                           address, kind, port, protocol, formats, maps, direction, setup.empty() ? "" : "a=setup:" + setup + "\r\n",
                           y.empty() ? "" : "y=" + y + "\r\n");
    }
};
SdpText device_sdp() { return {.address = "192.168.1.64", .port = 15060, .maps = "a=rtpmap:96 PS/90000\r\n", .direction = "sendonly"}; }
SdpText over_tcp(SdpText sdp, std::string setup) {
    sdp.protocol = "TCP/RTP/AVP";
    sdp.setup = std::move(setup);
    return sdp;
}

/// A call of the platform, message by message.
struct Call {
    Conversation talk{};
    std::string call_id = "play1";
    std::string caller_tag = "ct1";
    std::string callee_tag = "dt1";
    std::string channel = channel_id;
    std::uint32_t cseq = 20;

    [[nodiscard]] std::string message(const std::string& start, std::uint32_t number, std::string_view method, bool from_callee, bool with_callee_tag,
                                      std::string_view more, const std::string& body) const {
        const std::string caller = fmt::format("<sip:{}@3402000000>;tag={}", server_id, caller_tag);
        const std::string callee = fmt::format("<sip:{}@3402000000>{}", channel, with_callee_tag ? ";tag=" + callee_tag : std::string());
        return fmt::format("{}\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;rport;branch=z9hG4bK{}{}{}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\n"
                           "Max-Forwards: 70\r\n{}Content-Length: {}\r\n\r\n{}",
                           start, call_id, number, method == "ACK" ? "a" : "", from_callee ? callee : caller, from_callee ? caller : callee, call_id,
                           number, method, more, body.size(), body);
    }
    [[nodiscard]] std::string invite(const SdpText& offer) const {
        return message("INVITE sip:" + channel + "@192.168.1.64:5060 SIP/2.0", cseq, "INVITE", false, false,
                       "Contact: <sip:" + server_id + "@203.0.113.9:5060>\r\nContent-Type: Application/SDP\r\n", offer.text());
    }
    [[nodiscard]] std::string answer(int status, std::string_view reason, const SdpText* reply = nullptr) const {
        return message(fmt::format("SIP/2.0 {} {}", status, reason), cseq, "INVITE", false, status > 100,
                       reply == nullptr ? "" : "Contact: <sip:" + channel + "@192.168.1.64:5060>\r\nContent-Type: Application/SDP\r\n",
                       reply == nullptr ? std::string() : reply->text());
    }
    [[nodiscard]] std::string ack() const { return message("ACK sip:" + channel + "@192.168.1.64:5060 SIP/2.0", cseq, "ACK", false, true, "", ""); }
    [[nodiscard]] std::string bye(bool from_callee) const {
        const std::string to = from_callee ? server_id + "@203.0.113.9:5060" : channel + "@192.168.1.64:5060";
        return message("BYE sip:" + to + " SIP/2.0", cseq + 1, "BYE", from_callee, true, "", "");
    }
    [[nodiscard]] std::string bye_answer(bool from_callee, int status, std::string_view reason) const {
        return message(fmt::format("SIP/2.0 {} {}", status, reason), cseq + 1, "BYE", from_callee, true, "", "");
    }

    Call& registered() {
        talk.register_well().beats(1).wait(seconds(5));
        return *this;
    }
    Call& refused(const SdpText& offer, int status, std::string_view reason) {
        talk.from_platform(invite(offer)).wait(milliseconds(12)).from_device(answer(status, reason)).wait(milliseconds(5)).from_platform(ack());
        return *this;
    }
    Call& accepted(const SdpText& offer, const SdpText& reply) {
        talk.from_platform(invite(offer)).wait(milliseconds(12)).from_device(answer(100, "Trying")).wait(milliseconds(200));
        talk.from_device(answer(200, "OK", &reply)).wait(milliseconds(5)).from_platform(ack());
        return *this;
    }
    /// The device's stream to where the offer wants it.
    Call& streamed(const std::vector<Bytes>& packets) {
        talk.wait(milliseconds(60)).streams(packets, endpoint("192.168.1.64", 15060), endpoint("203.0.113.9", 30012));
        return *this;
    }
    Call& hung_up(Duration after, bool by_callee) {
        talk.wait(after);
        by_callee ? talk.from_device(bye(true)) : talk.from_platform(bye(false));
        talk.wait(milliseconds(10));
        by_callee ? talk.from_platform(bye_answer(true, 200, "OK")) : talk.from_device(bye_answer(false, 200, "OK"));
        return *this;
    }
    [[nodiscard]] std::vector<Recorded> packets() const { return talk.packets(); }
};

std::vector<Recorded> refused(int status, std::string_view reason, const SdpText& offer = {}) {
    return Call{}.registered().refused(offer, status, reason).packets();
}
std::vector<Recorded> worked(const SdpText& offer, const SdpText& reply) {
    return Call{}.registered().accepted(offer, reply).hung_up(seconds(60), false).packets();
}

/// Half a second as a camera sends it; its SSRC is what y= says.
std::vector<Bytes> stream() {
    MediaPlan plan;
    plan.frames = 12;
    plan.key_bytes = 1000;
    plan.frame_bytes = 400;
    return packetize(record(plan));
}

std::vector<Bytes> with_ssrc(std::vector<Bytes> packets, std::uint8_t last_byte) {
    for (Bytes& packet : packets) packet[11] = last_byte;
    return packets;
}
std::vector<Bytes> with_payload_type(std::vector<Bytes> packets, std::uint8_t type) {
    for (Bytes& packet : packets) packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80U) | type);
    return packets;
}

std::vector<Recorded> streams_on() {
    const std::vector<Bytes> all = stream();
    const auto half = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    Call call;
    call.registered().accepted({}, device_sdp()).streamed({all.begin(), half}).hung_up(milliseconds(40), false);
    call.talk.wait(seconds(3));
    return call.streamed({half, all.end()}).packets();
}

/// The device fetches the platform's voice: it sends the INVITE, and receives (GB/T 28181-2022 9.12).
struct Broadcast {
    Conversation talk{};
    std::string hears_at = "192.168.1.64";

    [[nodiscard]] static std::string message(const std::string& start, std::string_view method, bool answered, const std::string& sdp = {}) {
        return fmt::format("{}\r\nVia: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bKb{}\r\nFrom: <sip:{}@3402000000>;tag=db\r\n"
                           "To: <sip:{}@3402000000>{}\r\nCall-ID: broadcast\r\nCSeq: 30 {}\r\nContact: <sip:{}@192.168.1.64:5060>\r\nMax-Forwards: 70\r\n"
                           "User-Agent: IP Camera\r\n{}Content-Length: {}\r\n\r\n{}",
                           start, method == "ACK" ? "a" : "", device_id, server_id, answered ? ";tag=pb" : "", method, device_id,
                           sdp.empty() ? "" : "Content-Type: Application/SDP\r\n", sdp.size(), sdp);
    }
    [[nodiscard]] static SdpText voice(std::string direction) {
        SdpText sdp;
        sdp.maps = "a=rtpmap:8 PCMA/8000\r\n";
        sdp.formats = "8";
        sdp.kind = "audio";
        sdp.direction = std::move(direction);
        return sdp;
    }
    Broadcast& asked(std::uint32_t port = 15062) {
        SdpText offer = voice("recvonly");
        offer.address = hears_at;
        offer.port = port;
        talk.register_well().beats(1).wait(seconds(5));
        talk.from_device(message("INVITE sip:" + server_id + "@203.0.113.9:5060 SIP/2.0", "INVITE", false, offer.text())).wait(milliseconds(20));
        return *this;
    }
    Broadcast& begun() {
        asked().talk.from_platform(message("SIP/2.0 200 OK", "INVITE", true, voice("sendonly").text())).wait(milliseconds(20));
        return *this;
    }
    Broadcast& refused(const std::string& answer) {
        talk.from_platform(message("SIP/2.0 " + answer, "INVITE", true)).wait(milliseconds(20));
        return acknowledged();
    }
    Broadcast& waited(Duration duration) {
        talk.wait(duration);
        return *this;
    }
    Broadcast& acknowledged() {
        talk.from_device(message("ACK sip:" + server_id + "@203.0.113.9:5060 SIP/2.0", "ACK", true)).wait(milliseconds(20));
        return *this;
    }
    /// The platform hangs up.
    Broadcast& ended() {
        talk.from_platform(fmt::format("BYE sip:{0}@192.168.1.64:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;rport;branch=z9hG4bKend\r\n"
                                       "From: <sip:{1}@3402000000>;tag=pb\r\nTo: <sip:{0}@3402000000>;tag=db\r\nCall-ID: broadcast\r\nCSeq: 2 BYE\r\n"
                                       "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n", device_id, server_id));
        return *this;
    }
    Broadcast& said(const std::vector<Bytes>& packets) {
        talk.streams(packets, endpoint("203.0.113.9", 30012), endpoint("192.168.1.64", 15062));
        return *this;
    }
};

/// G.711 in RTP, 40 ms a packet.
std::vector<Bytes> speech() {
    wire::rtp::Packetizer packetizer({.ssrc = 100'003'190, .payload_type = 8});
    std::vector<Bytes> packets;
    for (std::uint32_t i = 0; i < 12; ++i) packetizer.frame(test::codec::g711a_speech(320, i * 320), i * 320, packets);
    return packets;
}

std::vector<Recorded> silence() {
    Call call;
    call.registered();
    const std::string invite = call.invite({});
    Duration interval = milliseconds(500);
    call.talk.from_platform(invite);
    for (int i = 0; i < 6; ++i, interval *= 2) call.talk.wait(interval).from_platform(invite);
    return call.packets();
}

std::vector<Recorded> without_ack() {
    Call call;
    call.registered();
    const SdpText reply = device_sdp();
    call.talk.from_platform(call.invite({})).wait(milliseconds(50));
    Duration interval = milliseconds(500);
    for (int i = 0; i < 8; ++i, interval = std::min<Duration>(interval * 2, seconds(4)))
        call.talk.from_device(call.answer(200, "OK", &reply)).wait(interval);
    return call.packets();
}

std::vector<Recorded> shared_call_id() {
    Call first;
    first.registered().accepted({}, device_sdp());
    Call second = first;
    second.channel = "34020000001310000002";
    second.caller_tag = "ct2";
    second.callee_tag = "dt2";
    second.cseq = 40;
    SdpText offer, reply = device_sdp();
    offer.port = 30014;
    offer.y = reply.y = "0100003191";
    return second.accepted(offer, reply).packets();
}

std::vector<Recorded> unknown_bye() {
    Call call;
    call.registered().accepted({}, device_sdp());
    call.talk.wait(seconds(20)).from_platform(call.bye(false)).wait(milliseconds(8));
    call.talk.from_device(call.bye_answer(false, 481, "Call/Transaction Does Not Exist"));
    return call.packets();
}

/// A request of the platform outside a call, and its answer.
std::vector<Recorded> asked(std::string_view method, std::string_view headers, std::string_view body, int status, std::string_view reason) {
    Call call;
    call.registered();
    const std::string start = fmt::format("{} sip:{}@192.168.1.64:5060 SIP/2.0", method, channel_id);
    call.talk.from_platform(call.message(start, 7, method, false, false, headers, std::string(body))).wait(milliseconds(9));
    return call.talk.from_device(call.message(fmt::format("SIP/2.0 {} {}", status, reason), 7, method, false, true, "", "")).packets();
}

SdpText with_y(SdpText sdp, std::string y) {
    sdp.y = std::move(y);
    return sdp;
}

SdpText offer_at(std::string address) {
    SdpText sdp;
    sdp.address = std::move(address);
    return sdp;
}

std::vector<Recorded> behind_nat() {
    Call call;
    call.talk.device = call.talk.answers_to = endpoint("117.136.8.21", 40312);
    return call.registered().accepted(offer_at("192.168.7.7"), device_sdp()).hung_up(seconds(20), false).packets();
}

Run later(Duration after) { return Run{.context = {}, .after = after}; }

}  // namespace

std::vector<Cause> dialog_causes() {
    SdpText ps_second, no_port, h265_as_99, ps_only;
    ps_second.maps = "a=rtpmap:98 H264/90000\r\na=rtpmap:96 PS/90000\r\n";
    no_port.kind = "audio";
    no_port.port = 0;
    h265_as_99.maps = "a=rtpmap:96 PS/90000\r\na=rtpmap:99 H265/90000\r\n";
    ps_only.maps = "a=rtpmap:96 PS/90000\r\n";
    SdpText receives = device_sdp();
    receives.direction = "recvonly";
    constexpr std::string_view play = "PLAY MANSRTSP/1.0\r\nCSeq: 2\r\nScale: 2.0\r\n\r\n";
    return {
        {dialog_bad_request, [] { return refused(400, "Bad Request"); }},
        {dialog_busy, [] { return refused(486, "Busy Here"); }},
        {dialog_not_acceptable, [ps_only] { return refused(488, "Not Acceptable Here", ps_only); }},
        {dialog_refused, [] { return refused(404, "Not Found"); }},
        {dialog_unanswered, silence, later(seconds(40))},
        {dialog_event_refused, [] { return asked("SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "", 489, "Bad Event"); }},
        {dialog_media_address, [] { return worked(offer_at("127.0.0.1"), device_sdp()); }, {}, Certainty::likely},
        {dialog_media_address, behind_nat, {}, Certainty::likely},
        {dialog_ps_not_first, [ps_second] { return refused(403, "Forbidden", ps_second); }, {}, Certainty::likely},
        {dialog_ssrc_missing, [] { return worked(with_y({}, ""), with_y(device_sdp(), "")); }},
        {dialog_ssrc_malformed, [] { return worked(with_y({}, "5F5ED76"), device_sdp()); }},
        {dialog_ssrc_changed, [] { return worked({}, with_y(device_sdp(), "0060205514")); }},
        {dialog_setup_conflict, [] { return worked(over_tcp({}, "passive"), over_tcp(device_sdp(), "passive")); }, {}, Certainty::likely},
        {dialog_payload_type, [h265_as_99] { return worked(h265_as_99, device_sdp()); }},
        {dialog_direction_conflict, [receives] { return worked({}, receives); }, {}, Certainty::likely},
        {dialog_audio_as_ps, [] { return Broadcast{}.begun().acknowledged().said(with_payload_type(stream(), 8)).talk.packets(); }},
        {dialog_audio_as_ps, [] { return Broadcast{}.begun().acknowledged().said(stream()).talk.packets(); }, {}, Certainty::likely},
        {dialog_audio_before_ack, [] { return Broadcast{}.begun().said(speech()).acknowledged().said({}).talk.packets(); }},
        {dialog_broadcast_refused, [] { return Broadcast{}.asked().refused("488 Not Acceptable Here").talk.packets(); }},
        {dialog_port_zero, [] { return Broadcast{}.asked(0).refused("403 Forbidden").talk.packets(); }, {}, Certainty::likely},
        {dialog_ssrc_not_promised, [] { return Call{}.registered().accepted({}, device_sdp()).streamed(with_ssrc(stream(), 7)).hung_up(seconds(1), false).packets(); }},
        {dialog_media_after_bye, streams_on},
        {dialog_port_zero, [no_port] { return refused(403, "Forbidden", no_port); }, {}, Certainty::likely},
        {dialog_ack_missing, without_ack, later(seconds(40)), Certainty::likely},
        {dialog_call_id_shared, shared_call_id, {}, Certainty::likely},
        {dialog_device_gave_up, [] { return Call{}.registered().accepted({}, device_sdp()).hung_up(seconds(8), true).packets(); }, {}, Certainty::possible},
        {dialog_bye_unknown, unknown_bye, {}, Certainty::likely},
        {dialog_playback_start_line,
         [play] { return asked("INFO", "Content-Type: Application/MANSRTSP\r\n", play, 400, "Bad Request"); }, {}, Certainty::likely},
        {dialog_key_frame_spelling,
         [] { return asked("MESSAGE", "Content-Type: Application/MANSCDP+xml\r\n", "<Control><CmdType>DeviceControl</CmdType><SN>3</SN><IFameCmd>Send</IFameCmd></Control>", 200, "OK"); }},
    };
}

std::vector<Healthy> healthy_dialogs() {
    return {
        {"a call of a minute over UDP", [] { return worked({}, device_sdp()); }},
        {"a call and its stream", [] { return Call{}.registered().accepted({}, device_sdp()).streamed(stream()).hung_up(seconds(1), false).packets(); }},
        {"a broadcast that the platform ends before anybody spoke",
         [] {
             Broadcast broadcast;
             broadcast.hears_at = "117.136.8.21";
             return broadcast.begun().acknowledged().waited(seconds(5)).ended().talk.packets();
         }},
        {"a broadcast and its audio", [] { return Broadcast{}.begun().acknowledged().said(speech()).talk.packets(); }},
        {"a call over TCP", [] { return worked(over_tcp({}, "passive"), over_tcp(device_sdp(), "active")); }},
        {"a device behind a NAT sends to a public address",
         [] {
             Call call;
             call.talk.device = call.talk.answers_to = endpoint("117.136.8.21", 40312);
             return call.registered().accepted({}, device_sdp()).hung_up(seconds(60), false).packets();
         }},
        {"a second call of the same channel after the first",
         [] {
             Call call;
             call.registered().accepted({}, device_sdp()).hung_up(seconds(30), false);
             Call next = call;
             next.call_id = "play2";
             next.caller_tag = "ct2";
             return next.accepted({}, device_sdp()).hung_up(seconds(30), false).packets();
         }},
        {"the device hangs up after a long time", [] { return Call{}.registered().accepted({}, device_sdp()).hung_up(minutes(5), true).packets(); }},
        {"the first INVITE is lost, the second arrives",
         [] {
             Call call;
             call.registered();
             call.talk.from_platform(call.invite({})).wait(milliseconds(500));
             return call.accepted({}, device_sdp()).hung_up(seconds(60), false).packets();
         }},
    };
}

}  // namespace gbkit::scenario
