// What was sent and received as a capture (--pcap, evidence): pcapng, raw IP, nanoseconds, no root needed.
//
// Payloads from sockets get IP, UDP and TCP headers of our making (wire/frame_build), with right checksums; a TCP
// connection gets a handshake when it first appears, sequence numbers per direction and the gaps it had, so that
// every reader reassembles the same bytes. It ends with FIN or RST as it did, and an attempt that failed is a SYN with
// its RST or without an answer. TLS is written as the TCP it carries, decrypted.
//
// Only whole blocks are ever written: a killed program leaves a readable file. They are flushed when 64 KiB have
// gathered, when a second of packet time has passed, and by flush(). A full disk is thrown once; the file is then
// cut back to its last whole block and later writes do nothing.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "io/capture.hpp"
#include "proto/observe/packet.hpp"
#include "wire/frame_build.hpp"

namespace gbkit::io {

class CaptureWriter {
public:
    /// Creates or empties the file, "-" is stdout; throws CaptureError.
    explicit CaptureWriter(std::string name);
    /// Flushes; a failure that nobody heard of by then is lost, so call close().
    ~CaptureWriter();
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    void write(const proto::Packet& packet);
    void unreachable(const proto::Unreachable& error);
    void connection(const proto::ConnectionChange& change);
    void flush();
    /// Flushes and closes; throws CaptureError when the system tells of a failure only now.
    void close();

    [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

private:
    struct Direction {
        std::uint32_t initial = 0;   // sequence number of stream offset 0
        std::uint64_t next = 0;      // offset after the last byte written
        bool started = false;        // its first byte has been seen
    };
    struct Connection {
        Direction forward;           // from the lower end
        Direction backward;
    };
    struct Pair {
        Endpoint low, high;
        friend bool operator==(const Pair&, const Pair&) = default;
    };
    struct PairHash {
        std::size_t operator()(const Pair& pair) const noexcept {
            return std::hash<Endpoint>{}(pair.low) * 131 + std::hash<Endpoint>{}(pair.high);
        }
    };

    void tcp(const proto::Packet& packet);
    void attempt(const proto::ConnectionChange& change);
    void ending(const proto::ConnectionChange& change);
    [[nodiscard]] static Pair pair_of(const Endpoint& a, const Endpoint& b);
    void bare(Time time, const Endpoint& from, const Endpoint& to, const wire::TcpFields& fields);
    void handshake(const proto::Packet& packet, Direction& there, Direction& back);
    void segment(const proto::Packet& packet, Direction& there, const Direction& back);
    void append_block(Time time, std::size_t cut);
    void write_out();
    [[noreturn]] void fail(int error);

    std::string name_;
    int fd_ = -1;
    bool failed_ = false;
    Bytes buffer_;             // whole blocks, not yet written
    Bytes packet_;             // the IP packet being made
    std::uint64_t written_ = 0;
    std::uint64_t packets_ = 0;
    std::uint16_t id_ = 0;     // IPv4 identification: tells a resend from a copy
    Time flushed_{};           // packet time of the last flush
    std::unordered_map<Pair, Connection, PairHash> connections_;
};

}  // namespace gbkit::io
