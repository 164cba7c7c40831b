#include "program.hpp"

#include <memory>

#include "inspect.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

cli::Program program() {
    auto options = std::make_shared<Options>();
    return {.name = "pcap-replay",
            .default_verb = "inspect",
            .define = [options](CLI::App& app) { define(app, *options); },
            .verbs = {{"inspect", [options](cli::Output& output) { return inspect(output, *options); }}},
            .common = &options->common,
            .secret_options = {"--password"}};
}

}  // namespace gbkit::replay_tool
