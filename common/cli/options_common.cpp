// The options every verb of every program has, and the option kinds programs share.
#include "cli/options.hpp"

namespace gbkit::cli {

namespace {

void define_output(CLI::App& app, CommonOptions& options) {
    CLI::Option* json = app.add_flag("--json", options.json, "Write JSON Lines records to standard output instead of the page");
    app.add_flag("--text", options.text, "Write the page, whatever GBKIT_OUTPUT says")->excludes(json)->group(common_group);
    json->group(common_group);
    app.add_option("-o,--output", options.output, "Write the main product to this file instead of standard output")
        ->type_name("FILE")
        ->group(common_group);
    app.add_option("--records", options.records, "Write the records there as well: a file, or fd:N for an open descriptor")
        ->type_name("FILE|fd:N")
        ->group(common_group);
}

void define_page(CLI::App& app, CommonOptions& options) {
    const auto when = CLI::IsMember({"auto", "always", "never"});
    app.add_option("--color", options.color, "Colour the page; auto: on a terminal, unless NO_COLOR is set")
        ->type_name("WHEN")
        ->check(when)
        ->group(common_group);
    app.add_option("--progress", options.progress, "Show progress on standard error; auto: on a terminal")
        ->type_name("WHEN")
        ->check(when)
        ->group(common_group);
    app.add_option("--lang", options.lang, "Language of the page and of messages; without it LANG decides for the page")
        ->type_name("LANG")
        ->check(CLI::IsMember({"en", "zh"}))
        ->group(common_group);
}

void define_findings(CLI::App& app, CommonOptions& options) {
    app.add_option("--fail-on", options.fail_on, "Exit 1 when a finding is at least this severe")
        ->type_name("SEVERITY")
        ->check(CLI::IsMember({"error", "violation", "vendor", "never"}))
        ->group(common_group);
    app.add_option("--ignore", options.ignore, "Leave out this finding; may be given several times")
        ->type_name("ID")
        ->allow_extra_args(false)
        ->group(common_group);
    app.add_option("--baseline", options.baseline, "Findings in this file are known: told in one line, no reason to fail; records of an earlier run, or lines of ID and subject")
        ->type_name("FILE")
        ->group(common_group);
    app.add_flag("--all", options.all, "Write each repeat of a finding, not only the first")->group(common_group);
}

}  // namespace

void define_common(CLI::App& app, CommonOptions& options) {
    define_output(app, options);
    define_page(app, options);
    define_findings(app, options);
    app.add_flag("-v,--verbose", options.verbose, "Say more; twice for more still")->group(common_group);
    app.add_flag("-q,--quiet", options.quiet, "Say nothing on standard error but errors")->group(common_group);
    app.set_version_flag("-V,--version", "", "Print the version and exit")->group(common_group);
    app.set_help_flag("-h,--help", "Print this help and exit")->group(common_group);
}

namespace {

CLI::Option* add_parsed_duration(CLI::App& app, const std::string& name, std::function<void(Duration)> take,
                                 const std::string& description) {
    const auto parse = [name, take = std::move(take)](const std::string& text) {
        const auto duration = parse_duration(text);
        if (!duration) throw CLI::ValidationError(name, duration.error().what);
        take(*duration);
    };
    return app.add_option_function<std::string>(name, parse, description)->type_name("DURATION");
}

}  // namespace

CLI::Option* add_duration(CLI::App& app, const std::string& name, Duration& target, const std::string& description) {
    const auto take = [&target](Duration duration) { target = duration; };
    return add_parsed_duration(app, name, take, description)->default_str(format_duration(target));
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<Duration>& target,
                          const std::string& description) {
    return add_parsed_duration(app, name, [&target](Duration duration) { target = duration; }, description);
}

CLI::Option* add_host_port(CLI::App& app, const std::string& name, HostPort& target, const std::string& description) {
    const auto parse = [name, &target](const std::string& text) {
        const auto parsed = parse_host_port(text);
        if (!parsed) throw CLI::ValidationError(name, parsed.error().what);
        target.host = parsed->host;
        if (parsed->port != 0 || text.ends_with(":0")) target.port = parsed->port;
    };
    return app.add_option_function<std::string>(name, parse, description)->type_name("HOST:PORT");
}

void add_password(CLI::App& app, PasswordOptions& options) {
    CLI::Option* password =
        app.add_option("--password", options.password, "The password itself; other users of this machine can see it in ps(1)")
            ->type_name("TEXT");
    app.add_option("--password-file", options.password_file,
                   "Read the password from this file, one trailing line end dropped; - is standard input")
        ->type_name("FILE")
        ->excludes(password);
}

}  // namespace gbkit::cli
