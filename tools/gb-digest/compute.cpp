// gb-digest compute: the digest from options.
#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/random.hpp"
#include "cli/files.hpp"
#include "cli/secrets.hpp"
#include "page.hpp"
#include "verbs.hpp"
#include "wire/digest/formula.hpp"

namespace gbkit::digest_tool {

namespace {

using cli::ExitCode;

constexpr std::size_t body_limit = std::size_t{64} << 20;
constexpr std::size_t cnonce_digits = 16;

wire::digest::Inputs inputs_from(const ComputeOptions& options) {
    const auto algorithm = wire::digest::parse_algorithm(options.algorithm);
    if (!algorithm)
        throw cli::Failure{ExitCode::usage, "unknown algorithm " + *options.algorithm + ": MD5, SHA-256, SHA-512-256 or SM3, each also with -sess"};
    auto password = cli::password_of(options.password);
    if (!password) throw cli::Failure{ExitCode::usage, "compute needs --password or --password-file"};
    wire::digest::Inputs inputs;
    inputs.algorithm = *algorithm;
    inputs.username = options.username;
    inputs.realm = options.realm;
    inputs.password = std::move(*password);
    inputs.method = options.method;
    inputs.uri = options.uri;
    inputs.nonce = options.nonce;
    inputs.qop = options.qop;
    if (options.qop) inputs.nc = options.nc;
    Random random = options.seed ? Random(*options.seed) : Random();
    if (options.qop || algorithm->session) inputs.cnonce = options.cnonce ? *options.cnonce : random.hex(cnonce_digits);
    if (!options.body_file.empty()) inputs.body = cli::read_file(options.body_file, body_limit);
    return inputs;
}

}  // namespace

ExitCode compute(cli::Output& output, const Options& options) {
    const wire::digest::Inputs inputs = inputs_from(options.compute);
    const wire::digest::Worked worked = wire::digest::work_out(inputs);
    const std::string header = "Authorization: " + wire::digest::authorization_value(
        inputs, options.compute.opaque, options.compute.algorithm, options.compute.userhash);
    cli::Record record("digest_response", cli::now());
    record.set("ha1", worked.ha1).set("ha2", worked.ha2).set("response", worked.response).set("header", printable(header));
    output.write(record);
    if (options.compute.explain) {
        show_work(output, {inputs, {}}, worked, {});
    } else {
        output.line("HA1       " + worked.ha1);
        output.line("HA2       " + worked.ha2);
        output.line("response  " + worked.response);
    }
    output.line(printable(header));
    output.write(cli::Record("summary", cli::now()));
    return ExitCode::yes;
}

}  // namespace gbkit::digest_tool
