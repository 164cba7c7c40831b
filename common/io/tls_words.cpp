#include "io/tls_words.hpp"

#include <array>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/charset.hpp"
#include "base/endpoint.hpp"
#include "base/text.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t most_names = 6;
constexpr std::size_t longest_name = 64;

std::string_view text_of(const ASN1_STRING* value) {
    if (value == nullptr) return {};
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), static_cast<std::size_t>(ASN1_STRING_length(value))};
}

// Whoever made the certificate chose these bytes.
std::string shown(std::string_view text) { return printable(text.substr(0, longest_name)); }

std::string common_name(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at >= 0) return shown(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
    std::array<char, longest_name + 1> line{};
    return shown(X509_NAME_oneline(name, line.data(), static_cast<int>(line.size())) != nullptr ? line.data() : "");
}

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::string names_of(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> found;
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    for (int i = 0; i < count && found.size() < most_names; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) found.push_back(shown(text_of(name->d.dNSName)));
        if (name->type == GEN_IPADD) found.push_back(IpAddress::from_bytes(as_bytes(text_of(name->d.iPAddress))).text());
    }
    if (found.empty()) found.push_back("CN " + common_name(X509_get_subject_name(certificate)));
    return join(found, ", ");
}

std::string date_of(const ASN1_TIME* time) {
    std::tm date{};
    if (ASN1_TIME_to_tm(time, &date) != 1) return "an unreadable date";
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min);
}

// About `bad`, which the chain of `leaf` holds.
std::string verdict_text(int error, const X509* leaf, const X509* bad, const std::string& name) {
    const std::string whose = bad == leaf ? "its certificate" : "the certificate of its issuer \"" + common_name(X509_get_subject_name(bad)) + '"';
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return whose + " expired on " + date_of(X509_get0_notAfter(bad));
        case X509_V_ERR_CERT_NOT_YET_VALID: return whose + " is valid only from " + date_of(X509_get0_notBefore(bad)) + " on: is the clock right?";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "its certificate is self-signed (" + names_of(leaf) + ") and not trusted here";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return fmt::format("its certificate ({}) was issued by \"{}\", which is not trusted here", names_of(leaf),
                               common_name(X509_get_issuer_name(bad)));
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return fmt::format("name {} is not in its certificate, which says {}", name, names_of(leaf));
        default: return fmt::format("{}: {}", whose, X509_verify_cert_error_string(error));
    }
}

struct Words {
    int reason;
    const char* text;
};

constexpr const char* no_version = "no common TLS version (this side speaks 1.2 and 1.3)";
constexpr const char* no_cipher = "no common cipher";
constexpr const char* distrusted = "the peer does not trust our certificate";

// OpenSSL's own errors, and the alerts the peer sent (RFC 8446 section 6.2).
constexpr std::array words{
    Words{SSL_R_UNSUPPORTED_PROTOCOL, no_version},
    Words{SSL_R_VERSION_TOO_LOW, no_version},
    Words{SSL_R_NO_PROTOCOLS_AVAILABLE, no_version},
    Words{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, no_version},
    Words{SSL_R_NO_SHARED_CIPHER, no_cipher},
    Words{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "no common signature algorithm"},
    Words{SSL_R_NO_SUITABLE_KEY_SHARE, "no common key exchange group"},
    Words{SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, no_cipher},
    Words{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "the peer found no common cipher, or asks for a client certificate"},
    Words{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "the peer asks for a client certificate"},
    Words{SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the peer shows no client certificate, and one is asked for"},
    Words{SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the peer does not trust the issuer of our certificate"},
    Words{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, distrusted},
    Words{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, distrusted},
    Words{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "the peer cannot use the kind of our certificate"},
    Words{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the peer says that our certificate has expired"},
    Words{SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "the peer says that our certificate is revoked"},
    Words{SSL_R_TLSV1_ALERT_DECRYPT_ERROR, "the peer could not verify our signature"},
    Words{SSL_R_TLSV1_ALERT_ACCESS_DENIED, "the peer denies access to our certificate"},
    Words{SSL_R_WRONG_VERSION_NUMBER, "the peer speaks no TLS"},
    Words{SSL_R_HTTP_REQUEST, "the peer speaks no TLS"},
};

}  // namespace

int remember_verification(int ok, x509_store_ctx_st* store) {
    if (ok == 1) return ok;
    const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* verdict = ssl == nullptr ? nullptr : static_cast<TlsVerdict*>(SSL_get_ex_data(ssl, 0));
    const X509* leaf = X509_STORE_CTX_get0_cert(store);
    if (verdict == nullptr || leaf == nullptr || !verdict->failure.empty()) return ok;
    const X509* bad = X509_STORE_CTX_get_current_cert(store);
    verdict->failure = verdict_text(X509_STORE_CTX_get_error(store), leaf, bad == nullptr ? leaf : bad, verdict->name);
    return ok;
}

std::string tls_error_text(bool server) {
    const unsigned long error = ERR_peek_error();
    ERR_clear_error();
    const int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
        if (server && reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE) return no_cipher;
        for (const Words& known : words)
            if (known.reason == reason) return known.text;
    }
    const char* text = error == 0 ? nullptr : ERR_reason_error_string(error);
    return text == nullptr ? "TLS was broken off" : std::string(text);
}

}  // namespace gbkit::io
