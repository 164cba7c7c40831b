// What a platform answers to a request, before it is written.
#pragma once

#include <string>

#include "proto/sip/reply.hpp"

namespace gbkit::proto::gb {

struct Answer {
    int status;
    std::string reason{};       // empty: the default phrase
    sip::HeaderLines extra{};
    std::string to_tag{};       // of a dialog; empty: any
};

}  // namespace gbkit::proto::gb
