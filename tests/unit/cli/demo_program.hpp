// A program with one option of each kind, as the tests of the frame need it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/run.hpp"

namespace gbkit::test {

struct DemoOptions {
    cli::CommonOptions common;
    cli::PasswordOptions password;
    std::vector<std::string> files;
    HostPort server{"", 5060};
    Duration timeout = seconds(5);
    std::optional<Duration> duration;
};

struct Demo {
    std::shared_ptr<DemoOptions> options = std::make_shared<DemoOptions>();
    std::function<cli::ExitCode(cli::Output&)> verify = [](cli::Output& output) { return output.verdict(); };

    [[nodiscard]] cli::Program program() const {
        const auto chosen = options;
        const auto job = verify;
        return {.name = "gb-demo",
                .default_verb = "verify",
                .define = [chosen](CLI::App& app) { define(app, *chosen); },
                .verbs = {{"verify", job}, {"compute", [](cli::Output& out) { out.line("computed"); return cli::ExitCode::yes; }}},
                .common = &chosen->common,
                .secret_options = {"--password"}};
    }

    static void define(CLI::App& app, DemoOptions& chosen) {
        app.description("A demonstration.");
        app.footer("Examples:\n  gb-demo a.txt");
        CLI::App* verify = app.add_subcommand("verify", "Verify things.");
        verify->add_option("FILE", chosen.files, "Files to read")->type_name("FILE");
        cli::add_password(*verify, chosen.password);
        cli::add_host_port(*verify, "--server", chosen.server, "The platform");
        cli::add_duration(*verify, "--timeout", chosen.timeout, "Wait so long");
        cli::add_duration(*verify, "--duration", chosen.duration, "Stop after this time");
        verify->footer("Examples:\n  gb-demo verify --password 12345678 a.txt");
        app.add_subcommand("compute", "Compute things.")->footer("Examples:\n  gb-demo compute");
    }
};

}  // namespace gbkit::test
