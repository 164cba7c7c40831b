#include "tls.hpp"

#include "cli/run.hpp"

namespace gbkit::register_tool {

namespace {

[[noreturn]] void usage(const std::string& what) { throw cli::Failure{cli::ExitCode::usage, what}; }

void warn(cli::Output& output) {
    const Bilingual text{"WARNING: --verify off: anybody may pose as the platform and read what is sent; for the bench only",
                         "警告:--verify off 不验证平台,任何人都可以冒充平台并读取所发内容;仅限实验环境使用"};
    output.line(output.styled(cli::Style::bad, text.in(output.language())));
    output.talk(text.english);
}

}  // namespace

std::shared_ptr<const io::TlsContext> client_tls(cli::Output& output, const DeviceOptions& options) {
    const TlsOptions& tls = options.tls;
    const bool verify = options.verify == "on";
    if (!tls.key.empty() && tls.certificate.empty()) usage("--key is the key of a certificate: give --cert as well");
    // A row of a table may ask for TLS.
    if (options.transport != "tls" && options.devices.empty()) {
        if (!tls.ca.empty() || !tls.certificate.empty() || !verify) usage("--ca, --cert, --key and --verify are for --transport tls");
        return nullptr;
    }
    if (!verify && !tls.ca.empty()) usage("--verify off and --ca contradict each other");
    if (!verify) warn(output);
    return std::make_shared<const io::TlsContext>(
        io::TlsClientSettings{.ca_file = tls.ca, .certificate_file = tls.certificate, .key_file = tls.key, .name = options.server.host, .verify = verify});
}

std::shared_ptr<const io::TlsContext> server_tls(const ServeOptions& options) {
    const TlsOptions& tls = options.tls;
    if (tls.certificate.empty()) {
        if (!tls.key.empty() || !tls.ca.empty()) usage("TLS needs a certificate: give --cert as well");
        return nullptr;
    }
    if (options.transport == "udp") usage("--cert is for TLS, which needs TCP: not --transport udp");
    return std::make_shared<const io::TlsContext>(
        io::TlsServerSettings{.certificate_file = tls.certificate, .key_file = tls.key, .ca_file = tls.ca});
}

}  // namespace gbkit::register_tool
