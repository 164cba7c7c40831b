#include "scenarios/conversation.hpp"

#include <fmt/format.h>

#include "wire/sip/writer.hpp"

namespace gbkit::scenario {

using proto::Direction;
using proto::Packet;
using wire::sip::Writer;

Endpoint endpoint(std::string_view address, std::uint16_t port) { return {IpAddress::parse(address).value(), port}; }

namespace {

std::string via_of(const RegisterText& text) {
    return fmt::format("SIP/2.0/UDP {};branch={}{}", text.via, text.branch, text.rport ? ";rport" : "");
}

}  // namespace

std::string RegisterText::request() const {
    const std::string uri = "sip:" + server + "@3402000000";
    Writer writer = Writer::request("REGISTER", uri);
    writer.header("Via", via_of(*this))
        .header("From", fmt::format("<sip:{}@3402000000>;tag=f1", device))
        .header("To", fmt::format("<sip:{}@3402000000>", device))
        .header("Call-ID", call_id)
        .header("CSeq", fmt::format("{} REGISTER", cseq))
        .header("Contact", fmt::format("<sip:{}@{}>", device, via))
        .header("Max-Forwards", 70);
    if (!nonce.empty())
        writer.header("Authorization", fmt::format("Digest username=\"{}\", realm=\"3402000000\", nonce=\"{}\", uri=\"{}\", "
                                                   "response=\"00000000000000000000000000000000\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"{:016x}\"",
                                                   device, nonce, uri, std::hash<std::string>{}(nonce + branch)));
    if (expires >= 0) writer.header("Expires", static_cast<std::uint64_t>(expires));
    writer.header("User-Agent", "IP Camera");
    return std::move(writer).finish();
}

std::string RegisterText::answer(int status, std::string_view reason, std::string_view challenge, bool stale) const {
    Writer writer = Writer::response(status, reason);
    writer.header("Via", via_of(*this))
        .header("From", fmt::format("<sip:{}@3402000000>;tag=f1", device))
        .header("To", fmt::format("<sip:{}@3402000000>;tag=t1", device))
        .header("Call-ID", call_id)
        .header("CSeq", fmt::format("{} REGISTER", cseq));
    if (!challenge.empty())
        writer.header("WWW-Authenticate", fmt::format("Digest realm=\"3402000000\", nonce=\"{}\", qop=\"auth\", algorithm=MD5{}",
                                                      challenge, stale ? ", stale=true" : ""));
    if (status == 200 && expires >= 0) writer.header("Expires", static_cast<std::uint64_t>(expires));
    if (status == 302) writer.header("Contact", "<sip:34020000002000000002@203.0.113.10:5060>");
    return std::move(writer).finish();
}

namespace {

Writer& beat_head(Writer& writer, const std::string& device, std::uint32_t sn) {
    return writer.header("Via", fmt::format("SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bKk{}", sn))
        .header("From", fmt::format("<sip:{}@3402000000>;tag=k{}", device, sn))
        .header("To", fmt::format("<sip:{}@3402000000>", server_id))
        .header("Call-ID", fmt::format("k{}", sn))
        .header("CSeq", fmt::format("{} MESSAGE", sn));
}

}  // namespace

std::string keepalive(const std::string& device, std::uint32_t sn, std::string_view status) {
    Writer writer = Writer::request("MESSAGE", "sip:" + server_id + "@3402000000");
    beat_head(writer, device, sn).header("Max-Forwards", 70).header("Content-Type", "Application/MANSCDP+xml");
    return std::move(writer).finish(fmt::format(
        "<?xml version=\"1.0\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>{}</SN>\r\n<DeviceID>{}</DeviceID>\r\n"
        "<Status>{}</Status>\r\n</Notify>\r\n", sn, device, status));
}

std::string keepalive_answer(const std::string& device, std::uint32_t sn, int status, std::string_view reason) {
    Writer writer = Writer::response(status, reason);
    beat_head(writer, device, sn);
    return std::move(writer).finish();
}

std::string query(int status, const std::string& more) {
    const std::string start = status == 0 ? "MESSAGE sip:" + device_id + "@192.168.1.64:5060 SIP/2.0" : "SIP/2.0 " + std::to_string(status) + " Answer";
    return start + "\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKq1\r\nFrom: <sip:" + server_id + "@3402000000>;tag=q\r\nTo: <sip:" + device_id +
           "@3402000000>\r\nCall-ID: q1\r\nCSeq: 1 MESSAGE\r\n" + more + "Content-Length: 0\r\n\r\n";
}

void Conversation::add(const Endpoint& source, const Endpoint& destination, std::string bytes) {
    packets_.push_back({.time = now_, .source = source, .destination = destination, .bytes = std::move(bytes)});
}

Conversation& Conversation::from_device(std::string bytes) {
    add(device, platform, std::move(bytes));
    return *this;
}

Conversation& Conversation::from_platform(std::string bytes) {
    add(platform, answers_to, std::move(bytes));
    return *this;
}

Conversation& Conversation::streams(const std::vector<Bytes>& packets, const Endpoint& from, const Endpoint& to) {
    for (const Bytes& packet : packets) {
        add(from, to, std::string(as_text(packet)));
        packets_.back().media = true;
        wait(milliseconds(40));
    }
    return *this;
}

Conversation& Conversation::icmp(const Endpoint& source, const Endpoint& destination, std::uint8_t code) {
    packets_.push_back({.time = now_, .source = source, .destination = destination, .bytes = {}, .icmp = true, .icmp_code = code});
    return *this;
}

Conversation& Conversation::resend(const std::string& request, int times, const std::string& answer) {
    Duration interval = milliseconds(500);
    for (int i = 0; i < times; ++i) {
        wait(interval).from_device(request);
        if (!answer.empty()) {
            wait(milliseconds(2)).from_platform(answer);
            now_ -= milliseconds(2);
        }
        interval = std::min<Duration>(interval * 2, seconds(4));
    }
    return *this;
}

Conversation& Conversation::register_well(RegisterText text, std::string_view nonce) {
    from_device(text.request()).wait(milliseconds(12)).from_platform(text.answer(401, "Unauthorized", nonce));
    text.cseq += 1;
    text.branch += "a";
    text.nonce = nonce;
    wait(milliseconds(12)).from_device(text.request()).wait(milliseconds(12)).from_platform(text.answer(200, "OK"));
    return *this;
}

Conversation& Conversation::beats(int count, const std::string& device_name, std::uint32_t first_sn) {
    for (std::uint32_t sn = first_sn; sn < first_sn + static_cast<std::uint32_t>(count); ++sn) {
        wait(seconds(60)).from_device(keepalive(device_name, sn)).wait(milliseconds(12));
        from_platform(keepalive_answer(device_name, sn, 200, "OK"));
    }
    return *this;
}

std::vector<Finding> Told::serious() const {
    std::vector<Finding> out;
    for (const Finding& finding : findings)
        if (info_of(finding.id).severity <= Severity::violation) out.push_back(finding);
    return out;
}

const Finding* Told::find(FindingId id) const {
    for (const Finding& finding : findings)
        if (finding.id == id) return &finding;
    return nullptr;
}

std::string Told::ids() const {
    std::string out;
    for (const Finding& finding : findings)
        out += fmt::format("{} ({}, #{}); ", finding.id.slug, name_of(finding.certainty), finding.where.frame.value_or(0));
    return out;
}

namespace {

proto::observe::Passwords passwords_of(const Run& run) {
    return [password = run.password](std::string_view, std::string_view) {
        return password.empty() ? std::nullopt : std::optional(proto::observe::Secret{password});
    };
}

proto::observe::MediaFeed::Sinks to_dialogs(proto::observe::DialogObserver& dialogs) {
    proto::observe::MediaFeed::Sinks sinks;
    sinks.finding = [](const Finding&) {};
    sinks.rtp = [&dialogs](const proto::observe::RtpSource& source, const proto::observe::RtpInOrder& packet) {
        dialogs.see(proto::observe::media_seen(source, packet));
    };
    return sinks;
}

}  // namespace

Watch::Watch(const Run& run)
    : registrations_(run.context, {[this](Finding finding) { told_.findings.push_back(std::move(finding)); },
                                   [this](const proto::observe::RegistrationSeen& seen) { told_.events.push_back(seen); }}),
      dialogs_(run.context, {[this](Finding finding) { told_.findings.push_back(std::move(finding)); }, {}}),
      queries_(run.context, {[this](Finding finding) { told_.findings.push_back(std::move(finding)); }, {}}),
      digests_(run.context, passwords_of(run), [this](Finding finding) { told_.findings.push_back(std::move(finding)); }),
      media_({}, to_dialogs(dialogs_)),
      feed_(
          [this](const proto::observe::SipSeen& seen) {
              registrations_.see(seen);
              digests_.see(seen);
              dialogs_.see(seen);
              queries_.see(seen);
          },
          [this](Finding finding) { told_.findings.push_back(std::move(finding)); }) {}

void Watch::see(const proto::Packet& packet) {
    const std::uint64_t messages = feed_.counts().messages;
    feed_.see(packet);
    if (feed_.counts().messages == messages) media_.see(packet);
}

Told Watch::finish(Time end) {
    media_.finish(true);
    registrations_.finish(end);
    digests_.finish();
    dialogs_.finish(end);
    queries_.finish(end);
    for (const proto::observe::DialogStory* story : dialogs_.dialogs()) told_.dialogs.push_back(*story);
    for (const proto::observe::QueryStory* story : queries_.queries()) told_.queries.push_back(*story);
    for (const proto::observe::NoticeStory* story : queries_.notices()) told_.notices.push_back(*story);
    for (const proto::observe::DeviceStory* story : registrations_.devices()) told_.devices.push_back(*story);
    told_.counts = feed_.counts();
    return std::move(told_);
}

Told observe(const std::vector<Recorded>& packets, const Run& run) {
    Watch watch(run);
    std::uint64_t number = 0;
    Time end{};
    Endpoint first_source;
    for (const Recorded& recorded : packets) {
        if (++number == 1) first_source = recorded.source;
        end = recorded.time;
        if (recorded.icmp) {
            watch.see(proto::Unreachable{number, recorded.time, recorded.source, recorded.destination, recorded.icmp_code});
            continue;
        }
        Packet packet;
        packet.number = number;
        packet.time = recorded.time;
        packet.source = recorded.source;
        packet.destination = recorded.destination;
        packet.transport = recorded.transport;
        packet.bytes = as_bytes(recorded.bytes);
        packet.stream_offset = recorded.stream_offset;
        if (run.device_packets != Direction::unknown) {
            const Direction other = run.device_packets == Direction::sent ? Direction::received : Direction::sent;
            packet.direction = recorded.source == first_source ? run.device_packets : other;
        }
        watch.see(packet);
    }
    return watch.finish(end + run.after);
}

std::vector<Recorded> mirrored(const std::vector<Recorded>& packets) {
    std::vector<Recorded> out;
    for (const Recorded& packet : packets) {
        out.push_back(packet);
        out.push_back(packet);
        out.back().time += microseconds(30);
    }
    return out;
}

std::vector<Recorded> only_from(const std::vector<Recorded>& packets, const Endpoint& source) {
    std::vector<Recorded> out;
    for (const Recorded& packet : packets)
        if (packet.source == source) out.push_back(packet);
    return out;
}

std::vector<Recorded> without_from(const std::vector<Recorded>& packets, const Endpoint& source) {
    std::vector<Recorded> out;
    for (const Recorded& packet : packets)
        if (packet.source != source) out.push_back(packet);
    return out;
}

}  // namespace gbkit::scenario
