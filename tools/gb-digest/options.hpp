// The options of gb-digest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "cli/secrets.hpp"

namespace gbkit::digest_tool {

struct VerifyOptions {
    std::vector<std::string> inputs;   // "-" is stdin; empty means stdin
    cli::PasswordOptions password;
    std::string passwords;             // table of accounts
    std::string candidates;            // one word a line
    bool show_secrets = false;
    bool near = false;
    bool explain = false;
    std::string method;                // of a header pasted without its request
    std::string username;              // behind a userhash
    std::string domain;
    std::string server_id;
};

struct ComputeOptions {
    cli::PasswordOptions password;
    std::string username;
    std::string realm;
    std::string nonce;
    std::string method = "REGISTER";
    std::string uri;
    std::optional<std::string> algorithm;
    std::optional<std::string> qop;
    std::string nc = "00000001";
    std::optional<std::string> cnonce;
    std::optional<std::string> opaque;
    std::string body_file;             // auth-int
    bool userhash = false;
    bool explain = false;
    std::optional<std::uint64_t> seed;
};

struct Options {
    cli::CommonOptions common;
    VerifyOptions verify;
    ComputeOptions compute;
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::digest_tool
