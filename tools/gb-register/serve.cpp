#include "serve.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/limits.hpp"
#include "io/resolver.hpp"
#include "kept_locations.hpp"
#include "live_table.hpp"
#include "options.hpp"
#include "platform_rules.hpp"
#include "proto/gb/registrar.hpp"
#include "session.hpp"
#include "tls.hpp"

namespace gbkit::register_tool {

namespace {

constexpr std::string_view usual_password = "12345678";  // what everybody tries first

struct Password {
    std::optional<std::string> value;   // nothing: none is asked for
    bool usual = false;                 // nobody chose it: it may be shown
};

Password password_of(const ServeOptions& options) {
    const std::optional<std::string> given = cli::password_of(options.password);
    if (options.no_auth && given && !given->empty())
        throw cli::Failure{cli::ExitCode::usage, "--no-auth and a password contradict each other"};
    if (options.no_auth || (given && given->empty())) return {};
    if (given) return {given, false};
    return {std::string(usual_password), true};
}

Endpoint listen_address(const HostPort& listen) {
    const auto found = io::resolve(listen);
    if (!found) throw cli::Failure{cli::ExitCode::unreachable, fmt::format("cannot find {}: {}", listen.host, found.error().what)};
    return found->front();
}

void sheet_line(cli::Output& output, Bilingual label, std::string_view value) {
    output.line("  " + pad(label.in(output.language()), 22) + std::string(value));
}

// What to type into the camera.
void write_sheet(cli::Output& output, const proto::gb::RegistrarSettings& settings, const Password& password, const Endpoint& local,
                 std::string_view transports) {
    std::vector<std::string> addresses;
    if (!local.address.is_unspecified()) addresses.push_back(local.address.text());
    else
        for (const IpAddress& own : io::own_addresses())
            if (own.is_v6() == local.address.is_v6()) addresses.push_back(own.text());
    const bool chinese = output.language() == Language::chinese;
    const std::string_view none = chinese ? "(本机没有对外的地址)" : "(this machine has no address but loopback)";
    output.line(output.styled(cli::Style::bold, chinese ? "填进摄像机(网络 > 平台接入 > GB28181):" : "Type this into the camera (platform access, GB28181):"));
    sheet_line(output, {"SIP server ID", "SIP 服务器编号"}, settings.server_id);
    sheet_line(output, {"SIP domain", "SIP 服务器域"}, settings.domain);
    sheet_line(output, {"SIP server IP", "SIP 服务器地址"}, addresses.empty() ? none : join(addresses, chinese ? " 或 " : " or "));
    sheet_line(output, {"SIP server port", "SIP 服务器端口"}, fmt::format("{} ({})", local.port, transports));
    sheet_line(output, {"Device ID", "设备编号(用户名)"},
               chinese ? "20 位数字,每台不同,如 34020000001320000001" : "20 digits, another for each camera: 34020000001320000001");
    const std::string_view given = chinese ? "启动时给定的密码" : "as given to this program";
    const std::string_view no_password = chinese ? "不需要" : "none is asked for";
    const std::string_view own = chinese ? "密码表中该设备的密码" : "the device's own, from the table";
    const std::string_view common = !password.value ? no_password : password.usual ? usual_password : given;
    sheet_line(output, {"Password", "密码"}, settings.passwords ? own : common);
    output.line();
}

void write_listening(cli::Output& output, Time now, const io::OpenedFlow& flow) {
    cli::Record record("listening", now);
    record.set("transport", std::string(proto::name_of(flow.transport)));
    record.set("address", flow.local.address.text()).set("port", std::int64_t{flow.local.port});
    output.write(record);
}

std::string transports_of(const std::vector<io::OpenedFlow>& flows) {
    std::vector<std::string> names;
    for (const io::OpenedFlow& flow : flows) names.emplace_back(proto::name_of(flow.transport));
    return join(names, ", ");
}

// Told when all are open: who reads one of them may call at once, by either.
void tell_listening(cli::Output& output, Time now, const std::vector<io::OpenedFlow>& flows) {
    for (const io::OpenedFlow& flow : flows) {
        const bool datagrams = flow.transport == proto::Transport::udp;
        output.talk(fmt::format("listening on {} {}{}", proto::name_of(flow.transport), flow.local.text(),
                                datagrams ? fmt::format(", receive buffer {} KiB", flow.receive_buffer / 1024) : ""));
    }
    for (const io::OpenedFlow& flow : flows) write_listening(output, now, flow);
}

proto::gb::RegistrarSettings settings_of(const ServeOptions& options, const Password& password) {
    proto::gb::RegistrarSettings settings;
    settings.listen = listen_address(options.listen);
    if (options.seed && !settings.listen.address.is_loopback())
        throw cli::Failure{cli::ExitCode::usage, "--seed makes nonces predictable: it is for loopback addresses only"};
    settings.udp = options.transport != "tcp";
    settings.tcp = options.transport != "udp";
    settings.server_id = options.server_id;
    settings.domain = domain_of(options);
    settings.password = password.value;
    settings.wrong_password_status = options.reject;
    settings.strict = options.strict;
    settings.user_agent = "gbkit/" GBKIT_VERSION;
    settings.gb_version = options.gb_version;
    apply_rules(settings, options);
    settings.keeps_changes = !options.store.empty();
    return settings;
}

}  // namespace

cli::ExitCode serve(cli::Output& output, const Options& all) {
    output.decouple();
    const ServeOptions& options = all.serve;
    const Password password = password_of(options);
    const proto::gb::RegistrarSettings settings = settings_of(options, password);
    if (settings.tcp) io::raise_descriptor_limit(io::LoopOptions{}.connections);  // as far as the system lets us
    proto::gb::Registrar registrar(settings, options.seed ? Random(*options.seed) : Random());

    const std::shared_ptr<const io::TlsContext> tls = server_tls(options);
    SessionFacts facts{SeenFrom::platform, settings.server_id, settings.domain, password.value, true};
    facts.passwords = passwords_of(settings);
    facts.tls_server = tls;
    registrar.share(facts.parsed);
    std::optional<KeptLocations> kept;
    if (!options.store.empty()) kept.emplace(output, options.store, registrar);
    if (kept) facts.leaving = [&kept](Time now) { kept->save(now); };
    std::optional<LiveTable> table;
    if (output.shows_progress() && !output.json()) table.emplace(registrar.locations(), output.language());
    if (table) facts.table = &*table;
    Session session(output, options, std::move(facts));
    std::vector<io::OpenedFlow> listening;
    const auto opened = [&](Time now, const io::OpenedFlow& flow) {
        listening.push_back(flow);
        if (listening.size() < (settings.udp && settings.tcp ? 2U : 1U)) return;
        if (tls) listening.push_back({proto::Transport::tls, flow.local, {}, 0});  // with TCP, on its port
        std::sort(listening.begin(), listening.end(), [](const auto& a, const auto& b) { return a.transport < b.transport; });
        write_sheet(output, settings, password, flow.local, transports_of(listening));
        tell_listening(output, now, listening);
    };
    const proto::Machine machine = with_fault(proto::machine_of(registrar), options, proto::fault::Role::platform,
                                              {"", settings.server_id, settings.domain, password.value.value_or("")});
    const io::LoopEnd end = session.run(machine, opened);
    if (kept) kept->finish();
    const bool met = session.close(registrar.counters());
    if (end.signal != 0) return end.signal == 15 ? cli::ExitCode::terminated : cli::ExitCode::interrupted;
    return met ? cli::ExitCode::yes : cli::ExitCode::no;
}

}  // namespace gbkit::register_tool
