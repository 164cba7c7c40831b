// Digest authentication as it happened: who was challenged, what was answered, and what came of it.
//
// The core is neutral: a message becomes an AuthSeen, whether it came from a capture, a live tap, or text (SIP,
// HTTP, RTSP). Credentials are paired with their challenge by nonce and with their final answer by transaction;
// with a password they are judged. Every Authorization, Proxy-Authorization and Authentication-Info gives one
// DigestCheck, resends none. Findings follow from checks: an error needs a refusal, or no answer at all.
//
//   credentials --> pending (by transaction) --> final answer --> conclude: findings, DigestCheck
//                                                401 after a right digest: held until the device's next try,
//                                                because a stale nonce looks the same
// State is bounded: challenges, pending checks and devices are LRU tables.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "proto/observe/observer.hpp"
#include "wire/digest/explain.hpp"
#include "wire/pasted.hpp"

namespace gbkit::proto::observe {

enum class DigestVerdict { match, mismatch, unverified };
enum class DigestHeader { authorization, proxy_authorization, authentication_info };
[[nodiscard]] std::string_view name_of(DigestVerdict verdict) noexcept;
[[nodiscard]] std::string_view name_of(DigestHeader header) noexcept;

/// What the user knows about an account. `username` is the name behind a userhash, or empty.
struct Secret {
    std::string password;
    std::string username{};
};
/// The password of a device or user name; nothing when it is not known.
using Passwords = std::function<std::optional<Secret>(std::string_view device, std::string_view username)>;

/// One message as far as authentication goes. The views live during the call only.
struct AuthSeen {
    struct Field {
        std::string_view name;
        std::string_view value;
        std::size_t line = 0;  // text only, from 1
    };
    wire::TextProtocol protocol = wire::TextProtocol::sip;
    std::string_view method;       // of the request; for a SIP response of its CSeq
    std::string_view request_uri;  // request
    int status = 0;                // response; 0 for a request
    std::string_view reason;
    std::vector<Field> fields{};   // the authentication headers
    std::string_view body;
    std::string device{};          // From user of SIP; empty for HTTP and RTSP
    std::string transaction{};     // equal for a request and its answers; empty: answers come in order
    std::optional<std::uint64_t> frame{};
    std::size_t line = 0;
    Time time{};
    bool retransmission = false;
};
[[nodiscard]] AuthSeen auth_seen(const SipSeen& seen);
[[nodiscard]] AuthSeen auth_seen(const wire::PastedMessage& message);
[[nodiscard]] AuthSeen auth_seen(const wire::sip::Message& message);  // without a packet

/// One digest and what came of it.
struct DigestCheck {
    DigestHeader header = DigestHeader::authorization;
    DigestVerdict verdict = DigestVerdict::unverified;
    wire::digest::Credentials credentials;           // of Authentication-Info: the request's, response = rspauth
    std::shared_ptr<const wire::digest::Challenge> challenge;  // the one it answers; null when it was not seen
    std::optional<std::uint64_t> challenge_frame;
    wire::digest::Facts facts;                       // without the body
    std::optional<wire::digest::Recipe> claimed;     // nothing when the algorithm is unknown
    std::optional<wire::digest::Explanation> explanation;  // when a password was known
    std::string device;                              // or the user name where there is no device ID
    wire::TextProtocol protocol = wire::TextProtocol::sip;
    std::optional<std::uint64_t> frame;
    std::size_t line = 0;
    Time time{};
    int status = 0;                                  // of the final answer; 0: none was seen
    std::string reason;
    bool stale = false;                              // the answer says stale=true
    bool fresh = true;                               // the nonce had not been accepted before

    [[nodiscard]] bool accepted() const noexcept { return status >= 200 && status < 300; }
    /// 401, 403 or 407, and not because the nonce was stale.
    [[nodiscard]] bool refused() const noexcept {
        return (status == 401 || status == 403 || status == 407) && !stale;
    }
};
using DigestSink = std::function<void(const DigestCheck&)>;

struct DigestLimits {
    std::size_t challenges = 20'000;
    std::size_t pending = 2'048;
    std::size_t devices = 20'000;
    std::size_t pair_searches_per_second = 0;  // of packet time; 0: no limit (files). Live: say 50
};

class DigestObserver {
public:
    DigestObserver(Context context, Passwords passwords, FindingSink findings, DigestSink checks = {},
                   DigestLimits limits = {});
    ~DigestObserver();

    void see(const SipSeen& seen) { see(auth_seen(seen)); }
    void see(const AuthSeen& seen);
    /// The end: what waits for an answer is given out without one.
    void finish();

    struct Counts {
        std::uint64_t checks = 0, matched = 0, mismatched = 0, unverified = 0;
        std::uint64_t unreadable = 0;   // Digest headers that cannot be read
    };
    [[nodiscard]] const Counts& counts() const noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
