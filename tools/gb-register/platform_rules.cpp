#include "platform_rules.hpp"

#include "base/text.hpp"
#include "cli/files.hpp"
#include "io/resolver.hpp"
#include "options.hpp"

namespace gbkit::register_tool {

namespace {

using proto::gb::AllowList;
using proto::gb::RegistrarSettings;
using proto::observe::PasswordTable;

constexpr std::size_t table_limit = 64 << 20;

[[noreturn]] void unusable(const std::string& what, const std::string& why) { throw cli::Failure{cli::ExitCode::usage, what + ": " + why}; }

template <class Table>
std::shared_ptr<const Table> read_table(const std::string& what, const std::string& name) {
    const auto table = Table::parse(cli::read_file(name, table_limit));
    if (!table) throw cli::Failure{cli::ExitCode::bad_input, what + " " + name + ", " + table.error().what};
    return std::make_shared<const Table>(*table);  // a copy: g++ 12 sees a free of nothing in the move
}

// N/DURATION
proto::gb::LockoutPolicy lockout_of(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) unusable("--lockout " + text, "wants N/DURATION, as 5/10m");
    const auto count = to_number(std::string_view(text).substr(0, slash), 1'000'000);
    const auto duration = parse_duration(std::string_view(text).substr(slash + 1));
    if (!count || *count == 0 || !duration || *duration <= Duration{0}) unusable("--lockout " + text, "wants N/DURATION, as 5/10m");
    return {static_cast<std::uint32_t>(*count), *duration};
}

// ID@HOST:PORT
proto::gb::RedirectTarget redirect_of(const std::string& text) {
    const std::size_t at = text.find('@');
    if (at == std::string::npos || at == 0 || text.find_first_of("<>;, \"") != std::string::npos)
        unusable("--redirect " + text, "wants ID@HOST:PORT");
    const auto place = parse_host_port(std::string_view(text).substr(at + 1));
    if (!place) unusable("--redirect " + text, "wants ID@HOST:PORT");
    const auto found = io::resolve({place->host, place->port == 0 ? std::uint16_t{5060} : place->port});
    if (!found) throw cli::Failure{cli::ExitCode::unreachable, "cannot find " + place->host + ": " + found.error().what};
    return {text.substr(0, at), found->front()};
}

proto::gb::DateStyle date_of(const std::string& name) noexcept {
    if (name == "off") return proto::gb::DateStyle::off;
    return name == "utc" ? proto::gb::DateStyle::utc : proto::gb::DateStyle::beijing;
}

}  // namespace

void apply_rules(RegistrarSettings& settings, const ServeOptions& options) {
    if (!options.passwords.empty()) settings.passwords = read_table<PasswordTable>("the password table", options.passwords);
    if (options.fallback && !settings.password) unusable("--fallback", "there is no common password to fall back to");
    settings.fallback = options.fallback;
    if (!options.allow.empty()) settings.allowed = read_table<AllowList>("the list of allowed devices", options.allow);
    if (!options.lockout.empty()) settings.lockout = lockout_of(options.lockout);
    settings.min_expires = options.min_expires;
    settings.heartbeat.interval = options.keepalive;
    settings.date = date_of(options.date);
    if (!options.redirect.empty()) settings.redirect = redirect_of(options.redirect);
}

proto::observe::Passwords passwords_of(const RegistrarSettings& settings) {
    const proto::gb::AdmissionSettings admission{settings.password, settings.passwords, settings.fallback, {}};
    return [admission](std::string_view device, std::string_view) -> std::optional<proto::observe::Secret> {
        proto::gb::Admission known = proto::gb::admission_of(device, admission);
        if (known.kind != proto::gb::Admission::Kind::with_password) return std::nullopt;
        return proto::observe::Secret{std::move(known.password), std::move(known.username)};
    };
}

}  // namespace gbkit::register_tool
