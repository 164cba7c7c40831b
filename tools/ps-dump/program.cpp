#include "program.hpp"

#include <memory>

#include "options.hpp"
#include "verbs.hpp"

namespace gbkit::psdump_tool {

cli::Program program() {
    auto options = std::make_shared<Options>();
    return {.name = "ps-dump",
            .default_verb = "inspect",
            .define = [options](CLI::App& app) { define(app, *options); },
            .verbs = {{"inspect", [options](cli::Output& output) { return inspect(output, options->inspect); }},
                      {"listen", [options](cli::Output& output) { return listen(output, options->listen); }, [] { return cli::Product::when_named; }},
                      {"extract", [options](cli::Output& output) { return extract(output, options->extract); }, [] { return cli::Product::always; }},
                      {"mux", [options](cli::Output& output) { return mux(output, options->mux); },
                       [options] { return options->mux.pcap.empty() ? cli::Product::always : cli::Product::when_named; }}},
            .common = &options->common};
}

}  // namespace gbkit::psdump_tool
