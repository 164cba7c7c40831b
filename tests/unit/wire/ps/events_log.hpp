// What a parser told, as lines of text: "pack@0", "pes E0@14+14", "payload@28 100 #7f..", "end E0@128 complete".
// Payload pieces that follow each other are one line, so that cuts do not show.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wire/ps/parser.hpp"

namespace gbkit::test {

class EventsLog {
public:
    void add(const wire::ps::Event& event) {
        if (const auto* payload = std::get_if<wire::ps::Payload>(&event)) {
            if (length_ == 0) begin_ = payload->offset, hash_ = 14695981039346656037ULL;
            contiguous_ = contiguous_ && payload->offset == begin_ + length_ && payload->at == length_;
            length_ += payload->bytes.size() + payload->skipped;
            for (const std::uint8_t byte : payload->bytes) hash_ = (hash_ ^ byte) * 1099511628211ULL;
            return;
        }
        flush();
        std::visit([this](const auto& one) { lines.push_back(line(one)); }, event);
    }
    void flush() {
        if (length_ > 0)
            lines.push_back("payload@" + std::to_string(begin_) + " " + std::to_string(length_) +
                            (hashes ? " #" + std::to_string(hash_ % 100000) : "") + (contiguous_ ? "" : " torn"));
        length_ = 0;
        contiguous_ = true;
    }
    [[nodiscard]] std::string text() {
        flush();
        std::string all;
        for (const std::string& one : lines) all += (all.empty() ? "" : "; ") + one;
        return all;
    }

    bool hashes = true;
    std::vector<std::string> lines;

private:
    static std::string at(std::string_view name, std::uint64_t offset) { return std::string(name) + "@" + std::to_string(offset); }
    static std::string id(std::uint8_t value) { return to_hex(ByteView(&value, 1)); }

    static std::string line(const wire::ps::Pack& pack) {
        std::string text = at("pack", pack.offset);
        if (pack.empty) text += " empty";
        if (pack.mpeg1) text += " mpeg1";
        if (!pack.markers) text += " no-markers";
        if (pack.scr != 0) text += " scr=" + std::to_string(pack.scr);
        if (pack.stuffing_length > 0) text += " stuffing=" + to_hex(ByteView(pack.stuffing).first(pack.stuffing_length));
        return text;
    }
    static std::string line(const wire::ps::SystemHeader& system) {
        std::string text = at("system", system.offset) + (system.whole ? "" : " cut");
        for (const wire::ps::StreamBound& stream : system.streams) text += " " + id(stream.stream_id);
        return text;
    }
    static std::string line(const wire::ps::StreamMap& map) {
        std::string text = at("map", map.offset) + (map.whole ? "" : " cut") + (map.lengths_fit ? "" : " lengths");
        for (const wire::ps::StreamMapEntry& entry : map.entries) text += " " + id(entry.type) + "/" + id(entry.id);
        return text + " crc" + std::to_string(static_cast<int>(map.crc));
    }
    static std::string line(const wire::ps::Pes& pes) {
        std::string text = at("pes " + id(pes.id), pes.offset) + "+" + std::to_string(pes.header_bytes);
        if (pes.zeros_before > 0) text += " zeros=" + std::to_string(pes.zeros_before);
        if (pes.layout == wire::ps::Pes::Layout::mpeg1) text += " mpeg1";
        if (pes.layout == wire::ps::Pes::Layout::bare) text += " bare";
        if (pes.layout == wire::ps::Pes::Layout::one_byte_short) text += " short";
        if (pes.pts) text += " pts=" + std::to_string(*pes.pts);
        if (pes.dts) text += " dts=" + std::to_string(*pes.dts);
        if (!pes.markers) text += " no-markers";
        if (!pes.header_fits) text += " misfit";
        if (!pes.stuffing_ff) text += " stuffing";
        if (pes.forbidden_pts_dts) text += " forbidden";
        return text;
    }
    static std::string line(const wire::ps::Payload&) { return {}; }
    static std::string line(const wire::ps::PesEnd& end) {
        static constexpr std::string_view names[] = {"complete", "next-start", "gap", "end", "too-large"};
        return at("end " + id(end.id), end.offset) + " " + std::string(names[static_cast<std::size_t>(end.why)]) +
               (end.missing > 0 ? " missing=" + std::to_string(end.missing) : "");
    }
    static std::string line(const wire::ps::Skipped& skipped) {
        static constexpr std::string_view names[] = {"leading", "resync", "zeros"};
        return at("skipped", skipped.offset) + " " + std::to_string(skipped.count) + " " +
               std::string(names[static_cast<std::size_t>(skipped.why)]);
    }
    static std::string line(const wire::ps::EndCode& end) { return at("endcode", end.offset); }

    std::uint64_t begin_ = 0, length_ = 0, hash_ = 0;
    bool contiguous_ = true;
};

/// Events of `bytes`, pushed in pieces that `cut` chooses (0: all in one).
template <class Cut>
[[nodiscard]] std::string parsed_in_pieces(ByteView bytes, Cut cut, bool hashes = true) {
    EventsLog log;
    log.hashes = hashes;
    wire::ps::Parser parser([&log](const wire::ps::Event& event) { log.add(event); });
    while (!bytes.empty()) {
        const std::size_t wanted = cut();
        const std::size_t count = wanted == 0 || wanted > bytes.size() ? bytes.size() : wanted;
        parser.push(bytes.first(count));
        bytes = bytes.subspan(count);
    }
    parser.finish();
    return log.text();
}

[[nodiscard]] inline std::string parsed(ByteView bytes) {
    return parsed_in_pieces(bytes, [] { return std::size_t{0}; }, false);
}

/// The same events whole, byte by byte and in random cuts; else what differs.
[[nodiscard]] inline std::string difference_of_cuts(ByteView bytes, std::uint32_t seed = 1) {
    const std::string whole = parsed_in_pieces(bytes, [] { return std::size_t{0}; });
    if (const std::string single = parsed_in_pieces(bytes, [] { return std::size_t{1}; }); single != whole)
        return "byte by byte: " + single + "\nwhole: " + whole;
    std::mt19937 random(seed);
    for (int round = 0; round < 8; ++round) {
        const unsigned largest = 1U << (round + 2);
        const std::string pieces = parsed_in_pieces(bytes, [&] { return std::size_t{1} + random() % largest; });
        if (pieces != whole) return "cuts up to " + std::to_string(largest) + ": " + pieces + "\nwhole: " + whole;
    }
    return {};
}

}  // namespace gbkit::test
