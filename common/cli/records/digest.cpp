// Record types about digest authentication.
#include "cli/records/tables.hpp"

namespace gbkit::cli {

namespace {

constexpr bool required = true;
constexpr bool optional = false;

RecordSchema digest_check() {
    return {"digest_check",
            "One Authorization, Proxy-Authorization or Authentication-Info, and whether its digest is right.",
            {
                {"verdict", FieldKind::text, required, "match, mismatch, or unverified when no password was known."},
                {"username", FieldKind::text, optional, "username as sent."},
                {"realm", FieldKind::text, optional, "realm as sent."},
                {"algorithm", FieldKind::text, optional, "algorithm; MD5 when none was sent."},
                {"qop", FieldKind::text, optional, "qop as sent."},
                {"variant", FieldKind::text, optional, "The known deviation that gives this response; + joins two."},
                {"method", FieldKind::text, optional, "Method of the request."},
                {"frame", FieldKind::integer, optional, "Number of the packet in the capture, from 1."},
                {"line", FieldKind::integer, optional, "Line of the text, from 1."},
                {"header", FieldKind::text, optional, "Authorization, Proxy-Authorization or Authentication-Info."},
                {"device", FieldKind::text, optional, "The device it belongs to; without device ID the user name."},
                {"side", FieldKind::text, optional, "Which side to mend: device, platform or both."},
                {"status", FieldKind::integer, optional, "Status of the final answer."},
                {"challenge", FieldKind::boolean, optional, "Whether the challenge it answers was seen."},
                {"near", FieldKind::text, optional, "What was done to the given password to fit (--near)."},
                {"candidate_line", FieldKind::integer, optional, "Line of the candidate file that fits."},
                {"candidate", FieldKind::text, optional, "That word; with --show-secrets only."},
            }};
}

RecordSchema digest_response() {
    return {"digest_response",
            "What gb-digest compute worked out. HA1 is as good as the password for its realm.",
            {
                {"ha1", FieldKind::text, required, "H(username:realm:password), for -sess hashed once more."},
                {"ha2", FieldKind::text, required, "H(method:uri), for auth-int with the hash of the body."},
                {"response", FieldKind::text, required, "The response."},
                {"header", FieldKind::text, required, "The whole Authorization line."},
            }};
}

}  // namespace

std::vector<RecordSchema> digest_records() { return {digest_check(), digest_response()}; }

}  // namespace gbkit::cli
