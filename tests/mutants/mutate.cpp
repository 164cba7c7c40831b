#include "mutants/mutate.hpp"

#include <algorithm>
#include <random>

#include "scenarios/disguises.hpp"

namespace gbkit::mutants {

using scenario::Passing;
using scenario::Passings;
using scenario::Recorded;

namespace {

constexpr std::size_t most_packets = 200;

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(random_() % end); }
    bool one_in(std::size_t count) { return below(count) == 0; }

    /// Bytes of any kind: bits, runs, numbers, pieces moved, taken out, put in twice.
    template <class Container>
    void bytes(Container& bytes) {
        if (bytes.empty()) return;
        const std::size_t at = below(bytes.size());
        const std::size_t run = 1 + below(std::min<std::size_t>(bytes.size() - at, one_in(4) ? 200 : 4));
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(6)) {
            case 0: flip(bytes); break;
            case 1: std::fill_n(first, run, static_cast<typename Container::value_type>(one_in(2) ? 0 : 0xFF)); break;
            case 2: std::generate_n(first, run, [&] { return static_cast<typename Container::value_type>(random_()); }); break;
            case 3: bytes.erase(first, first + static_cast<std::ptrdiff_t>(run)); break;
            case 4: {
                const Container copy(first, first + static_cast<std::ptrdiff_t>(run));
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())), copy.begin(), copy.end());
                break;
            }
            default: length_field(bytes, at);
        }
    }

    /// What a text says: a number becomes another, a line comes twice or never, a separator is missing.
    void text(std::string& text) {
        if (text.empty() || one_in(3)) return bytes(text);
        static constexpr std::string_view digits = "0123456789";
        const std::size_t from = below(text.size());
        if (one_in(2)) {
            static constexpr std::string_view numbers[] = {"0", "-1", "1", "99999999999999999999999", "4294967296", "65536", "2147483648", "", "1e9", "00000000000000000001"};
            const std::size_t at = text.find_first_of(digits, from);
            if (at == std::string::npos) return;
            const std::size_t end = std::min(text.find_first_not_of(digits, at), text.size());
            text.replace(at, end - at, numbers[below(std::size(numbers))]);
            return;
        }
        const std::size_t at = text.find('\n', from);
        if (at == std::string::npos) return;
        const std::size_t end = std::min(text.find('\n', at + 1), text.size() - 1);
        const std::string line = text.substr(at + 1, end - at);
        if (one_in(3)) text.erase(at + 1, line.size());
        else if (one_in(2)) text.insert(at + 1, line);
        else for (std::size_t i = 0; i < 200; ++i) text.insert(at + 1, line);
    }

    template <class List>
    void order(List& list) {
        if (list.empty()) return;
        const std::size_t at = below(list.size()), other = below(list.size());
        switch (below(4)) {
            case 0: std::swap(list[at], list[other]); break;
            case 1: list.insert(list.begin() + static_cast<std::ptrdiff_t>(other), typename List::value_type(list[at])); break;
            case 2: list.erase(list.begin() + static_cast<std::ptrdiff_t>(at)); break;
            default: time(list[at].time);
        }
    }

    void time(Time& when) {
        static constexpr Duration steps[] = {seconds(-3600), milliseconds(-1), Duration{0}, seconds(40), hours(24 * 365)};
        if (one_in(20)) when = Time{one_in(2) ? Duration::min() / 4 : Duration::max() / 4};
        else when += steps[below(std::size(steps))];
    }

private:
    template <class Container>
    void flip(Container& bytes) {
        for (std::size_t i = 1 + below(8); i > 0; --i) {
            auto& byte = bytes[below(bytes.size())];
            byte = static_cast<typename Container::value_type>(static_cast<unsigned char>(byte) ^ (1U << below(8)));
        }
    }
    /// Two or four bytes become an extreme number.
    template <class Container>
    void length_field(Container& bytes, std::size_t at) {
        static constexpr std::uint32_t values[] = {0, 1, 2, 3, 4, 7, 8, 0x7F, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
        const std::uint32_t value = values[below(std::size(values))];
        const std::size_t width = one_in(2) ? 2 : 4;
        const bool big = one_in(2);
        for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
            bytes[at + i] = static_cast<typename Container::value_type>(value >> 8 * (big ? width - 1 - i : i));
    }

    std::mt19937_64 random_;
};

std::vector<Recorded> some_of(const std::vector<Recorded>& packets, Mutator& mutator) {
    if (packets.size() <= most_packets) return packets;
    const auto first = packets.begin() + static_cast<std::ptrdiff_t>(mutator.below(packets.size() - most_packets));
    return {first, first + static_cast<std::ptrdiff_t>(most_packets)};
}

void change_content(std::vector<Recorded>& packets, Mutator& mutator) {
    if (packets.empty() || mutator.one_in(3)) return mutator.order(packets);
    std::string& bytes = packets[mutator.below(packets.size())].bytes;
    mutator.text(bytes);
    if (bytes.size() > 60'000) bytes.resize(60'000);
}

void change_frames(Passings& frames, Mutator& mutator) {
    if (frames.empty() || mutator.one_in(2)) return mutator.order(frames);
    Passing& frame = frames[mutator.below(frames.size())];
    mutator.bytes(frame.ip);
    if (frame.ip.empty()) frame.ip = {0};
}

}  // namespace

Bytes mutant_of(const Specimen& specimen, std::uint64_t seed) {
    Mutator mutator(seed);
    const std::size_t changes = 1 + mutator.below(6);
    if (mutator.one_in(3) && specimen.file.size() <= 200'000) {   // the file as it is, and its bytes
        Bytes file = specimen.file;
        for (std::size_t i = 0; i < changes; ++i) mutator.bytes(file);
        return file;
    }
    std::vector<Recorded> packets = some_of(specimen.packets, mutator);
    const std::size_t in_content = mutator.below(changes + 1);
    for (std::size_t i = 0; i < in_content; ++i) change_content(packets, mutator);
    Passings frames = scenario::on_the_wire(packets, {.seed = mutator.one_in(2) ? seed : 0, .longest = 400, .resent = true, .disordered = true});
    if (mutator.one_in(6)) frames = scenario::copied(frames);
    if (mutator.one_in(6)) frames = scenario::fragmented(frames, 64, mutator.one_in(2));
    if (mutator.one_in(6)) frames = scenario::tagged(frames, {7});
    for (std::size_t i = in_content; i < changes; ++i) change_frames(frames, mutator);
    return scenario::capture_of(frames, mutator.one_in(8) ? std::optional<std::size_t>(40 + mutator.below(400)) : std::nullopt);
}

}  // namespace gbkit::mutants
