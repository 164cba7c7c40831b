// gb-digest: verify and explain digest answers.
#include "program.hpp"

int main(int argc, char** argv) { return gbkit::cli::run(gbkit::digest_tool::program(), argc, argv); }
