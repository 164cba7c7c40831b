#include "wire/digest/explain.hpp"

#include <utility>
#include <vector>

namespace gbkit::wire::digest {

namespace {

constexpr std::size_t pair_input_limit = 2048;  // bytes hashed per recipe up to which pairs are tried

std::size_t hex_digits(HashAlgorithm hash) noexcept { return hash == HashAlgorithm::md5 ? 32 : 64; }

struct Edited {
    const Variant* variant;
    Recipe recipe;
};

class Search {
public:
    Search(const Case& about, Recipe claimed) : about_(about), claimed_(std::move(claimed)) {
        // A qop that is no value of the parameter has no formula of its own: only a row can fit it.
        standard_ = !claimed_.inputs.qop || is_standard_qop(*claimed_.inputs.qop);
    }

    Explanation run(Depth depth) {
        Explanation result;
        result.worked = work_out(claimed_);
        result.recipe = claimed_;
        result.exact = standard_ && result.worked.response == about_.credentials.response;
        tried_ = 1;
        if (!result.exact && depth != Depth::exact && !rows(result) && depth == Depth::pairs && short_enough()) pairs(result);
        result.tried = tried_;
        return result;
    }

private:
    /// The recipe after this row, if the row applies and changes what is hashed.
    std::optional<Recipe> edited(const Variant& variant, const Recipe& from) {
        Recipe recipe = from;
        if (!variant.edit(recipe, about_)) return std::nullopt;
        if (recipe == from && !completes_odd_qop(variant)) return std::nullopt;
        const HashAlgorithm hash = recipe.inputs.algorithm.hash;
        if (hex_digits(hash) != about_.credentials.response.size()) return std::nullopt;
        if (hash != from.inputs.algorithm.hash && !about_.facts.body.empty()) recipe.deviation.body_hash = body_hash(hash);
        return recipe;
    }
    /// With qop="null" or a list in the header, "hashed as sent" is the row's whole message.
    bool completes_odd_qop(const Variant& variant) const noexcept { return !standard_ && variant.group == Group::qop; }

    const std::string& body_hash(HashAlgorithm hash) {
        std::string& known = body_hashes_[static_cast<std::size_t>(hash)];
        if (known.empty()) known = hash_hex(hash, {about_.facts.body});
        return known;
    }

    bool take(Worked worked, Recipe& recipe, Explanation& result) const {
        if (worked.response != about_.credentials.response) return false;
        result.worked = std::move(worked);
        result.recipe = std::move(recipe);
        return true;
    }

    bool rows(Explanation& result) {
        for (const Variant& variant : variants()) {
            auto recipe = edited(variant, claimed_);
            if (!recipe) continue;
            ++tried_;
            Worked worked = work_out(*recipe);
            if (worked.response == result.worked.response && standard_) continue;  // it changed nothing that is hashed
            if (take(std::move(worked), *recipe, result)) {
                result.variants[0] = &variant;
                return true;
            }
            singles_.push_back({&variant, std::move(*recipe)});
        }
        return false;
    }

    bool short_enough() const {
        const Inputs& in = claimed_.inputs;
        return in.username.size() + in.realm.size() + in.password.size() + in.nonce.size() + in.cnonce.size() +
                   in.uri.size() + about_.facts.request_uri.size() <= pair_input_limit;
    }

    void pairs(Explanation& result) {
        for (const Edited& first : singles_) {
            for (const Edited& second : singles_) {
                if (second.variant->group <= first.variant->group) continue;
                auto recipe = edited(*second.variant, first.recipe);
                if (!recipe) continue;
                ++tried_;
                if (!take(work_out(*recipe), *recipe, result)) continue;
                result.variants = {first.variant, second.variant};
                return;
            }
        }
    }

    const Case& about_;
    Recipe claimed_;
    bool standard_ = true;
    std::vector<Edited> singles_;
    std::array<std::string, 5> body_hashes_;
    std::size_t tried_ = 0;
};

/// The name that userhash=true hides, when we were told one that fits; else the name as sent.
std::string hashed_name(const Case& about, Algorithm algorithm) {
    const Credentials& sent = about.credentials;
    if (!sent.userhash) return sent.username;
    for (const std::string* name : {&about.facts.username, &about.facts.device}) {
        if (name->empty()) continue;
        Algorithm cut = algorithm;
        if (cut.hash == HashAlgorithm::sha512_256) cut.hash = HashAlgorithm::sha512_cut_256;
        if (userhash_of(algorithm, *name, sent.realm) == sent.username || userhash_of(cut, *name, sent.realm) == sent.username)
            return *name;
    }
    return sent.username;
}

}  // namespace

std::string Explanation::variant_ids() const {
    std::string ids;
    for (const Variant* variant : variants)
        if (variant != nullptr) ids.append(ids.empty() ? "" : "+").append(variant->id);
    return ids;
}

bool is_standard_qop(std::string_view qop) noexcept { return iequals(qop, "auth") || iequals(qop, "auth-int"); }

std::optional<Recipe> claimed_recipe(const Case& about, std::string_view password) {
    const auto algorithm = parse_algorithm(about.credentials.algorithm);
    if (!algorithm) return std::nullopt;
    Recipe recipe;
    recipe.inputs = inputs_of(about.credentials, about.facts.method, password);
    recipe.inputs.username = hashed_name(about, *algorithm);
    recipe.deviation.body_hash = std::nullopt;
    if (!about.facts.body.empty()) recipe.deviation.body_hash = hash_hex(algorithm->hash, {about.facts.body});
    return recipe;
}

std::optional<Explanation> explain(const Case& about, std::string_view password, Depth depth) {
    auto claimed = claimed_recipe(about, password);
    if (!claimed) return std::nullopt;
    return Search(about, std::move(*claimed)).run(depth);
}

}  // namespace gbkit::wire::digest
