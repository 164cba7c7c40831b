// What one side of TLS brings along: its certificate, whom it trusts, and the name it insists on. TLS 1.2 and 1.3.
//
// The side that connects verifies by default: the chain against the system's trust store and a CA file, and the name
// or address the user typed (RFC 5922, RFC 9525). The side that listens has a certificate; with a CA file it asks for
// client certificates and takes no connection without one. Key files are read once; nothing of them is ever told.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

struct ssl_ctx_st;

namespace gbkit::io {

/// A file that cannot be used; the text names it: "the key k.pem: it is protected by a passphrase".
class TlsSetupError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct TlsClientSettings {
    std::string ca_file{};           // PEM, trusted besides the system's store
    std::string certificate_file{};  // PEM, our own and its chain; empty: none is shown
    std::string key_file{};          // PEM; empty: the key stands in certificate_file
    std::string name{};              // what the peer's certificate must name: host name or IP address
    bool verify = true;              // false: anybody is believed
};

struct TlsServerSettings {
    std::string certificate_file{};
    std::string key_file{};          // empty: the key stands in certificate_file
    std::string ca_file{};           // whose client certificates are taken; empty: none is asked for
};

class TlsContext {
public:
    /// Throws TlsSetupError.
    explicit TlsContext(const TlsClientSettings& settings);
    explicit TlsContext(const TlsServerSettings& settings);

    [[nodiscard]] ssl_ctx_st* handle() const noexcept { return context_.get(); }
    [[nodiscard]] bool is_server() const noexcept { return server_; }
    /// Must the peer show a certificate that is trusted?
    [[nodiscard]] bool verifies() const noexcept { return verifies_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    void show(const std::string& certificate_file, const std::string& key_file);
    void trust(const std::string& ca_file);

    std::unique_ptr<ssl_ctx_st, Free> context_;
    bool server_ = false;
    bool verifies_ = false;
    std::string name_;
};

}  // namespace gbkit::io
