#include "io/tls_session.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/charset.hpp"
#include "base/endpoint.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t shown_bytes = 24;  // of a peer that speaks something else

// A record begins with its type, 20 to 23 (RFC 8446 section 5.1).
bool is_record(std::string_view bytes) noexcept { return bytes.front() >= '\x14' && bytes.front() <= '\x17'; }

std::string no_tls(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, std::min(bytes.find_first_of("\r\n"), shown_bytes));
    return "the peer speaks no TLS on this port: it says \"" + printable(line) + '"';
}

// The name a certificate must have: for an address its iPAddress entry, else a dNSName (or, without one, the CN).
void insist_on(SSL* ssl, const std::string& name) {
    if (name.empty()) return;
    X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
    if (const auto address = IpAddress::parse(name)) {
        X509_VERIFY_PARAM_set1_ip(rules, address->bytes().data(), address->bytes().size());
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size());
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, const std::string& name)
    : context_(std::move(context)), ssl_(SSL_new(context_->handle())), from_network_(BIO_new(BIO_s_mem())), to_network_(BIO_new(BIO_s_mem())) {
    if (!ssl_ || from_network_ == nullptr || to_network_ == nullptr) throw std::bad_alloc();
    BIO_set_mem_eof_return(from_network_, -1);  // empty means "not yet"
    BIO_set_mem_eof_return(to_network_, -1);
    SSL_set_bio(ssl_.get(), from_network_, to_network_);
    verdict_.name = name.empty() ? context_->name() : name;
    SSL_set_ex_data(ssl_.get(), 0, &verdict_);
    if (context_->is_server()) {
        SSL_set_accept_state(ssl_.get());
        return;
    }
    if (context_->verifies()) insist_on(ssl_.get(), verdict_.name);
    SSL_set_connect_state(ssl_.get());
    shake();
}

TlsSession::~TlsSession() = default;

void TlsSession::take(std::string_view bytes) {
    if (!usable() || bytes.empty()) return;
    if (!std::exchange(spoke_, true) && !is_record(bytes)) {
        failure_ = no_tls(bytes);
        return;
    }
    if (BIO_write(from_network_, bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size())) throw std::bad_alloc();
    if (!open_) shake();
}

void TlsSession::shake() {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    open_ = done == 1;
    if (open_ || SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return;
    fail();
}

std::string_view TlsSession::read(char* room, std::size_t size) {
    if (!open_ || !usable()) return {};
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_.get(), room, size, &count);
    if (done == 1) return {room, count};
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_ZERO_RETURN) closed_ = true;
    else if (error != SSL_ERROR_WANT_READ) fail();
    return {};
}

void TlsSession::write(std::string_view plain) {
    if (!open_ || !usable() || plain.empty()) return;
    ERR_clear_error();
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1 || written != plain.size()) fail();
}

void TlsSession::shut() {
    if (!open_ || !usable()) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

std::string TlsSession::output() {
    std::string bytes(BIO_ctrl_pending(to_network_), '\0');
    if (!bytes.empty()) BIO_read(to_network_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

void TlsSession::fail() {
    failure_ = tls_error_text(context_->is_server());
    if (!verdict_.failure.empty()) failure_ = verdict_.failure;
}

}  // namespace gbkit::io
