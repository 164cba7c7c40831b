#include "proto/observe/proxy_hops.hpp"

#include <algorithm>

namespace gbkit::proto::observe {

namespace {
constexpr std::size_t most_hops = 4, most_proxies = 64;
}

bool ProxyHops::is_further(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    if (message.call_id.empty() || message.vias.empty()) return false;
    const std::string key = message.call_id + '\n' + std::to_string(message.cseq.number) + ' ' + message.cseq.method;
    Request* request = requests_.touch(key);
    bool further = false;
    if (!message.is_request()) {
        const Ends back{seen.packet.destination, seen.packet.source};
        further = request != nullptr && std::find(request->further.begin(), request->further.end(), back) != request->further.end();
    } else if (request != nullptr) {
        further = passed_on(*request, seen);
    } else {
        requests_.add(key, {{seen.packet.source, seen.packet.destination}, seen.packet.time, message.vias.size(), seen.packet.destination.address, {}});
    }
    left_out_ += further ? 1 : 0;
    return further;
}

bool ProxyHops::passed_on(Request& request, const SipSeen& seen) {
    const Ends hop{seen.packet.source, seen.packet.destination};
    if (hop == request.first) {   // sent again
        request.time = seen.packet.time;
        return false;
    }
    if (std::find(request.further.begin(), request.further.end(), hop) != request.further.end()) return true;
    const bool next = hop.source.address == request.at && hop.destination != request.first.source && seen.message.vias.size() > request.vias &&
                      seen.packet.time - request.time <= window;
    if (!next || request.further.size() >= most_hops) return false;
    request.further.push_back(hop);
    request.vias = seen.message.vias.size();
    request.at = hop.destination.address;
    if (proxies_.size() < most_proxies) proxies_.insert(hop.source.address);
    return true;
}

}  // namespace gbkit::proto::observe
