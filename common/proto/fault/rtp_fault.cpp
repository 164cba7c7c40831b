#include "proto/fault/rtp_fault.hpp"

#include <algorithm>

#include "base/findings/rtp.hpp"
#include "wire/rtp/packet.hpp"
#include "wire/rtp/packetizer.hpp"
#include "wire/rtp/rtcp.hpp"

namespace gbkit::proto::fault {

namespace {

using Packets = std::vector<RtpSent>;
using wire::rtp::Framing;

constexpr std::uint64_t early_frame = 5, later_frame = 10;  // where faults strike: the stream has begun well

std::uint32_t get32(const Bytes& bytes, std::size_t at) { return ByteReader(ByteView(bytes).subspan(at)).u32be(); }
void put16(Bytes& bytes, std::size_t at, std::uint16_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}
void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    put16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    put16(bytes, at + 2, static_cast<std::uint16_t>(value));
}
void add_to_sequence(Bytes& bytes, unsigned step) { put16(bytes, 2, static_cast<std::uint16_t>((bytes[2] << 8 | bytes[3]) + static_cast<int>(step))); }
std::size_t middle(const Packets& packets) { return packets.size() / 2; }
std::ptrdiff_t at(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

// Loss and order.

void lose_one(Packets& packets, const RtpHistory& history) {
    if (history.frames == early_frame) packets.erase(packets.begin() + at(middle(packets)));
}

void swap_two(Packets& packets, const RtpHistory& history) {
    if (history.frames >= early_frame && packets.size() > 1 && history.frames % early_frame == 0) std::swap(packets[0], packets[1]);
}

void repeat_one(Packets& packets, const RtpHistory& history) {
    if (history.frames == early_frame) packets.insert(packets.begin() + at(middle(packets)), packets[middle(packets)]);
}

void number_anew(Packets& packets, const RtpHistory& history) {
    if (history.frames < later_frame) return;
    for (RtpSent& packet : packets) add_to_sequence(packet.bytes, 20'000);
}

// Times.

void fall_silent(Packets& packets, const RtpHistory& history) {
    if (history.frames < later_frame) return;
    for (RtpSent& packet : packets) packet.later += seconds(20);
}

void send_too_slowly(Packets& packets, const RtpHistory& history) {
    for (std::size_t i = 0; i < packets.size(); ++i) packets[i].later += milliseconds(100) * static_cast<std::int64_t>(history.packets + i);
}

void two_times_in_a_frame(Packets& packets, const RtpHistory& history) {
    if (history.frames != early_frame) return;
    for (std::size_t i = std::max<std::size_t>(middle(packets), 1); i < packets.size(); ++i) put32(packets[i].bytes, 4, get32(packets[i].bytes, 4) + 1800);
}

void one_time_for_frames(Packets& packets, const RtpHistory& history) {
    if (history.frames <= early_frame || history.frames > later_frame) return;
    for (RtpSent& packet : packets) put32(packet.bytes, 4, history.last_timestamp);
}

// Packets and senders.

/// An extra packet whose extension is longer than itself.
void extension_too_long(Packets& packets, const RtpHistory& history) {
    if (history.frames != early_frame) return;
    RtpSent broken = packets.front();
    broken.bytes.resize(12);
    broken.bytes[0] |= 0x10;
    ByteWriter(broken.bytes).u32be(0xBEDE'FFFF);
    packets.insert(packets.begin(), std::move(broken));
}

void add_extension(Packets& packets, const RtpHistory&) {
    constexpr std::uint8_t extension[] = {0xAB, 0xCD, 0, 1, 1, 2, 3, 4};
    for (RtpSent& packet : packets) {
        packet.bytes[0] |= 0x10;
        packet.bytes.insert(packet.bytes.begin() + 12, std::begin(extension), std::end(extension));
    }
}

void other_type(Packets& packets, const RtpHistory& history) {
    if (history.frames < later_frame) return;
    for (RtpSent& packet : packets) packet.bytes[1] = static_cast<std::uint8_t>((packet.bytes[1] & 0x80) | 98);
}

void other_ssrc(Packets& packets, const RtpHistory&) {
    for (RtpSent& packet : packets) put32(packet.bytes, 8, get32(packet.bytes, 8) + 1);
}

void ssrc_of_a_recording(Packets& packets, const RtpHistory&) {  // first digit 4
    for (RtpSent& packet : packets) put32(packet.bytes, 8, 0xF000'0000 | (get32(packet.bytes, 8) & 0xFFFF));
}

void second_sender(Packets& packets, const RtpHistory&) {
    Packets others = packets;
    for (RtpSent& packet : others) {
        packet.other_host = true;
        add_to_sequence(packet.bytes, 30'000);
        packets.push_back(std::move(packet));
    }
}

void other_port(Packets& packets, const RtpHistory& history) {
    if (history.frames < later_frame) return;
    for (RtpSent& packet : packets) packet.port_shift = 2;
}

Bytes sender_report(std::uint32_t ssrc, std::uint32_t timestamp) {
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.u8(0x80);
    writer.u8(wire::rtp::rtcp_type::sender_report);
    writer.u16be(6);
    writer.u32be(ssrc);
    writer.u32be(0xE000'0000);  // NTP time
    writer.u32be(0);
    writer.u32be(timestamp);
    writer.u32be(1);
    writer.u32be(1000);
    return bytes;
}

void report_between(Packets& packets, const RtpHistory& history) {
    if (history.frames == early_frame) packets.push_back({sender_report(get32(packets[0].bytes, 8), get32(packets[0].bytes, 4))});
}

void report_too_long(Packets& packets, const RtpHistory& history) {
    report_between(packets, history);
    if (history.frames == early_frame) put16(packets.back().bytes, 2, 27);
}

/// 188-byte packets of a transport stream instead of the pack.
void transport_stream(Packets& packets, const RtpHistory& history) {
    std::uint8_t counter = static_cast<std::uint8_t>(history.packets * 7);
    for (RtpSent& packet : packets) {
        packet.bytes.resize(12);
        packet.bytes[1] = static_cast<std::uint8_t>((packet.bytes[1] & 0x80) | 96);
        for (int i = 0; i < 7; ++i) {
            ByteWriter writer(packet.bytes);
            writer.u32be(0x4701'0010U | (counter++ & 0x0F));
            for (unsigned byte = 0; byte < 184; ++byte) writer.u8(static_cast<std::uint8_t>(byte * 7 + 3));
        }
    }
}

// Framing on TCP.

/// A partial write: the length is that of the whole packet, 60 bytes of its middle never come.
void part_of_a_packet(Bytes& out, ByteView packet, std::uint64_t number, Framing framing) {
    Bytes whole;
    wire::rtp::write_framed(whole, packet, framing);
    if (number == 8) {
        const std::size_t cut = std::min<std::size_t>(60, whole.size() / 2);
        whole.erase(whole.end() - at(cut) - 1, whole.end() - 1);
    }
    out.insert(out.end(), whole.begin(), whole.end());
}

void without_length(Bytes& out, ByteView packet, std::uint64_t, Framing) { wire::rtp::write_framed(out, packet, Framing::bare); }

void with_dollar(Bytes& out, ByteView packet, std::uint64_t, Framing) { wire::rtp::write_framed(out, packet, Framing::interleaved); }

void after_vendor_header(Bytes& out, ByteView packet, std::uint64_t number, Framing framing) {
    if (number == 0) {
        out.insert(out.end(), {1, 0, 1, 0});
        out.insert(out.end(), wire::rtp::vendor_header_bytes - 4, 0);
    }
    wire::rtp::write_framed(out, packet, framing);
}

void from_the_middle(Bytes& out, ByteView packet, std::uint64_t number, Framing framing) {
    if (number == 0) out.insert(out.end(), packet.end() - at(packet.size() / 2), packet.end());
    else wire::rtp::write_framed(out, packet, framing);
}

constexpr Bilingual tcp_framing{"TCP framing (--framing rfc4571)", "TCP 分帧(--framing rfc4571)"};
constexpr Bilingual a_capture{"a capture (--pcap)", "抓包文件(--pcap)"};
constexpr Bilingual large_frames{"frames of more than one packet", "多于一个包的帧"};

std::vector<RtpFault> table() {
    using namespace findings;
    return {
        {rtp_lost, {"one packet is lost", "丢失一个包"}, lose_one},
        {rtp_reordered, {"packets overtake each other", "包的先后顺序颠倒"}, swap_two, nullptr, large_frames},
        {rtp_duplicates, {"one packet comes twice", "一个包到达两次"}, repeat_one},
        {rtp_sequence_jumps, {"the sequence numbers begin anew", "序号重新开始"}, number_anew},
        {rtp_silence, {"nothing comes for 20 s", "中断 20 秒"}, fall_silent, nullptr, a_capture},
        {rtp_jitter_above_limit, {"the network passes packets too slowly", "网络转发过慢"}, send_too_slowly, nullptr, a_capture},
        {rtp_timestamp_within_frame, {"one frame carries two timestamps", "同一帧使用两个时间戳"}, two_times_in_a_frame, nullptr, large_frames},
        {rtp_timestamp_repeats, {"several frames carry one timestamp", "多帧使用同一时间戳"}, one_time_for_frames},
        {rtp_malformed, {"one packet more has an extension longer than itself", "多发一个扩展头超出包长的包"}, extension_too_long},
        {rtp_header_extension, {"adds header extensions", "加入 RTP 扩展头"}, add_extension},
        {rtp_payload_type_changes, {"changes to payload type 98", "负载类型变为 98"}, other_type},
        {rtp_ssrc_differs, {"uses another SSRC", "使用另一个 SSRC"}, other_ssrc, nullptr, {"--expect-ssrc when it is judged", "检查时给出 --expect-ssrc"}},
        {rtp_ssrc_unusual, {"uses an SSRC that is no y= value", "使用不符合 y= 规则的 SSRC"}, ssrc_of_a_recording},
        {rtp_two_senders, {"a second host sends with the same SSRC", "另一台主机使用相同 SSRC 推流"}, second_sender, nullptr, a_capture},
        {rtp_source_port_changed, {"goes on from another port", "改用另一个源端口"}, other_port, nullptr, a_capture},
        {rtp_rtcp_in_flow, {"sends RTCP on the media port", "在媒体端口发送 RTCP"}, report_between},
        {rtp_rtcp_length, {"sends RTCP longer than it is", "RTCP 长度字段过大"}, report_too_long},
        {media_not_ps, {"sends a transport stream", "发送的是 TS 流"}, transport_stream},
        {rtp_framing_lost, {"drops bytes in the middle of a packet", "在包中间丢弃字节"}, nullptr, part_of_a_packet, tcp_framing},
        {rtp_framing_absent, {"leaves out the lengths", "不写长度字段"}, nullptr, without_length, tcp_framing},
        {rtp_framing_interleaved, {"frames like RTSP", "按 RTSP 方式分帧"}, nullptr, with_dollar, tcp_framing},
        {rtp_framing_ehome, {"begins with a vendor's header", "以厂商私有头开始"}, nullptr, after_vendor_header, tcp_framing},
        {rtp_starts_mid_packet, {"begins in the middle of a packet", "从包中间开始"}, nullptr, from_the_middle, tcp_framing},
    };
}

}  // namespace

const std::vector<RtpFault>& all_rtp_faults() {
    static const std::vector<RtpFault> all = table();
    return all;
}

const RtpFault* find_rtp_fault(std::string_view slug) noexcept {
    const auto& all = all_rtp_faults();
    const auto found = std::find_if(all.begin(), all.end(), [&](const RtpFault& fault) { return fault.id.slug == slug; });
    return found == all.end() ? nullptr : &*found;
}

Result<RtpFilter> RtpFilter::make(std::string_view slug) {
    if (const RtpFault* fault = find_rtp_fault(slug)) return RtpFilter(*fault);
    return fail(Errc::not_found, "a fault of the RTP sender");
}

void RtpFilter::apply(std::vector<RtpSent>& packets) {
    if (packets.empty()) return;
    const std::vector<RtpSent> made = fault_->edit != nullptr && !first_edit_ ? packets : std::vector<RtpSent>();
    const std::uint64_t count = packets.size();
    if (fault_->edit != nullptr) fault_->edit(packets, history_);
    for (std::size_t i = 0; i < made.size() && !first_edit_; ++i) {
        const bool same = i < packets.size() && packets[i].bytes == made[i].bytes && packets[i].later == made[i].later &&
                          packets[i].port_shift == made[i].port_shift && packets[i].other_host == made[i].other_host;
        if (!same) first_edit_ = history_.packets + i + 1;
    }
    if (!made.empty() && !first_edit_ && packets.size() > made.size()) first_edit_ = history_.packets + count;
    ++history_.frames;
    history_.packets += count;
    if (!packets.empty() && packets.back().bytes.size() >= 12) history_.last_timestamp = get32(packets.front().bytes, 4);
}

void RtpFilter::write(Bytes& out, ByteView packet, Framing framing) {
    Bytes usual, made;
    wire::rtp::write_framed(usual, packet, framing);
    if (fault_->frame == nullptr) made = usual;
    else fault_->frame(made, packet, written_, framing);
    ++written_;
    if (!first_edit_ && made != usual) first_edit_ = written_;
    out.insert(out.end(), made.begin(), made.end());
}

}  // namespace gbkit::proto::fault
