// Says why a connection did not come about: refused, met with silence, or without the TLS that was asked for.
//
// It sees what became of connections, not their bytes. A refusal is told when nothing better has come of the same peer
// for some seconds: a platform that restarts refuses for a moment, and nothing is wrong with it. A caller we took and
// who then fails in TLS is told as well, and is only likely to be a device: anybody may call. RFC 9293, RFC 8446.
#pragma once

#include <map>
#include <set>
#include <string>

#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

class ConnectionObserver {
public:
    ConnectionObserver(Context context, FindingSink findings) : context_(std::move(context)), findings_(std::move(findings)) {}

    void see(const ConnectionChange& change);
    void advance(Time now);
    /// Tells what still waits.
    void finish();

    static constexpr Duration patience = seconds{10};

private:
    static constexpr std::size_t most_callers = 1000;  // strangers that are told by name

    Context context_;
    FindingSink findings_;
    std::set<std::string> callers_;
    std::map<Endpoint, Finding> waiting_;              // refusals, by peer
};

}  // namespace gbkit::proto::observe
