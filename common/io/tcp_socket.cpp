#include "io/tcp_socket.hpp"

#include <cerrno>
#include <system_error>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.hpp"

namespace gbkit::io {

namespace {

constexpr int waiting_connections = 4096;  // the system cuts it to its own limit
constexpr int idle_seconds = 120;          // then TCP itself asks whether the peer is still there
constexpr std::size_t compact_bytes = 64 * 1024;

void set(int fd, int level, int name, int value = 1) { setsockopt(fd, level, name, &value, sizeof value); }

// Messages are small and leave at once; a peer that went away without a word is noticed.
void prepare(int fd) {
    set(fd, IPPROTO_TCP, TCP_NODELAY);
    set(fd, SOL_SOCKET, SO_KEEPALIVE);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_seconds);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, idle_seconds / 4);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

int open_socket(const Endpoint& endpoint) {
    const int family = endpoint.address.is_v6() ? AF_INET6 : AF_INET;
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
    return fd;
}

int bind_to(int fd, const Endpoint& local) {
    const SocketAddress address = to_socket_address(local);
    return bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length);
}

[[noreturn]] void close_and_fail(int fd, const std::string& doing) {
    const int error = errno;
    if (fd >= 0) close(fd);
    throw std::system_error(error, std::generic_category(), doing);
}

Endpoint local_of(int fd) {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    return getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) == 0 ? to_endpoint(bound) : Endpoint{};
}

}  // namespace

TcpListener::TcpListener(const Endpoint& local) {
    fd_ = open_socket(local);
    if (fd_ < 0) close_and_fail(fd_, "cannot open a TCP socket");
    set(fd_, SOL_SOCKET, SO_REUSEADDR);  // connections of an earlier run may still linger on the port
    if (bind_to(fd_, local) != 0 || listen(fd_, waiting_connections) != 0) close_and_fail(fd_, "cannot bind TCP " + local.text());
    local_ = local_of(fd_);
}

TcpListener::~TcpListener() { close(fd_); }

TcpListener::Accepted TcpListener::accept() const {
    for (;;) {
        sockaddr_storage peer{};
        socklen_t length = sizeof peer;
        const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) return {fd, to_endpoint(peer), 0};
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return {-1, {}, errno};
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
        if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO) return {-1, {}, errno};
    }
}

TcpConnection::TcpConnection(const Endpoint& local, const Endpoint& peer) : local_(local), peer_(peer) {
    fd_ = open_socket(peer);
    if (fd_ < 0) {
        failed_ = errno;
        return;
    }
    prepare(fd_);
    if (!local.address.is_unspecified() || local.port != 0) {
        // A fixed port is used again at once after a reconnect; a free one is chosen per peer, not per machine.
        set(fd_, local.port != 0 ? SOL_SOCKET : IPPROTO_IP, local.port != 0 ? SO_REUSEADDR : IP_BIND_ADDRESS_NO_PORT);
        const bool any = local.address.is_unspecified() && peer.address.is_v6();
        const Endpoint from = any ? Endpoint{*IpAddress::parse("::"), local.port} : local;
        if (bind_to(fd_, from) != 0) close_and_fail(fd_, "cannot bind TCP " + local.text());
    }
    const SocketAddress address = to_socket_address(peer);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0 && errno != EINPROGRESS && errno != EINTR)
        failed_ = errno;
    else
        local_ = local_of(fd_);  // a refused socket forgets its port
}

TcpConnection::TcpConnection(int descriptor, const Endpoint& peer) : fd_(descriptor), peer_(peer) {
    prepare(fd_);
    local_ = local_of(fd_);
}

TcpConnection::~TcpConnection() {
    if (fd_ >= 0) close(fd_);
}

int TcpConnection::connected() {
    if (failed_ != 0) return failed_;
    socklen_t length = sizeof failed_;
    if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &failed_, &length) != 0) failed_ = errno;
    if (failed_ == 0) local_ = local_of(fd_);
    // On loopback a free port may be the very one nobody listens at: TCP then connects the socket to itself.
    if (failed_ == 0 && local_ == peer_) failed_ = ECONNREFUSED;
    return failed_;
}

TcpConnection::Input TcpConnection::receive(char* buffer, std::size_t room) {
    for (;;) {
        const ssize_t count = recv(fd_, buffer, room, 0);
        if (count > 0) return {{buffer, static_cast<std::size_t>(count)}, false, 0};
        if (count == 0) return {{}, true, 0};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
        return {{}, true, errno};
    }
}

int TcpConnection::flush() {
    while (queued() != 0) {
        const ssize_t count = send(fd_, outgoing_.data() + sent_, queued(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) {
            if (sent_ >= compact_bytes) {
                outgoing_.erase(0, sent_);
                sent_ = 0;
            }
            return 0;
        }
        if (count < 0) return errno;
        sent_ += static_cast<std::size_t>(count);
    }
    sent_ = 0;
    std::string().swap(outgoing_);  // an idle connection holds no buffer
    return 0;
}

}  // namespace gbkit::io
