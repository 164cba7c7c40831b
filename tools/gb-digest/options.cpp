#include "options.hpp"

#include "cli/options.hpp"

namespace gbkit::digest_tool {

namespace {

void define_verify(CLI::App& verb, VerifyOptions& options) {
    verb.add_option("FILE", options.inputs, "Message text, records (JSON Lines) or a capture; - or nothing: stdin")->type_name("FILE");
    cli::add_password(verb, options.password);
    verb.add_option("--passwords", options.passwords, "Passwords of many accounts: \"ID password [username]\" a line, * for all others")
        ->type_name("FILE");
    verb.add_option("--candidates", options.candidates, "Which of these passwords it was: one a line; tells the line number")
        ->type_name("FILE");
    verb.add_flag("--show-secrets", options.show_secrets, "With --candidates: show the word too");
    verb.add_flag("--near", options.near, "On a mismatch, try what people do to a password: a space at the end, O/0, &amp;, %40, cut short");
    verb.add_flag("--explain", options.explain, "Show each string that is hashed, the password masked");
    verb.add_option("--method", options.method, "Method of a header that was pasted without its request")->type_name("METHOD");
    verb.add_option("--username", options.username, "User name, when the message holds only its hash (userhash)")->type_name("NAME");
    verb.add_option("--domain", options.domain, "SIP domain of the platform, tried as realm")->type_name("DOMAIN");
    verb.add_option("--server-id", options.server_id, "ID of the platform, tried in realm and URI")->type_name("ID");
    verb.footer("Examples:\n"
                "  gb-digest --password 12345 register.pcapng\n"
                "  gb-digest --password-file pw --near < pasted.txt\n"
                "  gb-digest --candidates site-passwords.txt register.pcapng\n"
                "  pcap-replay inspect --json site.pcap | gb-digest --passwords accounts.tsv");
}

void define_compute(CLI::App& verb, ComputeOptions& options) {
    cli::add_password(verb, options.password);
    verb.add_option("--username", options.username, "User name; a camera's is normally its device ID")->type_name("NAME")->required();
    verb.add_option("--realm", options.realm, "Realm of the challenge")->type_name("TEXT")->required();
    verb.add_option("--nonce", options.nonce, "Nonce of the challenge")->type_name("TEXT")->required();
    verb.add_option("--uri", options.uri, "The uri parameter: sip:SERVER-ID@DOMAIN")->type_name("URI")->required();
    verb.add_option("--method", options.method, "Method of the request")->type_name("METHOD")->capture_default_str();
    verb.add_option("--algorithm", options.algorithm, "MD5, SHA-256, SHA-512-256 or SM3, each also with -sess (default MD5)")->type_name("NAME");
    verb.add_option("--qop", options.qop, "Auth or auth-int; left out: the formula without qop")->check(CLI::IsMember({"auth", "auth-int"}));
    verb.add_option("--nc", options.nc, "Nonce count, 8 hex digits")->type_name("HEX")->capture_default_str();
    verb.add_option("--cnonce", options.cnonce, "Client nonce (default: random)")->type_name("TEXT");
    verb.add_option("--opaque", options.opaque, "Opaque of the challenge")->type_name("TEXT");
    verb.add_option("--body-file", options.body_file, "Body of the request, for auth-int")->type_name("FILE");
    verb.add_flag("--userhash", options.userhash, "Send H(username:realm) instead of the user name");
    verb.add_flag("--explain", options.explain, "Show each string that is hashed, the password masked");
    verb.add_option("--seed", options.seed, "Make the random cnonce repeatable, for tests")->type_name("N");
    verb.footer("Examples:\n"
                "  gb-digest compute --username 34020000001320000264 --realm 3402000000 \\\n"
                "    --password 12345678 --nonce 6eb1340d99c404a0e4d3b68d15d1d46f \\\n"
                "    --uri sip:34020000002000000001@3402000000 --qop auth --cnonce 0a4f113b");
}

}  // namespace

void define(CLI::App& app, Options& options) {
    app.description("Verifies digest answers of SIP, HTTP and RTSP, and explains the wrong ones.");
    define_verify(*app.add_subcommand("verify", "Check each Authorization against a password, and explain a mismatch"), options.verify);
    define_compute(*app.add_subcommand("compute", "HA1, HA2, response and the header line from options"), options.compute);
}

}  // namespace gbkit::digest_tool
