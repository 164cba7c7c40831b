#include "io/capture_evidence.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"

namespace gbkit::io {

namespace {

constexpr std::uint64_t overhead = 128;  // of a frame in memory
constexpr std::size_t numbers = 10'000;  // of one id in a folder

}  // namespace

CaptureEvidence::CaptureEvidence(const OutputFolder& folder, EvidenceLimits limits) : folder_(folder), limits_(limits) {}

void CaptureEvidence::forget_old() {
    while (!before_.empty() && (before_bytes_ > limits_.before_bytes || now_ - before_.front().frame.time > limits_.before)) {
        before_bytes_ -= before_.front().bytes.size() + overhead;
        before_.pop_front();
    }
}

void CaptureEvidence::write(FrameFile& file, const wire::CapturedFrame& frame, std::string_view comment) {
    const std::uint64_t size = FrameFile::bytes_of(frame);
    if (file.bytes() + size > limits_.file_bytes || written_ + size > limits_.bytes) return;
    written_ += size;
    file.write(frame, comment);
}

void CaptureEvidence::see(const wire::CapturedFrame& frame, std::uint64_t number) {
    pass_time(frame.time);
    for (Open& open : open_) write(*open.file, frame);
    Kept& kept = before_.emplace_back();
    kept.frame = frame;
    kept.number = number;
    kept.bytes.assign(frame.bytes.begin(), frame.bytes.end());
    before_bytes_ += kept.bytes.size() + overhead;
    forget_old();
}

void CaptureEvidence::pass_time(Time now) {
    now_ = std::max(now_, now);
    std::erase_if(open_, [this](const Open& open) { return open.until < now_; });
}

void CaptureEvidence::advance(Time now) {
    pass_time(now);
    for (Open& open : open_) open.file->flush();
}

CaptureEvidence::Open* CaptureEvidence::open_for(const Finding& finding) {
    const std::string id(finding.id.slug);
    std::size_t& made_of_id = by_id_[id];  // ids come from the catalogue: there are not many
    if (made_ >= limits_.files || made_of_id >= limits_.files_of_an_id || open_.size() >= limits_.open_files) return nullptr;
    int fd = -1;
    std::string name;
    for (std::size_t number = made_of_id + 1; fd < 0; ++number) {  // earlier runs have left some
        if (number > numbers) return nullptr;
        name = fmt::format("{}-{}.pcapng", id, number);
        fd = folder_.create(name);
    }
    ++made_;
    ++made_of_id;
    const std::string comment = fmt::format("{} {}: {}", id, printable(finding.subject), message_of(finding, Language::english));
    Open& open = open_.emplace_back();
    open.id = id;
    open.name = folder_.path_of(name);
    open.file = std::make_unique<FrameFile>(fd, open.name, printable(comment));
    return &open;
}

void CaptureEvidence::write_before(FrameFile& file, const Finding& finding) {
    for (const Kept& kept : before_) {
        wire::CapturedFrame frame = kept.frame;
        frame.bytes = kept.bytes;
        write(file, frame, finding.where.frame == kept.number ? finding.id.slug : std::string_view());
    }
    file.flush();
}

std::optional<std::string> CaptureEvidence::keep(const Finding& finding) {
    for (Open& open : open_) {
        if (open.id != finding.id.slug) continue;
        open.until = now_ + limits_.after;
        return open.name;
    }
    Open* const open = open_for(finding);
    if (open == nullptr) return std::nullopt;
    open->until = now_ + limits_.after;
    write_before(*open->file, finding);
    return open->name;
}

}  // namespace gbkit::io
