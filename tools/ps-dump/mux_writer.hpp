// Where the packs of mux go: a file, RTP packets in a file, a capture; and where --fault spoils them on the way.
//
//   packs -> (pack fault) -> file
//                         -> RTP packets -> (RTP fault) -> file with or without borders, capture
#pragma once

#include <optional>
#include <vector>

#include "cli/output.hpp"
#include "cli/product.hpp"
#include "io/capture_writer.hpp"
#include "options.hpp"
#include "proto/fault/pack_fault.hpp"
#include "proto/fault/rtp_fault.hpp"
#include "wire/rtp/packetizer.hpp"

namespace gbkit::psdump_tool {

class MuxWriter {
public:
    /// Opens what the options name; throws Failure, also for a fault that the output cannot show.
    MuxWriter(cli::Output& output, const MuxOptions& options);

    /// One pack, or one PES packet without; pts in 90 kHz ticks.
    void write(Bytes pack, std::uint64_t pts);
    /// What a fault does at the end, and the files.
    void close();
    /// What --fault did, on the page; a fault that found nothing to spoil is told on stderr.
    void tell_fault() const;

    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::uint64_t rtp_packets() const noexcept { return rtp_packets_; }
    [[nodiscard]] std::optional<std::uint64_t> written() const { return file_ ? std::optional(file_->written()) : std::nullopt; }

private:
    void choose_fault();
    void pass_on(const Bytes& pack, std::uint64_t pts);
    void send(std::uint64_t pts);
    void record(const proto::fault::RtpSent& packet, Time time);

    cli::Output& output_;
    const MuxOptions& options_;
    std::optional<wire::rtp::Framing> framing_;   // of the file; nothing: a program stream
    std::optional<proto::fault::PackFilter> pack_fault_;
    std::optional<proto::fault::RtpFilter> rtp_fault_;
    std::optional<cli::ProductFile> file_;
    std::optional<io::CaptureWriter> capture_;
    wire::rtp::Packetizer packetizer_;
    std::vector<Bytes> made_;
    std::vector<proto::fault::RtpSent> packets_;
    Time begun_;
    Time free_{};   // when the last packet has left
    std::uint64_t last_pts_ = 0, bytes_ = 0, rtp_packets_ = 0;
};

}  // namespace gbkit::psdump_tool
