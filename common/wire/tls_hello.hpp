// The first record of a TLS connection (RFC 8446 4.1.2 and 5.1; GB/T 38636 TLCP): that it is TLS, and whom it asks for.
//
//   record     | type 22 | version 2 | length 2 | handshake
//   handshake  | type 1 | length 3 | version 2 | random 32 | session id 1+ | cipher suites 2+ | compression 1+ | extensions 2+
//   SNI        | type 0 | length 2 | list 2 | name type 0 | length 2 | host name          (RFC 6066 section 3)
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace gbkit::wire {

struct TlsHello {
    enum class Kind : std::uint8_t {
        no,       // this is no TLS
        more,     // it may be; for a client's hello: its name may still come
        client,   // a ClientHello
        other,    // a ServerHello, or a record from the middle of a connection
    };
    Kind kind = Kind::no;
    std::string server_name{};   // SNI; empty: none
};

/// `last`: nothing more will be looked at; a hello that is not whole is then one without a name.
[[nodiscard]] TlsHello read_tls_hello(ByteView head, bool last);

}  // namespace gbkit::wire
