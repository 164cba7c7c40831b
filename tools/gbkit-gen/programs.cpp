// The list of programs: a new program gets a line here (and one in CMakeLists.txt).
#include <CLI/CLI.hpp>

#include "tools/gb-digest/program.hpp"
#include "tools/gb-register/program.hpp"
#include "tools/gbkit-gen/generated.hpp"
#include "tools/pcap-replay/program.hpp"
#include "tools/ps-dump/program.hpp"

namespace gbkit::gen {

std::vector<cli::ProgramFacts> programs() {
    std::vector<cli::ProgramFacts> all;
    for (const cli::Program& program : {digest_tool::program(), register_tool::program(), replay_tool::program(), psdump_tool::program()})
        all.push_back(cli::describe(*cli::make_app(program), program.default_verb));
    return all;
}

}  // namespace gbkit::gen
