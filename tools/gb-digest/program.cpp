#include "program.hpp"

#include <memory>

#include "verbs.hpp"

namespace gbkit::digest_tool {

cli::Program program() {
    auto options = std::make_shared<Options>();
    return {.name = "gb-digest",
            .default_verb = "verify",
            .define = [options](CLI::App& app) { define(app, *options); },
            .verbs = {{"verify", [options](cli::Output& output) { return verify(output, *options); }},
                      {"compute", [options](cli::Output& output) { return compute(output, *options); }}},
            .common = &options->common,
            .secret_options = {"--password"}};
}

}  // namespace gbkit::digest_tool
