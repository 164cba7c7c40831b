// serve --store: the registrar's locations in a file, read before the start and written behind each batch of answers.
#pragma once

#include <optional>
#include <string>

#include "cli/output.hpp"
#include "io/store_locations.hpp"
#include "proto/gb/registrar.hpp"

namespace gbkit::register_tool {

class KeptLocations {
public:
    /// Gives the registrar what the file holds. Throws cli::Failure when it is no store of ours or cannot be written.
    KeptLocations(cli::Output& output, const std::string& name, proto::gb::Registrar& registrar);

    /// What changed since the last call is in the file when this returns; a disk that fails is told and stops nobody.
    void save(Time now);
    /// The end of the run: what waits is written.
    void finish();

private:
    cli::Output& output_;
    std::string name_;
    proto::gb::Registrar& registrar_;
    std::optional<io::LocationStore> store_;
};

}  // namespace gbkit::register_tool
