// Who may register, and with which password.
//
// The list of those allowed and the table of passwords are apart: a site's ID range is no secret, its passwords are.
// A device that has no line in the table is unknown, unless the common password stands in for it on purpose.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "proto/observe/digest_passwords.hpp"

namespace gbkit::proto::gb {

/// IDs and prefixes of IDs, one a line; empty lines and lines that start with # are skipped.
class AllowList {
public:
    [[nodiscard]] static Result<AllowList> parse(std::string_view text);
    [[nodiscard]] bool holds(std::string_view device) const;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    std::set<std::string, std::less<>> entries_;
    std::set<std::size_t> lengths_;
};

struct AdmissionSettings {
    std::optional<std::string> password{};   // of everybody; nothing: no authentication is asked for
    std::shared_ptr<const observe::PasswordTable> passwords{};  // of each device; nothing: `password` alone counts
    bool fallback = false;                   // a device without a line uses `password`
    std::shared_ptr<const AllowList> allowed{};  // nothing: everybody
};

struct Admission {
    enum class Kind : std::uint8_t { open, with_password, unknown, not_allowed } kind;
    std::string password{};
    std::string username{};   // the one that goes with the password; empty: any
};
[[nodiscard]] Admission admission_of(std::string_view device, const AdmissionSettings& settings);

}  // namespace gbkit::proto::gb
