// A capture through the program as a person runs it: each verb, and a look at what came out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace gbkit::mutants {

class Bench {
public:
    /// Works in that folder, which is there.
    explicit Bench(std::string folder);

    /// inspect, with page and records: what is wrong with either, or an empty text.
    [[nodiscard]] std::string inspect(ByteView capture, std::uint64_t turn);
    /// One of extract, sanitize and compare in turn (compare: against `original`).
    [[nodiscard]] std::string another_verb(ByteView capture, ByteView original, std::uint64_t turn);

    static constexpr std::uint64_t other_verbs = 9;

private:
    [[nodiscard]] std::string run(const std::vector<std::string>& arguments, std::size_t input_bytes);
    [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }

    std::string folder_;
};

}  // namespace gbkit::mutants
