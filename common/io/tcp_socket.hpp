// TCP sockets that never block: one that listens, and a connection with a bounded queue of what is still to be sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"

namespace gbkit::io {

class TcpListener {
public:
    /// Binds and listens; throws std::system_error that names the address.
    explicit TcpListener(const Endpoint& local);
    ~TcpListener();
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    [[nodiscard]] const Endpoint& local() const noexcept { return local_; }

    struct Accepted {
        int descriptor = -1;   // the caller's; -1: nobody waits, or an error
        Endpoint peer{};
        int error = 0;         // errno when the system has no descriptor or memory left
    };
    [[nodiscard]] Accepted accept() const;

private:
    int fd_ = -1;
    Endpoint local_;
};

class TcpConnection {
public:
    /// Begins to connect, from `local` as far as it is given. Throws std::system_error when that address is not ours;
    /// every other failure is told by connected().
    TcpConnection(const Endpoint& local, const Endpoint& peer);
    /// Takes an accepted descriptor over.
    TcpConnection(int descriptor, const Endpoint& peer);
    ~TcpConnection();
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;

    /// -1 when the system had no socket for it: connected() says why.
    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    [[nodiscard]] const Endpoint& local() const noexcept { return local_; }
    [[nodiscard]] const Endpoint& peer() const noexcept { return peer_; }
    /// How the attempt ended, asked once the descriptor can be written to: 0 or errno.
    [[nodiscard]] int connected();

    struct Input {
        std::string_view bytes{};  // in the buffer given
        bool ended = false;        // the peer has closed, or `error`
        int error = 0;
    };
    /// What is there, as far as it fits; nothing at all when nothing is.
    [[nodiscard]] Input receive(char* buffer, std::size_t room);

    void queue(std::string_view bytes) { outgoing_.append(bytes); }
    [[nodiscard]] std::size_t queued() const noexcept { return outgoing_.size() - sent_; }
    /// Sends until the system has no room; 0 or errno of a connection that is broken.
    [[nodiscard]] int flush();

private:
    int fd_ = -1;
    int failed_ = 0;
    Endpoint local_, peer_;
    std::string outgoing_;
    std::size_t sent_ = 0;  // of outgoing_
};

}  // namespace gbkit::io
