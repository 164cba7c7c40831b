#include "wire/sanitize/credentials.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/digest/explain.hpp"
#include "wire/sanitize/text.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::size_t challenges_limit = 20'000;
constexpr std::uint64_t pair_searches = 1000;   // for answers that no single deviation explains; then only single ones

bool is_answer(std::string_view name) noexcept { return iequals(name, "Authorization") || iequals(name, "Proxy-Authorization"); }
bool is_challenge(std::string_view name) noexcept { return iequals(name, "WWW-Authenticate") || iequals(name, "Proxy-Authenticate"); }
bool is_information(std::string_view name) noexcept { return iequals(name, "Authentication-Info") || iequals(name, "Proxy-Authentication-Info"); }

// Where the value of a parameter stands in the header value, quotes not included.
std::size_t place_of(std::string_view value, const digest::Parameter& parameter) {
    const std::size_t equals = value.find('=', parameter.offset + parameter.name.size());
    const std::size_t start = equals == std::string_view::npos ? equals : value.find_first_not_of(" \t", equals + 1);
    return start == std::string_view::npos ? value.size() : start + (parameter.quoted ? 1 : 0);
}

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

// As long, hexadecimal where it was, and with a letter of each case it had; where they stood would tell too much.
std::string zeros_for(std::string_view response) {
    std::string zeros(response.size(), is_hex(response) ? '0' : 'x');
    const bool lower = response.find_first_of("abcdef") != std::string_view::npos, upper = response.find_first_of("ABCDEF") != std::string_view::npos;
    if (lower) zeros.back() = 'a';
    if (upper) zeros[lower && zeros.size() > 1 ? zeros.size() - 2 : zeros.size() - 1] = 'A';
    return zeros;
}

std::string realm(std::string_view realm, Aliases& aliases) {
    if (realm.empty()) return {};
    if (all_digits(realm) || IpAddress::parse(realm)) return scrub_host(realm, aliases);
    return "realm" + std::to_string(aliases.ordinal("realm", realm));
}

std::string alias_of(const digest::Parameter& parameter, Aliases& aliases) {
    if (iequals(parameter.name, "username")) return scrub_user(parameter.raw, aliases);
    if (iequals(parameter.name, "realm")) return realm(parameter.raw, aliases);
    if (iequals(parameter.name, "response") || iequals(parameter.name, "rspauth")) return zeros_for(parameter.raw);
    return ascii_only(scrub(parameter.raw, aliases));
}

// A header that cannot be parsed: its form stays, names and responses in it do not.
std::string unreadable(std::string_view value, Aliases& aliases) {
    std::string text = without_responses(ascii_only(scrub(value, aliases)));
    for (const std::string_view name : {"username=", "realm="}) {
        for (std::size_t at = 0;;) {
            const std::size_t found = ifind(std::string_view(text).substr(at), name);
            if (found == std::string_view::npos) break;
            at += found + name.size();
            if (at < text.size() && text[at] == '"') ++at;
            for (; at < text.size() && text[at] != '"' && text[at] != ','; ++at)
                if (ascii_lower(text[at]) >= 'a' && ascii_lower(text[at]) <= 'z') text[at] = 'x';
        }
    }
    return text;
}

digest::Facts facts_of(const sip::Message& message) {
    digest::Facts facts;
    facts.method = message.method();
    facts.request_uri = message.request_uri();
    facts.device = message.from.uri.user;
    facts.body = message.body();
    return facts;
}

// The recipe with the same deviations, for the new names and password.
std::optional<std::string> same_way(const digest::Explanation& old, const digest::Case& now, std::string_view password) {
    auto recipe = digest::claimed_recipe(now, password);
    if (!recipe) return std::nullopt;
    if (!old.explained()) recipe->inputs.password += " is not it";
    for (const digest::Variant* variant : old.variants)
        if (variant != nullptr && !variant->edit(*recipe, now)) return std::nullopt;
    return digest::work_out(*recipe).response;
}

}  // namespace

std::string without_responses(std::string text) {
    for (const std::string_view name : {"response=", "rspauth="}) {
        for (std::size_t at = 0;;) {
            const std::size_t found = ifind(std::string_view(text).substr(at), name);
            if (found == std::string_view::npos) break;
            at += found + name.size();
            if (at < text.size() && text[at] == '"') ++at;
            for (; at < text.size() && hex_value(text[at]) >= 0; ++at) text[at] = '0';
        }
    }
    return text;
}

bool Credentials::is_credential(std::string_view name) noexcept { return is_answer(name) || is_challenge(name) || is_information(name); }

std::string Credentials::names(std::string_view name, std::string_view value) {
    const std::size_t scheme_end = value.find_first_of(" \t");
    const std::string_view scheme = value.substr(0, scheme_end);
    if (!is_information(name) && !iequals(scheme, "Digest")) {
        if (is_answer(name) && scheme_end != std::string_view::npos) return std::string(scheme) + " removed";
        return unreadable(value, aliases_);
    }
    const auto header = is_information(name) ? digest::parse_parameters(value) : digest::parse_header(value);
    if (!header) return unreadable(value, aliases_);
    std::string out;
    std::size_t done = 0;
    for (const digest::Parameter& parameter : header->parameters) {
        const std::size_t at = place_of(value, parameter);
        if (at < done || value.substr(at, parameter.raw.size()) != parameter.raw) return unreadable(value, aliases_);
        out += value.substr(done, at - done);
        out += alias_of(parameter, aliases_);
        done = at + parameter.raw.size();
    }
    return out + std::string(value.substr(done));
}

void Credentials::remember(const sip::HeaderField& before, const sip::HeaderField& after) {
    auto old = digest::parse_challenge(before.value);
    auto now = digest::parse_challenge(after.value);
    if (!old || !now) return;
    if (challenges_.size() >= challenges_limit) challenges_.clear();
    std::string nonce = old->nonce;
    challenges_.insert_or_assign(std::move(nonce), Pair{std::move(*old), std::move(*now)});
}

std::optional<std::string> Credentials::answer(const sip::Message& before, std::string_view old_value, const sip::Message& after, std::string_view new_value) {
    const auto old = digest::parse_credentials(old_value), now = digest::parse_credentials(new_value);
    if (!old || !now) return std::nullopt;
    const auto password = old_password_ ? old_password_(before.from.uri.user, old->username) : std::nullopt;
    if (!password) {
        ++counts_.removed;
        return std::nullopt;
    }
    const auto pair = challenges_.find(old->nonce);
    const bool known = pair != challenges_.end();
    const digest::Facts old_facts = facts_of(before), new_facts = facts_of(after);
    const auto explained = digest::explain({*old, known ? &pair->second.before : nullptr, old_facts}, *password,
                                           counts_.wrong < pair_searches ? digest::Depth::pairs : digest::Depth::rows);
    auto response = explained ? same_way(*explained, {*now, known ? &pair->second.after : nullptr, new_facts}, new_password_) : std::nullopt;
    if (!response || response->size() != old->response.size()) {
        ++counts_.removed;
        return std::nullopt;
    }
    ++(explained->exact ? counts_.right : counts_.wrong);
    return response;
}

void Credentials::sign(const sip::Message& before, std::string& after) {
    const auto parsed = sip::parse(after);
    if (!parsed || parsed->headers().size() != before.headers().size()) return;
    for (std::size_t i = 0; i < before.headers().size(); ++i) {
        const sip::HeaderField &old = before.headers()[i], &now = parsed->headers()[i];
        if (is_challenge(old.name)) remember(old, now);
        if (!is_answer(old.name)) continue;
        const auto response = answer(before, old.value, *parsed, now.value);
        const auto header = digest::parse_header(now.value);
        const digest::Parameter* parameter = response && header ? header->find("response") : nullptr;
        if (parameter == nullptr) continue;
        const auto field = static_cast<std::size_t>(now.value.data() - parsed->text().data());
        const std::size_t at = field + place_of(now.value, *parameter);
        if (at + response->size() <= after.size() && parameter->raw.size() == response->size()) after.replace(at, response->size(), *response);
    }
}

}  // namespace gbkit::wire::sanitize
