#include "wire/digest/candidates.hpp"

#include <algorithm>

namespace gbkit::wire::digest {

CandidateSearch::CandidateSearch(const Recipe& claimed, std::string_view response)
    : digits_(claimed.inputs.algorithm.hash == HashAlgorithm::md5 ? 32 : 64),
      prefix_(claimed.inputs.algorithm.hash),
      empty_(claimed.inputs.algorithm.hash),
      work_(claimed.inputs.algorithm.hash),
      session_(claimed.inputs.algorithm.session),
      response_(response) {
    const Inputs& in = claimed.inputs;
    prefix_.update(in.username).update(":").update(in.realm).update(":");
    session_text_ = std::string(digits_, '0') + ':' + in.nonce + ':' + in.cnonce;
    last_text_ = work_out(claimed).joined;  // HA1 stands in front: those places are overwritten
}

bool CandidateSearch::matches(std::string_view password) {
    work_.copy_state(prefix_);
    work_.update(password).finish_hex(hex_);
    if (session_) {
        std::copy_n(hex_.begin(), digits_, session_text_.begin());
        work_.copy_state(empty_);
        work_.update(session_text_).finish_hex(hex_);
    }
    std::copy_n(hex_.begin(), digits_, last_text_.begin());
    work_.copy_state(empty_);
    return std::string_view(hex_.data(), work_.update(last_text_).finish_hex(hex_)) == response_;
}

}  // namespace gbkit::wire::digest
