#include "io/capture.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "io/capture_input.hpp"
#include "io/capture_intake.hpp"
#include "wire/frame.hpp"
#include "wire/pcap_file.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t chunk = 256 * 1024;

// One file: its input, its parser, and the frame that comes next.
class Source {
public:
    Source(std::string name, std::unique_ptr<CaptureInput> input) : input_(std::move(input)) {
        file_.name = std::move(name);
        advance();
        if (head_ || (!parser_.format().empty() && parser_.buffer().offset() > 0)) return;
        const Error& why = *file_.cut;
        throw CaptureError(fmt::format("{} is not a capture: {}", file_.name == "-" ? "standard input" : file_.name, why.what), false);
    }

    [[nodiscard]] const std::optional<wire::CapturedFrame>& head() const noexcept { return head_; }
    [[nodiscard]] const CaptureFile& file() const noexcept { return file_; }
    [[nodiscard]] const CaptureInput& input() const noexcept { return *input_; }

    void advance() {
        head_ = parser_.next();
        while (!head_ && !over_) {
            read_more();
            head_ = parser_.next();
        }
        if (!head_) return finish();
        ++file_.frames;
        note_link_type(head_->link_type);
    }

private:
    void read_more() {
        const std::size_t count = input_->read(parser_.buffer().prepare(chunk));
        parser_.buffer().commit(count);
        file_.bytes += count;
        over_ = count == 0 || parser_.defect().has_value();
    }

    void finish() {
        parser_.finish();
        file_.format = std::string(parser_.format()) + (input_->compressed() ? ".gz" : "");
        file_.skipped_blocks = parser_.skipped_blocks();
        file_.cut = input_->defect() ? input_->defect() : parser_.defect();
    }

    void note_link_type(std::uint32_t type) {
        if (type == noted_type_) return;
        noted_type_ = type;
        const std::string name = wire::name_of_link_type(type);
        if (std::find(file_.link_types.begin(), file_.link_types.end(), name) == file_.link_types.end() && file_.link_types.size() < 64)
            file_.link_types.push_back(name);
    }

    std::unique_ptr<CaptureInput> input_;
    wire::PcapFile parser_;
    std::optional<wire::CapturedFrame> head_;
    CaptureFile file_;
    bool over_ = false;
    std::uint32_t noted_type_ = UINT32_MAX;
};

using Sources = std::vector<std::unique_ptr<Source>>;

// The file whose next frame is the oldest; the first named of equals.
Source* oldest(const Sources& sources, std::uint32_t& index) {
    Source* best = nullptr;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (!sources[i]->head() || (best && sources[i]->head()->time >= best->head()->time)) continue;
        best = sources[i].get();
        index = static_cast<std::uint32_t>(i);
    }
    return best;
}

void tell_progress(const Sources& sources, const CaptureSink& sink) {
    if (!sink.progress) return;
    std::uint64_t read = 0, total = 0;
    bool all_known = true;
    for (const auto& source : sources) {
        read += source->input().bytes_read();
        total += source->input().bytes_total();
        all_known = all_known && source->input().bytes_total() > 0;
    }
    sink.progress(read, all_known ? total : 0);
}

CaptureFacts read_sources(const Sources& sources, const CaptureOptions& options, const CaptureSink& sink) {
    CaptureFacts facts;
    std::optional<CaptureFilter> filter;
    if (!options.filter.empty()) filter.emplace(options.filter);
    CaptureIntake intake(options, sink, facts, filter ? &*filter : nullptr);
    std::uint32_t index = 0;
    for (std::uint64_t count = 1; Source* source = oldest(sources, index); ++count) {
        intake.take(*source->head(), source->file().frames, index);
        source->advance();
        if (count % 4096 == 0) tell_progress(sources, sink);
    }
    intake.finish();
    tell_progress(sources, sink);
    for (const auto& source : sources) facts.files.push_back(source->file());
    return facts;
}

}  // namespace

bool looks_like_capture(std::string_view head) noexcept {
    const ByteView bytes = as_bytes(head);
    return wire::PcapFile::recognises(bytes) || (bytes.size() >= 3 && bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8);
}

CaptureFacts read_captures(const std::vector<std::string>& names, const CaptureOptions& options, const CaptureSink& sink) {
    if (std::count(names.begin(), names.end(), "-") > 1) throw CaptureError("standard input is named twice", false);
    Sources sources;
    for (const std::string& name : names) {
        const ByteView ahead = name == "-" ? options.standard_input_ahead : ByteView{};
        sources.push_back(std::make_unique<Source>(name, std::make_unique<CaptureInput>(name, ahead)));
    }
    return read_sources(sources, options, sink);
}

CaptureFacts read_capture_bytes(std::string name, ByteView bytes, const CaptureOptions& options, const CaptureSink& sink) {
    Sources sources;
    sources.push_back(std::make_unique<Source>(std::move(name), std::make_unique<CaptureInput>(bytes)));
    return read_sources(sources, options, sink);
}

}  // namespace gbkit::io
