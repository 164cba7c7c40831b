#include "proto/observe/digest_observer.hpp"

#include <algorithm>
#include <list>
#include <span>
#include <utility>

#include "base/charset.hpp"
#include "base/findings/digest.hpp"
#include "proto/observe/digest_findings.hpp"
#include "proto/observe/lru.hpp"

namespace gbkit::proto::observe {

namespace {

using wire::digest::Challenge;
using wire::digest::Credentials;

constexpr std::size_t challenges_per_nonce = 8;  // RFC 8760: one header per algorithm
constexpr std::size_t longest_header = 4096;     // of one authentication header; honest ones have some hundred bytes
constexpr std::size_t longest_name = 256;        // of a device
constexpr std::size_t pair_searches = 4;         // in vain for one device, then only single rows are tried

bool is_auth_header(std::string_view name) noexcept {
    for (const std::string_view known : {"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate",
                                         "authentication-info", "proxy-authentication-info"})
        if (iequals(name, known)) return true;
    return false;
}

std::string user_of_uri(std::string_view name_addr) {
    const std::size_t scheme = ifind(name_addr, "sip:");
    const std::size_t at = scheme == std::string_view::npos ? scheme : name_addr.find('@', scheme);
    if (at == std::string_view::npos) return {};
    return std::string(name_addr.substr(scheme + 4, at - scheme - 4));
}

/// A challenge and where it was seen.
struct Offer {
    std::vector<std::shared_ptr<const Challenge>> challenges;
    std::optional<std::uint64_t> frame;
};

struct Pending {
    std::vector<DigestCheck> checks;
    bool answered = false;
};

struct Device {
    std::string cnonce, cnonce_nonce;       // the last cnonce and the nonce it came with
    std::string good_nonce;                 // accepted, and nc had no letter yet
    DigestHistory history;
    std::optional<DigestCheck> held;        // answered 401: the next try tells why
    std::size_t unexplained = 0;            // mismatches in a row that nothing explained
    std::optional<Finding> malformed;       // a header that cannot be read; forgotten when the device gets in
};

bool has_letter(const std::optional<std::string>& nc) {
    return nc && std::any_of(nc->begin(), nc->end(), [](char c) { return hex_value(c) > 9; });
}

DigestVerdict verdict_of(const std::optional<wire::digest::Explanation>& explanation) {
    if (!explanation) return DigestVerdict::unverified;
    // RFC 7616's own example cuts SHA-512: right, and named.
    const bool cut = explanation->variants[0] != nullptr && explanation->variants[0]->id == "sha512-cut" &&
                     explanation->variants[1] == nullptr;
    return explanation->exact || cut ? DigestVerdict::match : DigestVerdict::mismatch;
}

}  // namespace

std::string_view name_of(DigestVerdict verdict) noexcept {
    switch (verdict) {
        case DigestVerdict::match: return "match";
        case DigestVerdict::mismatch: return "mismatch";
        case DigestVerdict::unverified: break;
    }
    return "unverified";
}

std::string_view name_of(DigestHeader header) noexcept {
    switch (header) {
        case DigestHeader::authorization: return "Authorization";
        case DigestHeader::proxy_authorization: return "Proxy-Authorization";
        case DigestHeader::authentication_info: break;
    }
    return "Authentication-Info";
}

AuthSeen auth_seen(const wire::sip::Message& message) {
    AuthSeen seen;
    seen.method = message.method();
    seen.request_uri = message.request_uri();
    seen.status = message.status();
    seen.reason = message.reason();
    for (const wire::sip::HeaderField& field : message.headers())
        if (is_auth_header(field.name)) seen.fields.push_back({field.name, field.value, 0});
    seen.body = message.body();
    seen.device = message.from.uri.user.empty() ? user_of_uri(message.value("From")) : message.from.uri.user;
    const std::string_view call_id = message.value("Call-ID");
    const std::string_view cseq = message.value("CSeq");
    if (!call_id.empty() && !cseq.empty()) seen.transaction.append(call_id).append("|").append(cseq);
    return seen;
}

namespace {

bool is_last(const wire::sip::Message& message, const AuthSeen::Field& field) { return field.value.data() == message.headers().back().value.data(); }

}  // namespace

AuthSeen auth_seen(const SipSeen& sip) {
    AuthSeen seen = auth_seen(sip.message);
    if (sip.packet.number != 0) seen.frame = sip.packet.number;
    seen.time = sip.packet.time;
    seen.retransmission = sip.retransmission;
    if (sip.headers_are_cut() && !seen.fields.empty() && is_last(sip.message, seen.fields.back())) seen.fields.pop_back();
    return seen;
}

AuthSeen auth_seen(const wire::PastedMessage& message) {
    AuthSeen seen;
    seen.protocol = message.protocol;
    seen.method = message.method;
    seen.request_uri = message.request_uri;
    seen.status = message.status;
    seen.reason = message.reason;
    seen.line = message.line;
    for (const wire::PastedHeader& header : message.headers)
        if (is_auth_header(header.name)) seen.fields.push_back({header.name, header.value, header.line});
    seen.body = message.body;
    const std::string_view call_id = message.value("Call-ID");
    const std::string_view cseq = message.value("CSeq");
    if (message.protocol == wire::TextProtocol::sip) {
        seen.device = user_of_uri(message.value("From"));
        if (!call_id.empty() && !cseq.empty()) seen.transaction.append(call_id).append("|").append(cseq);
    } else if (message.protocol == wire::TextProtocol::rtsp && !cseq.empty()) {
        seen.transaction.append("rtsp|").append(cseq);
    }
    return seen;
}

class DigestObserver::State {
public:
    State(Context context, Passwords passwords, FindingSink findings, DigestSink checks, DigestLimits limits)
        : context_(std::move(context)), passwords_(std::move(passwords)), findings_(std::move(findings)),
          checks_(std::move(checks)), limits_(limits), offers_(limits.challenges), pending_(limits.pending),
          devices_(limits.devices) {}

    void see(const AuthSeen& seen) { seen.status == 0 ? request(seen) : response(seen); }

    void finish() {
        for (const std::string& key : order_)
            if (Pending* pending = pending_.touch(key); pending != nullptr && !pending->answered) conclude(*pending);
        devices_.each([&](const Device& device) {
            if (device.held) refused_for_good(*device.held, device.history);
            if (device.malformed) findings_(*device.malformed);
        });
    }

    Counts counts;

private:
    // ---- requests

    void request(const AuthSeen& seen) {
        std::vector<DigestCheck> checks;
        for (const AuthSeen::Field& field : seen.fields) {
            const bool proxy = iequals(field.name, "proxy-authorization");
            if (!proxy && !iequals(field.name, "authorization")) continue;
            auto credentials = bounded(field.value, wire::digest::parse_credentials);
            if (!credentials) {
                unreadable(seen, field, credentials.error());
                continue;
            }
            checks.push_back(begin(seen, field, std::move(*credentials),
                                   proxy ? DigestHeader::proxy_authorization : DigestHeader::authorization));
        }
        if (checks.empty()) return;
        const std::string key = seen.transaction.empty() ? unkeyed() : seen.transaction;
        if (Pending* known = pending_.touch(key)) {
            if (same(*known, checks)) return;  // a resend
            if (!known->answered) conclude(*known);
            judge_all(checks, seen);
            *known = {std::move(checks), false};
            return;
        }
        if (seen.retransmission) return;
        judge_all(checks, seen);
        make_room();
        order_.push_back(key);
        pending_.add(key, {std::move(checks), false});
    }

    template <class Parse>
    static auto bounded(std::string_view value, Parse parse) -> decltype(parse(value)) {
        if (value.size() > longest_header) return fail(Errc::too_large, "a header over the limit of 4096 bytes", longest_header);
        return parse(value);
    }

    std::string unkeyed() {
        last_unkeyed_ = '#' + std::to_string(++unkeyed_count_);
        return last_unkeyed_;
    }

    static bool same(const Pending& known, const std::vector<DigestCheck>& checks) {
        return std::equal(known.checks.begin(), known.checks.end(), checks.begin(), checks.end(),
                          [](const DigestCheck& a, const DigestCheck& b) {
                              return a.credentials.response == b.credentials.response && a.credentials.nonce == b.credentials.nonce;
                          });
    }

    void make_room() {
        while (pending_.size() >= limits_.pending) {
            if (!pending_.oldest().answered) conclude(pending_.oldest());
            pending_.drop_oldest();
        }
        while (order_.size() > 2 * limits_.pending) order_.pop_front();
    }

    DigestCheck begin(const AuthSeen& seen, const AuthSeen::Field& field, Credentials credentials, DigestHeader header) {
        DigestCheck check;
        check.header = header;
        check.device = seen.device.empty() ? credentials.username : seen.device;
        check.device.resize(std::min(check.device.size(), longest_name));
        check.protocol = seen.protocol;
        check.frame = seen.frame;
        check.line = field.line;
        check.time = seen.time;
        check.facts.method = seen.method;
        check.facts.request_uri = seen.request_uri;
        check.facts.device = seen.device;
        check.facts.domain = context_.domain;
        check.facts.server_id = context_.server_id;
        check.credentials = std::move(credentials);
        if (const Offer* offer = offers_.touch(check.credentials.nonce)) {
            check.challenge = chosen(*offer, check.credentials);
            check.challenge_frame = offer->frame;
        }
        return check;
    }

    /// Of several challenges with one nonce, the one with the answer's algorithm.
    static std::shared_ptr<const Challenge> chosen(const Offer& offer, const Credentials& credentials) {
        for (const auto& challenge : offer.challenges)
            if (iequals(challenge->algorithm.value_or("MD5"), credentials.algorithm.value_or("MD5"))) return challenge;
        return offer.challenges.front();
    }

    void judge_all(std::vector<DigestCheck>& checks, const AuthSeen& seen) {
        for (DigestCheck& check : checks) judge(check, seen.body);
    }

    void judge(DigestCheck& check, std::string_view body) {
        const auto secret = passwords_ ? passwords_(check.device, check.credentials.username) : std::nullopt;
        if (secret) check.facts.username = secret->username;
        const std::string password = secret ? secret->password : std::string();
        if (check.facts.method.empty() && check.header != DigestHeader::authentication_info) guess_method(check, password);
        check.facts.body = needs_body(check) ? body : std::string_view{};
        const wire::digest::Case about{check.credentials, check.challenge.get(), check.facts};
        check.claimed = wire::digest::claimed_recipe(about, password);
        if (secret && check.claimed) {
            std::size_t& in_vain = device_of(check).unexplained;
            check.explanation = wire::digest::explain(about, password, in_vain < pair_searches ? depth(check.time) : wire::digest::Depth::rows);
            in_vain = check.explanation->explained() ? 0 : in_vain + 1;
        }
        check.facts.body = {};
        check.verdict = verdict_of(check.explanation);
    }
    /// A header pasted without its request: the method that verifies, else the usual one of the protocol.
    static void guess_method(DigestCheck& check, const std::string& password) {
        static constexpr std::string_view sip[] = {"REGISTER", "MESSAGE", "INVITE", "SUBSCRIBE", "NOTIFY", "BYE"};
        static constexpr std::string_view rtsp[] = {"DESCRIBE", "SETUP", "PLAY", "OPTIONS", "ANNOUNCE", "RECORD", "TEARDOWN"};
        static constexpr std::string_view http[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"};
        const std::string& uri = check.credentials.uri;
        const auto methods = istarts_with(uri, "sip") ? std::span<const std::string_view>(sip)
                             : istarts_with(uri, "rtsp") ? std::span<const std::string_view>(rtsp)
                                                         : std::span<const std::string_view>(http);
        for (const std::string_view method : methods) {
            check.facts.method = method;
            const auto found = wire::digest::explain({check.credentials, nullptr, check.facts}, password, wire::digest::Depth::exact);
            if (found && found->exact) return;
        }
        check.facts.method = methods.front();
    }
    static bool needs_body(const DigestCheck& check) {
        const auto offers = [](const std::optional<std::string>& qop) { return qop && ifind(*qop, "auth-int") != std::string_view::npos; };
        return offers(check.credentials.qop) || (check.challenge && offers(check.challenge->qop));
    }

    /// Live, somebody who sends wrong digests all day must not cost more than this.
    wire::digest::Depth depth(Time now) {
        if (limits_.pair_searches_per_second == 0) return wire::digest::Depth::pairs;
        if (now - second_ >= seconds(1) || now < second_) {
            second_ = now;
            searches_ = 0;
        }
        return ++searches_ <= limits_.pair_searches_per_second ? wire::digest::Depth::pairs : wire::digest::Depth::rows;
    }

    // ---- answers

    void response(const AuthSeen& seen) {
        bool stale = false;
        for (const AuthSeen::Field& field : seen.fields)
            if (iequals(field.name, "www-authenticate") || iequals(field.name, "proxy-authenticate"))
                stale = challenges(seen, field) || stale;
        if (seen.status < 200) return;
        const std::string key = seen.transaction.empty() ? std::exchange(last_unkeyed_, {}) : seen.transaction;
        Pending* pending = key.empty() ? nullptr : pending_.touch(key);
        if (pending == nullptr || pending->answered) return;
        for (DigestCheck& check : pending->checks) {
            check.status = seen.status;
            check.reason = seen.reason;
            check.stale = stale && (seen.status == 401 || seen.status == 407);
        }
        conclude(*pending);
        for (const AuthSeen::Field& field : seen.fields)
            if (iequals(field.name, "authentication-info") || iequals(field.name, "proxy-authentication-info"))
                authentication_info(*pending, seen, field);
    }

    /// Remembers the challenges of one header; true when one of them says stale=true.
    bool challenges(const AuthSeen& seen, const AuthSeen::Field& field) {
        auto parsed = bounded(field.value, wire::digest::parse_challenges);
        if (!parsed) {
            unreadable(seen, field, parsed.error());
            return false;
        }
        bool stale = false;
        for (Challenge& challenge : *parsed) {
            stale = stale || challenge.stale;
            remember(std::move(challenge), seen.frame);
        }
        return stale;
    }

    void remember(Challenge challenge, std::optional<std::uint64_t> frame) {
        const std::string nonce = challenge.nonce;
        challenge.header = {};  // the values are enough
        auto shared = std::make_shared<const Challenge>(std::move(challenge));
        if (Offer* offer = offers_.touch(nonce)) {
            const auto& all = offer->challenges;
            const bool known = std::any_of(all.begin(), all.end(), [&](const auto& one) {
                return one->algorithm == shared->algorithm && one->realm == shared->realm && one->qop == shared->qop;
            });
            if (!known && all.size() < challenges_per_nonce) offer->challenges.push_back(std::move(shared));
            return;
        }
        offers_.add(nonce, {{std::move(shared)}, frame});
    }

    void authentication_info(const Pending& pending, const AuthSeen& seen, const AuthSeen::Field& field) {
        if (pending.checks.size() != 1) return;  // several credentials: nobody can tell which one it confirms
        const auto info = bounded(field.value, wire::digest::parse_authentication_info);
        if (!info) return unreadable(seen, field, info.error());
        DigestCheck check = pending.checks.front();
        if (info->nextnonce) next_nonce(check, *info->nextnonce, seen.frame);
        if (!info->rspauth) return;
        check.header = DigestHeader::authentication_info;
        check.credentials.response = *info->rspauth;
        if (info->qop) check.credentials.qop = info->qop;
        check.facts.method.clear();
        check.frame = seen.frame;
        check.line = field.line;
        check.time = seen.time;
        check.explanation.reset();
        judge(check, seen.body);
        give(check, DigestHistory{});
    }

    void next_nonce(const DigestCheck& check, const std::string& nonce, std::optional<std::uint64_t> frame) {
        Challenge next = check.challenge ? *check.challenge : Challenge{};
        if (!check.challenge) {
            next.realm = check.credentials.realm;
            next.algorithm = check.credentials.algorithm;
            next.qop = check.credentials.qop;
        }
        next.nonce = nonce;
        remember(std::move(next), frame);
    }

    // ---- conclusions

    void conclude(Pending& pending) {
        pending.answered = true;
        for (DigestCheck& check : pending.checks) {
            Device& device = device_of(check);
            learn(device, check);
            settle_held(device, check);
            if (check.accepted()) device.malformed.reset();
            // A 401 may only mean that the nonce was too old: the device's next try tells.
            const bool wait = check.refused() && check.status != 403;
            if (wait) device.held = check;
            const bool refused_right = check.verdict == DigestVerdict::match && check.status == 403;
            give(check, device.history, !wait);
            if (refused_right) report(refusal_of(check, context_, device.history));
        }
    }

    void learn(Device& device, DigestCheck& check) {
        const Credentials& sent = check.credentials;
        check.fresh = sent.nonce != device.good_nonce;
        device.history.nonce_worked_before = !check.fresh;
        if (sent.cnonce) {
            device.history.constant_cnonce = device.cnonce == *sent.cnonce && device.cnonce_nonce != sent.nonce;
            device.cnonce = *sent.cnonce;
            device.cnonce_nonce = sent.nonce;
        }
        if (check.accepted() && !has_letter(sent.nc)) device.good_nonce = sent.nonce;
    }

    void settle_held(Device& device, const DigestCheck& next) {
        if (!device.held) return;
        const DigestCheck held = std::move(*device.held);
        device.held.reset();
        if (!next.accepted()) return refused_for_good(held, device.history);
        if (held.verdict == DigestVerdict::match) findings_(stale_of(held, Certainty::likely));
    }

    void refused_for_good(const DigestCheck& held, const DigestHistory& history) {
        report(held.verdict == DigestVerdict::match ? refusal_of(held, context_, history)
                                                    : findings_of(held, context_, history));
    }

    void give(const DigestCheck& check, const DigestHistory& history, bool with_findings = true) {
        ++counts.checks;
        if (check.verdict == DigestVerdict::match) ++counts.matched;
        if (check.verdict == DigestVerdict::mismatch) ++counts.mismatched;
        if (check.verdict == DigestVerdict::unverified) ++counts.unverified;
        if (checks_) checks_(check);
        if (with_findings) report(findings_of(check, context_, history));
    }

    void report(std::vector<Finding> findings) {
        for (Finding& finding : findings) findings_(std::move(finding));
    }

    Device& device_of(const DigestCheck& check) { return device_named(check.device); }
    Device& device_named(const std::string& name) {
        if (Device* known = devices_.touch(name)) return *known;
        return devices_.add(name, {});
    }

    void unreadable(const AuthSeen& seen, const AuthSeen::Field& field, const Error& error) {
        if (error.code == Errc::unsupported || seen.retransmission) return;  // another scheme: not ours to judge
        ++counts.unreadable;
        Finding finding;
        finding.id = findings::digest_header_malformed;
        finding.certainty = Certainty::likely;
        finding.where = {seen.frame, error.offset, seen.time};
        finding.subject = printable(seen.device);
        finding.observed = printable(field.name);
        finding.seen_from = context_.seen_from;
        finding.values.emplace_back("what", error.what);
        Device& device = device_named(seen.device.substr(0, longest_name));
        if (!device.malformed) device.malformed = std::move(finding);
    }

    Context context_;
    Passwords passwords_;
    FindingSink findings_;
    DigestSink checks_;
    DigestLimits limits_;
    Lru<std::string, Offer> offers_;
    Lru<std::string, Pending> pending_;
    std::list<std::string> order_;  // keys in order of arrival, for finish()
    Lru<std::string, Device> devices_;
    std::string last_unkeyed_;
    std::uint64_t unkeyed_count_ = 0;
    Time second_{};
    std::size_t searches_ = 0;
};

DigestObserver::DigestObserver(Context context, Passwords passwords, FindingSink findings, DigestSink checks, DigestLimits limits)
    : state_(std::make_unique<State>(std::move(context), std::move(passwords), std::move(findings), std::move(checks), limits)) {}
DigestObserver::~DigestObserver() = default;

void DigestObserver::see(const AuthSeen& seen) { state_->see(seen); }
void DigestObserver::finish() { state_->finish(); }
const DigestObserver::Counts& DigestObserver::counts() const noexcept { return state_->counts; }

}  // namespace gbkit::proto::observe
