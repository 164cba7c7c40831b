#include "receiver.hpp"

namespace gbkit::psdump_tool {

using namespace proto;

void Receiver::step(Time now, const Event& event, Actions& actions) {
    if (std::holds_alternative<Started>(event)) {
        actions.push_back(Open{flow, transport_, local_, peer_});
        if (patience_) impatient_ = now + *patience_;
    } else if (std::holds_alternative<Received>(event)) {
        impatient_.reset();
    } else if (std::holds_alternative<Woken>(event) && impatient_ && now >= *impatient_) {
        actions.push_back(Close{flow});
        actions.push_back(Finish{Outcome::timeout, "nothing came"});
    } else if (std::holds_alternative<Stop>(event)) {
        actions.push_back(Close{flow});
        actions.push_back(Finish{Outcome::yes, "stopped"});
    } else if (const auto* closed = std::get_if<Closed>(&event); closed != nullptr && closed->flow == flow) {
        actions.push_back(Finish{Outcome::yes, closed->why});   // the one we connected to has ended; a listener goes on
    } else if (const auto* refused = std::get_if<Refused>(&event); refused != nullptr && !refused->peer) {
        actions.push_back(Finish{Outcome::unreachable, refused->error});
    }
}

}  // namespace gbkit::psdump_tool
