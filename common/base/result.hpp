// Result<T>: how pure code says no.
//
// A decoder or a machine returns a value or an Error; it never throws and never prints. An Error is a
// noun phrase ("a header line without a colon") that the caller puts into its own sentence.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace gbkit {

enum class Errc {
    truncated,    // the bytes end before the thing does
    malformed,    // the bytes are not what the clause asks for
    unsupported,  // understood, and not handled here
    too_large,    // over a stated limit
    not_found,    // asked for something that is not there
    conflict,     // two statements contradict each other
};

struct Error {
    Errc code = Errc::malformed;
    std::string what;        // noun phrase, no full stop
    std::size_t offset = 0;  // bytes from the start of the input that was given

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string what, std::size_t offset = 0) {
    return tl::unexpected<Error>(Error{code, std::move(what), offset});
}

}  // namespace gbkit
