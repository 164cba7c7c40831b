#include "proto/observe/compare.hpp"

#include <algorithm>

namespace gbkit::proto::observe {

namespace {

constexpr std::string_view absent = "absent";

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

class Comparison {
public:
    std::vector<Difference> take() {
        std::stable_sort(differences_.begin(), differences_.end(), [](const Difference& a, const Difference& b) { return a.weight > b.weight; });
        return std::move(differences_);
    }

    void exchange(const Exchange& good, const Exchange& bad) {
        good_ = &good;
        bad_ = &bad;
        step_ = good.step;
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
        step_ = there.step;
        const std::string times = std::to_string(there.requests) + (there.requests == 1 ? " request" : " requests");
        add("the exchange", "该交互", in_good ? times : std::string(absent), in_good ? std::string(absent) : times, Weight::outcome);
    }

    void media(const std::vector<Trait>& good, const std::vector<Trait>& bad) {
        good_ = bad_ = nullptr;
        step_ = Step::media;
        if (good.empty() != bad.empty()) return add("RTP", "RTP", good.empty() ? "absent" : "seen", bad.empty() ? "absent" : "seen", Weight::outcome);
        traits(good, bad);
    }

private:
    void add(std::string what, std::string chinese, std::string good, std::string bad, Weight weight) {
        if (good == bad) return;
        for (Difference& known : differences_) {
            const bool of_an_exchange = weight == Weight::outcome || known.exchange.empty();   // what became of each is told of each
            if (of_an_exchange || known.what != what || known.good != good || known.bad != bad) continue;
            ++known.also;
            return;
        }
        Difference& difference = differences_.emplace_back();
        difference.step = step_;
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
        if (good_->name != "ACK") add("requests without an answer", "有请求未获应答", unanswered(*good_), unanswered(*bad_), Weight::outcome);
        const auto resent = [](const Exchange& exchange) -> std::string { return exchange.resends > 0 ? "yes" : "no"; };
        add("resends", "重发", resent(*good_), resent(*bad_), Weight::timing);
    }

    void traits(const std::vector<Trait>& good, const std::vector<Trait>& bad) {
        for (const Trait& trait : good) {
            const Trait* other = find(bad, trait.name);
            // An answer of another kind has other headers: that it is another one has been said.
            if (other == nullptr && trait.name.starts_with("answer: ") && good_ != nullptr && good_->first_status != bad_->first_status) continue;
            add(trait.name, trait.name_chinese, trait.value, other == nullptr ? std::string(absent) : other->value, trait.weight);
        }
        for (const Trait& trait : bad) {
            if (find(good, trait.name) != nullptr) continue;
            if (trait.name.starts_with("answer: ") && good_ != nullptr && good_->first_status != bad_->first_status) continue;
            add(trait.name, trait.name_chinese, std::string(absent), trait.value, trait.weight);
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
    Step step_ = Step::other;
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
