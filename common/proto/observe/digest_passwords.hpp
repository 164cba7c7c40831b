// A table of passwords: one line an account, "ID password [username]".
//
// Columns are divided by tabs when the line has one (a password may then hold spaces), else by spaces. Empty
// lines and lines that start with # are skipped. The ID "*" stands for everybody who has no line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "proto/observe/digest_observer.hpp"

namespace gbkit::proto::observe {

class PasswordTable {
public:
    /// A line without a password is malformed; the error names the line and never shows what stands in it.
    [[nodiscard]] static Result<PasswordTable> parse(std::string_view text);

    void add(std::string id, Secret secret);
    /// By device ID, then by user name, then "*".
    [[nodiscard]] std::optional<Secret> find(std::string_view device, std::string_view username) const;
    [[nodiscard]] std::size_t size() const noexcept { return secrets_.size(); }

private:
    std::unordered_map<std::string, Secret> secrets_;
};

}  // namespace gbkit::proto::observe
