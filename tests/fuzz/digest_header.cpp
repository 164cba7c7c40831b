// Digest headers, and what follows from them: a written header reads back the same, an explanation that names a
// row is right, and an observer fed with anything stays within its bounds.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "proto/observe/digest_observer.hpp"
#include "wire/digest/explain.hpp"
#include "wire/digest/near.hpp"

using namespace gbkit;
using namespace gbkit::wire::digest;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void explain_it(const Credentials& credentials, std::string_view rest) {
    Facts facts;
    facts.method = "REGISTER";
    facts.request_uri = std::string(rest);
    facts.domain = "3402000000";
    facts.server_id = "34020000002000000001";
    facts.device = std::string(rest.substr(0, 20));
    facts.body = rest;
    const auto found = explain({credentials, nullptr, facts}, rest);
    if (!found) return;
    require(found->tried < 2500);
    if (found->explained()) require(work_out(found->recipe).response == credentials.response);
}

void write_and_read(const Credentials& credentials) {
    Inputs inputs = inputs_of(credentials, "REGISTER", "pw");
    if (inputs.qop && inputs.qop->find_first_of(" \t\r\n,\"") != std::string::npos) return;  // goes out unquoted
    if (inputs.qop && (inputs.qop->empty() || inputs.nc.find_first_of(" \t\r\n,\"") != std::string::npos)) return;
    const auto read = parse_credentials(authorization_value(inputs, std::nullopt, std::nullopt));
    require(read.has_value());
    require(read->username == inputs.username && read->realm == inputs.realm && read->uri == inputs.uri);
    require(read->qop == inputs.qop);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view value = text.substr(0, text.find('\n'));
    const std::string_view rest = text.substr(std::min(value.size() + 1, text.size()));
    if (const auto credentials = parse_credentials(value)) {
        explain_it(*credentials, rest.substr(0, 256));
        write_and_read(*credentials);
    }
    if (const auto challenges = parse_challenges(value)) require(!challenges->empty());
    (void)parse_authentication_info(value);
    (void)near_guesses(rest.substr(0, 64));
    proto::observe::DigestObserver observer(
        {}, [](std::string_view, std::string_view) { return std::optional(proto::observe::Secret{"pw", {}}); },
        [](const Finding& finding) { require(!message_of(finding, Language::chinese).empty()); }, {}, {4, 4, 4, 2});
    for (const char* name : {"WWW-Authenticate", "Authorization", "Authentication-Info"}) {
        proto::observe::AuthSeen seen;
        seen.method = "REGISTER";
        seen.status = *name == 'W' ? 401 : std::string_view(name) == "Authorization" ? 0 : 200;
        seen.fields.push_back({name, value, 1});
        seen.body = rest;
        observer.see(seen);
    }
    observer.finish();
    return 0;
}
