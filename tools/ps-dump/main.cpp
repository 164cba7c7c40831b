#include "program.hpp"

int main(int argc, char** argv) { return gbkit::cli::run(gbkit::psdump_tool::program(), argc, argv); }
