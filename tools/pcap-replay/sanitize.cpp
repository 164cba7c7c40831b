// sanitize: what is understood is written anew with other names; what is not understood becomes zeros or is left out.
//
// Packets come out of the capture reader (fragments and TCP put together, second copies left out) and go through
// io/capture_writer, which makes IP, UDP and TCP headers with right lengths and checksums and no link layer: MAC
// addresses, VLANs, tunnels and every protocol nobody here can read stay behind.
#include "sanitize.hpp"

#include <unistd.h>

#include <list>
#include <map>

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "io/capture_writer.hpp"
#include "passwords.hpp"
#include "sanitize_stream.hpp"
#include "wire/sanitize/media.hpp"
#include "wire/sip/looks_like.hpp"

namespace gbkit::replay_tool {

namespace {

constexpr std::size_t max_streams = 4096;

std::string checked_name(const std::string& name) {
    if (!name.empty() && name != "-") return name;
    if (cli::is_terminal(STDOUT_FILENO))
        throw cli::Failure{cli::ExitCode::usage, "binary data is not written to a terminal: name a file with -o, or pipe it into a program"};
    return "-";
}

class Sanitizing {
public:
    Sanitizing(cli::Output& output, const Options& options)
        : output_(output), options_(options), messages_(aliases_, old_passwords(options), std::string(sanitized_password)), writer_(checked_name(output.options().output)) {}

    cli::ExitCode run() {
        io::CaptureSink sink;
        sink.packet = [this](const proto::Packet& packet) { take(packet); };
        sink.unreachable = [this](const proto::Unreachable& error) { unreachable(error); };
        const io::CaptureFacts facts = read_for(output_, options_, std::move(sink));
        while (!streams_.empty()) end(streams_.begin());
        writer_.close();
        cli::Record summary("summary", facts.last);
        summary.set("files", static_cast<std::int64_t>(facts.files.size())).set("frames", static_cast<std::int64_t>(facts.frames));
        summary.set("messages", static_cast<std::int64_t>(sip_)).set("rtp_packets", static_cast<std::int64_t>(media_));
        const wire::sanitize::CredentialCounts& digests = messages_.credentials();
        summary.set("checks", static_cast<std::int64_t>(digests.right + digests.wrong + digests.removed));
        summary.set("matches", static_cast<std::int64_t>(digests.right)).set("mismatches", static_cast<std::int64_t>(digests.wrong));
        summary.set("unverified", static_cast<std::int64_t>(digests.removed));
        output_.write(summary);
        if (writer_.packets() == 0) throw cli::Failure{cli::ExitCode::bad_input, "nothing in the capture can be read, so nothing was written"};
        tell(facts);
        return cli::ExitCode::yes;
    }

private:
    struct Ends {
        Endpoint source, destination;
        friend auto operator<=>(const Ends&, const Ends&) = default;
    };
    struct Stream {
        Stream(wire::sanitize::Messages& messages, const wire::sanitize::Aliases& aliases, bool keep) : content(messages, aliases, keep) {}
        SanitizedStream content;
        std::uint64_t read = 0, written = 0;   // offsets behind the last byte
        std::list<Ends>::iterator age;
        Time last{};
    };
    using Streams = std::map<Ends, std::unique_ptr<Stream>>;

    static wire::sanitize::Credentials::Password old_passwords(const Options& options) {
        return [passwords = passwords_of(options)](std::string_view device, std::string_view username) -> std::optional<std::string> {
            const auto secret = passwords(device, username);
            return secret ? std::optional(secret->password) : std::nullopt;
        };
    }

    void take(const proto::Packet& packet) {
        if (packet.transport != proto::Transport::udp) return piece(packet);
        Bytes bytes;
        if (wire::sip::looks_like_sip(as_text(packet.bytes))) {
            const std::string message = messages_.scrub_message(as_text(packet.bytes));
            bytes.assign(message.begin(), message.end());
            ++sip_;
        } else {
            bytes = wire::sanitize::scrub_media(packet.bytes, options_.keep_media, aliases_);
            ++media_;
        }
        proto::Packet clean = packet;
        clean.bytes = bytes;
        write(clean);
    }

    void write(proto::Packet& clean) {
        clean.source = aliases_.endpoint(clean.source);
        clean.destination = aliases_.endpoint(clean.destination);
        writer_.write(clean);
    }

    void unreachable(const proto::Unreachable& error) {
        proto::Unreachable clean = error;
        clean.source = aliases_.endpoint(error.source);
        clean.destination = aliases_.endpoint(error.destination);
        writer_.unreachable(clean);
    }

    void piece(const proto::Packet& packet) {
        const Ends ends{packet.source, packet.destination};
        auto found = streams_.find(ends);
        if (found != streams_.end() && packet.stream_offset < found->second->read) {   // the ports are used again
            end(found);
            found = streams_.end();
        }
        if (found == streams_.end()) {
            if (streams_.size() >= max_streams) end(streams_.find(ages_.back()));
            found = streams_.emplace(ends, std::make_unique<Stream>(messages_, aliases_, options_.keep_media)).first;
            ages_.push_front(ends);
        } else {
            ages_.erase(found->second->age);
            ages_.push_front(ends);
        }
        Stream& stream = *found->second;
        stream.age = ages_.begin();
        stream.read = packet.stream_offset + packet.bytes.size();
        stream.last = packet.time;
        put(stream, packet, stream.content.push(packet));
    }

    void put(Stream& stream, proto::Packet clean, const SanitizedStream::Output& made) {
        if (made.bytes.empty()) return;
        stream.written += made.gap;
        clean.bytes = made.bytes;
        clean.gap = made.gap;
        clean.stream_offset = stream.written;
        stream.written += made.bytes.size();
        write(clean);
    }

    void end(Streams::iterator stream) {
        proto::Packet last;
        last.transport = proto::Transport::tcp;
        last.source = stream->first.source;
        last.destination = stream->first.destination;
        last.time = stream->second->last;
        put(*stream->second, last, stream->second->content.finish());
        sip_ += stream->second->content.messages_seen();
        media_ += stream->second->content.packets_seen();
        ages_.erase(stream->second->age);
        streams_.erase(stream);
    }

    void tell(const io::CaptureFacts& facts) {
        const cli::Words say(output_.language());
        output_.line(say({"{} frames read: {} SIP messages rewritten, {} packets of media and others {}", "读取 {} 帧:改写 SIP 报文 {} 条;媒体及其他包 {} 个,{}"}, cli::grouped(facts.frames),
                         cli::grouped(sip_), cli::grouped(media_),
                         options_.keep_media ? say({"kept (RTP) or emptied", "RTP 保留,其他清空"}) : say({"emptied but for their headers", "除包头外清空"})));
        const wire::sanitize::CredentialCounts& digests = messages_.credentials();
        if (digests.right + digests.wrong > 0)
            output_.line(say({"digests signed anew: {} right, {} wrong as before; the password is now \"{}\"", "重新签名的摘要:{} 个正确,{} 个仍按原样错误;密码改为 \"{}\""}, digests.right,
                             digests.wrong, sanitized_password));
        if (digests.removed > 0)
            output_.line(say({"digests taken out (zeros), because the password is not known: {}; --password or --passwords keeps them judgeable",
                              "因不知道密码而清零的摘要:{} 个;给出 --password 或 --passwords 可保留其可判性"},
                             digests.removed));
        if (facts.duplicates > 0) output_.line(say({"second copies of a mirror port left out: {}", "舍去镜像口的重复帧:{}"}, cli::grouped(facts.duplicates)));
        for (const auto& [what, count] : facts.not_decoded) output_.line(say({"left out: {} ({})", "舍去:{}({})"}, what, cli::grouped(count)));
        output_.line(say({"kept: times, ports, Call-ID, tag, branch and nonce (but for addresses and IDs in them), makers, models and versions. Look at it before you share it.",
                          "保留:时间、端口、Call-ID、tag、branch、nonce(其中的地址和编号除外)、厂商、型号、版本。分享前请再看一遍。"}));
    }

    cli::Output& output_;
    const Options& options_;
    wire::sanitize::Aliases aliases_;
    wire::sanitize::Messages messages_;
    io::CaptureWriter writer_;
    Streams streams_;
    std::list<Ends> ages_;     // most recently used first
    std::uint64_t sip_ = 0, media_ = 0;
};

}  // namespace

cli::ExitCode sanitize(cli::Output& output, const Options& options) { return Sanitizing(output, options).run(); }

}  // namespace gbkit::replay_tool
