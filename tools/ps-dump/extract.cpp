// extract: one elementary stream, or the program stream itself, out of any input.
//
// The first source that holds what is asked for is written; --ssrc and --flow choose another. Bytes leave as they come;
// with --drop-damaged a frame waits until it is whole.
#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/product.hpp"
#include "cli/wording.hpp"
#include "reading.hpp"
#include "verbs.hpp"

namespace gbkit::psdump_tool {

namespace {

using namespace proto::observe;
namespace stream_id = wire::ps::stream_id;

constexpr std::size_t largest_frame = 64 << 20;   // held back; a larger one counts as damaged

/// --stream: video, audio, ps, or a stream_id.
struct Wanted {
    bool program_stream = false;
    std::uint8_t first = 0, last = 0;

    [[nodiscard]] bool fits(std::uint8_t id) const noexcept { return id >= first && id <= last; }
};

Wanted wanted_of(const std::string& text) {
    if (text == "ps") return {true, 0, 0};
    if (text == "video") return {false, stream_id::first_video, stream_id::last_video};
    if (text == "audio") return {false, stream_id::first_audio, stream_id::last_audio};
    const std::string digits = istarts_with(text, "0x") ? text.substr(2) : text;
    const auto id = from_hex(digits);
    if (!id || id->size() != 1 || id->front() < stream_id::private_1)
        throw cli::Failure{cli::ExitCode::usage, fmt::format("--stream: \"{}\" is neither video, audio, ps nor a stream_id from 0xBD to 0xFF", printable(text))};
    return {false, id->front(), id->front()};
}

class Extraction {
public:
    Extraction(cli::Output& output, const ExtractOptions& options)
        : output_(output), options_(options), wanted_(wanted_of(options.stream)), file_(output.options().output), reading_(output, options) {}

    cli::ExitCode run() {
        ByteSinks sinks;
        if (wanted_.program_stream)
            sinks.program_stream = [this](const RtpSource* source, ByteView pack, const MediaFrame* frame) { take_pack(source, pack, frame); };
        else
            sinks.payload = [this](const RtpSource* source, const PayloadSeen& seen) { take(source, seen); };
        sinks.frame = [this](const RtpSource* source, const MediaFrame& frame) { end_frame(source, frame); };
        Judging judging(output_, options_, reading_.several(), std::move(sinks));
        reading_.run(judging);
        write_waiting();
        file_.close();
        judging.write_records(options_.files.size(), file_.written());
        if (file_.written() == 0) throw cli::Failure{cli::ExitCode::bad_input, nothing(judging)};
        tell();
        return cli::ExitCode::yes;
    }

private:
    static std::uint64_t key_of(const RtpSource* source) { return source == nullptr ? 0 : source->number; }

    /// The first source that comes with the right bytes is the one.
    bool chosen(const RtpSource* source, std::uint8_t id) {
        if (!source_) {
            source_ = key_of(source);
            stream_ = id;
        }
        if (*source_ == key_of(source)) return stream_ == id;
        others_ = true;
        return false;
    }

    void take(const RtpSource* source, const PayloadSeen& seen) {
        if (!wanted_.fits(seen.stream_id) || !chosen(source, seen.stream_id)) return;
        if (!options_.drop_damaged) return file_.write(seen.bytes);
        if (waiting_.size() + seen.bytes.size() > largest_frame) too_large_ = true;
        else waiting_.insert(waiting_.end(), seen.bytes.begin(), seen.bytes.end());
    }

    void take_pack(const RtpSource* source, ByteView pack, const MediaFrame* frame) {
        if (!chosen(source, 0)) return;
        if (options_.drop_damaged && frame != nullptr && (frame->damaged || frame->depends_on_damage)) return;
        file_.write(pack);
        if (reading_.live()) file_.flush();
    }

    void end_frame(const RtpSource* source, const MediaFrame& frame) {
        if (!source_ || *source_ != key_of(source)) return;
        const bool counts = wanted_.program_stream ? frame.stream_id >= stream_id::first_video && frame.stream_id <= stream_id::last_video : frame.stream_id == stream_;
        if (!counts) return;
        const bool dropped = options_.drop_damaged && (frame.damaged || frame.depends_on_damage || too_large_);
        ++frames_;
        if (dropped) ++dropped_;
        if (frame.damaged) ++damaged_;
        if (dropped) waiting_.clear();
        else write_waiting();
        too_large_ = false;
        if (reading_.live()) file_.flush();
    }

    void write_waiting() {
        if (!too_large_) file_.write(waiting_);
        waiting_.clear();
    }

    std::string nothing(const Judging& judging) const {
        bool any = false;
        for (const Part& part : judging.parts()) any = any || part.has_streams();
        if (!any) return nothing_in(judging, options_.ssrc.has_value() || !options_.flow.empty());
        return frames_ > 0 ? "every frame is damaged: nothing is left to write" : fmt::format("there is no {} in the input", options_.stream == "ps" ? "program stream" : printable(options_.stream));
    }

    void tell() {
        const cli::Words say(output_.language());
        const std::string what = wanted_.program_stream ? std::string(say({"program stream", "PS 流"})) : hex_of(stream_);
        std::string text = say({"{}: {} written, {} frames", "{}:写出 {},{} 帧"}, what, cli::size_text(file_.written()), cli::grouped(frames_ - dropped_));
        if (dropped_ > 0) text += say({"; {} damaged or following damage left out", ";舍去受损或受其影响的 {} 帧"}, cli::grouped(dropped_));
        else if (damaged_ > 0) text += say({"; {} of them damaged (--drop-damaged leaves them out)", ";其中 {} 帧受损(--drop-damaged 可舍去)"}, cli::grouped(damaged_));
        output_.line(text);
        if (others_) output_.line(say({"There are more sources in the input: --ssrc and --flow choose.", "输入中还有其他源:用 --ssrc、--flow 选择。"}));
    }

    cli::Output& output_;
    const ExtractOptions& options_;
    Wanted wanted_;
    cli::ProductFile file_;
    Reading reading_;
    std::optional<std::uint64_t> source_;
    std::uint8_t stream_ = 0;
    bool others_ = false, too_large_ = false;
    Bytes waiting_;
    std::uint64_t frames_ = 0, dropped_ = 0, damaged_ = 0;
};

}  // namespace

cli::ExitCode extract(cli::Output& output, const ExtractOptions& options) { return Extraction(output, options).run(); }

}  // namespace gbkit::psdump_tool
