#include "io/tls_context.hpp"

#include <cerrno>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>

#include "base/text.hpp"
#include "io/tls_words.hpp"

namespace gbkit::io {

namespace {

// OpenSSL would ask on the terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string reason_of_file() {
    for (unsigned long error = ERR_get_error(); error != 0; error = ERR_get_error()) {
        const int reason = ERR_GET_REASON(error);
        if (ERR_SYSTEM_ERROR(error)) {
            std::string why = std::generic_category().message(reason);
            if (!why.empty()) why[0] = ascii_lower(why[0]);
            return why;
        }
        if (ERR_GET_LIB(error) != ERR_LIB_PEM) continue;
        if (reason == PEM_R_NO_START_LINE) return "it holds none in PEM form";
        if (reason == PEM_R_BAD_PASSWORD_READ || reason == PEM_R_BAD_DECRYPT) return "it is protected by a passphrase";
    }
    return "it holds none that can be read";
}

[[noreturn]] void unusable(const std::string& what, const std::string& file) {
    const std::string why = reason_of_file();
    ERR_clear_error();
    throw TlsSetupError(what + " " + file + ": " + why);
}

ssl_ctx_st* make(const SSL_METHOD* method) {
    ERR_clear_error();
    SSL_CTX* context = SSL_CTX_new(method);
    if (context == nullptr) throw TlsSetupError("OpenSSL cannot be set up for TLS");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle connection holds none
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
    // Who is named as trusted is trusted, also when it is not the root of its chain.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    return context;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsClientSettings& settings) : context_(make(TLS_client_method())), verifies_(settings.verify), name_(settings.name) {
    SSL_CTX_set_default_verify_paths(context_.get());
    ERR_clear_error();  // a machine without a trust store trusts the CA file only
    if (!settings.ca_file.empty()) trust(settings.ca_file);
    if (!settings.certificate_file.empty()) show(settings.certificate_file, settings.key_file);
    SSL_CTX_set_verify(context_.get(), verifies_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, verifies_ ? &remember_verification : nullptr);
}

TlsContext::TlsContext(const TlsServerSettings& settings) : context_(make(TLS_server_method())), server_(true), verifies_(!settings.ca_file.empty()) {
    show(settings.certificate_file, settings.key_file);
    if (!verifies_) return;
    trust(settings.ca_file);
    SSL_CTX_set_client_CA_list(context_.get(), SSL_load_client_CA_file(settings.ca_file.c_str()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &remember_verification);
}

void TlsContext::show(const std::string& certificate_file, const std::string& key_file) {
    const std::string& key = key_file.empty() ? certificate_file : key_file;
    if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate_file.c_str()) != 1) unusable("the certificate", certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) == 1) return;
    if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH || ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_TYPE_MISMATCH) {
        ERR_clear_error();
        throw TlsSetupError("the key " + key + ": it is not the one of the certificate " + certificate_file);
    }
    unusable("the key", key);
}

void TlsContext::trust(const std::string& ca_file) {
    if (SSL_CTX_load_verify_file(context_.get(), ca_file.c_str()) != 1) unusable("the CA certificates", ca_file);
}

}  // namespace gbkit::io
