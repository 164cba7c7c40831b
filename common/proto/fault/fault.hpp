// Faults: one party's mistakes, made on purpose. Each has the name of the finding it causes.
//
// A machine knows nothing of them. A filter stands between the machine and whatever writes its messages, and
// edits, drops or redirects what goes out, as a broken device or platform would. A resend of a message is edited
// like the message, so that transactions still fit.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/result.hpp"
#include "proto/fault/message_edit.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto::fault {

enum class Role : std::uint8_t { device, platform };

/// What the faulty party knows.
struct Context {
    std::string device_id;   // device faults
    std::string server_id;
    std::string domain;
    std::string password;
    Endpoint server{};       // device faults: whom it was set up with
};

struct Fault {
    FindingId id;
    Role role;
    Bilingual what;          // what the party does wrong
    bool (*edit)(MessageEdit& message, Endpoint& to, const Context& context);  // false: the message is not sent
};

/// Every fault, device's first.
[[nodiscard]] const std::vector<Fault>& all_faults();
[[nodiscard]] const Fault* find_fault(std::string_view slug, Role role) noexcept;

class Filter {
public:
    /// No such fault of this role is not_found.
    [[nodiscard]] static Result<Filter> make(std::string_view slug, Role role, Context context);
    void apply(Actions& actions) const;

private:
    Filter(const Fault& fault, Context context) : fault_(&fault), context_(std::move(context)) {}
    const Fault* fault_;
    Context context_;
};

/// The machine as its peer gets to see it.
[[nodiscard]] Machine with_fault(Machine machine, Filter filter);

// The tables, one per role.
[[nodiscard]] std::vector<Fault> device_faults();
[[nodiscard]] std::vector<Fault> platform_faults();

}  // namespace gbkit::proto::fault
