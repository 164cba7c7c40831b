#include "proto/observe/media_connections.hpp"

#include <algorithm>

#include "proto/observe/dialog_state.hpp"

namespace gbkit::proto::observe {

namespace {

bool over(const Dialog& dialog) noexcept {
    using State = DialogStory::State;
    const State state = dialog.story.state;
    return state == State::ended || state == State::refused || state == State::cancelled;
}

/// Nothing has come of its connection so far: the next one dialled there may be its.
bool waits(const Dialog& dialog) noexcept {
    const auto& connection = dialog.story.connection;
    return !over(dialog) && (!connection || connection->state == ConnectionSeen::State::dialling || connection->state == ConnectionSeen::State::refused);
}

}  // namespace

void MediaConnections::promise(const std::shared_ptr<Dialog>& dialog, const Endpoint& listener, const IpAddress& dialler) {
    std::vector<Promise>* known = promised_.touch(listener);
    if (known == nullptr) known = &promised_.add(listener, {});
    std::erase_if(*known, [&dialog](const Promise& promise) {
        const auto held = promise.dialog.lock();
        return held == nullptr || held == dialog || over(*held);
    });
    if (known->size() >= most_waiting) known->erase(known->begin());
    known->push_back({dialog, dialler});
}

std::shared_ptr<Dialog> MediaConnections::owner_of(const ConnectionSeen& seen) {
    const Ends way{seen.opener, seen.listener};
    const bool dialled = seen.state == ConnectionSeen::State::dialling && seen.syn_copies <= 1;
    if (!dialled) {
        const auto* known = connections_.touch(way);
        if (known != nullptr) return known->lock();
    }
    const std::vector<Promise>* promises = promised_.touch(seen.listener);
    if (promises == nullptr) return nullptr;
    DialogPointer expected, any;
    std::size_t waiting = 0;
    for (const Promise& promise : *promises) {
        DialogPointer dialog = promise.dialog.lock();
        if (dialog == nullptr || !waits(*dialog)) continue;
        ++waiting;
        if (promise.dialler == seen.opener.address) expected = dialog;   // the latest
        any = std::move(dialog);
    }
    if (expected == nullptr && waiting == 1) expected = any;
    if (expected == nullptr) {
        if (waiting > 0 && strangers_.touch(seen.listener) == nullptr) strangers_.add(seen.listener, 0);
        return nullptr;
    }
    if (auto* known = connections_.touch(way)) *known = expected;
    else connections_.add(way, expected);
    return expected;
}

}  // namespace gbkit::proto::observe
