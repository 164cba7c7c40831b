// Option kinds that several programs share, for their options.cpp.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "cli/run.hpp"
#include "cli/secrets.hpp"

namespace gbkit::cli {

/// The group of the common options; describe() knows them by it.
inline const std::string common_group = "Common options";

/// The options that mean the same in every program; run() adds them to each verb.
void define_common(CLI::App& app, CommonOptions& options);

/// --timeout 5s: us, ms, s, m, h, d, or bare seconds.
CLI::Option* add_duration(CLI::App& app, const std::string& name, Duration& target, const std::string& description);
/// As above; nothing when it was not given.
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::optional<Duration>& target,
                          const std::string& description);
/// --server HOST:PORT; a missing port keeps the one in `target`.
CLI::Option* add_host_port(CLI::App& app, const std::string& name, HostPort& target, const std::string& description);
/// --password TEXT and --password-file FILE, one of them.
void add_password(CLI::App& app, PasswordOptions& options);

}  // namespace gbkit::cli
