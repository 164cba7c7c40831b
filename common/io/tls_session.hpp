// One TLS connection without a socket: what comes from the network goes in, plain bytes come out, and the reverse.
//
//        network  -- take() -->  [ TLS ]  -- read() -->  plain
//                 <- output() -  [     ]  <- write() --
//
// The handshake goes on by itself while bytes are taken. Bounded: what take() is given is decrypted before more is
// taken, and output() is to be fetched after each call. RFC 8446, RFC 5246; renegotiation and compression are off.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "io/tls_context.hpp"
#include "io/tls_words.hpp"

struct bio_st;
struct ssl_st;

namespace gbkit::io {

class TlsSession {
public:
    /// The role is the context's. A client's hello is in output() at once; `name` is what the peer's certificate must
    /// say, without one the context's.
    explicit TlsSession(std::shared_ptr<const TlsContext> context, const std::string& name = {});
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// Bytes from the network; then read() until it gives nothing.
    void take(std::string_view bytes);
    /// The next plain bytes, into `room`; empty when there are none now.
    [[nodiscard]] std::string_view read(char* room, std::size_t size);
    /// Encrypts, once open().
    void write(std::string_view plain);
    /// Says goodbye (close_notify): nothing is written after it.
    void shut();
    /// What must go to the network now; fetched once.
    [[nodiscard]] std::string output();

    [[nodiscard]] bool open() const noexcept { return open_; }        // the handshake is done
    [[nodiscard]] bool closed() const noexcept { return closed_; }    // the peer has said goodbye
    /// Why it cannot go on, in words; empty while it can.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    /// Is it that the peer's certificate is not trusted here?
    [[nodiscard]] bool distrusts() const noexcept { return !verdict_.failure.empty(); }

    /// Can these first bytes of a stream be TLS? One byte tells it from text.
    [[nodiscard]] static bool begins(std::string_view bytes) noexcept { return !bytes.empty() && bytes.front() == '\x16'; }

private:
    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };
    void shake();
    void fail();
    [[nodiscard]] bool usable() const noexcept { return failure_.empty(); }

    std::shared_ptr<const TlsContext> context_;
    std::unique_ptr<ssl_st, Free> ssl_;
    bio_st* from_network_ = nullptr;  // of ssl_
    bio_st* to_network_ = nullptr;    // of ssl_
    TlsVerdict verdict_;
    bool spoke_ = false;              // the peer has sent something
    bool open_ = false;
    bool closed_ = false;
    std::string failure_;
};

}  // namespace gbkit::io
