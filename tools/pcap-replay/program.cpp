#include "program.hpp"

#include <memory>

#include "compare.hpp"
#include "extract.hpp"
#include "inspect.hpp"
#include "options.hpp"
#include "sanitize.hpp"

namespace gbkit::replay_tool {

cli::Program program() {
    auto options = std::make_shared<Options>();
    return {.name = "pcap-replay",
            .default_verb = "inspect",
            .define = [options](CLI::App& app) { define(app, *options); },
            .verbs = {{"inspect", [options](cli::Output& output) { return inspect(output, *options); }},
                      {"extract", [options](cli::Output& output) { return extract(output, *options); }, [] { return cli::Product::always; }},
                      {"sanitize", [options](cli::Output& output) { return sanitize(output, *options); }, [] { return cli::Product::always; }},
                      {"compare", [options](cli::Output& output) { return compare(output, *options); }}},
            .common = &options->common,
            .secret_options = {"--password"}};
}

}  // namespace gbkit::replay_tool
