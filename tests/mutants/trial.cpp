#include "mutants/trial.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "cli/record.hpp"
#include "cli/run.hpp"
#include "scenarios/conversation.hpp"
#include "tools/pcap-replay/program.hpp"

namespace gbkit::mutants {

namespace {

// Work is counted by what comes out: so much for each byte that went in, and as much again for the words around it.
constexpr std::size_t output_for_a_byte = 60, output_at_all = 1 << 20;

void write_file(const std::string& name, ByteView bytes) {
    std::filesystem::remove(name);   // some file systems wait for the disk when a file is emptied and written anew
    std::ofstream out(name, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

std::string read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Standard output goes to a file for as long as this lives.
class Redirected {
public:
    explicit Redirected(const std::string& name) : before_(::dup(STDOUT_FILENO)) {
        const int file = ::open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        ::dup2(file, STDOUT_FILENO);
        ::close(file);
    }
    ~Redirected() {
        ::dup2(before_, STDOUT_FILENO);
        ::close(before_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

private:
    int before_;
};

std::string wrong_with_page(const std::string& page) {
    if (!is_utf8(page)) return "the page is not UTF-8";
    for (const char each : page)
        if (static_cast<unsigned char>(each) < 0x20 && each != '\n' && each != '\t' && each != '\r')
            return fmt::format("the page has a control character {:#x}", static_cast<unsigned>(static_cast<unsigned char>(each)));
    return {};
}

std::string wrong_with_records(const std::string& records) {
    for (const std::string_view line : split(records, '\n')) {
        if (line.empty()) continue;
        const std::string wrong = cli::validate_line(line);
        if (!wrong.empty()) return fmt::format("{} in the record {}", wrong, line.substr(0, 300));
    }
    return {};
}

}  // namespace

Bench::Bench(std::string folder) : folder_(std::move(folder)) {}

std::string Bench::run(const std::vector<std::string>& arguments, std::size_t input_bytes) {
    std::vector<std::string> words{"pcap-replay"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.insert(words.end(), {"--quiet", "--records", file("records")});
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    for (const char* name : {"records", "page"}) std::filesystem::remove(file(name));
    if (arguments.front() != "inspect") std::filesystem::remove(file("product"));   // inspect may read it
    int code = 0;
    {
        const Redirected standard_output(file("page"));
        code = cli::run(replay_tool::program(), static_cast<int>(words.size()), pointers.data());
    }
    if (code != 0 && code != 1 && code != 3) return fmt::format("{} ends with {}", join(arguments, " "), code);
    const std::string page = read_file(file("page")), records = read_file(file("records"));
    if (page.size() + records.size() > output_at_all + output_for_a_byte * input_bytes)
        return fmt::format("{}: {} bytes of page and {} of records for {} bytes", join(arguments, " "), page.size(), records.size(), input_bytes);
    std::string wrong = wrong_with_page(page);
    if (wrong.empty()) wrong = wrong_with_records(records);
    return wrong.empty() ? wrong : fmt::format("{}: {}", join(arguments, " "), wrong);
}

std::string Bench::inspect(ByteView capture, std::uint64_t turn) {
    write_file(file("capture"), capture);
    std::vector<std::string> arguments{"inspect", file("capture"), "--lang", turn % 2 == 0 ? "en" : "zh", "--password", "12345678"};
    if (turn % 3 == 0) arguments.insert(arguments.end(), {"--all", "--ladder"});
    if (turn % 5 == 0) arguments.insert(arguments.end(), {"--dedup", "off"});
    return run(arguments, capture.size());
}

std::string Bench::another_verb(ByteView capture, ByteView original, std::uint64_t turn) {
    write_file(file("capture"), capture);
    const std::string in = file("capture"), out = file("product");
    switch (turn % other_verbs) {
        case 0: return run({"extract", in}, capture.size());
        case 1: return run({"extract", in, "--xml"}, capture.size());
        case 2: return run({"extract", in, "--pcap", "--device", scenario::device_id, "-o", out}, capture.size());
        case 3: return run({"extract", in, "--stream", "ps", "-o", out}, capture.size());
        case 4: return run({"extract", in, "--stream", "video", "-o", out}, capture.size());
        case 5: return run({"extract", in, "--stream", "wav", "-o", out}, capture.size());
        case 6: write_file(file("original"), original); return run({"compare", file("original"), in}, capture.size() + original.size());
        case 7: write_file(file("original"), original); return run({"compare", in, file("original")}, capture.size() + original.size());
        default: break;
    }
    std::string wrong = run({"sanitize", in, "-o", out, "--password", "12345678"}, capture.size());
    if (!wrong.empty()) return wrong;
    return run({"inspect", out}, capture.size());   // what was written can be read
}

}  // namespace gbkit::mutants
