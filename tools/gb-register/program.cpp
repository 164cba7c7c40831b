#include "program.hpp"

#include <memory>

#include "device.hpp"
#include "merge.hpp"
#include "options.hpp"
#include "serve.hpp"

namespace gbkit::register_tool {

cli::Program program() {
    auto options = std::make_shared<Options>();
    return {.name = "gb-register",
            .default_verb = "device",
            .define = [options](CLI::App& app) { define(app, *options); },
            .verbs = {{"device", [options](cli::Output& output) { return device(output, *options); }},
                      {"serve", [options](cli::Output& output) { return serve(output, *options); }},
                      {"merge", [options](cli::Output& output) { return merge(output, *options); }}},
            .common = &options->common,
            .secret_options = {"--password"}};
}

}  // namespace gbkit::register_tool
