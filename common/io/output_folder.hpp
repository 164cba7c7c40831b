// A folder that a run fills with files of its own (--ring, --evidence).
//
// It is opened once and held: later the program may have given up root, and need not be able to walk to it again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/privileges.hpp"

namespace gbkit::io {

class OutputFolder {
public:
    /// Opens it, or makes it (the folder above must be there) and gives it to `owner`; throws CaptureError.
    OutputFolder(std::string path, const Identity& owner);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
    /// Throws CaptureError when we, as who we are now, may not make files in it.
    void check_writable() const;

    struct Entry {
        std::string name;
        std::uint64_t bytes = 0;
    };
    /// The regular files of that form, by name.
    [[nodiscard]] std::vector<Entry> files(std::string_view prefix, std::string_view suffix) const;
    /// A new file that only its owner may read (it holds other people's traffic), open for writing: the descriptor is
    /// the caller's. Nothing is overwritten and no link followed: -1 when the name is taken. Otherwise throws CaptureError.
    [[nodiscard]] int create(const std::string& name) const;
    void remove(const std::string& name) const noexcept;

private:
    [[noreturn]] void refuse(std::string_view what, int error) const;

    std::string path_;
    int fd_ = -1;
};

}  // namespace gbkit::io
