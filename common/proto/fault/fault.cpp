#include "proto/fault/fault.hpp"

#include <algorithm>
#include <utility>

namespace gbkit::proto::fault {

const std::vector<Fault>& all_faults() {
    static const std::vector<Fault> all = [] {
        std::vector<Fault> faults = device_faults();
        for (const Fault& fault : platform_faults()) faults.push_back(fault);
        return faults;
    }();
    return all;
}

const Fault* find_fault(std::string_view slug, Role role) noexcept {
    const auto& all = all_faults();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Fault& fault) { return fault.role == role && fault.id.slug == slug; });
    return found == all.end() ? nullptr : &*found;
}

Result<Filter> Filter::make(std::string_view slug, Role role, Context context) {
    if (const Fault* fault = find_fault(slug, role)) return Filter(*fault, std::move(context));
    return fail(Errc::not_found, "a fault this role does not know");
}

void Filter::apply(Actions& actions) const {
    const auto stays = [this](Action& action) {
        auto* send = std::get_if<Send>(&action);
        if (!send) return true;
        auto message = MessageEdit::read(send->bytes);
        if (!message) return true;
        if (!fault_->edit(*message, send->to, context_)) return false;
        send->bytes = message->text();
        return true;
    };
    Actions kept;
    kept.reserve(actions.size());
    for (Action& action : actions)
        if (stays(action)) kept.push_back(std::move(action));
    actions.swap(kept);
}

Machine with_fault(Machine machine, Filter filter) {
    return {[machine, filter](Time now, const Event& event, Actions& actions) {
                Actions own;
                machine.step(now, event, own);
                filter.apply(own);
                actions.insert(actions.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
            },
            machine.deadline};
}

}  // namespace gbkit::proto::fault
