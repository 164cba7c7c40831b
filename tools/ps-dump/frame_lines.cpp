#include "frame_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "records.hpp"

namespace gbkit::psdump_tool {

using namespace proto::observe;
namespace stream_id = wire::ps::stream_id;

namespace {

std::string stamp_text(const std::optional<std::uint64_t>& ticks) {
    return ticks ? fmt::format("{:.3f}", static_cast<double>(*ticks) / 90'000) : "-";
}

std::string place_text(const RtpPlace& first, const RtpPlace& last) {
    if (first.packet == 0) return "";
    if (first.packet == last.packet) return fmt::format("#{}", first.packet);
    return fmt::format("#{}-{}", first.packet, last.packet);
}

}  // namespace

Bilingual kind_of(std::uint8_t id) noexcept {
    switch (id) {
        case stream_id::end: return {"end", "结束"};
        case stream_id::pack: return {"pack header", "包头"};
        case stream_id::system_header: return {"system header", "系统头"};
        case stream_id::map: return {"map (PSM)", "映射表(PSM)"};
        case stream_id::private_1: return {"private 1", "私有流 1"};
        case stream_id::padding: return {"padding", "填充"};
        case stream_id::private_2: return {"private 2", "私有流 2"};
        case stream_id::directory: return {"directory", "目录"};
        default: break;
    }
    if (id >= stream_id::first_audio && id <= stream_id::last_audio) return {"audio", "音频"};
    if (id >= stream_id::first_video && id <= stream_id::last_video) return {"video", "视频"};
    return {"other", "其他"};
}

std::string FrameLines::stream_of(const RtpSource* source, std::uint8_t id) const {
    return source != nullptr && source->number > 1 ? fmt::format("{}/{}", source->number, hex_of(id)) : hex_of(id);
}

void FrameLines::head(Bilingual columns) {
    if (shown_.data() == columns.english.data()) return;
    shown_ = columns.english;
    output_.line(output_.styled(cli::Style::dim, say_(columns)));
}

void FrameLines::frame(const RtpSource* source, const MediaFrame& frame) {
    if (output_.json()) return;
    head({"  frame  stream  type       bytes         PTS  packets          arrival",
          "     帧  流      类型        字节         PTS  RTP 包           到达"});
    std::string text = fmt::format("{:>7}  {:<6}  {:<4}  {:>10}  {:>10}", frame.number, stream_of(source, frame.stream_id),
                                   name_of(frame.type), cli::grouped(frame.bytes), stamp_text(frame.pts));
    if (const std::string packets = place_text(frame.first, frame.last); !packets.empty()) {
        text += fmt::format("  {:<15}", packets);
        if (frame.first.time != Time{}) text += fmt::format("  {:>6}", cli::span_text(frame.last.time - frame.first.time));
    }
    std::string damage;
    if (frame.damaged) damage += say_({"  damaged", "  受损"});
    for (const auto& [first, last] : frame.lost) damage += first == last ? say_({", lost {}", ",丢失 {}"}, first) : say_({", lost {}-{}", ",丢失 {}-{}"}, first, last);
    if (!frame.damaged && frame.depends_on_damage) damage += say_({"  follows damage", "  受前帧影响"});
    output_.line(text + (damage.empty() ? "" : output_.styled(frame.damaged ? cli::Style::bad : cli::Style::warn, damage)));
}

void FrameLines::packet(const RtpSource* source, const PsPacketSeen& packet) {
    if (output_.json()) return;
    head({"    offset  stream  what             bytes         SCR         PTS         DTS  packet",
          "      偏移  流      内容              字节         SCR         PTS         DTS  RTP 包"});
    std::string text = fmt::format("{:>10}  {:<6}  {}  {:>8}  {:>10}  {:>10}  {:>10}", packet.offset, stream_of(source, packet.id),
                                   pad(say_(kind_of(packet.id)), 13), packet.bytes, stamp_text(packet.scr), stamp_text(packet.pts),
                                   stamp_text(packet.dts));
    if (packet.place.packet > 0) text += fmt::format("  #{}", packet.place.packet);
    output_.line(text);
}

void FrameLines::hex(ByteView pack, const MediaFrame* frame) {
    if (output_.json()) return;
    constexpr std::size_t shown = 64;
    constexpr std::size_t in_line = 16;
    shown_ = {};
    const std::uint64_t offset = frame != nullptr ? frame->offset : 0;
    const ByteView head = pack.first(std::min(pack.size(), shown));
    for (std::size_t at = 0; at < head.size(); at += in_line) {
        const ByteView piece = head.subspan(at, std::min(in_line, head.size() - at));
        std::string digits, letters;
        for (std::size_t i = 0; i < piece.size(); ++i) {
            if (i == in_line / 2) digits += ' ';
            digits += fmt::format(" {:02x}", piece[i]);
            letters += piece[i] >= 0x20 && piece[i] < 0x7F ? static_cast<char>(piece[i]) : '.';
        }
        output_.line(output_.styled(cli::Style::dim, fmt::format("  {:>10}", frame != nullptr ? offset + at : at)) +
                     fmt::format(" {:<49}  {}", digits, letters));
    }
    if (pack.size() > shown) output_.line(output_.styled(cli::Style::dim, say_({"              ... {} more bytes", "              …… 另有 {} 字节"}, cli::grouped(pack.size() - shown))));
}

}  // namespace gbkit::psdump_tool
