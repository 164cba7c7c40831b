#include "reading.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/interrupt.hpp"
#include "io/capture_findings.hpp"
#include "wire/rtp/rtpdump.hpp"

namespace gbkit::psdump_tool {

namespace {

using namespace proto::observe;

constexpr std::size_t chunk = 256 * 1024;
constexpr std::uint64_t worth_skipping = 16 * 1024;   // less is read faster than it is jumped over
constexpr std::size_t chunk_after_skip = 16 * 1024;   // the next header, and not much of what is skipped again

struct End {
    IpAddress address;
    std::uint16_t port = 0;   // 0: any

    [[nodiscard]] bool fits(const Endpoint& endpoint) const { return endpoint.address == address && (port == 0 || endpoint.port == port); }
};

End end_of(std::string_view text) {
    const auto parsed = parse_host_port(text);
    const auto address = parsed ? IpAddress::parse(parsed->host) : std::nullopt;
    if (!address) throw cli::Failure{cli::ExitCode::usage, fmt::format("--flow: \"{}\" is no address with or without a port", printable(text))};
    return {*address, parsed->port};
}

}  // namespace

std::function<bool(const Endpoint&, const Endpoint&)> flow_of(const std::string& text) {
    if (text.empty()) return {};
    const std::vector<std::string_view> pieces = split(text, '-');
    if (pieces.size() > 2) throw cli::Failure{cli::ExitCode::usage, "--flow takes one end or two: A or A-B"};
    const End one = end_of(pieces[0]);
    if (pieces.size() == 1) return [one](const Endpoint& a, const Endpoint& b) { return one.fits(a) || one.fits(b); };
    const End other = end_of(pieces[1]);
    return [one, other](const Endpoint& a, const Endpoint& b) { return (one.fits(a) && other.fits(b)) || (one.fits(b) && other.fits(a)); };
}

Reading::Reading(cli::Output& output, const InspectOptions& options) : output_(output), options_(options) {
    if (std::count(options.files.begin(), options.files.end(), "-") > 1) throw cli::Failure{cli::ExitCode::usage, "standard input is named twice"};
    (void)flow_of(options.flow);   // a usage error comes before anything is read
    if (live()) cli::outlive_first_interrupt();
    for (const std::string& name : options.files) {
        auto input = std::make_unique<io::MediaInput>(name);
        const Detected what = detect(*input, options.format);
        files_.push_back({name, std::move(input), what});
    }
}

bool Reading::live() const noexcept { return std::find(options_.files.begin(), options_.files.end(), "-") != options_.files.end(); }

bool Reading::several() const noexcept {
    const auto captures = std::count_if(files_.begin(), files_.end(), [](const File& file) { return file.what.form == Form::capture; });
    return files_.size() - static_cast<std::size_t>(captures) + (captures > 0 ? 1 : 0) > 1;
}

void Reading::run(Judging& judging) {
    captures(judging);
    for (File& file : files_) {
        switch (file.what.form) {
            case Form::capture: break;
            case Form::packets: packets(judging, file); break;
            case Form::rtpdump: rtpdump(judging, file); break;
            case Form::program_stream:
            case Form::other: program_stream(judging, file); break;
        }
    }
}

void Reading::captures(Judging& judging) {
    std::vector<std::string> names;
    io::CaptureOptions options{.dedup = options_.dedup == "on"};
    for (const File& file : files_) {
        if (file.what.form != Form::capture) continue;
        names.push_back(file.name);
        if (file.name == "-") options.standard_input_ahead = file.input->head();
    }
    if (names.empty()) return;
    MediaOptions media = media_options(options_);
    media.flow = flow_of(options_.flow);
    Part& part = judging.add(join(names, ", "), {Form::capture, wire::rtp::Framing::undecided, wire::codec::Container::unknown}, media, true);
    const io::CaptureSink sink{.packet = [&](const proto::Packet& packet) { (void)part.feed->see(packet); },
                               .unreachable = {},
                               .progress = [this](std::uint64_t done, std::uint64_t total) { progress(done, total); }};
    part.capture = io::read_captures(names, options, sink);
    for (const io::CaptureFile& file : part.capture->files) part.bytes += file.bytes;
    judging.finish(part, true);
    for (const Finding& finding : io::findings_of(*part.capture)) output_.finding(finding);
}

void Reading::read_all(File& file, const std::function<void(ByteView)>& take) {
    Bytes buffer(chunk);
    std::uint64_t told = 0;
    while (const std::size_t count = file.input->read(buffer)) {
        take(ByteView(buffer).first(count));
        if (file.input->done() - told < (8U << 20)) continue;
        told = file.input->done();
        progress(told, file.input->total());
    }
}

void Reading::program_stream(Judging& judging, File& file) {
    Part& part = judging.add(file.name, file.what, media_options(options_), false);
    Bytes buffer(chunk);
    std::size_t room = chunk;
    std::uint64_t told = 0;
    while (const std::size_t count = file.input->read(std::span(buffer).first(room))) {
        part.judge->see(ByteView(buffer).first(count));
        room = chunk;
        if (const std::uint64_t ahead = part.judge->skippable(); ahead >= worth_skipping) {
            const std::uint64_t skipped = file.input->skip(ahead);
            if (skipped > 0) {
                part.judge->skip(skipped);
                room = chunk_after_skip;
            }
        }
        if (file.input->done() - told < (8U << 20)) continue;
        told = file.input->done();
        progress(told, file.input->total());
    }
    part.bytes = file.input->done();
    judging.finish(part, false);
}

void Reading::packets(Judging& judging, File& file) {
    Part& part = judging.add(file.name, file.what, media_options(options_), false);
    read_all(file, [&](ByteView bytes) { part.feed->see_dump(bytes); });
    part.bytes = file.input->done();
    judging.finish(part, false);
}

void Reading::rtpdump(Judging& judging, File& file) {
    Part& part = judging.add(file.name, file.what, media_options(options_), true);
    wire::rtp::RtpdumpReader reader([&](const wire::rtp::DumpedPacket& packet) {
        RtpPlace place;
        place.packet = packet.number;
        place.offset = packet.offset;
        place.time = packet.time;
        if (packet.cut == 0) part.feed->see_datagram(packet.bytes, place, true);
    });
    read_all(file, [&](ByteView bytes) { reader.push(bytes); });
    reader.finish();
    part.bytes = file.input->done();
    if (reader.defect()) part.defect = fmt::format("{} at byte {}", reader.defect()->what, reader.defect()->offset);
    judging.finish(part, true);
}

void Reading::progress(std::uint64_t done, std::uint64_t total) {
    if (!output_.shows_progress()) return;
    output_.progress(total == 0 ? fmt::format("{} MB", done >> 20) : fmt::format("{} of {} MB", done >> 20, total >> 20));
}

}  // namespace gbkit::psdump_tool
