// Message digests, all of them OpenSSL's.
//
// The algorithm is fetched once per process and the context reused: fetching by name for every call costs
// three times the hash itself. A Hash can be copied in mid-stream, so a common prefix is hashed once.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace gbkit {

enum class HashAlgorithm {
    md5,
    sha256,
    sha512_256,      // FIPS 180-4 SHA-512/256, what OpenSSL and RFC 7616's text mean
    sha512_cut_256,  // SHA-512 cut to 256 bits, what RFC 7616 section 3.9.2's example computes (erratum 4897)
    sm3,
};

class Hash {
public:
    explicit Hash(HashAlgorithm algorithm);
    Hash(const Hash& other);
    Hash& operator=(const Hash& other);
    Hash(Hash&&) noexcept;
    Hash& operator=(Hash&&) noexcept;
    ~Hash();

    Hash& update(std::string_view data);
    /// Lower-case hex digest into `out` (64 characters are enough); its length. The Hash then starts anew with
    /// the next update() or copy_state().
    std::size_t finish_hex(std::array<char, 64>& out);
    std::string finish_hex();
    /// As above, straight to where it is wanted: 32 or 64 places.
    std::size_t finish_hex(char* out);
    /// The digest itself, 16 or 32 bytes, and its length; otherwise as finish_hex().
    std::size_t finish_raw(std::array<std::uint8_t, 64>& out);
    /// Takes the state of another Hash of the same algorithm without a new context.
    void copy_state(const Hash& other);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

/// Lower-case hex digest of the pieces one after another.
[[nodiscard]] std::string hash_hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> pieces);

/// Equal, in a time that depends on the length only.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace gbkit
