#include "input.hpp"

#include <string_view>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "cli/files.hpp"
#include "cli/record.hpp"
#include "cli/run.hpp"
#include "io/capture.hpp"
#include "proto/observe/sip_feed.hpp"
#include "wire/pasted.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::digest_tool {

namespace {

using proto::observe::auth_seen;
using proto::observe::AuthSeen;

constexpr std::size_t text_limit = std::size_t{256} << 20;
constexpr std::size_t head_bytes = 16;

class Reader {
public:
    explicit Reader(const AuthSink& sink) : sink_(sink) {}

    void captures(const std::vector<std::string>& names) {
        with_feed([&](const io::CaptureSink& to) { return io::read_captures(names, {}, to); });
    }
    void bytes(const std::string& name, const std::string& content) {
        if (io::looks_like_capture(std::string_view(content).substr(0, head_bytes)))
            return with_feed([&](const io::CaptureSink& to) { return io::read_capture_bytes(name, as_bytes(content), {}, to); });
        if (is_records(content)) return records(content);
        const std::vector<wire::PastedMessage> messages = wire::read_pasted(content);
        for (const wire::PastedMessage& message : messages) give(auth_seen(message));
        if (messages.empty() && is_page(content)) counts.page = true;
    }

    InputCounts counts;

private:
    template <class Read>
    void with_feed(Read read) {
        proto::observe::SipFeed feed([this](const proto::observe::SipSeen& seen) { give(auth_seen(seen)); }, [](Finding) {});
        try {
            counts.frames += read(io::CaptureSink{[&](const proto::Packet& packet) { feed.see(packet); }, {}, {}}).frames;
        } catch (const io::CaptureError& error) {
            throw cli::Failure{error.system ? cli::ExitCode::system : cli::ExitCode::bad_input, error.what()};
        }
    }

    /// JSON Lines of the kit: the first line is a record with a type.
    static bool is_records(std::string_view text) {
        const std::string_view first = trim(text.substr(0, text.find('\n')));
        if (first.empty() || first.front() != '{') return false;
        const auto record = cli::read_record(first);
        return record && !record->type.empty();
    }

    /// A ladder: arrows and no message.
    static bool is_page(std::string_view text) {
        return text.find("<-- ") != std::string_view::npos && text.find("REGISTER") != std::string_view::npos;
    }

    void records(std::string_view text) {
        for (const std::string_view line : split(text, '\n')) {
            if (line.find("\"sip_message\"") == std::string_view::npos) continue;
            const auto record = cli::read_record(line);
            if (record && record->type == "sip_message") sip_record(*record);
        }
    }

    void sip_record(const cli::ReadRecord& record) {
        const auto raw = from_base64(record.value("raw_base64"));
        if (!raw) return;
        const auto message = wire::sip::parse(as_text(*raw));
        if (!message) return;
        AuthSeen seen = auth_seen(*message);
        seen.frame = to_number(record.value("frame"));
        seen.retransmission = record.value("retransmission") == "true";
        if (const auto time = from_rfc3339(record.value("time"))) seen.time = *time;
        give(seen);
    }

    void give(const AuthSeen& seen) {
        ++counts.messages;
        sink_(seen);
    }

    const AuthSink& sink_;
};

}  // namespace

InputCounts read_inputs(const std::vector<std::string>& names, const AuthSink& sink) {
    Reader reader(sink);
    const std::vector<std::string> all = names.empty() ? std::vector<std::string>{"-"} : names;
    std::vector<std::string> captures;
    std::vector<std::string> others;
    for (const std::string& name : all) {
        const bool capture = name != "-" && io::looks_like_capture(cli::read_head(name, head_bytes));  // stdin cannot be read twice
        (capture ? captures : others).push_back(name);
    }
    if (!captures.empty()) reader.captures(captures);
    for (const std::string& name : others) reader.bytes(name, cli::read_file(name, text_limit));
    reader.counts.files = all.size();
    return reader.counts;
}

}  // namespace gbkit::digest_tool
