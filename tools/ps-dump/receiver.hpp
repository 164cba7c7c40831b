// The machine of `ps-dump listen`: opens one flow and lets it come. What comes is seen on the tap.
#pragma once

#include <optional>

#include "proto/machine.hpp"

namespace gbkit::psdump_tool {

class Receiver {
public:
    /// `peer`: connect to it (TCP); without it receive UDP or listen for TCP on `local`.
    Receiver(proto::Transport transport, Endpoint local, std::optional<Endpoint> peer) : transport_(transport), local_(local), peer_(peer) {}

    void step(Time now, const proto::Event& event, proto::Actions& actions);
    [[nodiscard]] std::optional<Time> deadline() const noexcept { return std::nullopt; }

private:
    static constexpr proto::FlowId flow = 1;

    proto::Transport transport_;
    Endpoint local_;
    std::optional<Endpoint> peer_;
};

}  // namespace gbkit::psdump_tool
