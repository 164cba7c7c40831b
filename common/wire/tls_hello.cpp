#include "wire/tls_hello.hpp"

#include <algorithm>

namespace gbkit::wire {

namespace {

constexpr std::uint8_t change_cipher = 20, handshake = 22, application_data = 23;
constexpr std::uint8_t client_hello = 1;
constexpr std::uint16_t largest_record = (1 << 14) + 2048;
constexpr std::uint16_t tlcp = 0x0101;

bool is_version(std::uint16_t version) noexcept { return version >> 8 == 3 ? (version & 0xFF) <= 4 : version == tlcp; }

std::string name_in(ByteReader extension) {
    extension.skip(2);
    if (extension.u8() != 0) return {};
    const ByteView name = extension.take(extension.u16be());
    return extension.ok() ? std::string(as_text(name)) : std::string();
}

/// `reader` stands behind the handshake header. Not ok afterwards: not all of it was there.
std::string server_name(ByteReader& reader) {
    reader.skip(2 + 32);
    reader.skip(reader.u8());
    reader.skip(reader.u16be());
    reader.skip(reader.u8());
    for (std::size_t left = reader.u16be(); reader.ok() && left >= 4;) {
        const std::uint16_t type = reader.u16be();
        const ByteView body = reader.take(reader.u16be());
        if (!reader.ok()) return {};
        if (type == 0) return name_in(ByteReader(body));
        left -= std::min<std::size_t>(left, 4 + body.size());
    }
    return {};
}

}  // namespace

TlsHello read_tls_hello(ByteView head, bool last) {
    const auto undecided = [last](TlsHello::Kind otherwise) { return TlsHello{last ? otherwise : TlsHello::Kind::more}; };
    if (head.empty()) return undecided(TlsHello::Kind::no);
    if (head[0] < change_cipher || head[0] > application_data) return {};
    if (head.size() >= 2 && head[1] != 3 && head[1] != 1) return {};
    if (head.size() < 6) return undecided(TlsHello::Kind::no);
    ByteReader reader(head);
    const std::uint8_t type = reader.u8();
    const std::uint16_t version = reader.u16be(), length = reader.u16be();
    if (!is_version(version) || length == 0 || length > largest_record) return {};
    if (type != handshake || head[5] != client_hello) return {TlsHello::Kind::other};
    ByteReader hello(reader.rest().first(std::min<std::size_t>(length, head.size() - 5)));
    hello.skip(4);
    TlsHello found{TlsHello::Kind::client, server_name(hello)};
    const bool record_is_whole = head.size() - 5 >= length;
    if (found.server_name.empty() && !hello.ok() && !record_is_whole && !last) found.kind = TlsHello::Kind::more;
    return found;
}

}  // namespace gbkit::wire
