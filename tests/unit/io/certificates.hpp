// Certificates for tests, made on the spot: an authority, what it issues, and files of both.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "unit/io/capture_runs.hpp"

namespace gbkit::test {

struct CertificateFiles {
    std::string certificate;
    std::string key;
};

struct CertificateWish {
    std::string common_name = "platform";
    std::string names = "DNS:platform.test,IP:127.0.0.1,IP:::1";  // subjectAltName; empty: none
    int from_days = -1;
    int until_days = 30;
};

class Authority {
public:
    explicit Authority(const TemporaryFolder& folder, const std::string& name = "test authority")
        : folder_(folder), name_(name), key_(EVP_EC_gen("P-256")) {
        certificate_ = make({.common_name = name, .names = "", .until_days = 3650}, key_, nullptr);
        file_ = write_certificate(name + ".pem", certificate_.get());
    }
    ~Authority() { EVP_PKEY_free(key_); }
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }

    CertificateFiles issue(const CertificateWish& wish, bool self_signed = false) {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        const std::string stem = "issued-" + std::to_string(++issued_) + "-" + name_;
        const auto certificate = make(wish, key, self_signed ? nullptr : certificate_.get());
        CertificateFiles files{write_certificate(stem + ".pem", certificate.get()), folder_.file(stem + ".key")};
        write_key(files.key, key, nullptr);
        EVP_PKEY_free(key);
        return files;
    }
    /// A key that nobody can read without the passphrase.
    std::string locked_key() const {
        const std::string file = folder_.file("locked.key");
        write_key(file, key_, EVP_aes_128_cbc());
        return file;
    }

private:
    struct Free {
        void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    };
    using Certificate = std::unique_ptr<X509, Free>;

    static void extend(X509* certificate, int nid, const std::string& value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }

    // Without an issuer it signs itself.
    Certificate make(const CertificateWish& wish, EVP_PKEY* key, X509* issuer) {
        Certificate made(X509_new());
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 86400L * wish.from_days);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400L * wish.until_days);
        X509_NAME* name = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : name);
        X509_set_pubkey(made.get(), key);
        if (key == key_) extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
        if (!wish.names.empty()) extend(made.get(), NID_subject_alt_name, wish.names);
        X509_sign(made.get(), issuer ? key_ : key, EVP_sha256());
        return made;
    }

    std::string write_certificate(const std::string& file, X509* certificate) const {
        std::FILE* out = std::fopen(folder_.file(file).c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        return folder_.file(file);
    }
    static void write_key(const std::string& file, EVP_PKEY* key, const EVP_CIPHER* cipher) {
        std::FILE* out = std::fopen(file.c_str(), "w");
        const unsigned char passphrase[] = "secret";
        PEM_write_PrivateKey(out, key, cipher, cipher ? passphrase : nullptr, cipher ? 6 : 0, nullptr, nullptr);
        std::fclose(out);
    }

    const TemporaryFolder& folder_;
    std::string name_;
    EVP_PKEY* key_;
    Certificate certificate_;
    std::string file_;
    long serial_ = 0;
    int issued_ = 0;
};

}  // namespace gbkit::test
