// Lines from outside as records: whatever they hold, they are read or refused; what is read and written again
// is the same; a line that fits its table is also readable.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/record.hpp"

using namespace gbkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const std::string wrong = cli::validate_line(line);
    const auto record = cli::read_record(line);
    if (wrong.empty() && !record) std::abort();
    if (!record) return 0;
    if (record->type.empty()) std::abort();

    // Any text that came in can go out in a record of ours, and comes back as it was.
    cli::Record summary("summary", Time{});
    summary.set("exit_code", std::int64_t{0}).set("error", record->type);
    const std::string written = summary.to_json("fuzz");
    if (!cli::validate_line(written).empty()) std::abort();
    const auto back = cli::read_record(written);
    if (!back || back->value("error") != record->type) std::abort();
    return 0;
}
