// extract --stream: the program stream, one of its elementary streams, or G.711 as a WAV file, out of RTP.
//
// The first source that holds what is asked for is written; --device, --play and --call choose by the SDP of their dialogs. Audio
// that comes bare in RTP (payload types 0 and 8, RFC 3551) is found as well as audio in a program stream.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "cli/product.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/sip_feed.hpp"
#include "selection.hpp"
#include "wav.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;
namespace stream_id = wire::ps::stream_id;
using wire::codec::Codec;

constexpr std::size_t largest_wav = 512 << 20;   // 18 hours
constexpr std::uint8_t payload_type_mu_law = 0, payload_type_a_law = 8;

class MediaExtraction {
public:
    MediaExtraction(cli::Output& output, const Options& options)
        : output_(output), options_(options), program_stream_(options.stream == "ps"), audio_(options.stream == "audio" || options.stream == "wav"),
          file_(output.options().output), selection_(options.device, options.call, options.play), feed_(media_options(), sinks()),
          sip_([this](const SipSeen& seen) { (void)selection_.see(seen); }, [](const Finding&) {}) {}

    cli::ExitCode run() {
        const io::CaptureFacts facts = read_for(output_, options_, {.packet = [this](const proto::Packet& packet) { take(packet); }, .unreachable = {}, .progress = {}});
        feed_.finish(true);
        if (options_.stream == "wav") write_wav();
        file_.close();
        cli::Record summary("summary", facts.last);
        summary.set("files", static_cast<std::int64_t>(facts.files.size())).set("frames", static_cast<std::int64_t>(facts.frames));
        summary.set("bytes_written", static_cast<std::int64_t>(file_.written()));
        output_.write(summary);
        if (file_.written() == 0) throw cli::Failure{cli::ExitCode::bad_input, nothing()};
        tell();
        return cli::ExitCode::yes;
    }

private:
    MediaOptions media_options() const {
        MediaOptions options;
        options.payload = !program_stream_;
        options.program_stream = program_stream_;
        return options;
    }

    MediaFeed::Sinks sinks() {
        MediaFeed::Sinks sinks;
        sinks.finding = [](const Finding&) {};
        if (program_stream_) sinks.program_stream = [this](const RtpSource& source, ByteView pack, const MediaFrame*) { put(source, stream_id::pack, pack); };
        else sinks.payload = [this](const RtpSource& source, const PayloadSeen& seen) { payload(source, seen); };
        if (audio_) sinks.rtp = [this](const RtpSource& source, const RtpInOrder& packet) { bare(source, packet); };
        return sinks;
    }

    void take(const proto::Packet& packet) {
        if (!selection_.everything()) sip_.see(packet);
        if (selection_.wants(packet)) (void)feed_.see(packet);
    }

    void payload(const RtpSource& source, const PayloadSeen& seen) {
        const bool fits = audio_ ? seen.stream_id >= stream_id::first_audio && seen.stream_id <= stream_id::last_audio
                                 : seen.stream_id >= stream_id::first_video && seen.stream_id <= stream_id::last_video;
        if (fits) put(source, seen.stream_id, seen.bytes);
    }

    /// RTP that carries G.711 itself.
    void bare(const RtpSource& source, const RtpInOrder& in_order) {
        const std::uint8_t type = in_order.packet.payload_type;
        if (type != payload_type_mu_law && type != payload_type_a_law) return;
        bare_ = type == payload_type_mu_law ? Codec::g711u : Codec::g711a;
        put(source, type, in_order.packet.payload);
    }

    void put(const RtpSource& source, std::uint8_t id, ByteView bytes) {
        if (!source_) {
            source_ = source.number;
            stream_ = id;
        }
        if (*source_ != source.number || stream_ != id) {
            others_ = others_ || *source_ != source.number;
            return;
        }
        if (options_.stream != "wav") return file_.write(bytes);
        const std::size_t room = largest_wav - std::min(largest_wav, samples_.size());
        const ByteView part = bytes.first(std::min(room, bytes.size()));
        samples_.insert(samples_.end(), part.begin(), part.end());
    }

    /// What the chosen audio is: by content or by the map of its program stream.
    Codec codec() const {
        if (bare_ != Codec::unknown) return bare_;
        for (const RtpSource& source : feed_.sources()) {
            if (source.number != *source_ || source.stream == nullptr) continue;
            if (const auto found = source.stream->streams.find(stream_); found != source.stream->streams.end()) return found->second.codec;
        }
        return Codec::unknown;
    }

    void write_wav() {
        if (!source_) return;
        const Codec found = codec();
        if (found != Codec::g711a && found != Codec::g711u)
            throw cli::Failure{cli::ExitCode::bad_input, fmt::format("the audio is {}, not G.711: take it as it is with --stream audio",
                                                                     found == Codec::unknown ? "of an unknown codec" : wire::codec::name_of(found))};
        file_.write(wav_of_g711(found == Codec::g711u, samples_));
    }

    std::string nothing() const {
        if (feed_.counts().rtp == 0) return selection_.everything() ? "no RTP is in the capture" : "no RTP of what was asked for is in the capture";
        return fmt::format("there is no {} in its RTP", program_stream_ ? "program stream" : audio_ ? "audio" : "video");
    }

    void tell() {
        const cli::Words say(output_.language());
        for (const RtpSource& source : feed_.sources())
            if (source.number == *source_)
                output_.line(say({"{} -> {}, SSRC 0x{:08X}: {} written", "{} -> {},SSRC 0x{:08X}:写出 {}"}, source.source.text(), source.destination.text(), source.ssrc,
                                 cli::size_text(file_.written())));
        if (others_) output_.line(say({"There are more sources in the capture: --device and --play choose.", "抓包中还有其他源:用 --device、--play 选择。"}));
    }

    cli::Output& output_;
    const Options& options_;
    bool program_stream_, audio_;
    cli::ProductFile file_;
    Selection selection_;
    MediaFeed feed_;
    SipFeed sip_;
    std::optional<std::uint32_t> source_;
    std::uint8_t stream_ = 0;
    Codec bare_ = Codec::unknown;
    bool others_ = false;
    Bytes samples_;
};

}  // namespace

cli::ExitCode extract_media(cli::Output& output, const Options& options) { return MediaExtraction(output, options).run(); }

}  // namespace gbkit::replay_tool
