// Digest conversations, told as text, for the tests of proto/observe/digest_observer.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/findings/digest.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/digest_passwords.hpp"
#include "wire/digest/formula.hpp"

namespace gbkit::test {

using namespace proto::observe;

inline const std::string device = "34020000001320000264";
inline const std::string server = "sip:34020000002000000001@3402000000";

/// What a device sends; every field can be made wrong.
struct Answer {
    wire::digest::Inputs inputs;
    std::string realm_sent, uri_sent, response;
    std::string request_uri = server;

    Answer() {
        inputs.username = device;
        inputs.realm = "3402000000";
        inputs.password = "12345678";
        inputs.method = "REGISTER";
        inputs.uri = server;
        inputs.nonce = "n1";
        inputs.nc = "00000001";
        inputs.cnonce = "c1";
        inputs.qop = "auth";
    }
};

class Wire {
public:
    explicit Wire(std::optional<std::string> password = "12345678", Context context = {})
        : observer_(
              std::move(context),
              [password](std::string_view, std::string_view) {
                  return password ? std::optional(Secret{*password, {}}) : std::nullopt;
              },
              [this](Finding finding) {
                  for (const Language language : {Language::english, Language::chinese})
                      CHECK((message_of(finding, language) + advice_of(finding, language)).find('?') == std::string::npos);
                  findings.push_back(std::move(finding));
              },
              [this](const DigestCheck& check) { checks.push_back(check); }) {}

    void text(const std::string& pasted) {
        for (const wire::PastedMessage& message : wire::read_pasted(pasted)) observer_.see(auth_seen(message));
    }
    void challenge(const std::string& parameters) { response(401, "WWW-Authenticate: Digest " + parameters + "\n"); }
    void plain_challenge(const std::string& nonce = "n1") {
        challenge("realm=\"3402000000\", nonce=\"" + nonce + "\", qop=\"auth\", algorithm=MD5");
    }
    void send(const Answer& answer) {
        wire::digest::Inputs shown = answer.inputs;
        std::string value = wire::digest::authorization_value(shown, std::nullopt, std::nullopt);
        if (!answer.response.empty()) value = replace_all(value, wire::digest::response_of(shown), answer.response);
        raw("Authorization: " + value + "\n", answer.request_uri);
    }
    void raw(const std::string& header, const std::string& request_uri = server) {
        ++cseq_;
        text("REGISTER " + request_uri + " SIP/2.0\nFrom: <sip:" + device + "@3402000000>;tag=1\nCall-ID: c\nCSeq: " +
             std::to_string(cseq_) + " REGISTER\n" + header);
    }
    void response(int status, const std::string& header = {}) {
        text("SIP/2.0 " + std::to_string(status) + " Reason\nFrom: <sip:" + device + "@3402000000>;tag=1\nCall-ID: c\nCSeq: " +
             std::to_string(cseq_) + " REGISTER\n" + header);
    }
    void end() { observer_.finish(); }

    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> all;
        for (const Finding& finding : findings) all.emplace_back(finding.id.slug);
        return all;
    }
    [[nodiscard]] bool has(FindingId id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    /// The worst that was found; info when nothing was.
    [[nodiscard]] Severity worst() const {
        Severity worst = Severity::info;
        for (const Finding& finding : findings) worst = std::min(worst, info_of(finding.id).severity);
        return worst;
    }
    [[nodiscard]] std::string root() const {
        const auto roots = root_causes(findings);
        return roots.empty() ? std::string() : std::string(roots[0].id.slug);
    }
    [[nodiscard]] const DigestObserver::Counts& counts() const { return observer_.counts(); }

    std::vector<Finding> findings;
    std::vector<DigestCheck> checks;

private:
    int cseq_ = 1;
    DigestObserver observer_;
};

inline void refused(Wire& wire, const Answer& answer) {
    wire.plain_challenge();
    wire.send(answer);
    wire.response(403);
    wire.end();
}

}  // namespace gbkit::test
