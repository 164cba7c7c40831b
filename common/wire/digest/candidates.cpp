#include "wire/digest/candidates.hpp"

#include <cstring>
#include <utility>

#include "base/text.hpp"

namespace gbkit::wire::digest {

CandidateSearch::CandidateSearch(const Recipe& claimed, std::string_view response)
    : prefix_(claimed.inputs.algorithm.hash),
      empty_(claimed.inputs.algorithm.hash),
      work_(claimed.inputs.algorithm.hash),
      session_(claimed.inputs.algorithm.session) {
    if (auto bytes = from_hex(response); bytes && response == to_lower(response)) response_ = std::move(*bytes);
    const Inputs& in = claimed.inputs;
    prefix_.update(in.username).update(":").update(in.realm).update(":");
    const std::size_t digits = in.algorithm.hash == HashAlgorithm::md5 ? 32 : 64;
    session_text_ = std::string(digits, '0') + ':' + in.nonce + ':' + in.cnonce;
    last_text_ = work_out(claimed).joined;  // HA1 stands in front: those places are overwritten
}

bool CandidateSearch::matches(std::string_view password) {
    std::string& first = session_ ? session_text_ : last_text_;
    work_.copy_state(prefix_);
    work_.update(password).finish_hex(first.data());
    if (session_) {
        work_.copy_state(empty_);
        work_.update(session_text_).finish_hex(last_text_.data());
    }
    work_.copy_state(empty_);
    const std::size_t size = work_.update(last_text_).finish_raw(raw_);
    return response_.size() == size && std::memcmp(response_.data(), raw_.data(), size) == 0;
}

}  // namespace gbkit::wire::digest
