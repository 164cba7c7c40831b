#include "mux_writer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/wording.hpp"

namespace gbkit::psdump_tool {

namespace {

using wire::rtp::Framing;

const Endpoint camera{IpAddress::v4(0xC0000201), 30000}, platform{IpAddress::v4(0xC0000202), 30002};  // RFC 5737
const IpAddress stranger = IpAddress::v4(0xC0000203);
constexpr Duration between_packets = microseconds(50);

std::optional<Framing> framing_of(const MuxOptions& options) {
    if (options.rtp || options.framing == "bare") return Framing::bare;
    if (options.framing == "rfc4571") return Framing::rfc4571;
    if (options.framing == "interleaved") return Framing::interleaved;
    return std::nullopt;
}

}  // namespace

MuxWriter::MuxWriter(cli::Output& output, const MuxOptions& options)
    : output_(output),
      options_(options),
      framing_(framing_of(options)),
      packetizer_({.ssrc = options.ssrc, .payload_type = static_cast<std::uint8_t>(options.payload_type)}),
      begun_(cli::now()) {
    choose_fault();
    if (options.pcap.empty() || !output.options().output.empty()) file_.emplace(output.options().output);
    if (!options.pcap.empty()) capture_.emplace(options.pcap);
}

void MuxWriter::choose_fault() {
    if (options_.fault.empty()) return;
    if (proto::fault::find_pack_fault(options_.fault) != nullptr) {
        pack_fault_.emplace(*proto::fault::PackFilter::make(options_.fault));
        return;
    }
    auto filter = proto::fault::RtpFilter::make(options_.fault);
    if (!filter) throw cli::Failure{cli::ExitCode::usage, "--fault " + options_.fault + ": " + filter.error().what};
    if (!framing_ && options_.pcap.empty())
        throw cli::Failure{cli::ExitCode::usage, "--fault " + options_.fault + " is one of RTP packets: add --rtp, --framing or --pcap"};
    rtp_fault_.emplace(std::move(*filter));
}

void MuxWriter::write(Bytes pack, std::uint64_t pts) {
    last_pts_ = pts;
    if (pack_fault_) pack_fault_->apply(pack);
    pass_on(pack, pts);
}

void MuxWriter::pass_on(const Bytes& pack, std::uint64_t pts) {
    if (pack.empty()) return;
    bytes_ += pack.size();
    if (!framing_ && file_) file_->write(pack);
    if (!framing_ && !capture_) return;
    made_.clear();
    packetizer_.frame(pack, static_cast<std::uint32_t>(pts), made_);
    packets_.clear();
    for (Bytes& packet : made_) packets_.push_back({.bytes = std::move(packet)});
    if (rtp_fault_) rtp_fault_->apply(packets_);
    send(pts);
}

void MuxWriter::send(std::uint64_t pts) {
    Bytes framed;
    Time time = std::max(begun_ + Duration(static_cast<std::int64_t>(pts) * 100'000 / 9), free_);
    for (const proto::fault::RtpSent& packet : packets_) {
        if (framing_ && rtp_fault_) rtp_fault_->write(framed, packet.bytes, *framing_);
        else if (framing_) wire::rtp::write_framed(framed, packet.bytes, *framing_);
        if (capture_) record(packet, time);
        time += between_packets;
    }
    free_ = time;
    if (framing_ && file_) file_->write(framed);
    rtp_packets_ += packets_.size();
}

void MuxWriter::record(const proto::fault::RtpSent& sent, Time time) {
    proto::Packet packet;
    packet.time = time + sent.later;
    packet.source = camera;
    packet.source.port = static_cast<std::uint16_t>(camera.port + sent.port_shift);
    if (sent.other_host) packet.source.address = stranger;
    packet.destination = platform;
    packet.bytes = sent.bytes;
    capture_->write(packet);
}

void MuxWriter::close() {
    Bytes rest;
    if (pack_fault_) pack_fault_->finish(rest);
    pass_on(rest, last_pts_);
    if (file_) file_->close();
    if (capture_) capture_->close();
}

void MuxWriter::tell_fault() const {
    if (options_.fault.empty()) return;
    const cli::Words say(output_.language());
    const auto* pack = proto::fault::find_pack_fault(options_.fault);
    const Bilingual what = pack != nullptr ? pack->what : rtp_fault_->fault().what;
    const Bilingual needs = pack != nullptr ? pack->needs : rtp_fault_->fault().needs;
    const auto at = pack_fault_ ? pack_fault_->first_edit() : rtp_fault_->first_edit();
    if (!at) return output_.talk(fmt::format("--fault {} found nothing to spoil{}{}", options_.fault, needs.english.empty() ? "" : ": it needs ", needs.english));
    const Bilingual place = pack_fault_ ? Bilingual{"first at byte {} of the program stream", "首次出现在 PS 流的字节 {}"} : Bilingual{"first at RTP packet {}", "首次出现在第 {} 个 RTP 包"};
    output_.line(fmt::format("{}: {}; {}", options_.fault, say(what), say(place, *at)));
}

}  // namespace gbkit::psdump_tool
