#include "io/udp_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t datagram_bytes = 65536;
constexpr std::size_t control_bytes = 128;  // one packet info

[[noreturn]] void fail(const std::string& doing) { throw std::system_error(errno, std::generic_category(), doing); }

void set_flag(int fd, int level, int name) {
    const int on = 1;
    setsockopt(fd, level, name, &on, sizeof on);
}

// Which of our addresses a datagram came to.
std::optional<IpAddress> asked_address(msghdr& message) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            return IpAddress::v4(ntohl(info.ipi_addr.s_addr));
        }
        if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            return IpAddress::from_bytes({info.ipi6_addr.s6_addr, 16});
        }
    }
    return std::nullopt;
}

template <class Info>
void attach(msghdr& message, int level, int type, const Info& info) {
    message.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = level;
    part->cmsg_type = type;
    part->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
}

// Which of our addresses a datagram leaves from.
void attach_source(msghdr& message, std::array<char, control_bytes>& control, const IpAddress& from) {
    control.fill(0);
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (from.is_v6()) {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, from.bytes().data(), 16);
        attach(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
    } else {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, from.bytes().data(), 4);
        attach(message, IPPROTO_IP, IP_PKTINFO, info);
    }
}

// ICMP says "destination unreachable" with type 3 and ICMPv6 with type 1; the codes differ, RFC 792's are told.
std::optional<std::uint8_t> unreachable_code(const sock_extended_err& error) {
    if (error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_type == 3) return error.ee_code;
    if (error.ee_origin != SO_EE_ORIGIN_ICMP6 || error.ee_type != 1) return std::nullopt;
    constexpr std::array<std::uint8_t, 5> rfc792{0, 13, 0, 1, 3};  // no route, prohibited, scope, address, port
    return error.ee_code < rfc792.size() ? rfc792[error.ee_code] : std::uint8_t{1};
}

}  // namespace

struct UdpBuffers::Incoming {
    std::vector<char> bytes = std::vector<char>(UdpSocket::batch * datagram_bytes);
    std::array<std::array<char, control_bytes>, UdpSocket::batch> control{};
    std::array<sockaddr_storage, UdpSocket::batch> addresses{};
    std::array<iovec, UdpSocket::batch> parts{};
    std::array<mmsghdr, UdpSocket::batch> messages{};

    Incoming() {
        for (std::size_t i = 0; i < UdpSocket::batch; ++i) prepare(i);
    }
    // The system writes lengths and flags where it puts a datagram, nowhere else.
    void prepare(std::size_t i) {
        parts[i] = {bytes.data() + i * datagram_bytes, datagram_bytes};
        messages[i] = {};
        msghdr& message = messages[i].msg_hdr;
        message.msg_name = &addresses[i];
        message.msg_namelen = sizeof addresses[i];
        message.msg_iov = &parts[i];
        message.msg_iovlen = 1;
        message.msg_control = control[i].data();
        message.msg_controllen = control[i].size();
    }
};

struct UdpBuffers::Outgoing {
    std::array<std::array<char, control_bytes>, UdpSocket::batch> control{};
    std::array<SocketAddress, UdpSocket::batch> peers{};
    std::array<iovec, UdpSocket::batch> parts{};
    std::array<mmsghdr, UdpSocket::batch> messages{};
};

UdpBuffers::UdpBuffers() : incoming_(std::make_unique<Incoming>()), outgoing_(std::make_unique<Outgoing>()) {}
UdpBuffers::~UdpBuffers() = default;

UdpSocket::UdpSocket(const Endpoint& local, int receive_buffer_bytes, std::shared_ptr<UdpBuffers> buffers)
    : wildcard_(local.address.is_unspecified()), buffers_(std::move(buffers)) {
    const int family = local.address.is_v6() ? AF_INET6 : AF_INET;
    fd_ = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) fail("cannot open a UDP socket");
    if (family == AF_INET6) {
        set_flag(fd_, IPPROTO_IPV6, IPV6_V6ONLY);
        set_flag(fd_, IPPROTO_IPV6, IPV6_RECVERR);
        if (wildcard_) set_flag(fd_, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    } else {
        set_flag(fd_, IPPROTO_IP, IP_RECVERR);
        if (wildcard_) set_flag(fd_, IPPROTO_IP, IP_PKTINFO);
    }
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    const SocketAddress address = to_socket_address(local);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0) {
        const int error = errno;
        close(fd_);
        errno = error;
        fail("cannot bind UDP " + local.text());
    }
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &length);
    local_ = to_endpoint(bound);
}

UdpSocket::~UdpSocket() { close(fd_); }

int UdpSocket::receive_buffer() const {
    int granted = 0;
    socklen_t length = sizeof granted;
    getsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &granted, &length);
    return granted;
}

std::size_t UdpSocket::receive(const std::function<void(const Datagram&)>& sink) {
    UdpBuffers::Incoming& b = *buffers_->incoming_;
    const int count = recvmmsg(fd_, b.messages.data(), batch, MSG_DONTWAIT, nullptr);
    if (count <= 0) b.prepare(0);
    for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
        const Endpoint to{asked_address(b.messages[i].msg_hdr).value_or(local_.address), local_.port};
        const std::size_t length = b.messages[i].msg_len;
        b.prepare(i);
        sink({to_endpoint(b.addresses[i]), to, {b.bytes.data() + i * datagram_bytes, length}});
    }
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void UdpSocket::take_failures(const std::function<void(const Failure&)>& sink) {
    for (;;) {
        sockaddr_storage peer{};
        std::array<char, 512> control{};
        msghdr message{};
        message.msg_name = &peer;
        message.msg_namelen = sizeof peer;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (recvmsg(fd_, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
            const bool about_us = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                                  (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
            if (!about_us) continue;
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(part), sizeof error);
            if (const auto code = unreachable_code(error))
                sink({to_endpoint(peer), static_cast<int>(error.ee_errno), code});
        }
    }
}

// How many the system took, or -1 with errno about the first.
int UdpSocket::send_batch() {
    UdpBuffers::Outgoing& b = *buffers_->outgoing_;
    const std::size_t count = std::min(batch, outgoing_.size());
    for (std::size_t i = 0; i < count; ++i) {
        Outgoing& datagram = outgoing_[i];
        b.peers[i] = to_socket_address(datagram.to);
        b.parts[i] = {datagram.bytes.data(), datagram.bytes.size()};
        b.messages[i] = {};
        msghdr& message = b.messages[i].msg_hdr;
        message.msg_name = &b.peers[i].storage;
        message.msg_namelen = b.peers[i].length;
        message.msg_iov = &b.parts[i];
        message.msg_iovlen = 1;
        if (wildcard_ && datagram.from) attach_source(message, b.control[i], *datagram.from);
    }
    return sendmmsg(fd_, b.messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
}

void UdpSocket::flush(const std::function<void(const Failure&)>& sink) {
    // An ICMP error that came in meanwhile is told by the next send, which then sends nothing: "refused" is always
    // such an old one, "unreachable" may also be the system's word on this datagram.
    int maybe_old = 0;
    while (!outgoing_.empty()) {
        const int sent = send_batch();
        if (sent > 0) {
            outgoing_.erase(outgoing_.begin(), outgoing_.begin() + sent);
            maybe_old = 0;
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return;
        if (errno == EINTR || errno == ECONNREFUSED) continue;
        if ((errno == EHOSTUNREACH || errno == ENETUNREACH) && ++maybe_old < 3) continue;
        const Failure failure{outgoing_.front().to, errno, std::nullopt};
        outgoing_.pop_front();
        maybe_old = 0;
        sink(failure);
    }
}

std::optional<IpAddress> route_address(const Endpoint& peer) {
    const int fd = socket(peer.address.is_v6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return std::nullopt;
    const SocketAddress address = to_socket_address({peer.address, peer.port == 0 ? std::uint16_t{9} : peer.port});
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    const bool found = connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) == 0;
    close(fd);
    return found ? std::optional<IpAddress>(to_endpoint(bound).address) : std::nullopt;
}

}  // namespace gbkit::io
