#include "io/name_lookups.hpp"

#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <asio/post.hpp>

#include "io/resolver.hpp"

namespace gbkit::io {

namespace {

constexpr int most_threads = 16;

proto::Reply look_up(const proto::Ask& question) {
    proto::Reply reply{question.request, {}, {}};
    const auto found = resolve({question.host, 0});
    if (!found) reply.error = found.error().what;
    else
        for (const Endpoint& each : *found) reply.addresses.push_back(each.address);
    return reply;
}

}  // namespace

struct NameLookups::Desk {
    std::mutex mutex;
    asio::io_context* context;  // nothing once the loop has gone
    Answer answer;
    int threads = 0;
};

NameLookups::NameLookups(asio::io_context& context, Answer answer) : desk_(std::make_shared<Desk>()) {
    desk_->context = &context;
    desk_->answer = std::move(answer);
}

NameLookups::~NameLookups() {
    const std::lock_guard lock(desk_->mutex);
    desk_->context = nullptr;
}

void NameLookups::ask(proto::Ask question) {
    const auto hand_over = [desk = desk_](proto::Reply reply) {  // the lock is held
        if (desk->context) asio::post(*desk->context, [desk, reply = std::move(reply)] { desk->answer(reply); });
    };
    const std::lock_guard lock(desk_->mutex);
    if (desk_->threads >= most_threads) return hand_over({question.request, {}, "too many names are being looked up"});
    try {
        std::thread([desk = desk_, hand_over, question] {
            proto::Reply reply = look_up(question);
            const std::lock_guard guard(desk->mutex);
            --desk->threads;
            hand_over(std::move(reply));
        }).detach();
        ++desk_->threads;
    } catch (const std::system_error&) {
        hand_over({question.request, {}, "no thread for the resolver"});
    }
}

}  // namespace gbkit::io
