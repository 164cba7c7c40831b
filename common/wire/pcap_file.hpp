// A capture file of either kind, by its first bytes: pcap or pcapng.
//
// Push bytes (or read into buffer()), take frames until next() gives none, push more; finish() at the end of the
// input says what is left over. The same frames whatever the cuts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "wire/pcap.hpp"
#include "wire/pcapng.hpp"

namespace gbkit::wire {

class PcapFile {
public:
    [[nodiscard]] static bool recognises(ByteView head) noexcept {
        return PcapParser::recognises(head) || PcapngParser::recognises(head);
    }

    [[nodiscard]] PcapBuffer& buffer() noexcept { return buffer_; }
    void push(ByteView bytes) { buffer_.push(bytes); }
    /// The next frame; its bytes live until the next push. Nothing: push more, or see defect().
    [[nodiscard]] std::optional<CapturedFrame> next();
    /// The input is at its end: what is held then is a cut record, and a defect.
    void finish();

    /// "pcap", "pcapng"; empty while the first four bytes are not there or are something else.
    [[nodiscard]] std::string_view format() const noexcept;
    [[nodiscard]] const std::optional<Error>& defect() const noexcept { return defect_; }
    [[nodiscard]] std::uint64_t skipped_blocks() const noexcept;

private:
    template <class Parser>
    std::optional<CapturedFrame> next_of(Parser& parser);

    PcapBuffer buffer_;
    std::variant<std::monostate, PcapParser, PcapngParser> parser_;
    std::optional<Error> defect_;
};

}  // namespace gbkit::wire
