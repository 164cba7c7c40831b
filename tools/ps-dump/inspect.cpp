// inspect: reads files, pipes and captures, judges every stream in them.
#include <algorithm>

#include <fmt/format.h>

#include "page.hpp"
#include "reading.hpp"
#include "verbs.hpp"

namespace gbkit::psdump_tool {

cli::ExitCode inspect(cli::Output& output, const InspectOptions& options) {
    Reading reading(output, options);
    Judging judging(output, options, reading.several());
    reading.run(judging);
    judging.write_records(options.files.size(), std::nullopt);
    if (options.frames || options.packets || options.hex) output.line();
    write_page(output, judging);
    const auto& parts = judging.parts();
    if (std::none_of(parts.begin(), parts.end(), [](const Part& part) { return part.has_streams(); }) && output.verdict() == cli::ExitCode::yes)
        throw cli::Failure{cli::ExitCode::bad_input, nothing_in(judging, options.ssrc.has_value() || !options.flow.empty())};
    output.line();
    output.root_causes();
    return output.verdict();
}

}  // namespace gbkit::psdump_tool
