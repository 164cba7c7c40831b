#include "page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/terminal.hpp"
#include "cli/wording.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::psdump_tool {

namespace {

using namespace proto::observe;
using cli::grouped;
using cli::size_text;
using cli::Style;
using wire::codec::Container;
using wire::rtp::Framing;

constexpr std::size_t indent = 10;
constexpr std::size_t sources_shown = 12;       // of more only a line each
constexpr double jitter_limit_ms = 50;          // GB/T 28181-2022 5.5, with the next
constexpr double loss_limit = 1e-3;

Duration of_ms(std::int64_t ms) { return milliseconds(ms); }

std::string rate_text(double bits_a_second) {
    return bits_a_second < 1e6 ? fmt::format("{:.0f} kbit/s", bits_a_second / 1e3) : fmt::format("{:.2f} Mbit/s", bits_a_second / 1e6);
}

class Page {
public:
    explicit Page(cli::Output& output) : output_(output), say_(output.language()) {}

    void write(const Part& part) {
        title(part);
        if (part.capture) holds(*part.capture);
        if (!part.defect.empty()) entry({"cut", "残缺"}, part.defect);
        if (part.judge) {
            if (part.judge->report().packs > 0) program_stream(part.judge->report(), timeline_of(part, 0));
            else no_program_stream(part.what.container);
        }
        if (part.feed) sources(part);
    }

private:
    void entry(Bilingual head, std::string_view text, Style style = Style::plain) { row(say_(head), text, style); }

    void row(std::string_view head, std::string_view text, Style style = Style::plain) {
        std::string first = output_.styled(Style::dim, pad(head, indent));
        for (const std::string& line : wrap(text, output_.columns() - indent)) {
            output_.line(first + output_.styled(style, line));
            first = std::string(indent, ' ');
        }
    }

    void title(const Part& part) {
        std::string text = output_.styled(Style::bold, printable(part.title == "-" ? std::string(say_({"standard input", "标准输入"})) : part.title));
        text += "  ";
        if (part.live) text += say_({"live", "实时接收"});
        else text += size_text(part.bytes) + std::string(say_({", ", ","})) + std::string(form_of(part));
        output_.line(text);
    }

    std::string_view form_of(const Part& part) const {
        const Framing framing = part.feed && !part.feed->sources().empty() ? part.feed->sources().front().framing : part.what.framing;
        switch (part.what.form) {
            case Form::capture: return say_({"capture", "抓包"});
            case Form::program_stream:
                return part.what.container == Container::hikvision_file ? say_({"program stream in a Hikvision file (IMKH)", "海康文件(IMKH)中的 PS 流"})
                                                                        : say_({"program stream", "PS 流"});
            case Form::rtpdump: return say_({"rtpdump", "rtpdump 文件"});
            case Form::packets: break;
            case Form::other: return say_({"no program stream", "不是 PS 流"});
        }
        return framing_text(framing);
    }

    std::string_view framing_text(Framing framing) const {
        switch (framing) {
            case Framing::rfc4571: return say_({"RTP packets with 2-byte lengths (RFC 4571)", "RTP 包,2 字节长度前缀(RFC 4571)"});
            case Framing::interleaved: return say_({"RTP packets behind $ and 4 bytes (RTSP interleaved)", "RTP 包,$ 加 4 字节前缀(RTSP 交织)"});
            case Framing::ehome: return say_({"RTP packets behind an Ehome header", "RTP 包,前有 Ehome 头"});
            case Framing::bare: return say_({"RTP packets back to back, without lengths", "RTP 包首尾相接,无长度前缀"});
            case Framing::undecided:
            case Framing::none: break;
        }
        return say_({"no RTP packets", "没有 RTP 包"});
    }

    void holds(const io::CaptureFacts& facts) {
        entry({"time", "时间"}, say_({"{} to {} ({})", "{} 至 {}({})"}, to_local_date(facts.first), to_local_clock(facts.last),
                                      cli::span_text(facts.last - facts.first)));
        std::string text = say_({"{} frames: {} UDP datagrams, {} TCP segments", "{} 帧:UDP 数据报 {},TCP 段 {}"}, grouped(facts.frames),
                                grouped(facts.udp), grouped(facts.tcp));
        if (facts.duplicates > 0) text += say_({"; {} second copies counted once", ";重复抓到的 {} 帧只计一次"}, grouped(facts.duplicates));
        entry({"holds", "内容"}, text);
    }

    void no_program_stream(Container container) {
        if (container == Container::unknown || container == Container::program_stream)
            return entry({"PS", "PS"}, say_({"there is no pack in it", "其中没有 PS 包"}), Style::bad);
        entry({"PS", "PS"}, say_({"this is no program stream: {}", "这不是 PS 流,而是 {}"}, wire::codec::name_of(container)), Style::bad);
    }

    static const Timeline* timeline_of(const Part& part, std::uint32_t number) {
        const auto found = part.timelines.find(number);
        return found == part.timelines.end() ? nullptr : &found->second;
    }

    void sources(const Part& part) {
        const std::vector<RtpSource> all = part.feed->sources();
        const MediaFeedCounts& counts = part.feed->counts();
        if (all.empty()) entry({"RTP", "RTP"}, say_({"no RTP was found", "没有发现 RTP"}), Style::bad);
        std::size_t shown = 0;
        for (const RtpSource& source : all) {
            if (++shown > sources_shown) break;
            if (all.size() > 1) output_.line();
            rtp(source, part.what.form == Form::capture || part.live);
            if (source.stream != nullptr && source.stream->packs > 0) program_stream(*source.stream, timeline_of(part, source.number));
            else if (source.container != Container::unknown && source.container != Container::program_stream) no_program_stream(source.container);
        }
        if (all.size() > sources_shown)
            row("", say_({"and {} more RTP sources: --ssrc and --flow choose, --json has all", "另有 {} 个 RTP 源:用 --ssrc、--flow 选择,--json 列出全部"}, all.size() - sources_shown));
        if (counts.not_media > 0 && part.what.form == Form::capture)
            entry({"not RTP", "非 RTP"}, say_({"{} packets", "{} 包"}, grouped(counts.not_media)));
    }

    void rtp(const RtpSource& source, bool addresses) {
        const wire::rtp::SsrcMeaning meaning = wire::rtp::meaning_of_ssrc(source.ssrc);
        std::string text;
        if (addresses) text = fmt::format("{} -> {} {}", source.source.text(), source.destination.text(), proto::name_of(source.transport));
        if (addresses && source.transport != proto::Transport::udp) text += fmt::format(", {}", framing_text(source.framing));
        if (addresses) entry({"RTP", "RTP"}, text);
        text = fmt::format("y={}, SSRC 0x{:08X}", meaning.digits, source.ssrc);
        if (meaning.fits)
            text += say_({" ({}, domain {}, stream {})", "({},域 {},流 {})"}, say_(meaning.history ? Bilingual{"playback", "历史"} : Bilingual{"live", "实时"}),
                         meaning.domain, meaning.stream);
        std::string types;
        for (const auto& [type, count] : source.payload_types) types += fmt::format("{}{}", types.empty() ? "" : ", ", type);
        text += say_({", payload type {}", ",载荷类型 {}"}, types);
        row(addresses ? "" : "RTP", text);
        if (source.statistics != nullptr) reception(source, *source.statistics);
    }

    void reception(const RtpSource& source, const RtpStatistics& seen) {
        const double ratio = seen.expected > 0 ? static_cast<double>(seen.lost) / static_cast<double>(seen.expected) : 0;
        std::string text = say_({"{} packets, {} lost", "{} 包,丢失 {}"}, grouped(seen.packets), grouped(seen.lost));
        if (seen.lost > 0) text += fmt::format(" ({:.2f} %)", ratio * 100);
        if (seen.reordered > 0) text += say_({", {} out of order", ",乱序 {}"}, grouped(seen.reordered));
        if (seen.too_late > 0) text += say_({", {} too late", ",迟到 {}"}, grouped(seen.too_late));
        if (seen.duplicates > 0) text += say_({", {} twice", ",重复 {}"}, grouped(seen.duplicates));
        if (seen.restarts > 0) text += say_({", {} restarts", ",重新开始 {} 次"}, grouped(seen.restarts));
        const bool times = seen.last != Time{};
        if (times) text += say_({"; jitter {:.1f} ms, at most {:.1f}", ";抖动 {:.1f} ms,最大 {:.1f}"}, seen.jitter_ms, seen.jitter_max_ms);
        text += times ? say_({" (limits: 0.1 %, 50 ms)", "(限值:0.1 %,50 ms)"}) : say_({" (limit: 0.1 %)", "(限值:0.1 %)"});
        if (seen.is_faster_than_live()) text += say_({"; sent {:.2g} times as fast as it plays", ";发送速度为播放的 {:.2g} 倍"}, seen.pace);
        const bool within = ratio <= loss_limit && (!times || seen.jitter_ms <= jitter_limit_ms || seen.is_faster_than_live());
        row("", text, within ? Style::plain : Style::warn);
        std::string more;
        if (source.rtcp_packets > 0) more = say_({"{} RTCP packets", "RTCP {} 包"}, grouped(source.rtcp_packets));
        if (source.skipped_bytes > 0)
            more += say_({"{}{} bytes that are no packet", "{}不成包的 {} 字节"}, more.empty() ? "" : say_({", ", ","}), grouped(source.skipped_bytes));
        if (!more.empty()) row("", more);
    }

    void program_stream(const StreamReport& report, const Timeline* timeline) {
        std::string text = say_({"{} in {} packs, {} PES packets, {} maps", "{},{} 个包(pack),{} 个 PES,{} 个映射表(PSM)"}, size_text(report.bytes),
                                grouped(report.packs), grouped(report.pes_packets), grouped(report.maps));
        if (report.duration_ms) text += say_({"; {} by PTS", ";按 PTS 时长 {}"}, cli::span_text(of_ms(*report.duration_ms)));
        if (report.missing_bytes > 0) text += say_({"; {} bytes missing", ";缺 {} 字节"}, grouped(report.missing_bytes));
        if (report.skipped_bytes > 0) text += say_({"; {} bytes passed over", ";跳过 {} 字节"}, grouped(report.skipped_bytes));
        entry({"PS", "PS"}, text);
        for (const ElementaryStream* stream : in_order(report)) elementary(*stream);
        if (report.damaged_frames + report.undecodable_frames > 0)
            entry({"damage", "受损"}, say_({"{} of {} video frames damaged; {} follow damage or a lost frame, before the next key frame", "{}/{} 个视频帧受损;另有 {} 帧在受损或丢失的帧之后、下一关键帧之前"},
                                           grouped(report.damaged_frames), grouped(report.frames), grouped(report.undecodable_frames)), Style::bad);
        if (timeline != nullptr) life(*timeline);
    }

    /// Video, audio, the rest.
    static std::vector<const ElementaryStream*> in_order(const StreamReport& report) {
        std::vector<const ElementaryStream*> streams;
        for (const auto& [id, stream] : report.streams) streams.push_back(&stream);
        const auto rank = [](const ElementaryStream* stream) {
            const bool video = stream->id >= wire::ps::stream_id::first_video && stream->id <= wire::ps::stream_id::last_video;
            return video ? 0 : stream->id >= wire::ps::stream_id::first_audio && stream->id <= wire::ps::stream_id::last_audio ? 1 : 2;
        };
        std::stable_sort(streams.begin(), streams.end(), [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
        return streams;
    }

    void elementary(const ElementaryStream& stream) {
        const bool video = stream.id >= wire::ps::stream_id::first_video && stream.id <= wire::ps::stream_id::last_video;
        const bool audio = stream.id >= wire::ps::stream_id::first_audio && stream.id <= wire::ps::stream_id::last_audio;
        std::vector<std::string> facts;
        facts.push_back(codec_of(stream, video || audio));
        if (stream.format && stream.format->width > 0) facts.push_back(fmt::format("{}x{}", stream.format->width, stream.format->height));
        if (video && stream.frames_per_second) facts.push_back(say_({"{:.4g} fps", "{:.4g} 帧/秒"}, *stream.frames_per_second));
        if (stream.first_pts && stream.last_pts && *stream.last_pts > *stream.first_pts)
            facts.push_back(rate_text(static_cast<double>(stream.bytes) * 8 * 90'000 / static_cast<double>(*stream.last_pts - *stream.first_pts)));
        if (video) {
            facts.push_back(say_({"{} frames", "{} 帧"}, grouped(stream.frames)));
            facts.push_back(say_({"{} key frames", "关键帧 {}"}, grouped(stream.key_frames)));
            if (stream.key_frame_interval_s) facts.push_back(say_({"{:.2g} s apart at most", "最大间隔 {:.2g} 秒"}, *stream.key_frame_interval_s));
            facts.push_back(say_({"largest {}", "最大帧 {}"}, size_text(stream.largest_frame)));
        } else {
            facts.push_back(say_({"{} packets", "{} 个包"}, grouped(stream.pes_packets)));
            facts.push_back(size_text(stream.bytes));
        }
        if (!stream.private_signature.empty()) facts.push_back(say_({"begins {}", "开头为 {}"}, stream.private_signature));
        row(fmt::format(" {}", hex_of(stream.id)), join(facts, ", "));
    }

    /// "H.264 Main 3.1 (map: 1b)"; what the map says otherwise is said in brackets.
    std::string codec_of(const ElementaryStream& stream, bool media) {
        if (!media) return std::string(say_(kind_of(stream.id)));
        const bool known = stream.codec != wire::codec::Codec::unknown;
        std::string text = known ? std::string(wire::codec::name_of(stream.codec)) : std::string(say_({"codec unknown", "编码未知"}));
        if (stream.format && !stream.format->profile.empty()) text += fmt::format(" {} {}", stream.format->profile, stream.format->level);
        if (!stream.stream_type) return text + std::string(say_({" (no map entry)", "(映射表中没有)"}));
        if (known && stream.codec_by_content && wire::codec::codec_of_stream_type(*stream.stream_type) != stream.codec)
            return text + say_({" (the map says {})", "(映射表写的是 {})"}, hex_of(*stream.stream_type));
        if (known && !stream.codec_by_content) text += say_({" (by the map)", "(据映射表)"});
        return text;
    }

    void life(const Timeline& timeline) {
        const Timeline::Rows rows = timeline.rows(std::min<std::size_t>(output_.columns() - indent, 100), cli::shows_unicode());
        if (rows.sizes.empty()) return;
        output_.line(output_.styled(Style::dim, pad(say_({"sizes", "帧大小"}), indent)) + rows.sizes);
        if (rows.marks.find_first_not_of(' ') != std::string::npos) output_.line(std::string(indent, ' ') + marks_of(rows.marks));
        std::string legend = say_({"a column is {}, the highest {}", "每列 {},最高 {}"}, cli::span_text(rows.span), size_text(rows.highest));
        const std::pair<char, Bilingual> meanings[] = {{'K', {"K key frame", "K 关键帧"}},
                                                       {'x', {"x damaged", "x 受损"}},
                                                       {'~', {"~ follows damage", "~ 受前帧影响"}},
                                                       {'.', {". nothing came", ". 没有数据"}}};
        for (const auto& [mark, meaning] : meanings)
            if (rows.marks.find(mark) != std::string::npos) legend += fmt::format("; {}", say_(meaning));
        row("", legend, Style::dim);
    }

    std::string marks_of(const std::string& all) const {
        const std::string marks = all.substr(0, all.find_last_not_of(' ') + 1);
        std::string text;
        for (std::size_t at = 0; at < marks.size();) {
            const std::size_t end = std::min(marks.find_first_not_of(marks[at], at), marks.size());
            const Style style = marks[at] == 'x' ? Style::bad : marks[at] == '~' || marks[at] == '.' ? Style::warn : Style::plain;
            text += style == Style::plain ? marks.substr(at, end - at) : output_.styled(style, marks.substr(at, end - at));
            at = end;
        }
        return text;
    }

    cli::Output& output_;
    cli::Words say_;
};

}  // namespace

void write_page(cli::Output& output, const Judging& judging) {
    if (output.json()) return;
    Page page(output);
    for (const Part& part : judging.parts()) {
        if (&part != &judging.parts().front()) output.line();
        page.write(part);
    }
}

}  // namespace gbkit::psdump_tool
