// What one capture's conversation is like, in a form that two captures can be held against each other (compare.hpp).
//
// Every kind of exchange ("REGISTER", "REGISTER with Authorization", "MESSAGE Notify Keepalive", "INVITE") keeps what its
// first occurrence says, header by header, and how it went over all of them: statuses, delays, periods. Values that always
// differ (Call-ID, branch, tag, nonce, times, numbers) are left out; addresses and IDs are named by what they are, so that
// "private address" against "public address" is a difference and two private addresses are none. State is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

/// In the order in which a conversation takes them.
enum class Stage : std::uint8_t { registration, keepalive, query, invite, media, ending, other };
[[nodiscard]] Bilingual name_of(Stage stage) noexcept;

/// How much a difference tells: outcome first, makers' names last.
enum class Weight : std::uint8_t { habit, form, timing, value, outcome };

/// One thing that can be compared. `name` is what it is, in both languages.
struct Trait {
    std::string name, name_chinese;
    std::string value;
    Weight weight = Weight::value;
};

struct Exchange {
    std::string name;                        // "REGISTER with Authorization"
    Stage stage = Stage::other;
    std::uint64_t first_frame = 0;
    std::uint64_t requests = 0, resends = 0, answered = 0;
    int first_status = 0, last_status = 0;   // final answers; 0: none
    std::vector<Trait> traits;               // of its first request and of the first final answer
    std::vector<std::string> headers;        // of its first request, in order
    std::vector<Duration> delays;            // to the final answer, at most max_samples
    std::vector<Duration> periods;           // between requests, the same
    Time last_request{};
};

/// What was said before a message, for traits that are a matter of "the same" or "another".
struct SaidBefore {
    struct Challenge {
        std::string nonce, realm, opaque;
    };
    Time now{};                              // of the message
    std::vector<Challenge> challenges;       // the last `max_challenges`, the newest last
    std::string cnonce;                      // of the last answer
    static constexpr std::size_t max_challenges = 8;
};

class Conversation {
public:
    void see(const SipSeen& seen);
    /// Media, when the capture has been read. Of the sources that go from or to a place its SDP named the one with the most
    /// packets counts; `alone`: there is no other device that they could belong to.
    /// The `findings` about it are compared too, but for those that follow from another one.
    void media(const std::vector<RtpSource>& sources, bool alone = true, const std::vector<Finding>& findings = {});

    /// In order of appearance.
    [[nodiscard]] const std::vector<Exchange>& exchanges() const noexcept { return exchanges_; }
    [[nodiscard]] const std::vector<Trait>& media_traits() const noexcept { return media_; }
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
    [[nodiscard]] bool empty() const noexcept { return messages_ == 0 && media_.empty(); }

    static constexpr std::size_t max_exchanges = 64, max_samples = 1000, max_places = 1024;

private:
    struct Pending {
        std::size_t exchange = 0;
        Time time{};
        bool done = false;
        Endpoint from{};
    };
    void request(const SipSeen& seen);
    void answer(const SipSeen& seen);
    void remember_digest(const wire::sip::Message& message);
    void remember_media(const wire::sip::Message& message);
    void media_findings(const RtpSource& source, const std::vector<Finding>& findings);

    std::vector<Exchange> exchanges_;
    std::map<std::string, std::size_t> by_name_;
    Lru<std::string, Pending> pending_{1024};
    SaidBefore before_;
    std::optional<Endpoint> caller_;         // who sent the last INVITE
    std::set<Endpoint> places_;              // that SDP named
    std::set<std::uint32_t> promised_;       // SSRCs of y=
    std::vector<Trait> media_;
    std::uint64_t messages_ = 0;
};

/// The middle one; nothing of none.
[[nodiscard]] std::optional<Duration> median(std::vector<Duration> samples);

}  // namespace gbkit::proto::observe
