#include "proto/observe/content.hpp"

#include <algorithm>
#include <array>

#include "base/charset.hpp"
#include "wire/load.hpp"
#include "wire/masked_url.hpp"
#include "wire/rtmp.hpp"
#include "wire/rtsp.hpp"
#include "wire/sip/looks_like.hpp"
#include "wire/tls_hello.hpp"

namespace gbkit::proto::observe {

namespace {

using wire::FirstLine;

constexpr std::size_t longest_name = 160;

std::string shown(std::string_view name) { return printable(name.substr(0, longest_name)); }

ContentGuess asked(Content content, std::string_view name) { return {.content = content, .asks = true, .name = shown(name)}; }

constexpr std::string_view onvif_namespace = "www.onvif.org/";

/// An HTTP request may turn out to be ONVIF, or to carry RTSP: its headers, and of a SOAP request its body, say so.
ContentGuess http_request(std::string_view head, bool last) {
    if (wire::tunnels_rtsp(head)) return asked(Content::rtsp, wire::masked_url(wire::target_of(head)));
    const bool whole = wire::head_is_whole(head);
    if (!whole && !last) return {};
    const std::string_view host = wire::header_in(head, "Host");
    if (ifind(wire::target_of(head), "/onvif/") != std::string_view::npos) return asked(Content::onvif, host);
    if (!wire::carries_soap(head)) return asked(Content::http, host);
    if (head.find(onvif_namespace) != std::string_view::npos) return asked(Content::onvif, host);
    return last ? asked(Content::http, host) : ContentGuess{};
}

ContentGuess http_answer(std::string_view head, bool last) {
    if (wire::tunnels_rtsp(head)) return {.content = Content::rtsp};
    if (!last && !wire::head_is_whole(head)) return {};
    return {.content = Content::http, .certain = false};  // the request knows better
}

ContentGuess text_stream(std::string_view head, bool last) {
    constexpr std::string_view ssh = "SSH-";
    if (head.starts_with(ssh)) return {.content = Content::ssh};
    if (!wire::may_be_first_line(head)) return {.content = Content::other};
    if (head.find('\n') < wire::longest_first_line && wire::sip::looks_like_sip(head)) return {.content = Content::sip};
    switch (wire::first_line_of(head)) {
        case FirstLine::rtsp_request: return asked(Content::rtsp, wire::masked_url(wire::target_of(head)));
        case FirstLine::rtsp_answer: return {.content = Content::rtsp};
        case FirstLine::http_request: return http_request(head, last);
        case FirstLine::http_answer: return http_answer(head, last);
        case FirstLine::more:
            if (!last) return {};
            break;
        case FirstLine::none: break;
    }
    return {.content = Content::other};
}

/// NetBIOS session message: | 0 | length 3 | FF or FE 'S' 'M' 'B' |
bool is_smb(ByteView head) noexcept {
    return head.size() >= 8 && head[0] == 0 && (head[4] == 0xFF || head[4] == 0xFE) && as_text(head.subspan(5, 3)) == "SMB";
}

/// RFC 8489 section 5: two zero bits, a length that fits, the magic cookie.
bool is_stun(ByteView bytes) noexcept {
    constexpr std::uint32_t cookie = 0x2112A442;
    return bytes.size() >= 20 && bytes[0] >> 6 == 0 && wire::load32be(bytes, 4) == cookie && wire::load16be(bytes, 2) + std::size_t{20} <= bytes.size();
}

/// RFC 1035 4.1: one question that lies within the message, at most a few records, no reserved bit.
bool is_dns(ByteView bytes) noexcept {
    constexpr std::size_t header = 12;
    if (bytes.size() < header + 5 || wire::load16be(bytes, 4) != 1 || (bytes[3] & 0x40) != 0) return false;
    if (wire::load16be(bytes, 6) > 64 || wire::load16be(bytes, 8) > 64 || wire::load16be(bytes, 10) > 64) return false;
    std::size_t at = header;
    while (at < bytes.size() && bytes[at] != 0) {
        if (bytes[at] > 63) return false;
        at += bytes[at] + std::size_t{1};
    }
    if (at + 5 > bytes.size()) return false;
    const std::uint16_t query_class = wire::load16be(bytes, at + 3) & 0x7FFF;
    return query_class == 1 || query_class == 255;
}

}  // namespace

std::string_view slug_of(Content content) noexcept {
    constexpr std::array<std::string_view, content_kinds> slugs{"undecided", "sip", "rtp", "rtcp", "rtsp", "rtmp", "http", "onvif",
                                                                "tls",       "ssh", "smb", "ssdp", "stun", "dns",  "other"};
    return slugs[static_cast<std::size_t>(content)];
}

Bilingual title_of(Content content) noexcept {
    constexpr std::array<Bilingual, content_kinds> titles{{{"?", "?"}, {"SIP", "SIP"}, {"RTP", "RTP"}, {"RTCP", "RTCP"}, {"RTSP", "RTSP"},
                                                          {"RTMP", "RTMP"}, {"HTTP", "HTTP"}, {"ONVIF", "ONVIF"}, {"TLS", "TLS"}, {"SSH", "SSH"},
                                                          {"SMB", "SMB"}, {"SSDP", "SSDP"}, {"STUN", "STUN"}, {"DNS", "DNS"}, {"other", "其他"}}};
    return titles[static_cast<std::size_t>(content)];
}

ContentGuess content_of_stream(ByteView head, bool last) {
    head = head.first(std::min(head.size(), content_head));
    last = last || head.size() == content_head;
    const std::string_view text = as_text(head);
    const std::size_t start = text.find_first_not_of("\r\n");  // keep-alives before a message (RFC 3261 7.5)
    if (start == std::string_view::npos) return last ? ContentGuess{.content = Content::other} : ContentGuess{};
    if (text[start] >= 'A' && text[start] <= 'Z') return text_stream(text.substr(start), last);

    const wire::TlsHello hello = wire::read_tls_hello(head, last);
    if (hello.kind == wire::TlsHello::Kind::client) return asked(Content::tls, hello.server_name);
    if (hello.kind == wire::TlsHello::Kind::other) return {.content = Content::tls};
    const wire::RtmpStart rtmp = wire::rtmp_start(head);
    if (rtmp == wire::RtmpStart::yes) return {.content = Content::rtmp};
    if (rtmp == wire::RtmpStart::maybe) return {.content = Content::rtmp, .certain = false};
    if (is_smb(head)) return {.content = Content::smb};
    const bool may_be_smb = head.size() < 8 && head[0] == 0;
    const bool open = hello.kind == wire::TlsHello::Kind::more || rtmp == wire::RtmpStart::more || may_be_smb;
    return open && !last ? ContentGuess{} : ContentGuess{.content = Content::other};
}

ContentGuess content_of_datagram(ByteView datagram) {
    const std::string_view text = as_text(datagram.first(std::min(datagram.size(), content_head)));
    if (is_stun(datagram)) return {.content = Content::stun};
    switch (wire::first_line_of(text)) {
        case FirstLine::http_request:
        case FirstLine::http_answer: return {.content = Content::ssdp};  // UPnP: HTTP in datagrams
        default: break;
    }
    const bool xml = text.starts_with('<');
    if (xml && (text.find("/ws/2005/04/discovery") != std::string_view::npos || text.find(onvif_namespace) != std::string_view::npos))
        return {.content = Content::onvif};
    return {.content = is_dns(datagram) ? Content::dns : Content::other};
}

}  // namespace gbkit::proto::observe
