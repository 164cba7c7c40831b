// Why TLS did not come about, in words a person can use: OpenSSL's verdict on a certificate, its errors and alerts.
#pragma once

#include <string>

struct ssl_st;
struct x509_store_ctx_st;

namespace gbkit::io {

/// What TLS remembers of a verification that failed; set as the app data of an SSL before its handshake.
struct TlsVerdict {
    std::string name{};     // that the certificate should have; empty: any
    std::string failure{};  // filled in by remember_verification
};

/// OpenSSL's verify callback: writes the reason into the TlsVerdict and changes nothing.
int remember_verification(int ok, x509_store_ctx_st* store);

/// The words for OpenSSL's oldest queued error; the queue is empty afterwards. `server`: which side we are.
[[nodiscard]] std::string tls_error_text(bool server);

}  // namespace gbkit::io
