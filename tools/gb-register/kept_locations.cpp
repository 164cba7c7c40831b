#include "kept_locations.hpp"

#include <fmt/format.h>

#include "cli/run.hpp"

namespace gbkit::register_tool {

namespace {

void tell_restored(cli::Output& output, const std::string& name, std::size_t back, std::size_t over) {
    if (back + over == 0) return;
    const Bilingual text{"{} devices are registered from before, by {}; {} lifetimes are over", "{} 台设备的注册仍然有效(取自 {}),{} 台已过期"};
    output.line(fmt::format(fmt::runtime(text.in(output.language())), back, name, over));
}

}  // namespace

KeptLocations::KeptLocations(cli::Output& output, const std::string& name, proto::gb::Registrar& registrar)
    : output_(output), name_(name), registrar_(registrar) {
    try {
        store_.emplace(name);
        std::vector<proto::gb::Location> former = store_->load();
        const std::size_t kept = former.size();
        const std::size_t back = registrar_.restore(cli::now(), std::move(former));
        tell_restored(output, name, back, kept - back);
    } catch (const io::StoreError& error) {
        throw cli::Failure{error.kind == io::StoreError::Kind::foreign ? cli::ExitCode::bad_input : cli::ExitCode::system, "the store " + name + ' ' + error.what};
    }
    save(cli::now());
}

void KeptLocations::finish() {
    do save(cli::now());
    while (store_->behind());
}

void KeptLocations::save(Time now) {
    using Health = io::LocationStore::Health;
    switch (store_->save(now, registrar_.take_changes(), registrar_.locations())) {
        case Health::fine: return;
        case Health::failed:
            return output_.talk(fmt::format("the store {} {}; going on in memory and trying again: what registers now may be forgotten by a restart",
                                            name_, store_->error()));
        case Health::recovered: return output_.talk(fmt::format("the store {} is written again", name_));
        case Health::abandoned:
            return output_.talk(fmt::format("the store {} {}; too much waits to be written: it stays as it is, this run goes on in memory", name_,
                                            store_->error()));
    }
}

}  // namespace gbkit::register_tool
