#include "scenarios/causes.hpp"

#include <functional>

#include "base/findings/register.hpp"
#include "base/findings/sip.hpp"

namespace gbkit::scenario {

namespace {

using namespace findings;

RegisterText next_try(RegisterText text) {
    text.cseq += 1;
    text.branch += "x";
    return text;
}

std::vector<Recorded> challenge_lost() {
    Conversation talk;
    const RegisterText text;
    const std::string challenge = text.answer(401, "Unauthorized", "n1");
    talk.from_device(text.request()).wait(milliseconds(2)).from_platform(challenge);
    return talk.resend(text.request(), 10, challenge).packets();
}

std::vector<Recorded> answer_lost() {
    Conversation talk;
    RegisterText text;
    talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n1"));
    text = next_try(text);
    text.nonce = "n1";
    const std::string accepted = text.answer(200, "OK");
    talk.wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(5)).from_platform(accepted);
    return talk.resend(text.request(), 10, accepted).packets();
}

std::vector<Recorded> challenge_ignored() {
    Conversation talk;
    RegisterText text;
    for (int i = 0; i < 4; ++i) {
        talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n1"));
        talk.wait(milliseconds(i % 2 == 0 ? 300 : 60000));
        text = next_try(text);
    }
    return talk.packets();
}

std::vector<Recorded> challenge_missing() {
    Conversation talk;
    const RegisterText text;
    return talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized")).packets();
}

/// REGISTER, 401, REGISTER with Authorization, and then that answer.
std::vector<Recorded> answered(RegisterText text, int status, std::string_view reason) {
    Conversation talk;
    talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n1"));
    text = next_try(text);
    text.nonce = "n1";
    talk.wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(5));
    return talk.from_platform(text.answer(status, reason, status == 401 ? "n2" : "")).packets();
}

std::vector<Recorded> answered_at_once(const RegisterText& text, int status, std::string_view reason) {
    Conversation talk;
    return talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(status, reason)).packets();
}

std::vector<Recorded> silence() {
    Conversation talk;
    RegisterText text;
    talk.from_device(text.request()).resend(text.request(), 10);
    text = next_try(text);
    return talk.wait(seconds(60)).from_device(text.request()).resend(text.request(), 10).packets();
}

std::vector<Recorded> port_unreachable() {
    Conversation talk;
    const RegisterText text;
    talk.from_device(text.request()).wait(milliseconds(1)).icmp(talk.device, talk.platform);
    talk.wait(milliseconds(500)).from_device(text.request()).wait(milliseconds(1)).icmp(talk.device, talk.platform);
    return talk.packets();
}

std::vector<Recorded> logging_out() {
    Conversation talk;
    talk.register_well();
    RegisterText text;
    text.cseq = 3;
    text.branch = "z9hG4bK3";
    text.nonce = "n1";
    text.expires = 0;
    return talk.wait(seconds(5)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(200, "OK")).packets();
}

std::vector<Recorded> short_life() {
    Conversation talk;
    RegisterText text;
    text.expires = 40;
    return talk.register_well(text).beats(4).packets();
}

std::vector<Recorded> beats_without_answer() {
    Conversation talk;
    talk.register_well().beats(2);
    for (std::uint32_t sn = 10; sn < 14; ++sn) talk.wait(seconds(60)).from_device(keepalive(device_id, sn));
    return talk.packets();
}

std::vector<Recorded> beats_refused() {
    Conversation talk;
    talk.register_well().beats(2);
    for (std::uint32_t sn = 10; sn < 13; ++sn) {
        talk.wait(seconds(60)).from_device(keepalive(device_id, sn)).wait(milliseconds(5));
        talk.from_platform(keepalive_answer(device_id, sn, 404, "Not Found"));
    }
    return talk.packets();
}

std::vector<Recorded> odd_status() {
    Conversation talk;
    talk.register_well().wait(seconds(60)).from_device(keepalive(device_id, 7, "ON")).wait(milliseconds(5));
    return talk.from_platform(keepalive_answer(device_id, 7, 200, "OK")).packets();
}

RegisterText with_device(const std::string& id) {
    RegisterText text;
    text.device = id;
    return text;
}

RegisterText with_server(const std::string& id) {
    RegisterText text;
    text.server = id;
    return text;
}

RegisterText without_expires() {
    RegisterText text;
    text.expires = -1;
    return text;
}

RegisterText lasting(int seconds_asked) {
    RegisterText text;
    text.expires = seconds_asked;
    return text;
}

Run told_server() {
    Run run;
    run.context.server_id = server_id;
    return run;
}

Run later(Duration after) {
    Run run;
    run.after = after;
    return run;
}

/// One message after a registration that went well.
std::vector<Recorded> with_extra(std::string bytes) {
    Conversation talk;
    return talk.register_well().wait(seconds(1)).from_device(std::move(bytes)).packets();
}

/// The same messages on one TCP connection; each text is one segment.
std::vector<Recorded> on_tcp(const std::vector<std::string>& segments) {
    Conversation talk;
    std::vector<Recorded> out;
    std::uint64_t offset = 0;
    for (const std::string& segment : segments) {
        out.push_back({.time = talk.now(), .source = talk.device, .destination = talk.platform,
                       .transport = proto::Transport::tcp, .bytes = segment, .stream_offset = offset});
        offset += segment.size();
        talk.wait(milliseconds(200));
    }
    return out;
}

std::string without_header(std::string message, std::string_view name) {
    const std::size_t start = message.find(name);
    return message.erase(start, message.find('\n', start) + 1 - start);
}

std::string replaced(std::string message, std::string_view from, std::string_view to) {
    return message.replace(message.find(from), from.size(), to);
}

/// A header line more, before Content-Length.
std::string with_line(std::string message, const std::string& line) { return replaced(std::move(message), "Content-Length:", line + "\r\nContent-Length:"); }

/// A registration whose 200 (and perhaps REGISTER) is changed.
std::vector<Recorded> registered(const std::function<std::string(std::string)>& answer,
                                 const std::function<std::string(std::string)>& request = [](std::string text) { return text; }, RegisterText text = {}) {
    Conversation talk;
    talk.from_device(request(text.request())).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n1"));
    text = next_try(text);
    text.nonce = "n1";
    talk.wait(milliseconds(12)).from_device(request(text.request())).wait(milliseconds(5)).from_platform(answer(text.answer(200, "OK")));
    return talk.packets();
}

std::vector<Recorded> dated(const std::string& date) {
    return registered([&](std::string text) { return with_line(std::move(text), "Date: " + date); });
}

std::vector<Recorded> device_forgot() {
    Conversation talk;
    talk.register_well().wait(seconds(2)).from_platform(query()).wait(milliseconds(5));
    return talk.from_device(query(403, "Warning: 399 devnull \"<102>[Component]Not registered\"\r\n")).packets();
}

/// Three wrong passwords, and then not even a challenge.
std::vector<Recorded> banned() {
    Conversation talk;
    RegisterText text;
    for (int i = 0; i < 3; ++i) {
        const std::string nonce = "n" + std::to_string(i);
        text.nonce.clear();
        talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", nonce));
        text = next_try(text);
        text.nonce = nonce;
        talk.wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(403, "Forbidden"));
        text = next_try(text);
        talk.wait(seconds(60));
    }
    text.nonce.clear();
    return talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(403, "Forbidden")).packets();
}

std::vector<Recorded> redirect_ignored() {
    Conversation talk;
    RegisterText text;
    for (int i = 0; i < 2; ++i) {
        talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(302, "Moved Temporarily")).wait(seconds(60));
        text = next_try(text);
    }
    return talk.packets();
}

/// Two cameras that were both given the factory ID, each refreshing every few minutes.
std::vector<Recorded> duplicates(int turns, Duration pause = minutes(3)) {
    Conversation talk;
    for (int turn = 0; turn < turns; ++turn) {
        const bool second = turn % 2 == 1;
        talk.device = talk.answers_to = endpoint(second ? "192.168.1.65" : "192.168.1.64", 5060);
        RegisterText text;
        text.call_id = second ? "other" : "c1";
        text.cseq = static_cast<std::uint32_t>(1 + 2 * turn);
        text.branch += "t" + std::to_string(turn);
        talk.register_well(text, "n" + std::to_string(turn)).wait(pause);
    }
    return talk.packets();
}

template <class Row>
std::vector<Row> joined(std::vector<Row> rows, const std::vector<Row>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

}  // namespace

const std::vector<Cause>& causes() {
    static const std::vector<Cause> table{
        {register_challenge_lost, challenge_lost, later(seconds(40))},
        {register_answer_lost, answer_lost, later(seconds(40))},
        {register_challenge_ignored, challenge_ignored},
        {register_challenge_missing, challenge_missing},
        {register_refused, [] { return answered({}, 403, "Forbidden"); }},
        {register_refused_outright, [] { return answered_at_once({}, 403, "Forbidden"); }},
        {register_server_failure, [] { return answered({}, 503, "Service Unavailable"); }},
        {register_400_no_expires, [] { return answered_at_once(without_expires(), 400, "Bad Request"); }},
        {register_bad_request, [] { return answered_at_once({}, 400, "Bad Request"); }},
        {register_redirected, [] { return answered({}, 302, "Moved Temporarily"); }},
        {register_server_id_differs, [] { return answered_at_once(with_server("34020000002000000009"), 403, "Forbidden"); },
         told_server(), Certainty::likely},
        {register_server_id_accepted, [] { return Conversation{}.register_well(with_server("34020000002000000009")).packets(); },
         told_server()},
        {register_id_not_20_digits, [] { return answered_at_once(with_device("bkq-ks-01"), 403, "Forbidden"); }, {}, Certainty::likely},
        {register_id_is_server_id, [] { return answered_at_once(with_device(server_id), 403, "Forbidden"); }, {}, Certainty::likely},
        {register_id_unusual, [] { return Conversation{}.register_well(with_device("130909113319427420")).packets(); }},
        {register_no_answer, silence, {}, Certainty::likely},
        {register_port_unreachable, port_unreachable},
        {register_logging_out, logging_out},
        {register_expires_below_keepalive, short_life, {}, Certainty::likely},
        {keepalive_unanswered, beats_without_answer, {}, Certainty::likely},
        {keepalive_refused, beats_refused},
        {keepalive_status, odd_status},
        {register_seen_as, [] { return registered([](std::string text) { return replaced(std::move(text), ";rport", ";rport=40312;received=117.136.8.21"); }); }},
        {register_route, [] { return registered([](std::string text) { return text; }, [](std::string text) { return with_line(std::move(text), "Route: <sip:203.0.113.9:5060;lr>"); }); }},
        {register_device_forgot, device_forgot},
        {register_date_shifted, [] { return dated("2023-11-14T22:13:20.000"); }},
        {register_date_differs, [] { return dated("2023-11-15T06:18:20.000"); }},
        {register_date_form, [] { return dated("Tue, 14 Nov 2023 22:13:20 GMT"); }},
        {register_banned, banned, {}, Certainty::likely},
        {register_version_unanswered, [] { return registered([](std::string text) { return text; }, [](std::string text) { return with_line(std::move(text), "X-GB-Ver: 3.0"); }); }},
        {register_redirect_ignored, redirect_ignored, {}, Certainty::possible},
        {register_duplicate_id, [] { return duplicates(5); }},
        {register_lifetime_cut, [] { return registered([](std::string text) { return replaced(std::move(text), "Expires: 86400", "Expires: 3600"); },
                                                       [](std::string text) { return text; }, lasting(86400)); }},
        {register_lifetime_short, [] { return Conversation{}.register_well(lasting(600)).packets(); }},
        {sip_malformed, [] { return with_extra(replaced(RegisterText{}.request(), "CSeq: 1 REGISTER", "CSeq: one REGISTER")); }},
        {sip_too_large, [] { return with_extra(replaced(RegisterText{}.request(), "Max-Forwards", std::string(20000, 'a') + ": b\r\nMax-Forwards")); }},
        {sip_datagram_cut, [] { return with_extra(replaced(keepalive(device_id, 3), "</Notify>", "")); }},
        {sip_stream_no_length, [] { return on_tcp({without_header(RegisterText{}.request(), "Content-Length")}); }},
        {sip_stream_skipped, [] { return on_tcp({keepalive(device_id, 1), "rubbish\r\nmore rubbish\r\n", keepalive(device_id, 2)}); }},
    };
    static const std::vector<Cause> all = joined(joined(joined(table, nat_causes()), dialog_causes()), catalog_causes());
    return all;
}

const std::vector<Healthy>& healthy() {
    static const std::vector<Healthy> table{
        {"four steps", [] { return Conversation{}.register_well().packets(); }, told_server()},
        {"four steps and an hour of heartbeats", [] { return Conversation{}.register_well().beats(60).packets(); }, told_server()},
        {"no authentication", [] { return answered_at_once({}, 200, "OK"); }, told_server()},
        {"one lost 401: the second copy arrives",
         [] {
             Conversation talk;
             RegisterText text;
             const std::string challenge = text.answer(401, "Unauthorized", "n1");
             talk.from_device(text.request()).wait(milliseconds(5)).from_platform(challenge).wait(milliseconds(495));
             return talk.register_well(text).beats(2).packets();
         }},
        {"refreshes with the old nonce, challenged again",
         [] {
             Conversation talk;
             talk.register_well();
             RegisterText text;
             text.cseq = 10;
             text.branch = "z9hG4bK10";
             text.nonce = "n1";
             talk.wait(minutes(40)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n2"));
             text = next_try(text);
             text.nonce = "n2";
             talk.wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(200, "OK"));
             return talk.beats(3).packets();
         }},
        {"refreshes at once with the nonce it used, challenged again without stale",
         [] {
             Conversation talk;
             talk.register_well();
             RegisterText text;
             text.cseq = 10;
             text.branch = "z9hG4bK10";
             text.nonce = "n1";
             talk.wait(seconds(20)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(401, "Unauthorized", "n2"));
             text = next_try(text);
             text.nonce = "n2";
             talk.wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(200, "OK"));
             return talk.packets();
         }},
        {"answers go to the Via's port, and arrive after one resend",
         [] {
             Conversation talk;
             talk.device = endpoint("192.168.1.64", 40000);
             RegisterText text;
             const std::string challenge = text.answer(401, "Unauthorized", "n1");
             talk.from_device(text.request()).wait(milliseconds(5)).from_platform(challenge);
             talk.resend(text.request(), 1, challenge).wait(milliseconds(30));
             text = next_try(text);
             text.nonce = "n1";
             return talk.from_device(text.request()).wait(milliseconds(5)).from_platform(text.answer(200, "OK")).packets();
         }},
        {"two heartbeats lost, the third answered",
         [] {
             Conversation talk;
             talk.register_well().beats(2);
             for (std::uint32_t sn = 10; sn < 12; ++sn) talk.wait(seconds(60)).from_device(keepalive(device_id, sn));
             return talk.beats(3, device_id, 20).packets();
         }},
        {"five refreshes, each challenged",
         [] {
             Conversation talk;
             for (std::uint32_t i = 0; i < 5; ++i) {
                 RegisterText text;
                 text.cseq = 1 + 2 * i;
                 text.branch.append("r").append(std::to_string(i));
                 talk.register_well(text, std::string(1, static_cast<char>('a' + i))).beats(3, device_id, 1 + 10 * i).wait(minutes(40));
             }
             return talk.packets();
         }},
        {"logs out with its own challenge", logging_out},
        {"a refused heartbeat and a new registration",
         [] {
             Conversation talk;
             talk.register_well().beats(2).wait(seconds(60)).from_device(keepalive(device_id, 20)).wait(milliseconds(5));
             talk.from_platform(keepalive_answer(device_id, 20, 404, "Not Found")).wait(seconds(2));
             RegisterText text;
             text.call_id = "c2";
             text.branch = "z9hG4bKc2";
             return talk.register_well(text, "n9").beats(3, device_id, 30).packets();
         }},
        {"dials again with a new Call-ID from a new port, twice",
         [] {
             Conversation talk;
             for (std::uint16_t i = 0; i < 3; ++i) {
                 talk.device = talk.answers_to = endpoint("192.168.1.64", static_cast<std::uint16_t>(5060 + i));
                 RegisterText text;
                 text.call_id += static_cast<char>('a' + i);
                 text.branch += static_cast<char>('a' + i);
                 talk.register_well(text, "n" + std::to_string(i)).beats(2, device_id, 1 + 10U * i).wait(minutes(1));
             }
             return talk.packets();
         }},
        {"moves between two networks every few hours", [] { return duplicates(8, hours(5)); }},
        {"moves to another address and back, once", [] { return duplicates(3); }},
        {"Date in Beijing time", [] { return dated("2023-11-15T06:13:20.017"); }},
    };
    static const std::vector<Healthy> all = joined(joined(joined(table, healthy_behind_nat()), healthy_dialogs()), healthy_queries());
    return all;
}

}  // namespace gbkit::scenario
