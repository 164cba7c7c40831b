#include "proto/observe/compare.hpp"

#include <algorithm>
#include <array>

#include "proto/observe/conversation_traits.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::string_view absent = "absent", exchange_itself = "the exchange";

const Exchange* find(const Conversation& conversation, std::string_view name) {
    for (const Exchange& exchange : conversation.exchanges())
        if (exchange.name == name) return &exchange;
    return nullptr;
}

const Trait* find(const std::vector<Trait>& traits, std::string_view name) {
    for (const Trait& trait : traits)
        if (iequals(trait.name, name)) return &trait;
    return nullptr;
}

// A difference that says that something went otherwise, not only that the capture is shorter or longer.
bool is_parting(const Difference& difference) {
    if (difference.weight != Weight::outcome) return false;
    const bool absence = difference.what == exchange_itself;
    return !absence || difference.stage == Stage::registration || difference.stage == Stage::invite || difference.stage == Stage::media;
}

class Comparison {
public:
    std::vector<Difference> take() {
        find_parting();
        gather_absent();
        std::stable_sort(differences_.begin(), differences_.end(), [this](const Difference& a, const Difference& b) { return rank(a) < rank(b); });
        return std::move(differences_);
    }

    void exchange(const Exchange& good, const Exchange& bad) {
        good_ = &good;
        bad_ = &bad;
        stage_ = good.stage;
        ++order_;
        outcome();
        traits(good.traits, bad.traits);
        order();
        duration("time to the answer", "应答用时", good.delays, bad.delays, milliseconds(100));
        duration("time between requests", "请求间隔", good.periods, bad.periods, seconds(1));
    }

    /// Only one of the two holds it.
    void missing(const Exchange& there, bool in_good) {
        good_ = in_good ? &there : nullptr;
        bad_ = in_good ? nullptr : &there;
        stage_ = there.stage;
        ++order_;
        const std::string times = std::to_string(there.requests) + (there.requests == 1 ? " request" : " requests");
        add(std::string(exchange_itself), "该交互", in_good ? times : std::string(absent), in_good ? std::string(absent) : times, Weight::outcome);
    }

    void media(const std::vector<Trait>& good, const std::vector<Trait>& bad) {
        good_ = bad_ = nullptr;
        stage_ = Stage::media;
        if (good.empty() != bad.empty()) return add("RTP", "RTP", good.empty() ? "absent" : "seen", bad.empty() ? "absent" : "seen", Weight::outcome);
        traits(good, bad);
    }

private:
    /// Stage by stage as a conversation goes, each in order of appearance.
    static bool earlier(const Difference& a, const Difference& b) { return a.stage != b.stage ? a.stage < b.stage : a.order < b.order; }

    const Difference* first_of(bool (*fits)(const Difference&)) const {
        const Difference* first = nullptr;
        for (const Difference& difference : differences_)
            if (fits(difference) && (first == nullptr || earlier(difference, *first))) first = &difference;
        return first;
    }

    void find_parting() {
        const Difference* first = first_of(is_parting);
        if (first == nullptr) first = first_of([](const Difference& difference) { return difference.weight == Weight::outcome; });
        if (first == nullptr) return;
        const Difference parting = *first;
        for (Difference& difference : differences_) {
            const bool same = difference.stage == parting.stage && difference.exchange == parting.exchange;
            if (difference.weight == Weight::outcome) difference.place = same ? Place::parting : Place::following;
            else if (difference.weight == Weight::value && !earlier(parting, difference)) difference.place = Place::parting;
        }
    }

    // Where the two have parted, what only one of them came to is a consequence: one line.
    void gather_absent() {
        for (const bool in_good : {true, false}) {
            const auto follows = [in_good](const Difference& one) { return one.place == Place::following && one.what == exchange_itself && (one.bad == absent) == in_good; };
            const auto first = std::find_if(differences_.begin(), differences_.end(), follows);
            if (first == differences_.end() || std::count_if(differences_.begin(), differences_.end(), follows) < 2) continue;
            std::string names;
            for (const Difference& one : differences_)
                if (follows(one)) names += (names.empty() ? "" : ", ") + one.exchange;
            Difference all = *first;
            differences_.erase(std::remove_if(differences_.begin(), differences_.end(), follows), differences_.end());
            all.exchange.clear();
            all.what = "further exchanges";
            all.what_chinese = "其余交互";
            (in_good ? all.good : all.bad) = names;
            all.stage = Stage::other;
            all.good_frame = all.bad_frame = 0;
            differences_.push_back(std::move(all));
        }
    }

    // In the parting: how it went, then the values of that exchange, then of those before it, the nearest first. A finding says
    // why the values beside it differ.
    std::array<std::int64_t, 5> rank(const Difference& one) const {
        const auto stage = static_cast<std::int64_t>(one.stage), order = static_cast<std::int64_t>(one.order);
        const auto weight = -static_cast<std::int64_t>(one.weight);
        const std::int64_t effect = one.what.starts_with(finding_trait) ? 0 : 1;
        if (one.place == Place::parting) return {0, weight, -stage, -order, effect};
        if (one.place == Place::following) return {1, weight, stage, order, effect};
        return {2, weight, stage, order, effect};
    }

    void add(std::string what, std::string chinese, std::string good, std::string bad, Weight weight) {
        if (good == bad) return;
        for (Difference& known : differences_) {
            const bool of_an_exchange = weight == Weight::outcome || known.exchange.empty();   // what became of each is told of each
            if (of_an_exchange || known.what != what || known.good != good || known.bad != bad) continue;
            ++known.also;
            return;
        }
        Difference& difference = differences_.emplace_back();
        difference.stage = stage_;
        difference.order = order_;
        difference.weight = weight;
        difference.exchange = good_ != nullptr ? good_->name : bad_ != nullptr ? bad_->name : "";
        difference.what = std::move(what);
        difference.what_chinese = std::move(chinese);
        difference.good = std::move(good);
        difference.bad = std::move(bad);
        difference.good_frame = good_ != nullptr ? good_->first_frame : 0;
        difference.bad_frame = bad_ != nullptr ? bad_->first_frame : 0;
    }

    static std::string status(int status) { return status == 0 ? "no answer" : std::to_string(status); }

    void outcome() {
        add("first answer", "首次应答", status(good_->first_status), status(bad_->first_status), Weight::outcome);
        if (good_->last_status != good_->first_status || bad_->last_status != bad_->first_status)
            add("last answer", "末次应答", status(good_->last_status), status(bad_->last_status), Weight::outcome);
        const auto unanswered = [](const Exchange& exchange) -> std::string { return exchange.answered < exchange.requests ? "yes" : "no"; };
        const bool told = good_->first_status != bad_->first_status && (good_->first_status == 0 || bad_->first_status == 0);
        if (good_->name != "ACK" && !told) add("requests without an answer", "有请求未获应答", unanswered(*good_), unanswered(*bad_), Weight::outcome);
        const auto resent = [](const Exchange& exchange) -> std::string { return exchange.resends > 0 ? "yes" : "no"; };
        add("resends", "重发", resent(*good_), resent(*bad_), Weight::timing);
    }

    // What one of them does not have at all went neither well nor badly there.
    static Weight at_most_value(const Trait& trait) { return std::min(trait.weight, Weight::value); }

    void traits(const std::vector<Trait>& good, const std::vector<Trait>& bad) {
        for (const Trait& trait : good) {
            const Trait* other = find(bad, trait.name);
            // An answer of another kind has other headers: that it is another one has been said.
            if (other == nullptr && trait.name.starts_with("answer: ") && good_ != nullptr && good_->first_status != bad_->first_status) continue;
            if (trait.name == server_id_trait && other != nullptr && wire::domain_of(trait.value) != wire::domain_of(other->value)) continue;
            add(trait.name, trait.name_chinese, trait.value, other == nullptr ? std::string(absent) : other->value, other == nullptr ? at_most_value(trait) : trait.weight);
        }
        for (const Trait& trait : bad) {
            if (find(good, trait.name) != nullptr) continue;
            if (trait.name.starts_with("answer: ") && good_ != nullptr && good_->first_status != bad_->first_status) continue;
            add(trait.name, trait.name_chinese, std::string(absent), trait.value, at_most_value(trait));
        }
    }

    // The headers both have, in each one's order.
    void order() {
        const auto shared = [](const std::vector<std::string>& mine, const std::vector<std::string>& others) {
            std::string text;
            for (const std::string& name : mine)
                if (std::any_of(others.begin(), others.end(), [&](const std::string& other) { return iequals(name, other); })) text += (text.empty() ? "" : " ") + to_lower(name);
            return text;
        };
        add("order of headers", "头域顺序", shared(good_->headers, bad_->headers), shared(bad_->headers, good_->headers), Weight::habit);
    }

    void duration(const char* what, const char* chinese, const std::vector<Duration>& good, const std::vector<Duration>& bad, Duration least) {
        const auto a = median(good), b = median(bad);
        if (!a || !b) return;
        const Duration shorter = std::min(*a, *b), longer = std::max(*a, *b);
        if (longer - shorter < least || longer < 2 * shorter) return;
        const auto text = [](Duration value) { return format_duration(std::chrono::duration_cast<milliseconds>(value)); };
        add(what, chinese, text(*a), text(*b), Weight::timing);
    }

    std::vector<Difference> differences_;
    const Exchange* good_ = nullptr;
    const Exchange* bad_ = nullptr;
    Stage stage_ = Stage::other;
    std::uint32_t order_ = 0;
};

}  // namespace

std::vector<Difference> compare(const Conversation& good, const Conversation& bad) {
    Comparison comparison;
    for (const Exchange& exchange : good.exchanges()) {
        const Exchange* other = find(bad, exchange.name);
        if (other != nullptr) comparison.exchange(exchange, *other);
        else comparison.missing(exchange, true);
    }
    for (const Exchange& exchange : bad.exchanges())
        if (find(good, exchange.name) == nullptr) comparison.missing(exchange, false);
    comparison.media(good.media_traits(), bad.media_traits());
    return comparison.take();
}

std::size_t shared_exchanges(const Conversation& good, const Conversation& bad) {
    return static_cast<std::size_t>(std::count_if(good.exchanges().begin(), good.exchanges().end(), [&](const Exchange& one) { return find(bad, one.name) != nullptr; }));
}

}  // namespace gbkit::proto::observe
