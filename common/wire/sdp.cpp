#include "wire/sdp.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gbkit::wire {

namespace {

constexpr std::size_t body_limit = 64 << 10, line_limit = 1'000;

std::vector<std::string_view> words(std::string_view value) {
    std::vector<std::string_view> out;
    for (const std::string_view word : split(value, ' '))
        if (!trim(word).empty()) out.push_back(trim(word));
    return out;
}

// IN IP4 192.168.1.64, also with a TTL: 224.2.1.1/127
std::optional<std::string> address_of(std::string_view connection) {
    const auto parts = words(connection);
    if (parts.size() < 3) return std::nullopt;
    return std::string(parts[2].substr(0, parts[2].find('/')));
}

void read_owner(std::string_view value, Sdp& sdp) {
    const auto parts = words(value);
    if (!parts.empty()) sdp.owner = parts.front();
    if (parts.size() >= 6) sdp.owner_address = parts[5];
}

void read_time(std::string_view value, Sdp& sdp) {
    const auto parts = words(value);
    if (parts.size() < 2) return;
    sdp.start = to_number(parts[0]);
    sdp.stop = to_number(parts[1]);
}

SdpMedia read_media(std::string_view value) {
    SdpMedia media;
    const auto parts = words(value);
    if (!parts.empty()) media.kind = to_lower(parts[0]);
    if (parts.size() > 1) media.port = static_cast<std::uint32_t>(to_number(parts[1].substr(0, parts[1].find('/')), UINT32_MAX).value_or(0));
    if (parts.size() > 2) media.protocol = to_upper(parts[2]);
    for (std::size_t i = 3; i < parts.size(); ++i) media.formats.emplace_back(parts[i]);
    return media;
}

std::optional<SdpMapping> read_mapping(std::string_view value) {
    const auto parts = words(value);
    if (parts.size() < 2) return std::nullopt;
    const auto type = to_number(parts[0], 127);
    if (!type) return std::nullopt;
    const auto pieces = split(parts[1], '/');
    SdpMapping mapping{.payload_type = static_cast<std::uint8_t>(*type), .encoding = std::string(pieces[0])};
    if (pieces.size() > 1) mapping.clock = static_cast<std::uint32_t>(to_number(pieces[1], UINT32_MAX).value_or(0));
    return mapping;
}

bool is_direction(std::string_view name) noexcept {
    return iequals(name, "recvonly") || iequals(name, "sendonly") || iequals(name, "sendrecv") || iequals(name, "inactive");
}

void read_attribute(const SdpLine& line, SdpMedia& media) {
    media.attributes.push_back(line);
    const std::size_t colon = line.value.find(':');
    const std::string_view name = trim(line.value.substr(0, colon));
    const std::string_view value = colon == std::string_view::npos ? std::string_view{} : trim(line.value.substr(colon + 1));
    if (iequals(name, "rtpmap")) {
        if (auto mapping = read_mapping(value)) media.mappings.push_back(std::move(*mapping));
    } else if (iequals(name, "setup")) {
        media.setup = to_lower(value);
    } else if (iequals(name, "connection")) {
        media.connection = to_lower(value);
    } else if (is_direction(name)) {
        media.direction = to_lower(name);
    }
}

void read_line(const SdpLine& line, Sdp& sdp) {
    SdpMedia* const media = sdp.media.empty() ? nullptr : &sdp.media.back();
    switch (ascii_lower(line.type)) {
        case 'o': return read_owner(line.value, sdp);
        case 's': sdp.session = trim(line.value); return;
        case 'u': sdp.uri = trim(line.value); return;
        case 'c': (media != nullptr ? media->address : sdp.address) = address_of(line.value); return;
        case 't': return read_time(line.value, sdp);
        case 'm': sdp.media.push_back(read_media(line.value)); return;
        case 'a': if (media != nullptr) read_attribute(line, *media); return;
        case 'y': sdp.y = trim(line.value); return;
        case 'f': sdp.f = trim(line.value); return;
        default: return;
    }
}

void inherit(Sdp& sdp) {
    for (SdpMedia& media : sdp.media)
        if (!media.address) media.address = sdp.address;
}

}  // namespace

bool SdpMedia::tcp() const noexcept { return protocol.starts_with("TCP"); }

const SdpMapping* SdpMedia::mapping(std::uint8_t payload_type) const noexcept {
    const auto found = std::find_if(mappings.begin(), mappings.end(), [&](const SdpMapping& mapping) { return mapping.payload_type == payload_type; });
    return found == mappings.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> Sdp::ssrc() const noexcept {
    if (!y || y->size() != 10 || !all_digits(*y)) return std::nullopt;
    const auto value = to_number(*y, UINT32_MAX);
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

const SdpMedia* Sdp::first(std::string_view kind) const noexcept {
    const auto found = std::find_if(media.begin(), media.end(), [&](const SdpMedia& one) { return one.kind == kind; });
    return found == media.end() ? nullptr : &*found;
}

Result<Sdp> parse_sdp(std::string_view body) {
    if (body.size() > body_limit) return fail(Errc::too_large, "an SDP body over 64 KiB", body_limit);
    Sdp sdp;
    bool version = false;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        const std::string_view text = trim(body.substr(at, end - at));
        const SdpLine line{text.empty() ? '\0' : text.front(), text.size() > 2 ? text.substr(2) : std::string_view{}, at};
        at = end + 1;
        if (text.empty()) continue;
        if (sdp.lines.size() == line_limit) return fail(Errc::too_large, "an SDP body of over 1,000 lines", line.offset);
        if (text.size() < 2 || text[1] != '=') {
            ++sdp.malformed;
            continue;
        }
        version = version || line.type == 'v';
        sdp.lines.push_back(line);
        read_line(line, sdp);
    }
    if (!version && sdp.media.empty()) return fail(Errc::malformed, "a body without v= and m= lines");
    inherit(sdp);
    return sdp;
}

// v/codec/resolution/fps/rate control/kbit a/codec/rate/sampling: five slashes, then three.
SdpFormat parse_sdp_format(std::string_view f) {
    SdpFormat format;
    const std::size_t audio = f.find('a');
    const auto video_fields = split(f.substr(0, audio), '/');
    const auto audio_fields = audio == std::string_view::npos ? std::vector<std::string_view>{} : split(f.substr(audio), '/');
    std::string* const video_names[] = {&format.video_codec, &format.resolution, &format.frames_per_second, &format.rate_control, &format.kbit_per_second};
    std::string* const audio_names[] = {&format.audio_codec, &format.audio_rate, &format.sampling};
    for (std::size_t i = 0; i < 5 && i + 1 < video_fields.size(); ++i) *video_names[i] = trim(video_fields[i + 1]);
    for (std::size_t i = 0; i < 3 && i + 1 < audio_fields.size(); ++i) *audio_names[i] = trim(audio_fields[i + 1]);
    format.whole = f.starts_with('v') && video_fields.size() == 6 && audio_fields.size() == 4;
    return format;
}

}  // namespace gbkit::wire
