// The machine of `ps-dump listen`: opens one flow and lets it come. What comes is seen on the tap.
#pragma once

#include <optional>

#include "proto/machine.hpp"

namespace gbkit::psdump_tool {

class Receiver {
public:
    /// `peer`: connect to it (TCP); without it receive UDP or listen for TCP on `local`. `patience`: until the first bytes.
    Receiver(proto::Transport transport, Endpoint local, std::optional<Endpoint> peer, std::optional<Duration> patience)
        : transport_(transport), local_(local), peer_(peer), patience_(patience) {}

    void step(Time now, const proto::Event& event, proto::Actions& actions);
    [[nodiscard]] std::optional<Time> deadline() const noexcept { return impatient_; }

private:
    static constexpr proto::FlowId flow = 1;

    proto::Transport transport_;
    Endpoint local_;
    std::optional<Endpoint> peer_;
    std::optional<Duration> patience_;
    std::optional<Time> impatient_{};   // from then on, when nothing has come
};

}  // namespace gbkit::psdump_tool
