// A SIP message taken apart for changes: start line, headers in order, body. For messages we wrote ourselves.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "wire/digest/formula.hpp"

namespace gbkit::proto::fault {

class MessageEdit {
public:
    [[nodiscard]] static Result<MessageEdit> read(std::string_view bytes);
    [[nodiscard]] std::string text() const;

    [[nodiscard]] bool is_request() const noexcept { return !method.empty(); }
    [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
    void set(std::string_view name, std::string value);  // the first of that name, or a new one at the end
    void remove(std::string_view name);
    /// The method a response answers, from CSeq.
    [[nodiscard]] std::string_view cseq_method() const noexcept;
    /// In the request line and in every header.
    void replace_everywhere(std::string_view from, std::string_view to);

    /// Writes the Authorization anew from what `change` makes of it; a message without one stays as it is.
    struct Signing {
        wire::digest::Inputs written;       // what the header says
        wire::digest::Inputs hashed;        // what the response is computed from
        wire::digest::Deviation formula{};
        std::optional<std::string> algorithm{};  // as written
    };
    void resign(std::string_view password, const std::function<void(Signing&)>& change);

    std::string method, uri;                // request
    int status = 0;                         // response
    std::string reason;
    std::vector<std::pair<std::string, std::string>> headers;  // without Content-Length
    std::string body;
    std::optional<std::size_t> content_length{};               // as written, when not the body's
};

}  // namespace gbkit::proto::fault
