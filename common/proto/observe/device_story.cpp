#include "proto/observe/device_story.hpp"

namespace gbkit::proto::observe {

Step& Ladder::add(Step step) {
    if (head_.size() < keep_ / 2) return head_.emplace_back(std::move(step));
    if (tail_.size() >= keep_ / 2 && !tail_.empty()) {
        tail_.pop_front();
        ++left_out_;
    }
    return tail_.emplace_back(std::move(step));
}

}  // namespace gbkit::proto::observe
