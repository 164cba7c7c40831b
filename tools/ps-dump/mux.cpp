// mux: elementary streams into a program stream as GB/T 28181-2022 Annex C.1 has it.
//
//   video  -> access units -.
//                           |-> by time -> wire/ps/muxer -> packs -> MuxWriter
//   audio  -> frames -------'
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/files.hpp"
#include "cli/wording.hpp"
#include "mux_writer.hpp"
#include "verbs.hpp"
#include "wire/codec/access_units.hpp"
#include "wire/codec/audio.hpp"
#include "wire/codec/container.hpp"
#include "wire/ps/muxer.hpp"

namespace gbkit::psdump_tool {

namespace {

using wire::codec::Codec;
using wire::codec::Container;

constexpr std::size_t input_limit = std::size_t{1} << 30;
constexpr std::size_t g711_frame_bytes = 320;          // 40 ms, as cameras do
constexpr std::uint64_t g711_rate = 8000;
constexpr std::uint64_t aac_frame_samples = 1024;
constexpr std::uint64_t first_pts = 90'000;            // the SCR before it has room
constexpr std::uint64_t audio_delay = 900;             // 10 ms: packs of their own have RTP timestamps of their own

/// One thing to mux, with its time in 90 kHz ticks.
struct Item {
    ByteView bytes;
    std::uint64_t pts = 0;
    bool video = false;
    bool key = false;
};

Codec video_codec_of(const std::string& name, ByteView stream) {
    const Container container = wire::codec::container_of(stream.first(std::min<std::size_t>(stream.size(), 64 * 1024)));
    if (container == Container::bare_h264) return Codec::h264;
    if (container == Container::bare_h265) return Codec::h265;
    throw cli::Failure{cli::ExitCode::bad_input, fmt::format("{} is neither H.264 nor H.265 with start codes", printable(name))};
}

Codec audio_codec_of(const MuxOptions& options, ByteView stream) {
    if (options.audio_codec == "g711a") return Codec::g711a;
    if (options.audio_codec == "g711u") return Codec::g711u;
    if (wire::codec::parse_adts(stream)) return Codec::aac;
    throw cli::Failure{options.audio_codec == "aac" ? cli::ExitCode::bad_input : cli::ExitCode::usage,
                       fmt::format("{} is not AAC in ADTS: --audio-codec says what it is", printable(options.audio))};
}

class Muxing {
public:
    Muxing(cli::Output& output, const MuxOptions& options) : output_(output), options_(options) {
        if (options.video.empty() && options.audio.empty()) throw cli::Failure{cli::ExitCode::usage, "nothing to mux: give --video, --audio or both"};
        if (options.video == "-" && options.audio == "-") throw cli::Failure{cli::ExitCode::usage, "standard input is named twice"};
    }

    cli::ExitCode run() {
        read_video();
        read_audio();
        std::stable_sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.pts < b.pts; });
        MuxWriter writer(output_, options_);
        wire::ps::Muxer muxer({.video = video_codec_, .audio = audio_codec_});
        for (const Item& item : items_) {
            Bytes pack;
            if (item.video) muxer.video(item.bytes, item.pts, std::nullopt, item.key, pack);
            else muxer.audio(item.bytes, item.pts, true, pack);
            writer.write(std::move(pack), item.pts);
        }
        writer.close();
        return tell(writer);
    }

private:
    void read_video() {
        if (options_.video.empty()) return;
        video_ = cli::read_file(options_.video, input_limit);
        video_codec_ = video_codec_of(options_.video, as_bytes(video_));
        const auto units = wire::codec::split_access_units(as_bytes(video_), *video_codec_);
        if (units.empty()) throw cli::Failure{cli::ExitCode::bad_input, printable(options_.video) + " holds no picture"};
        for (std::size_t i = 0; i < units.size(); ++i) {
            const auto ticks = static_cast<std::uint64_t>(std::llround(static_cast<double>(i) * 90'000 / options_.fps));
            items_.push_back({units[i].bytes, first_pts + ticks, true, units[i].key});
        }
        frames_ = units.size();
    }

    void read_audio() {
        if (options_.audio.empty()) return;
        audio_ = cli::read_file(options_.audio, input_limit);
        const ByteView stream = as_bytes(audio_);
        audio_codec_ = audio_codec_of(options_, stream);
        const bool aac = *audio_codec_ == Codec::aac;
        const std::vector<ByteView> frames = aac ? wire::codec::split_adts(stream) : wire::codec::split_evenly(stream, g711_frame_bytes);
        if (frames.empty()) throw cli::Failure{cli::ExitCode::bad_input, printable(options_.audio) + " holds no audio"};
        const std::uint64_t rate = aac ? wire::codec::parse_adts(stream)->sample_rate : g711_rate;
        const std::uint64_t samples = aac ? aac_frame_samples : g711_frame_bytes;
        for (std::size_t i = 0; i < frames.size(); ++i) items_.push_back({frames[i], first_pts + audio_delay + i * samples * 90'000 / rate, false, false});
        audio_frames_ = frames.size();
    }

    cli::ExitCode tell(const MuxWriter& writer) {
        const cli::Words say(output_.language());
        std::string text = say({"{} in {} packs: {} video frames, {} audio frames", "{},{} 个包(pack):视频 {} 帧,音频 {} 帧"}, cli::size_text(writer.bytes()),
                               cli::grouped(items_.size()), cli::grouped(frames_), cli::grouped(audio_frames_));
        if (writer.rtp_packets() > 0) text += say({"; {} RTP packets", ";RTP {} 包"}, cli::grouped(writer.rtp_packets()));
        output_.line(text);
        writer.tell_fault();
        const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
        cli::Record summary("summary", cli::now());
        summary.set("bytes", number(writer.bytes())).set("packs", number(items_.size()));
        summary.set("frames", number(frames_)).set("audio_frames", number(audio_frames_)).set("rtp_packets", number(writer.rtp_packets()));
        if (writer.written()) summary.set("bytes_written", number(*writer.written()));
        output_.write(summary);
        return cli::ExitCode::yes;
    }

    cli::Output& output_;
    const MuxOptions& options_;
    std::string video_, audio_;
    std::optional<Codec> video_codec_, audio_codec_;
    std::vector<Item> items_;
    std::uint64_t frames_ = 0, audio_frames_ = 0;
};

}  // namespace

cli::ExitCode mux(cli::Output& output, const MuxOptions& options) { return Muxing(output, options).run(); }

}  // namespace gbkit::psdump_tool
