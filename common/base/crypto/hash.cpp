#include "base/crypto/hash.hpp"

#include <new>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace gbkit {

namespace {

const char* provider_name(HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case HashAlgorithm::md5: return "MD5";
        case HashAlgorithm::sha256: return "SHA256";
        case HashAlgorithm::sha512_256: return "SHA512-256";
        case HashAlgorithm::sha512_cut_256: return "SHA512";
        case HashAlgorithm::sm3: return "SM3";
    }
    return "MD5";
}

const EVP_MD* fetched(HashAlgorithm algorithm) {
    static std::array<const EVP_MD*, 5> digests = [] {
        std::array<const EVP_MD*, 5> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = EVP_MD_fetch(nullptr, provider_name(static_cast<HashAlgorithm>(i)), nullptr);
        return all;
    }();
    const EVP_MD* digest = digests[static_cast<std::size_t>(algorithm)];
    if (digest == nullptr)
        throw std::runtime_error(std::string("OpenSSL has no ") + provider_name(algorithm) + " on this machine");
    return digest;
}

}  // namespace

struct Hash::Context {
    explicit Context(HashAlgorithm chosen) : algorithm(chosen), evp(EVP_MD_CTX_new()) {
        if (evp == nullptr) throw std::bad_alloc();
        start();
    }
    ~Context() { EVP_MD_CTX_free(evp); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    void start() {
        EVP_DigestInit_ex2(evp, fetched(algorithm), nullptr);
        finished = false;
    }

    HashAlgorithm algorithm;
    bool finished = false;  // the next update starts anew; copy_state() saves that
    EVP_MD_CTX* evp;
};

Hash::Hash(HashAlgorithm algorithm) : context_(std::make_unique<Context>(algorithm)) {}
Hash::Hash(const Hash& other) : Hash(other.context_->algorithm) { copy_state(other); }
Hash& Hash::operator=(const Hash& other) {
    if (this != &other) copy_state(other);
    return *this;
}
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

void Hash::copy_state(const Hash& other) {
    context_->algorithm = other.context_->algorithm;
    context_->finished = other.context_->finished;
    EVP_MD_CTX_copy_ex(context_->evp, other.context_->evp);
}

Hash& Hash::update(std::string_view data) {
    if (context_->finished) context_->start();
    EVP_DigestUpdate(context_->evp, data.data(), data.size());
    return *this;
}

std::size_t Hash::finish_raw(std::array<std::uint8_t, 64>& out) {
    static_assert(EVP_MAX_MD_SIZE <= 64);
    unsigned int size = 0;
    if (context_->finished) context_->start();
    EVP_DigestFinal_ex(context_->evp, out.data(), &size);
    context_->finished = true;
    return context_->algorithm == HashAlgorithm::sha512_cut_256 ? 32 : size;
}

std::size_t Hash::finish_hex(std::array<char, 64>& out) { return finish_hex(out.data()); }

std::size_t Hash::finish_hex(char* out) {
    static constexpr auto pairs = [] {  // both digits of a byte at once
        std::array<std::array<char, 2>, 256> table{};
        for (std::size_t i = 0; i < 256; ++i) table[i] = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]};
        return table;
    }();
    std::array<std::uint8_t, 64> raw;
    const std::size_t size = finish_raw(raw);
    for (std::size_t i = 0; i < size; ++i) {
        out[2 * i] = pairs[raw[i]][0];
        out[2 * i + 1] = pairs[raw[i]][1];
    }
    return size * 2;
}

std::string Hash::finish_hex() {
    std::array<char, 64> hex{};
    const std::size_t length = finish_hex(hex);
    return {hex.data(), length};
}

std::string hash_hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> pieces) {
    // One context an algorithm and thread: making one costs as much as a short hash.
    thread_local std::array<std::unique_ptr<Hash>, 5> contexts;
    std::unique_ptr<Hash>& hash = contexts[static_cast<std::size_t>(algorithm)];
    if (!hash) hash = std::make_unique<Hash>(algorithm);
    for (const std::string_view piece : pieces) hash->update(piece);
    return hash->finish_hex();
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gbkit
