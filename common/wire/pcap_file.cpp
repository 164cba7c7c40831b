#include "wire/pcap_file.hpp"

#include <fmt/format.h>

namespace gbkit::wire {

template <class Parser>
std::optional<CapturedFrame> PcapFile::next_of(Parser& parser) {
    auto frame = parser.next(buffer_);
    if (!frame && parser.defect()) defect_ = parser.defect();
    return frame;
}

std::optional<CapturedFrame> PcapFile::next() {
    if (defect_) return std::nullopt;
    if (auto* pcap = std::get_if<PcapParser>(&parser_)) return next_of(*pcap);
    if (auto* pcapng = std::get_if<PcapngParser>(&parser_)) return next_of(*pcapng);
    if (buffer_.view().size() < 4) return std::nullopt;
    if (PcapParser::recognises(buffer_.view())) {
        parser_.emplace<PcapParser>();
    } else if (PcapngParser::recognises(buffer_.view())) {
        parser_.emplace<PcapngParser>();
    } else {
        defect_ = Error{Errc::malformed, "neither pcap nor pcapng", 0};
        return std::nullopt;
    }
    return next();
}

void PcapFile::finish() {
    if (defect_) return;
    if (buffer_.offset() == 0 && buffer_.view().size() < 24) {
        const bool empty = buffer_.view().empty();
        defect_ = Error{Errc::truncated, empty ? "an empty file" : "a capture cut off in its header", buffer_.view().size()};
    } else if (!buffer_.view().empty()) {
        defect_ = Error{Errc::truncated, fmt::format("a record cut off after {} bytes", buffer_.view().size()),
                        static_cast<std::size_t>(buffer_.offset())};
    }
}

std::string_view PcapFile::format() const noexcept {
    if (std::holds_alternative<PcapParser>(parser_)) return "pcap";
    return std::holds_alternative<PcapngParser>(parser_) ? "pcapng" : "";
}

std::uint64_t PcapFile::skipped_blocks() const noexcept {
    const auto* pcapng = std::get_if<PcapngParser>(&parser_);
    return pcapng ? pcapng->skipped_blocks() : 0;
}

}  // namespace gbkit::wire
