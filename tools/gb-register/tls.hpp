// Who we are in TLS, from the options: --ca, --cert, --key, --verify.
#pragma once

#include <memory>

#include "cli/output.hpp"
#include "io/tls_context.hpp"
#include "options.hpp"

namespace gbkit::register_tool {

/// Of a device; nothing when no device speaks TLS. Throws cli::Failure for options that contradict each other and
/// io::TlsSetupError for files that cannot be used. That nobody is verified is told loudly.
[[nodiscard]] std::shared_ptr<const io::TlsContext> client_tls(cli::Output& output, const DeviceOptions& options);
/// Of the platform; nothing without --cert.
[[nodiscard]] std::shared_ptr<const io::TlsContext> server_tls(const ServeOptions& options);

}  // namespace gbkit::register_tool
