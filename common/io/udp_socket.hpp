// A UDP socket that sends and receives in batches: recvmmsg and sendmmsg, up to 64 datagrams a call.
//
// On a wildcard address every datagram says which of our addresses it came to, and an answer can leave from that
// one. ICMP errors come from the socket's error queue with the peer they are about, without connecting it. The room
// for a batch is lent: the sockets of one thread share it, so that ten thousand of them cost little.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"

namespace gbkit::io {

/// Room for one batch each way, 4 MiB: for any number of sockets of one thread, none of which is used inside another's
/// receive().
class UdpBuffers {
public:
    UdpBuffers();
    ~UdpBuffers();
    UdpBuffers(const UdpBuffers&) = delete;
    UdpBuffers& operator=(const UdpBuffers&) = delete;

private:
    friend class UdpSocket;
    struct Incoming;
    struct Outgoing;
    std::unique_ptr<Incoming> incoming_;
    std::unique_ptr<Outgoing> outgoing_;
};

class UdpSocket {
public:
    struct Datagram {
        Endpoint from;
        Endpoint to;             // our address and port
        std::string_view bytes;  // until the next receive
    };
    struct Outgoing {
        Endpoint to;
        std::string bytes;
        std::optional<IpAddress> from{};
    };
    /// A datagram that did not arrive, as ICMP or our own system tells.
    struct Failure {
        Endpoint peer;
        int error = 0;                 // errno
        std::optional<std::uint8_t> icmp_code{};  // in the numbers of RFC 792
    };

    /// Binds and asks for a receive buffer; throws std::system_error that names the address.
    UdpSocket(const Endpoint& local, int receive_buffer_bytes, std::shared_ptr<UdpBuffers> buffers = std::make_shared<UdpBuffers>());
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    [[nodiscard]] const Endpoint& local() const noexcept { return local_; }
    /// What the system granted, in its own accounting (it doubles what is asked for).
    [[nodiscard]] int receive_buffer() const;

    /// One batch; how many there were (64 may mean there are more).
    std::size_t receive(const std::function<void(const Datagram&)>& sink);
    void take_failures(const std::function<void(const Failure&)>& sink);

    void queue(Outgoing datagram) { outgoing_.push_back(std::move(datagram)); }
    [[nodiscard]] std::size_t queued() const noexcept { return outgoing_.size(); }
    /// Sends what is queued until the system has no room; datagrams it refuses are dropped and told.
    void flush(const std::function<void(const Failure&)>& sink);

    static constexpr std::size_t batch = 64;

private:
    [[nodiscard]] int send_batch();

    int fd_ = -1;
    bool wildcard_ = false;
    Endpoint local_;
    std::shared_ptr<UdpBuffers> buffers_;
    std::deque<Outgoing> outgoing_;
};

/// The address this machine would use towards a peer; nothing when there is no route.
[[nodiscard]] std::optional<IpAddress> route_address(const Endpoint& peer);

}  // namespace gbkit::io
