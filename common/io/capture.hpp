// The one capture reader of the kit: files (pcap, pcapng, .gz), stdin, several files as one timeline.
//
// Frames are decoded (wire/frame), IP fragments put together, second copies of mirror ports recognised and
// counted once, TCP put in order, and given out as proto::Packet; what becomes of TCP connections as
// proto::ConnectionSeen. How much the capture itself lost is counted where TCP or second copies prove it. Whatever cannot be decoded is counted by name
// in CaptureFacts, never guessed.
//
// Order: several files are merged by time; within one file its own order stays, as Wireshark shows it. A frame
// that is older than the one before it is counted (CaptureFacts::backwards), not moved.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/capture_window.hpp"
#include "proto/observe/packet.hpp"
#include "wire/pcap.hpp"

namespace gbkit::io {

/// A capture that cannot be read (or written) at all; what() completes "program: ".
struct CaptureError : std::runtime_error {
    CaptureError(const std::string& text, bool of_system) : std::runtime_error(text), system(of_system) {}
    bool system;  // permission, disk, I/O (exit code 7); else the input is to blame (3)
};

struct CaptureOptions {
    bool dedup = true;
    std::uint64_t max_reassembly_bytes = 64 << 20;  // TCP and IP fragments together
    ByteView standard_input_ahead = {};             // what was read from stdin to look at it
    std::string filter = {};                        // a BPF expression (io/capture_filter); empty: everything
    std::optional<Moment> since = {}, until = {};   // the part to look at
};

/// One file that was read, and what can be said of it.
struct CaptureFile {
    std::string name;               // "-" for stdin
    std::string format;             // "pcap", "pcapng"; with ".gz" when compressed; "live": an interface
    std::uint64_t bytes = 0;        // read, uncompressed
    std::uint64_t frames = 0;
    std::vector<std::string> link_types;   // "Ethernet", "Linux cooked 1" ...
    std::uint64_t skipped_blocks = 0;      // pcapng blocks that hold no packets: statistics, names, comments
    std::optional<Error> cut;       // the file ends in the middle of a record, or a block is broken; its offset is
                                    // in the uncompressed bytes
};

struct CaptureFacts {
    std::vector<CaptureFile> files;
    std::uint64_t frames = 0;                   // looked at: in the window, past the filter
    Time first{};                               // of those
    Time last{};
    std::uint64_t outside_window = 0;           // left out by since and until
    std::uint64_t filtered = 0;                 // left out by the filter (live: the kernel does that uncounted)
    std::uint64_t not_captured = 0;             // live: came and were lost before we could read them
    std::uint64_t udp = 0, tcp = 0, icmp = 0;   // whole datagrams, segments, messages
    std::uint64_t duplicates = 0;               // frames that are second copies
    std::uint64_t twins = 0;                    // came twice within 1 ms, and nothing proves a copy: both count
    std::uint64_t cut_frames = 0;               // captured shorter than they were on the wire (snaplen)
    std::uint64_t fragments = 0;                // IP fragments seen
    std::uint64_t incomplete_datagrams = 0;     // fragments whose rest never came
    std::uint64_t conflicting_fragments = 0;    // datagrams refused because two fragments contradict each other
    std::uint64_t tcp_gap_bytes = 0;            // acknowledged or followed, never captured
    std::uint64_t tcp_lost_bytes = 0;           // of those: acknowledged, so the capture itself lost them
    std::uint64_t tcp_lost_segments = 0;        // about how many segments that were, where at least half came
    std::uint64_t tcp_data_segments = 0;        // with data, in the same directions of connections
    std::uint64_t tcp_retransmitted_bytes = 0;  // sent again
    std::uint64_t tcp_connections = 0;          // that were dialled here
    std::uint64_t tcp_refused = 0;              // of those: answered by a RST
    std::uint64_t tcp_unanswered = 0;           // of those: three SYN and more, no answer
    std::uint64_t copies = 0, copies_missing = 0;  // between hosts whose packets come twice: of how many both, one came
    std::uint64_t tcp_conflicts = 0;            // bytes sent twice with different content; the first copy counts
    std::uint64_t backwards = 0;                // frames older than the one before them in their file
    std::map<std::string, std::uint64_t> not_decoded;  // by name: "ARP", "LLDP", "link type 147", "bad IPv4 header"
    std::map<std::uint16_t, std::uint64_t> vlans;      // 802.1Q VLAN id: frames
    std::map<std::string, std::uint64_t> tunnels;      // what packets were carried in ("VXLAN", "ERSPAN"): frames
};

struct CaptureSink {
    std::function<void(const proto::Packet&)> packet;
    std::function<void(const proto::Unreachable&)> unreachable;   // may be empty
    std::function<void(std::uint64_t bytes_read, std::uint64_t bytes_total)> progress;  // may be empty
    /// What becomes of TCP connections; may be empty.
    std::function<void(const proto::ConnectionSeen&)> connection = {};
    /// Each frame as it is, before what is in it; may be empty.
    std::function<void(const wire::CapturedFrame& frame, std::uint64_t number)> frame = {};
    /// Live: no frame older than this will come; some times a second. May be empty.
    std::function<void(Time)> tick = {};
};

/// Is this the start of a capture (pcap, pcapng, or gzip)? Four bytes are enough.
[[nodiscard]] bool looks_like_capture(std::string_view head) noexcept;

/// Reads all the files as one timeline. A file that cannot be opened or is no capture at all throws CaptureError
/// before anything is given out; a file cut short gives what it holds and says so in its CaptureFile.
CaptureFacts read_captures(const std::vector<std::string>& names, const CaptureOptions& options, const CaptureSink& sink);

/// The same for bytes already in memory (stdin that was sniffed, tests).
CaptureFacts read_capture_bytes(std::string name, ByteView bytes, const CaptureOptions& options, const CaptureSink& sink);

}  // namespace gbkit::io
