#include "inspect.hpp"

#include "inspection.hpp"
#include "intake.hpp"
#include "list.hpp"

namespace gbkit::replay_tool {

cli::ExitCode inspect(cli::Output& output, const Options& options) {
    if (options.list) return list(output, options);
    Intake intake(output, options);
    Inspection inspection(output, options);
    io::CaptureSink sink = inspection.sink();
    sink.tick = [&inspection](Time now) { inspection.advance(now); };
    const io::CaptureFacts facts = intake.read(std::move(sink));
    return cli::worse(inspection.close(facts), intake.trouble());
}

}  // namespace gbkit::replay_tool
