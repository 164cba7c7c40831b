#include "proto/observe/conversation_traits.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "wire/digest/header.hpp"
#include "wire/gb_id.hpp"
#include "wire/manscdp.hpp"
#include "wire/sdp.hpp"
#include "wire/sip/split.hpp"

namespace gbkit::proto::observe {

namespace {

namespace sip = wire::sip;

constexpr std::size_t longest_value = 200;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string kind_of_address(const IpAddress& address) {
    if (address.is_unspecified()) return "0.0.0.0";
    if (address.is_loopback()) return "loopback address";
    return address.is_private() ? "private address" : "public address";
}

std::string kind_of_number(std::string_view digits) {
    if (const auto id = wire::parse_gb_id(digits)) return fmt::format("ID {:03}", id->type);
    if (digits.size() >= 15) return fmt::format("ID of {} digits", digits.size());
    if (digits.size() == 10) return "domain";
    return digits.size() >= 4 && digits != "5060" ? "N" : std::string(digits);
}

std::string bounded(std::string text) {
    if (text.size() > longest_value) text.resize(longest_value);
    return printable(text);
}

void add(std::vector<Trait>& traits, const std::string& name, const std::string& chinese, std::string value, Weight weight = Weight::value) {
    // A header or m= line of a name that stands there already is told apart by its number.
    const auto same = std::count_if(traits.begin(), traits.end(), [&](const Trait& trait) { return trait.name == name || trait.name.starts_with(name + " ("); });
    const std::string number = same == 0 ? std::string() : fmt::format(" ({})", same + 1);
    traits.push_back({name + number, chinese + number, bounded(std::move(value)), weight});
}

void add_header(std::vector<Trait>& traits, const sip::HeaderField& field, std::string value, Weight weight = Weight::value) {
    add(traits, "header " + std::string(field.name), "头域 " + std::string(field.name), std::move(value), weight);
}

// A response or nonce as it is written: never what it is.
std::string form_of_secret(std::string_view value) {
    if (value.empty()) return "empty";
    const bool hex = std::all_of(value.begin(), value.end(), [](char c) { return hex_value(c) >= 0; });
    const bool upper = std::any_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'F'; });
    return !hex ? "given" : fmt::format("{} hexadecimal digits{}", value.size(), upper ? ", upper case" : "");
}

// What an answer owes to the challenge it answers: the same, or not.
std::string against(const SaidBefore::Challenge* challenge, std::string_view value, const std::string& challenged) {
    if (challenge == nullptr) return "";
    return value == challenged ? ", as challenged" : ", not as challenged";
}

std::string nonce_of(std::string_view nonce, const SaidBefore& before) {
    if (before.challenges.empty()) return "of a challenge that is not in the capture";
    if (before.challenges.back().nonce == nonce) return "the last challenge's";
    const bool older = std::any_of(before.challenges.begin(), before.challenges.end(), [&](const auto& one) { return one.nonce == nonce; });
    return older ? "an older challenge's" : "of no challenge in the capture";
}

std::string digest_value(std::string_view name, const wire::digest::Parameter& parameter, const sip::Message& message, const SaidBefore& before, bool answers) {
    const std::string_view value = parameter.value;
    const std::string device = message.from.uri.user;
    const SaidBefore::Challenge* challenge = answers && !before.challenges.empty() ? &before.challenges.back() : nullptr;
    if (name == "response") return form_of_secret(value);
    if (name == "nonce" && answers) return nonce_of(value, before);
    if (name == "cnonce") return value.empty() ? "empty" : value == before.cnonce ? "the same again" : "given";
    if (name == "nonce" || name == "nextnonce") return value.empty() ? "empty" : "given";
    if (name == "opaque") return (value.empty() ? std::string("empty") : "given") + against(challenge, value, challenge == nullptr ? "" : challenge->opaque);
    if (name == "username") return value == device ? "the device ID" : "another name than the device ID";
    if (name == "realm") {
        const std::string kind = value == wire::domain_of(device) ? "the device's domain" : all_digits(value) ? "digits, another domain" : "a text";
        return kind + against(challenge, value, challenge == nullptr ? "" : challenge->realm);
    }
    if (name == "nc") return std::string(value);
    const bool open = name == "uri" || name == "qop" || name == "algorithm" || name == "stale" || name == "charset" || name == "userhash" || name == "domain";
    return open ? general(value) : form_of_secret(value);
}

// Parameter by parameter; of texts that always differ only how they are written.
void add_digest(std::vector<Trait>& traits, const sip::HeaderField& field, const sip::Message& message, const SaidBefore& before) {
    const auto header = wire::digest::parse_header(field.value);
    if (!header) return add_header(traits, field, "cannot be read");
    const bool answers = iequals(field.name, "Authorization") || iequals(field.name, "Proxy-Authorization");
    add_header(traits, field, header->scheme);
    for (const wire::digest::Parameter& parameter : header->parameters) {
        const std::string name = to_lower(parameter.name), title = fmt::format("{} {}", field.name, name);
        add(traits, title, title, digest_value(name, parameter, message, before, answers) + (parameter.quoted ? ", quoted" : ""));
    }
}

bool always_differs(std::string_view name) {
    return sip::same_header(name, "Call-ID") || iequals(name, "CSeq") || sip::same_header(name, "Content-Length") || iequals(name, "Max-Forwards");
}

std::string form_of_date(DateForm form) {
    switch (form) {
        case DateForm::gb: return "GB/T 28181 form";
        case DateForm::gb_without_milliseconds: return "GB/T 28181 form without milliseconds";
        case DateForm::rfc1123: break;
    }
    return "RFC 1123 form";
}

// How far from the capture's own clock: a capture's clock may be wrong too, but it is one clock for both ends.
std::string clock_of(Duration ahead) {
    const Duration apart = ahead < Duration::zero() ? -ahead : ahead;
    if (apart < seconds{30}) return "as the capture's";
    const std::string_view side = ahead < Duration::zero() ? "behind" : "ahead";
    const auto minutes_apart = std::chrono::duration_cast<minutes>(apart + seconds{30}).count();
    if (minutes_apart > 48 * 60) return fmt::format("days {}", side);
    return minutes_apart >= 60 && (minutes_apart + 2) % 60 < 5 ? fmt::format("{} h {}", (minutes_apart + 2) / 60, side) : fmt::format("{} min {}", minutes_apart, side);
}

void add_date(std::vector<Trait>& traits, const sip::HeaderField& field, Time now) {
    const auto date = parse_date(field.value);
    if (!date) return add_header(traits, field, "unknown form");
    add_header(traits, field, form_of_date(date->form), Weight::form);
    if (now != Time{}) add(traits, "clock of Date", "Date 的时钟", clock_of(date->time - now));
}

// A URI without its parameters' random values; the rest of the header's parameters by name.
std::string addressed(std::string_view value) {
    std::string text = general(sip::addr_spec(value));
    if (!sip::display_name(value).empty()) text += ", with a display name";
    return text;
}

// What is wrong with the message itself.
void add_soundness(std::vector<Trait>& traits, const sip::Message& message) {
    if (message.defect) add(traits, "grammar", "语法", message.defect->what);
    const sip::HeaderField* length = message.find("Content-Length");
    const auto claimed = length == nullptr ? std::nullopt : to_number(trim(length->value), 1U << 30);
    const std::size_t body = message.bytes_after_head();
    const std::string_view fit = length == nullptr ? "absent" : !claimed ? "no number" : *claimed == body ? "right" : *claimed > body ? "more than there is" : "less than there is";
    add(traits, "Content-Length", "Content-Length", std::string(fit), length == nullptr ? Weight::form : Weight::value);
}

// Once is enough for most; Via is told by itself.
void add_repeats(std::vector<Trait>& traits, const sip::Message& message) {
    std::map<std::string, int> times;
    for (const sip::HeaderField& field : message.headers()) ++times[to_lower(field.name)];
    for (const auto& [name, count] : times)
        if (count > 1 && name != "via" && name != "v") add(traits, "number of " + name, name + " 个数", std::to_string(count));
}

void add_headers(std::vector<Trait>& traits, const sip::Message& message, const SaidBefore& before) {
    std::vector<std::string> seen;
    for (const sip::HeaderField& field : message.headers()) {
        const std::string_view name = field.name;
        if (always_differs(name) || std::count(seen.begin(), seen.end(), to_lower(name)) > 0) continue;
        seen.push_back(to_lower(name));
        const bool digest = istarts_with(field.value, "Digest");
        if (digest) add_digest(traits, field, message, before);
        else if (iequals(name, "Date")) add_date(traits, field, before.now);
        else if (sip::same_header(name, "From") || sip::same_header(name, "To") || sip::same_header(name, "Contact")) add_header(traits, field, addressed(field.value));
        else if (iequals(name, "User-Agent") || iequals(name, "Server")) add_header(traits, field, std::string(field.value), Weight::habit);
        else if (sip::same_header(name, "Via")) {
            if (message.vias.empty()) continue;
            const sip::Via& via = message.vias.front();
            const auto address = IpAddress::parse(via.host);
            add_header(traits, field, fmt::format("{} {}{}{}", to_upper(via.transport), address ? kind_of_address(*address) : "a name", via.has_rport ? ", rport" : "", via.received.empty() ? "" : ", received"));
            add(traits, "number of Via", "Via 个数", std::to_string(message.vias.size()));
        } else add_header(traits, field, general(field.value));
    }
}

void add_sdp(std::vector<Trait>& traits, const wire::Sdp& sdp) {
    add(traits, "SDP s=", "SDP s=", sdp.session);
    add(traits, "SDP y=", "SDP y=", !sdp.y ? "absent" : !sdp.ssrc() ? "not ten digits" : sdp.y->starts_with('0') ? "live" : "playback");
    add(traits, "SDP f=", "SDP f=", sdp.f.value_or("absent"), Weight::form);
    for (const wire::SdpMedia& media : sdp.media) {
        const std::string m = "SDP m=" + media.kind;
        const auto address = media.address ? IpAddress::parse(*media.address) : std::nullopt;
        std::string mappings;
        for (const wire::SdpMapping& mapping : media.mappings) mappings += fmt::format("{}{} {}/{}", mappings.empty() ? "" : ", ", mapping.payload_type, mapping.encoding, mapping.clock);
        std::string formats;
        for (const std::string& format : media.formats) formats += (formats.empty() ? "" : " ") + format;
        add(traits, m + " protocol", m + " 协议", media.protocol);
        add(traits, m + " port", m + " 端口", media.port == 0 ? "0" : media.port % 2 == 0 ? "even" : "odd", Weight::form);
        add(traits, m + " payload types", m + " 负载类型", formats);
        add(traits, m + " rtpmap", m + " rtpmap", mappings.empty() ? "absent" : mappings);
        add(traits, m + " setup", m + " setup", media.setup.empty() ? "absent" : media.setup);
        add(traits, m + " connection", m + " connection", media.connection.empty() ? "absent" : media.connection);
        add(traits, m + " direction", m + " 方向", media.direction.empty() ? "absent" : media.direction);
        add(traits, m + " c=", m + " c=", address ? kind_of_address(*address) : media.address ? "a name" : "absent");
    }
}

std::string charset_of(std::string_view bytes) {
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return "ASCII";
    return is_utf8(bytes) ? "UTF-8" : gb18030_to_utf8(bytes) ? "GB2312, GBK or GB18030" : "broken";
}

void add_xml(std::vector<Trait>& traits, std::string_view body) {
    const std::string_view head = body.substr(0, 200);
    const std::size_t encoding = ifind(head, "encoding=");
    std::string declared = "absent";
    if (encoding != std::string_view::npos && encoding + 10 < head.size()) declared = head.substr(encoding + 10, head.substr(encoding + 10).find_first_of("\"'?"));
    add(traits, "XML character set declared", "XML 声明的字符集", to_upper(declared), Weight::form);
    add(traits, "XML character set of the bytes", "XML 实际的字符集", charset_of(body), Weight::form);
    const auto manscdp = wire::parse_manscdp(body);
    if (!manscdp) return add(traits, "XML", "XML", "broken");
    if (!manscdp->status.empty()) add(traits, "XML Status", "XML Status", manscdp->status);
}

}  // namespace

std::string general(std::string_view value) {
    std::string out;
    for (std::size_t at = 0; at < value.size() && out.size() < 2 * longest_value;) {
        if (!is_digit(value[at])) {
            out += value[at++];
            continue;
        }
        std::size_t end = value.find_first_not_of("0123456789.", at);
        end = end == std::string_view::npos ? value.size() : end;
        const auto address = end - at <= 15 ? IpAddress::parse(value.substr(at, end - at)) : std::nullopt;
        if (!address) {
            end = value.find_first_not_of("0123456789", at);
            end = end == std::string_view::npos ? value.size() : end;
        }
        // A number alone is a value ("Expires: 3600"); in a longer text it is somebody's.
        const bool alone = end - at == value.size() && value.size() < 9;
        out += address ? kind_of_address(*address) : alone ? std::string(value) : kind_of_number(value.substr(at, end - at));
        at = end;
    }
    return out;
}

std::vector<Trait> traits_of(const sip::Message& message, const SaidBefore& before) {
    std::vector<Trait> traits;
    if (message.is_request()) add(traits, "request URI", "请求 URI", general(message.request_uri()));
    if (message.method() == "REGISTER") traits.push_back({std::string(server_id_trait), "平台编号", bounded(message.uri.user), Weight::value});
    add_soundness(traits, message);
    add_repeats(traits, message);
    add_headers(traits, message, before);
    const std::string_view body = message.body();
    if (body.empty()) return traits;
    if (const auto sdp = wire::parse_sdp(body)) add_sdp(traits, *sdp);
    else if (trim(body).starts_with('<')) add_xml(traits, body);
    return traits;
}

std::vector<Trait> traits_of(const RtpSource& source) {
    std::vector<Trait> traits;
    add(traits, "RTP over", "RTP 承载", source.transport == Transport::udp ? "UDP" : "TCP, " + std::string(wire::rtp::name_of(source.framing)));
    std::string types;
    for (const auto& [type, packets] : source.payload_types) types += (types.empty() ? "" : ", ") + std::to_string(type);
    add(traits, "payload types", "负载类型", types);
    add(traits, "what RTP carries", "RTP 内容", std::string(wire::codec::name_of(source.container)));
    add(traits, "RTCP", "RTCP", source.rtcp_packets > 0 ? "yes" : "no", Weight::form);
    if (source.statistics != nullptr) {
        const RtpStatistics& statistics = *source.statistics;
        const double percent = statistics.expected == 0 ? 0 : 100.0 * static_cast<double>(statistics.lost) / static_cast<double>(statistics.expected);
        add(traits, "packets lost", "丢包", percent == 0 ? "none" : percent < 0.1 ? "below 0.1 %" : percent < 1 ? "0.1 to 1 %" : percent < 5 ? "1 to 5 %" : "over 5 %", Weight::outcome);
        add(traits, "jitter", "抖动", statistics.jitter_mean_ms < 10 ? "below 10 ms" : statistics.jitter_mean_ms < 50 ? "10 to 50 ms" : "over 50 ms", Weight::timing);
    }
    if (source.stream == nullptr) return traits;
    add(traits, "program stream maps", "PSM", source.stream->maps > 0 ? "yes" : "none");
    add(traits, "damaged frames", "受损帧", source.stream->damaged_frames > 0 ? "yes" : "none", Weight::outcome);
    for (const auto& [id, stream] : source.stream->streams) {
        const std::string name = fmt::format("stream {:02x}", id), chinese = fmt::format("流 {:02x}", id);
        add(traits, name + " codec", chinese + " 编码", std::string(wire::codec::name_of(stream.codec)));
        if (stream.format) add(traits, name + " picture", chinese + " 图像", fmt::format("{}x{} {}", stream.format->width, stream.format->height, stream.format->profile));
        if (stream.frames_per_second) add(traits, name + " frames a second", chinese + " 帧率", fmt::format("{:.0f}", *stream.frames_per_second));
        if (stream.key_frame_interval_s) add(traits, name + " key frame every", chinese + " 关键帧间隔", fmt::format("{:.0f} s", *stream.key_frame_interval_s));
    }
    return traits;
}

}  // namespace gbkit::proto::observe
