// From options to what the platform asks of its devices: who may register, with which password, for how long.
#pragma once

#include "proto/gb/registrar.hpp"
#include "proto/observe/digest_observer.hpp"

namespace gbkit::register_tool {

struct ServeOptions;

/// --passwords, --fallback, --allow, --lockout, --min-expires, --keepalive, --date, --redirect. Throws cli::Failure.
void apply_rules(proto::gb::RegistrarSettings& settings, const ServeOptions& options);
/// What the observers judge digests with: the same passwords.
[[nodiscard]] proto::observe::Passwords passwords_of(const proto::gb::RegistrarSettings& settings);

}  // namespace gbkit::register_tool
