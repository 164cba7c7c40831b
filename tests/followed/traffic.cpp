#include "followed/traffic.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/frame.hpp"
#include "wire/frame_build.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::followed {

namespace {

constexpr unsigned honest_devices = 20, strange_devices = 8, strange_calls = 4, strange_queries = 4, strange_sources = 4;
constexpr unsigned strange_dials = 26, catalog_items = 20;
const std::string platform_id = "34020000002000000001";
const Endpoint platform{IpAddress::v4(0xCB007109), 5060}, media_port{IpAddress::v4(0xCB007109), 30'002};

std::string device_id(std::uint64_t number) { return fmt::format("3402000000132{:07}", number % 10'000'000); }
/// 10.0.0.0/8: one address for each of 16 million strangers.
Endpoint address(std::uint64_t number, std::uint16_t port = 5060) {
    return {IpAddress::v4(0x0A00'0000 | static_cast<std::uint32_t>(number & 0xFF'FFFF)), port};
}

std::string message(const std::string& start, const std::string& from, const std::string& to, const std::string& call, unsigned cseq, std::string_view method,
                    const std::string& more = {}, const std::string& body = {}) {
    return fmt::format("{}\r\nVia: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK{}{}\r\nFrom: <sip:{}@3402000000>;tag=f{}\r\nTo: <sip:{}@3402000000>\r\n"
                       "Call-ID: {}\r\nCSeq: {} {}\r\nMax-Forwards: 70\r\n{}Content-Length: {}\r\n\r\n{}",
                       start, call, cseq, from, call, to, call, cseq, method, more, body.size(), body);
}
std::string request(std::string_view method, const std::string& from, const std::string& to, const std::string& call, unsigned cseq, const std::string& more = {},
                    const std::string& body = {}) {
    return message(fmt::format("{} sip:{}@3402000000 SIP/2.0", method, to), from, to, call, cseq, method, more, body);
}
std::string answer(std::string_view status, std::string_view method, const std::string& from, const std::string& to, const std::string& call, unsigned cseq,
                   const std::string& more = {}, const std::string& body = {}) {
    return message(fmt::format("SIP/2.0 {}", status), from, to, call, cseq, method, more, body);
}
std::string challenge(const std::string& nonce) { return fmt::format("WWW-Authenticate: Digest realm=\"3402000000\", nonce=\"{}\", algorithm=MD5\r\n", nonce); }
std::string credentials(const std::string& device, const std::string& nonce) {
    return fmt::format("Authorization: Digest username=\"{}\", realm=\"3402000000\", nonce=\"{}\", uri=\"sip:{}@3402000000\", "
                       "response=\"00000000000000000000000000000000\", algorithm=MD5\r\n", device, nonce, platform_id);
}
std::string xml(std::string_view root, std::string_view command, std::uint64_t sn, const std::string& device, const std::string& more = {}) {
    return fmt::format("<?xml version=\"1.0\"?>\r\n<{0}>\r\n<CmdType>{1}</CmdType>\r\n<SN>{2}</SN>\r\n<DeviceID>{3}</DeviceID>\r\n{4}</{0}>\r\n", root, command, sn,
                       device, more);
}
std::string sdp(const Endpoint& at, std::uint64_t ssrc) {
    return fmt::format("v=0\r\no=1 0 0 IN IP4 {0}\r\ns=Play\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=video {1} RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\na=recvonly\r\ny={2:010}\r\n",
                       at.address.text(), at.port, ssrc);
}

}  // namespace

Traffic::Traffic(Time start, Sink sink) : sink_(std::move(sink)), now_(start), registered_(honest_devices), beaten_(honest_devices) {
    for (std::uint32_t i = 0; i < 5; ++i)
        cameras_.push_back({{IpAddress::v4(0xC0A8'0140 + i), 15'060}, i == 4, wire::ps::Muxer({.video = wire::codec::Codec::h264}),
                            wire::rtp::Packetizer({.ssrc = 100'003'190 + i, .first_sequence = 65'500})});
    wire::rtp::Packetizer packetizer({.ssrc = 1, .first_sequence = 1});
    wire::ps::Muxer muxer({.video = wire::codec::Codec::h264});
    Bytes pack;
    muxer.video(test::codec::h264_key(1500, 1), 90'000, std::nullopt, true, pack);
    packetizer.frame(pack, 90'000, made_);
}

void Traffic::give(const Bytes& packet) {
    wire::CapturedFrame frame;
    frame.time = now_;
    frame.link_type = wire::link_type::raw;
    frame.bytes = packet;
    frame.wire_length = packet.size();
    ++frames_;
    sink_(frame);
    now_ += microseconds(40);
}

void Traffic::udp(const Endpoint& source, const Endpoint& destination, ByteView payload) {
    Bytes packet;
    wire::append_udp(packet, source, destination, ++ip_id_, payload);
    give(packet);
}
void Traffic::udp(const Endpoint& source, const Endpoint& destination, const std::string& payload) { udp(source, destination, as_bytes(payload)); }

void Traffic::tcp(const Endpoint& source, const Endpoint& destination, std::uint32_t sequence, bool syn, const std::string& payload) {
    Bytes packet;
    wire::append_tcp(packet, source, destination, ++ip_id_, {.sequence = sequence, .syn = syn, .ack = !syn}, as_bytes(payload));
    give(packet);
}

void Traffic::round(Duration length) {
    const Time end = now_ + length;
    for (unsigned i = 0; i < honest_devices; ++i) honest_device(i);
    for (Camera& camera : cameras_) honest_camera(camera);
    honest_connection();
    for (unsigned i = 0; i < strange_devices; ++i) strange_device(rounds_ * strange_devices + i);
    for (unsigned i = 0; i < strange_calls; ++i) strange_call(rounds_ * strange_calls + i);
    for (unsigned i = 0; i < strange_queries; ++i) strange_query(rounds_ * strange_queries + i);
    for (unsigned i = 0; i < strange_sources; ++i) strange_source(rounds_ * strange_sources + i);
    strange_connections(rounds_);
    strange_packets(rounds_);
    ++rounds_;
    now_ = std::max(now_, end);
}

// Honest ------------------------------------------------------------------------------------------------------------

void Traffic::honest_device(unsigned index) {
    const std::string id = fmt::format("340200000011800{:05}", index);
    const Endpoint at{IpAddress::v4(0xC0A8'0200 + index), 5060};
    const std::string call = fmt::format("h{}r{}", index, rounds_);
    if (now_ - registered_[index] > hours(1)) {
        registered_[index] = beaten_[index] = now_;
        const std::string contact = fmt::format("Contact: <sip:{}@{}>\r\nExpires: 7200\r\n", id, at.text());
        udp(at, platform, request("REGISTER", id, platform_id, call, 1, contact));
        udp(platform, at, answer("401 Unauthorized", "REGISTER", id, platform_id, call, 1, challenge("n" + call)));
        udp(at, platform, request("REGISTER", id, platform_id, call, 2, contact + credentials(id, "n" + call)));
        udp(platform, at, answer("200 OK", "REGISTER", id, platform_id, call, 2, "Expires: 7200\r\n"));
    } else if (now_ - beaten_[index] >= seconds(60)) {
        beaten_[index] = now_;
        udp(at, platform, request("MESSAGE", id, platform_id, call, 1, "Content-Type: Application/MANSCDP+xml\r\n",
                                  xml("Notify", "Keepalive", rounds_, id, "<Status>OK</Status>\r\n")));
        udp(platform, at, answer("200 OK", "MESSAGE", id, platform_id, call, 1));
    }
}

void Traffic::honest_camera(Camera& camera) {
    const bool key = camera.frame % 12 == 0;
    const std::uint64_t pts = static_cast<std::uint64_t>(now_.time_since_epoch() / microseconds(1)) % 10'000'000'000 * 9 / 100;
    Bytes pack;
    const auto seed = static_cast<std::uint32_t>(++camera.frame % 50);
    camera.muxer.video(key ? test::codec::h264_key(3000, seed) : test::codec::h264_predicted(3000, seed), pts, std::nullopt, key, pack);
    std::vector<Bytes> packets;
    camera.packetizer.frame(pack, static_cast<std::uint32_t>(pts), packets);
    for (const Bytes& packet : packets) {
        if (!camera.tcp) {
            udp(camera.from, media_port, packet);
            continue;
        }
        Bytes framed;
        wire::rtp::write_framed(framed, packet, wire::rtp::Framing::rfc4571);
        tcp(camera.from, media_port, camera.sequence, false, std::string(as_text(framed)));
        camera.sequence += static_cast<std::uint32_t>(framed.size());
    }
}

/// Its messages come in two segments each, and sometimes one segment is missing.
void Traffic::honest_connection() {
    const Endpoint at{IpAddress::v4(0xC0A8'0300), 40'000};
    const std::string id = "34020000001180099999", call = fmt::format("t{}", rounds_);
    const std::string text = request("MESSAGE", id, platform_id, call, 1, {}, xml("Notify", "Keepalive", rounds_, id, "<Status>OK</Status>\r\n"));
    tcp(at, platform, connection_sequence_, false, text.substr(0, 100));
    if (rounds_ % 50 != 49) tcp(at, platform, connection_sequence_ + 100, false, text.substr(100));
    connection_sequence_ += static_cast<std::uint32_t>(text.size());
}

// Strange -----------------------------------------------------------------------------------------------------------

void Traffic::strange_device(std::uint64_t id) {
    const std::string device = device_id(id), call = fmt::format("s{}", id);
    const Endpoint at = address(id);
    udp(at, platform, request("REGISTER", device, platform_id, call, 1, credentials(device, call)));
    udp(platform, at, answer("401 Unauthorized", "REGISTER", device, platform_id, call, 1, challenge("n" + call)));
    if (id % 4 == 0) {
        udp(at, platform, request("REGISTER", device, platform_id, call, 2, credentials(device, "n" + call)));
        udp(platform, at, answer("403 Forbidden", "REGISTER", device, platform_id, call, 2));
    }
    udp(at, platform, request("MESSAGE", device, platform_id, call + "m", 1, {},
                              xml("Notify", id % 2 == 0 ? "Alarm" : "MobilePosition", id, device, "<AlarmPriority>1</AlarmPriority>\r\n<AlarmMethod>5</AlarmMethod>\r\n")));
    if (id % 3 == 0) udp(at, platform, fmt::format("MESSAGE sip:x SIP/2.0\r\nFrom: <sip:{}@x>\r\nbroken\r\n\r\n", device));
}

void Traffic::strange_call(std::uint64_t id) {
    const std::string channel = device_id(5'000'000 + id), call = fmt::format("c{}", id);
    const Endpoint at = address(0x40'0000 + id), media = address(0x80'0000 + id, 20'000);
    udp(platform, at, request("INVITE", platform_id, channel, call, 1, "Content-Type: Application/SDP\r\n", sdp(media, id)));
    if (id % 4 == 3) return;
    udp(at, platform, answer("200 OK", "INVITE", platform_id, channel, call, 1, "Content-Type: Application/SDP\r\n", sdp(at, id)));
    udp(platform, at, request("ACK", platform_id, channel, call, 1));
    if (id % 4 == 2) udp(platform, at, request("BYE", platform_id, channel, call, 2));
}

void Traffic::strange_query(std::uint64_t id) {
    const std::string device = device_id(3'000'000 + id), call = fmt::format("q{}", id);
    const Endpoint at = address(0xC0'0000 + id);
    udp(platform, at, request("MESSAGE", platform_id, device, call, 1, {}, xml("Query", "Catalog", id, device)));
    udp(at, platform, answer("200 OK", "MESSAGE", platform_id, device, call, 1));
    std::string items;
    for (unsigned i = 0; i < catalog_items; ++i)
        items += fmt::format("<Item><DeviceID>3402000000131{:07}</DeviceID><Name>n{}</Name></Item>\r\n", (id * catalog_items + i) % 10'000'000, id);
    const std::string list = fmt::format("<SumNum>{}</SumNum>\r\n<DeviceList Num=\"{}\">\r\n{}</DeviceList>\r\n", catalog_items + 1, catalog_items, items);
    udp(at, platform, request("MESSAGE", device, platform_id, call + "a", 1, {}, xml("Response", "Catalog", id, device, list)));
    udp(platform, at, request("SUBSCRIBE", platform_id, device, call + "s", 1, "Event: presence\r\nExpires: 90\r\n",
                              xml("Query", "MobilePosition", id, device)));
}

void Traffic::strange_source(std::uint64_t id) {
    for (Bytes packet : made_) {
        for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>((0x4000'0000 + id) >> (24 - 8 * i));
        udp(address(0x20'0000 + id, 15'060), media_port, packet);
    }
}

void Traffic::strange_connections(std::uint64_t id) {
    for (std::uint64_t i = id * strange_dials; i < (id + 1) * strange_dials; ++i)
        tcp(address(0x60'0000 + i / 50'000, static_cast<std::uint16_t>(10'000 + i % 50'000)), platform, 1, true, {});
    for (std::uint64_t i = 0; i < 4; ++i) {
        const Endpoint at = address(0xA0'0000 + id * 4 + i, 40'000);
        tcp(at, platform, 1, true, {});
        const std::string half_a_message = "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: " + std::string(500, 'x');
        tcp(at, platform, 2, false, i % 2 == 0 ? half_a_message : std::string("\x05\xA0\x80\x60", 4));
        tcp(at, platform, 9'000, false, std::string(600, 'y'));   // after a hole that nobody fills
    }
}

void Traffic::strange_packets(std::uint64_t id) {
    udp(address(0xE0'0000 + id, static_cast<std::uint16_t>(id)), {media_port.address, static_cast<std::uint16_t>(id >> 3 | 1)}, std::string(40, 'z'));
    Bytes packet;
    wire::append_udp(packet, address(0xE8'0000 + id), platform, static_cast<std::uint16_t>(id), as_bytes(std::string_view("one fragment; the others never come here")));
    packet[6] |= 0x20;                       // more fragments
    packet[10] = packet[11] = 0;
    give(packet);
    packet.clear();
    wire::append_unreachable(packet, platform, address(id), ++ip_id_, 3);
    give(packet);
}

}  // namespace gbkit::followed
