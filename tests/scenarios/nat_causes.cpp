// Registrations, heartbeats and requests whose packets go astray: NATs, wrong addresses, old ports (row K2 and others).
#include "base/findings/register.hpp"
#include "base/text.hpp"
#include "scenarios/causes.hpp"

namespace gbkit::scenario {

namespace {

using namespace findings;

std::vector<Recorded> to_private_via() {
    Conversation talk;
    talk.device = endpoint("117.136.8.21", 40312);
    talk.answers_to = endpoint("192.168.1.64", 5060);
    const RegisterText text;
    const std::string challenge = text.answer(401, "Unauthorized", "n1");
    talk.from_device(text.request()).wait(milliseconds(2)).from_platform(challenge);
    return talk.resend(text.request(), 10, challenge).packets();
}

std::vector<Recorded> misdirected() {
    Conversation talk;
    talk.device = endpoint("117.136.8.21", 40312);
    talk.answers_to = endpoint("117.136.8.21", 5060);  // the right host, the Via's port
    RegisterText text;
    text.via = "117.136.8.21:5060";
    const std::string challenge = text.answer(401, "Unauthorized", "n1");
    talk.from_device(text.request()).wait(milliseconds(2)).from_platform(challenge);
    return talk.resend(text.request(), 10, challenge).packets();
}

std::vector<Recorded> called_from_elsewhere(int status) {
    Conversation talk;
    talk.register_well().beats(1);
    const Endpoint usual = talk.platform;
    talk.platform = endpoint("203.0.113.77", 5060);
    talk.wait(seconds(2)).from_platform(query()).wait(milliseconds(5)).from_device(query(status));
    talk.platform = usual;
    return talk.packets();
}

std::vector<Recorded> called_at_old_port() {
    Conversation talk;
    talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
    talk.register_well();
    talk.device = endpoint("117.136.8.21", 40999);
    talk.wait(seconds(60)).from_device(keepalive(device_id, 1));
    talk.answers_to = talk.device;
    talk.wait(milliseconds(5)).from_platform(keepalive_answer(device_id, 1, 200, "OK"));
    talk.answers_to = endpoint("117.136.8.21", 40312);
    return talk.wait(seconds(2)).from_platform(query()).wait(seconds(1)).packets();
}

/// The platform asks and the device answers, if it hears.
void ask(Conversation& talk, const std::string& name, bool heard) {
    const auto named = [&](const std::string& text) { return replace_all(replace_all(text, "z9hG4bKq1", "z9hG4bK" + name), "Call-ID: q1", "Call-ID: " + name); };
    talk.from_platform(named(query()));
    if (heard) talk.wait(milliseconds(30)).from_device(named(query(200)));
}

/// Heartbeats a minute apart; the platform asks soon after each, and after every third once more when it was silent for long.
std::vector<Recorded> asked_behind_nat(Duration nat_remembers) {
    Conversation talk;
    talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
    talk.register_well();
    for (std::uint32_t i = 0; i < 30; ++i) {
        const Duration early = seconds(3 + i % 20), late = seconds(34 + i % 15);
        talk.wait(seconds(10)).from_device(keepalive(device_id, i + 1)).wait(milliseconds(12));
        talk.from_platform(keepalive_answer(device_id, i + 1, 200, "OK")).wait(early);
        ask(talk, "e" + std::to_string(i), true);
        talk.wait(late);
        if (i % 3 == 0) ask(talk, "l" + std::to_string(i), late < nat_remembers);
    }
    return talk.wait(seconds(10)).from_device(keepalive(device_id, 1000)).wait(milliseconds(12)).from_platform(keepalive_answer(device_id, 1000, 200, "OK")).packets();
}

std::vector<Recorded> moved() {
    Conversation talk;
    talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
    talk.register_well();
    talk.device = talk.answers_to = endpoint("117.136.8.21", 40999);
    return talk.beats(2).packets();
}

std::vector<Recorded> filtered_port() {
    Conversation talk;
    talk.device = talk.answers_to = endpoint("117.136.8.21", 6081);
    const RegisterText text;
    return talk.from_device(text.request()).resend(text.request(), 10).packets();
}

Run later(Duration after) { return Run{.context = {}, .after = after}; }

}  // namespace

std::vector<Cause> nat_causes() {
    return {
        {register_401_to_private_via, to_private_via},
        {register_answer_misdirected, misdirected},
        {keepalive_too_rare, [] { return asked_behind_nat(seconds(30)); }},
        {register_platform_elsewhere, [] { return called_from_elsewhere(403); }, {}, Certainty::likely},
        {register_source_moved, moved},
        {register_old_address_called, called_at_old_port, later(seconds(40)), Certainty::likely},
        {register_port_filtered, filtered_port, later(seconds(40)), Certainty::possible},
    };
}

std::vector<Healthy> healthy_behind_nat() {
    return {
        {"the platform calls from another address, and the device does not mind", [] { return called_from_elsewhere(200); }},
        {"asked early and late behind a NAT that remembers long enough", [] { return asked_behind_nat(minutes(5)); }},
        {"behind a NAT, answers go to the source",
         [] {
             Conversation talk;
             talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
             return talk.register_well().beats(3).packets();
         }},
    };
}

}  // namespace gbkit::scenario
