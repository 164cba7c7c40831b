// sanitize: reads frames, writes them as wire/sanitize/frames makes them, and says what became of them.
#include "sanitize.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/product.hpp"
#include "cli/wording.hpp"
#include "extract.hpp"
#include "passwords.hpp"
#include "wire/pcapng_writer.hpp"
#include "wire/sanitize/frames.hpp"

namespace gbkit::replay_tool {

namespace {

namespace pcapng = wire::pcapng;
using wire::sanitize::CredentialCounts;

/// Frames as pcapng; each interface of the input has one in the output, for each link type it had.
class ShareFile {
public:
    explicit ShareFile(const std::string& name) : file_(name) {
        pcapng::append_section(block_, "gbkit " GBKIT_VERSION " sanitize");
        put();
    }

    void write(const wire::CapturedFrame& frame) {
        const std::uint32_t interface = interface_of(frame);
        pcapng::append_packet(block_, interface, frame.time, frame.bytes, frame.wire_length);
        put();
    }

    void close() { file_.close(); }

private:
    using Interface = std::pair<std::uint32_t, std::uint32_t>;   // its number, its link type

    std::uint32_t interface_of(const wire::CapturedFrame& frame) {
        const Interface wanted{frame.interface, frame.link_type};
        const auto known = std::find(interfaces_.begin(), interfaces_.end(), wanted);
        if (known != interfaces_.end()) return static_cast<std::uint32_t>(known - interfaces_.begin());
        const bool raw = frame.link_type == wire::link_type::raw_bsd || frame.link_type == wire::link_type::raw_openbsd;   // numbers of one system
        pcapng::append_interface(block_, raw ? wire::link_type::raw : frame.link_type, fmt::format("interface {}", frame.interface));
        interfaces_.push_back(wanted);
        return static_cast<std::uint32_t>(interfaces_.size() - 1);
    }

    void put() {
        file_.write(block_);
        block_.clear();
    }

    cli::ProductFile file_;
    Bytes block_;
    std::vector<Interface> interfaces_;
};

class Sanitizing {
public:
    Sanitizing(cli::Output& output, const Options& options)
        : output_(output), options_(options), messages_(aliases_, old_passwords(options), std::string(sanitized_password)), file_(output.options().output),
          frames_(messages_, aliases_, options.keep_media, [this](const wire::CapturedFrame& frame) { file_.write(frame); }) {}

    cli::ExitCode run() {
        io::CaptureSink sink;
        sink.frame = [this](const wire::CapturedFrame& frame, std::uint64_t) { frames_.push(frame, ++frames_read_); };
        const io::CaptureFacts facts = read_for(output_, options_, std::move(sink));
        frames_.finish();
        file_.close();
        write_summary(facts);
        if (frames_.counts().written == 0) throw cli::Failure{cli::ExitCode::bad_input, "nothing in the capture can be read, so nothing was written"};
        tell(facts);
        return cli::ExitCode::yes;
    }

private:
    static wire::sanitize::Credentials::Password old_passwords(const Options& options) {
        return [passwords = passwords_of(options)](std::string_view device, std::string_view username) -> std::optional<std::string> {
            const auto secret = passwords(device, username);
            return secret ? std::optional(secret->password) : std::nullopt;
        };
    }

    void write_summary(const io::CaptureFacts& facts) {
        const auto& counts = frames_.counts();
        const CredentialCounts& digests = messages_.credentials();
        cli::Record summary("summary", facts.last);
        summary.set("files", static_cast<std::int64_t>(facts.files.size())).set("frames", static_cast<std::int64_t>(facts.frames));
        summary.set("messages", static_cast<std::int64_t>(counts.messages)).set("rtp_packets", static_cast<std::int64_t>(counts.packets));
        summary.set("checks", static_cast<std::int64_t>(digests.right + digests.wrong + digests.removed));
        summary.set("matches", static_cast<std::int64_t>(digests.right)).set("mismatches", static_cast<std::int64_t>(digests.wrong));
        summary.set("unverified", static_cast<std::int64_t>(digests.removed));
        output_.write(summary);
    }

    void tell(const io::CaptureFacts& facts) {
        const cli::Words say(output_.language());
        const auto& counts = frames_.counts();
        output_.line(say({"{} frames read, {} written: {} SIP messages rewritten, {} packets of media and others {}",
                          "读取 {} 帧,写出 {} 帧:改写 SIP 报文 {} 条;媒体及其他包 {} 个,{}"},
                         cli::grouped(facts.frames), cli::grouped(counts.written), cli::grouped(counts.messages), cli::grouped(counts.packets),
                         options_.keep_media ? say({"kept (RTP) or emptied", "RTP 保留,其他清空"}) : say({"emptied but for their headers", "除包头外清空"})));
        const CredentialCounts& digests = messages_.credentials();
        if (digests.right + digests.wrong > 0)
            output_.line(say({"digests signed anew: {} right, {} wrong as before; the password is now \"{}\"", "重新签名的摘要:{} 个正确,{} 个仍按原样错误;密码改为 \"{}\""}, digests.right,
                             digests.wrong, sanitized_password));
        if (digests.removed > 0)
            output_.line(say({"digests taken out (zeros), because the password is not known: {}; --password or --passwords keeps them judgeable",
                              "因不知道密码而清零的摘要:{} 个;给出 --password 或 --passwords 可保留其可判性"},
                             digests.removed));
        for (const auto& [what, count] : counts.left_out) output_.line(say({"left out: {} ({})", "舍去:{}({})"}, what, cli::grouped(count)));
        output_.line(say({"kept: times, ports, VLAN tags, TTL, second copies, Call-ID, tag, branch and nonce (but for addresses and IDs in them), makers, models and versions. Look at it before you share it.",
                          "保留:时间、端口、VLAN、TTL、镜像重复帧、Call-ID、tag、branch、nonce(其中的地址和编号除外)、厂商、型号、版本。分享前请再看一遍。"}));
    }

    cli::Output& output_;
    const Options& options_;
    wire::sanitize::Aliases aliases_;
    wire::sanitize::Messages messages_;
    ShareFile file_;
    wire::sanitize::Frames frames_;
    std::uint64_t frames_read_ = 0;
};

}  // namespace

cli::ExitCode sanitize(cli::Output& output, const Options& options) { return Sanitizing(output, options).run(); }

}  // namespace gbkit::replay_tool
