// The digest formulas of RFC 2617 section 3.2.2 and RFC 7616 section 3.4, straight down.
#include "wire/digest/formula.hpp"

#include "base/text.hpp"

namespace gbkit::wire::digest {

namespace {

struct Named {
    std::string_view name;
    HashAlgorithm hash;
};
constexpr Named algorithms[] = {
    {"MD5", HashAlgorithm::md5},
    {"SHA-256", HashAlgorithm::sha256},
    {"SHA-512-256", HashAlgorithm::sha512_256},
    {"SM3", HashAlgorithm::sm3},
};
constexpr std::string_view session_suffix = "-sess";

std::string quoted(std::string_view name, std::string_view value) {
    std::string text = ", " + std::string(name) + "=\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

std::string a2_of(const Inputs& in, const Deviation& how) {
    const bool with_body = in.qop && iequals(*in.qop, "auth-int") && !how.body_left_out;
    if (!with_body) return in.method + ':' + in.uri;
    const std::string body = how.body_hash ? *how.body_hash : hash_hex(in.algorithm.hash, {in.body});
    return in.method + ':' + in.uri + ':' + body;
}

std::string last_text(const Inputs& in, const Deviation& how, std::string_view ha1, std::string_view ha2) {
    std::string text(ha1);
    text += ':' + in.nonce;
    if (how.ha2 == Deviation::Ha2::omitted) return text;
    if (in.qop) text += ':' + in.nc + ':' + in.cnonce + ':' + *in.qop;
    if (how.ha2 == Deviation::Ha2::used) text.append(":").append(ha2);
    return text;
}

}  // namespace

std::optional<Algorithm> parse_algorithm(const std::optional<std::string>& name) {
    if (!name) return Algorithm{};
    std::string_view text = trim(*name);
    Algorithm algorithm;
    if (text.size() > session_suffix.size() && iequals(text.substr(text.size() - session_suffix.size()), session_suffix)) {
        algorithm.session = true;
        text.remove_suffix(session_suffix.size());
    }
    for (const Named& known : algorithms) {
        if (!iequals(text, known.name)) continue;
        algorithm.hash = known.hash;
        return algorithm;
    }
    return std::nullopt;
}

std::string name_of(Algorithm algorithm) {
    if (algorithm.hash == HashAlgorithm::sha512_cut_256) algorithm.hash = HashAlgorithm::sha512_256;
    for (const Named& known : algorithms)
        if (known.hash == algorithm.hash) return std::string(known.name) + (algorithm.session ? "-sess" : "");
    return "MD5";
}

Worked work_out(const Inputs& in, const Deviation& how) {
    const HashAlgorithm hash = in.algorithm.hash;
    Worked worked;
    worked.a1 = in.username + ':' + in.realm + ':' + in.password;
    worked.ha1 = how.ha1 ? *how.ha1 : hash_hex(hash, {worked.a1});
    if (how.upper_ha1) worked.ha1 = to_upper(worked.ha1);
    if (in.algorithm.session) worked.ha1 = hash_hex(hash, {worked.ha1, ":", in.nonce, ":", in.cnonce});
    worked.a2 = a2_of(in, how);
    worked.ha2 = hash_hex(hash, {worked.a2});
    if (how.upper_ha2) worked.ha2 = to_upper(worked.ha2);
    worked.joined = last_text(in, how, worked.ha1, worked.ha2);
    worked.response = hash_hex(hash, {worked.joined});
    if (how.upper_response) worked.response = to_upper(worked.response);
    return worked;
}

std::string response_of(const Inputs& inputs) { return work_out(inputs).response; }

std::string rspauth_of(const Inputs& inputs) {
    Inputs answer = inputs;
    answer.method.clear();
    return response_of(answer);
}

std::string userhash_of(Algorithm algorithm, std::string_view username, std::string_view realm) {
    return hash_hex(algorithm.hash, {username, ":", realm});
}

Inputs inputs_of(const Credentials& credentials, std::string_view method, std::string_view password,
                 std::string_view body) {
    Inputs inputs;
    inputs.algorithm = parse_algorithm(credentials.algorithm).value_or(Algorithm{});
    inputs.username = credentials.username;
    inputs.realm = credentials.realm;
    inputs.password = password;
    inputs.method = method;
    inputs.uri = credentials.uri;
    inputs.nonce = credentials.nonce;
    inputs.nc = credentials.nc.value_or("");
    inputs.cnonce = credentials.cnonce.value_or("");
    inputs.qop = credentials.qop;
    if (credentials.qop && iequals(*credentials.qop, "auth-int")) inputs.body = body;
    return inputs;
}

std::string authorization_value(const Inputs& inputs, const std::optional<std::string>& opaque,
                                const std::optional<std::string>& algorithm_as_challenged, bool userhash) {
    const std::string name = userhash ? userhash_of(inputs.algorithm, inputs.username, inputs.realm) : inputs.username;
    std::string text = "Digest" + quoted("username", name).substr(1) + quoted("realm", inputs.realm) +
                       quoted("nonce", inputs.nonce) + quoted("uri", inputs.uri) + quoted("response", response_of(inputs));
    if (algorithm_as_challenged) text += ", algorithm=" + *algorithm_as_challenged;
    const bool needs_cnonce = inputs.qop || inputs.algorithm.session;
    if (inputs.qop) text += ", qop=" + *inputs.qop + ", nc=" + inputs.nc;
    if (needs_cnonce) text += quoted("cnonce", inputs.cnonce);
    if (opaque) text += quoted("opaque", *opaque);
    if (userhash) text += ", userhash=true";
    return text;
}

}  // namespace gbkit::wire::digest
