// Names into addresses while the loop goes on: the system's resolver blocks, so it does so in a thread of its own.
//
// One question at a time per thread and a bounded number of threads; what is asked beyond that is answered with an
// error. An answer that comes after the loop has gone is dropped: a thread that waits for a name server cannot be
// called back, and the end of a program does not wait for it.
#pragma once

#include <functional>
#include <memory>

#define ASIO_STANDALONE
#include <asio/io_context.hpp>

#include "proto/machine.hpp"

namespace gbkit::io {

class NameLookups {
public:
    using Answer = std::function<void(const proto::Reply&)>;
    /// `answer` is called from the context's own thread.
    NameLookups(asio::io_context& context, Answer answer);
    ~NameLookups();
    NameLookups(const NameLookups&) = delete;
    NameLookups& operator=(const NameLookups&) = delete;

    void ask(proto::Ask question);

private:
    struct Desk;
    std::shared_ptr<Desk> desk_;  // shared with the threads, which may live longer
};

}  // namespace gbkit::io
