// Inside of the registration observer: all it remembers, and what its parts share. Attempts (REGISTER) are in
// registration_attempts.cpp, heartbeats in registration_beats.cpp, what
// surrounds them in registration_circumstances.cpp, how long a NAT lets requests in is in registration_binding.cpp, the rules are in
// registration_verdicts.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/registration_verdicts.hpp"

namespace gbkit::proto::observe {

/// What a device wrote, as a story keeps it: printable and short.
[[nodiscard]] std::string kept(std::string_view text);
[[nodiscard]] TransactionKey key_of(const wire::sip::Message& message);
/// The device ID: the user in From, which is the same in requests and answers.
[[nodiscard]] std::string device_of(const wire::sip::Message& message);

/// The latest entry of that key, nullptr when it is not remembered.
template <class Table>
auto* find_key(Table& table, const TransactionKey& key) {
    for (auto entry = table.rbegin(); entry != table.rend(); ++entry)
        if (entry->key == key) return &*entry;
    return static_cast<typename Table::value_type*>(nullptr);
}

struct RegistrationObserver::State {
    Context context;
    RegistrationSinks sinks;
    RegistrationLimits limits;
    std::unordered_map<std::string, std::unique_ptr<Device>> devices{};
    std::map<std::size_t, Device*> order{};    // by their number, in order of appearance
    std::size_t appeared = 0;
    Lru<std::size_t, Device*> strangers{limits.devices};   // by number; a platform may have taken them since
    std::set<std::pair<Time, Device*>> deadlines{};
    Lru<Ends, std::size_t> flows{16384};           // who sent from here to there last, by number
    Lru<std::string, std::size_t> calls_by_call_id{4096};  // whom the platform called
    Lru<Ends, Time> last_sent{16384};   // the newest packet that way
    std::uint64_t not_followed = 0;

    [[nodiscard]] Judge judge() const { return Judge{context, sinks.finding}; }

    Device* device(const std::string& id, Time now);
    [[nodiscard]] Device* numbered(const std::size_t* number) const;
    bool make_room();
    void set_deadline(Device& device, std::optional<Time> when);
    void touch(Device& device, const SipSeen& seen, bool from_device);

    void request(const SipSeen& seen);
    void new_attempt(Device& device, const SipSeen& seen);
    void copy_of(Device& device, Attempt& attempt, const SipSeen& seen);
    void answer(const SipSeen& seen);
    void final_answer(Device& device, Attempt& attempt, const SipSeen& seen);
    void on_challenge(Device& device, Attempt& attempt);
    void on_success(Device& device, Attempt& attempt, const SipSeen& seen);
    void on_refusal(Device& device, Attempt& attempt);
    void on_redirect(Device& device, Attempt& attempt, const wire::sip::Message& message);
    void close(Device& device, Attempt& attempt, const Attempt* next, bool over);
    void close_silent(Device& device, Attempt& attempt, const Attempt* next, bool over);
    void close_challenged(Device& device, const Attempt& attempt, const Attempt* next, bool over);

    void beat(const SipSeen& seen);
    void beat_answer(const SipSeen& seen);
    void beat_missed(Device& device, const Beat& beat);

    void registrant(Device& device, const Attempt& attempt);
    void followed(Device& device, const Attempt& attempt);
    void redirect(Device& device, const Attempt& attempt, const wire::sip::Message& answer);
    void call(const SipSeen& seen);
    void call_answer(const SipSeen& seen);
    void expire_calls(Device& device, Time now);

    [[nodiscard]] std::optional<Time> last_packet(const Ends& way);
    void passed(const Packet& packet);
    void heard(Device& device, Time now);
    void reached(Device& device, Call& call);
    void lost(Device& device, const Call& call);
    void keep(Device& device, Reach reach);
    void judge_binding(Device& device, bool last_chance);

    void expire(Device& device, Time now);
    void report(const Device& device, const Attempt& attempt, Time time, std::uint64_t frame,
                RegistrationReport::State state);
};

}  // namespace gbkit::proto::observe
