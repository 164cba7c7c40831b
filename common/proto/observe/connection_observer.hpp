// Says why a connection did not come about: refused, met with silence, or without the TLS that was asked for.
//
// It sees what became of connections, not their bytes. A refusal is told when nothing better has come of the same peer
// for some seconds: a platform that restarts refuses for a moment, and nothing is wrong with it. A caller we took and
// who then fails in TLS is told as well, and is only likely to be a device: anybody may call. RFC 9293, RFC 8446.
//
// Of a capture it looks at connections to where SIP is spoken: the usual ports, and where somebody registers; here it
// waits three times as long, since what was missed live can be read again. A device
// that is registered in the meantime has found another way, and a stranger from the public network who tries once is a
// scanner more often than a device: neither is told. The same SYN on the other side of a NAT (same sequence number, at
// once) is the same attempt.
#pragma once

#include <map>
#include <set>
#include <string>

#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

class ConnectionObserver {
public:
    ConnectionObserver(Context context, FindingSink findings) : context_(std::move(context)), findings_(std::move(findings)) {}

    void see(const ConnectionChange& change);
    /// Of a capture, and the SIP beside it.
    void see(const ConnectionSeen& seen);
    void see(const SipSeen& seen);
    void advance(Time now);
    /// Tells what still waits. `end` of a capture: what waited too short a time to be sure of is only possible.
    void finish();
    void finish(Time end);

    /// Findings about connections of a capture.
    [[nodiscard]] std::uint64_t told() const noexcept { return told_; }

    static constexpr Duration patience = seconds{10};

private:
    static constexpr std::size_t most_callers = 1000;  // strangers that are told by name
    struct Way {                                       // a host that dials, and where
        IpAddress opener;
        Endpoint listener;
        friend auto operator<=>(const Way&, const Way&) = default;
    };
    struct Attempts {
        ConnectionSeen first{}, last{};
        std::uint32_t count = 1;                       // SYN with numbers of their own
        bool told = false;
    };
    struct Syn {
        std::uint32_t sequence = 0;
        Endpoint listener;
        friend bool operator==(const Syn&, const Syn&) = default;
    };
    struct HashSyn {
        std::size_t operator()(const Syn& syn) const noexcept { return std::hash<Endpoint>{}(syn.listener) * 1000003 ^ syn.sequence; }
    };
    struct Dialled {
        IpAddress opener;
        Time time{};
    };
    [[nodiscard]] bool beyond_nat(const ConnectionSeen& seen);
    [[nodiscard]] bool speaks_sip(const Endpoint& listener);
    void judge_attempts(Time now);
    void tell(const Way& way, const Attempts& attempts, bool waited);

    Context context_;
    FindingSink findings_;
    std::set<std::string> callers_;
    std::map<Endpoint, Finding> waiting_;              // refusals, by peer
    std::map<Way, Attempts> attempts_;                 // of a capture, without success so far
    std::uint64_t told_ = 0, told_attempts_ = 0;
    Time next_look_{};                                 // at them, once a second
    Lru<Syn, Dialled, HashSyn> syns_{4096};            // each SYN, as it was seen first
    Lru<Endpoint, char> registrars_{1000};             // where somebody registers
    Lru<Endpoint, Time> registered_{20'000};           // hosts (port 0) that got a 200 for a REGISTER, when
};

}  // namespace gbkit::proto::observe
