#include "program.hpp"

int main(int argc, char** argv) { return gbkit::cli::run(gbkit::replay_tool::program(), argc, argv); }
