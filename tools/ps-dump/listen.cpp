// listen: judges what comes in live over UDP or TCP, and may keep it: as a capture, as a program stream.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/condition.hpp"
#include "cli/product.hpp"
#include "cli/wording.hpp"
#include "io/capture_writer.hpp"
#include "io/loop.hpp"
#include "io/resolver.hpp"
#include "page.hpp"
#include "receiver.hpp"
#include "verbs.hpp"

namespace gbkit::psdump_tool {

namespace {

using namespace proto::observe;

struct Address {
    proto::Transport transport = proto::Transport::udp;
    Endpoint endpoint;
};

Address address_of(const std::string& text) {
    const bool udp = text.starts_with("udp://");
    const auto where = udp || text.starts_with("tcp://") ? parse_host_port(std::string_view(text).substr(6)) : fail(Errc::malformed, "no address");
    if (!where) throw cli::Failure{cli::ExitCode::usage, fmt::format("\"{}\" is neither udp://HOST:PORT nor tcp://HOST:PORT", printable(text))};
    const auto found = io::resolve(*where);
    if (!found) throw cli::Failure{cli::ExitCode::unreachable, fmt::format("cannot find {}: {}", where->host, found.error().what)};
    return {udp ? proto::Transport::udp : proto::Transport::tcp, found->front()};
}

/// What can be asked at each packet.
std::vector<cli::Condition> goals_of(const std::string& text) { return cli::parse_conditions("--until", text, {"frames", "rtp_packets"}); }

class Listening {
public:
    Listening(cli::Output& output, const ListenOptions& options)
        : output_(output), options_(options), address_(address_of(options.address)), until_(goals_of(options.until)),
          expect_(cli::parse_conditions("--expect", options.expect, Totals::names())), loop_({.duration = options.duration}, tap_) {
        if (options.connect && address_.transport == proto::Transport::udp)
            throw cli::Failure{cli::ExitCode::usage, "--connect is for tcp://: nobody can be called by UDP to send media"};
        if (options.connect && address_.endpoint.port == 0) throw cli::Failure{cli::ExitCode::usage, "--connect needs a port"};
        if (!options.pcap.empty()) capture_.emplace(options.pcap);
        if (!output.options().output.empty()) {
            file_.emplace(output.options().output);
            file_->decouple();
        }
    }

    cli::ExitCode run() {
        ByteSinks sinks;
        if (file_) sinks.program_stream = [this](const RtpSource* source, ByteView pack, const MediaFrame*) { keep(source, pack); };
        Judging judging(output_, options_, false, std::move(sinks));
        Part& part = judging.add(options_.address, {Form::packets, wire::rtp::Framing::undecided, wire::codec::Container::unknown},
                                 media_options(options_), true);
        part.live = true;
        watch(part, judging);
        const io::LoopEnd end = receive();
        judging.finish(part, true);
        if (capture_) capture_->close();
        close_file();
        return close(judging, part, end);
    }

private:
    void watch(Part& part, const Judging& judging) {
        tap_.add({.packet =
                      [this, &part, &judging](const proto::Packet& packet) {
                          if (capture_) capture_->write(packet);
                          if (ended_) return;
                          (void)part.feed->see(packet);
                          for (const cli::Condition& goal : until_)
                              if (cli::reached(goal, static_cast<double>(goal.counter == "frames" ? judging.frames() : part.feed->counts().rtp))) end();
                      },
                  .advance =
                      [this, &part, &judging](Time) {
                          if (capture_) capture_->flush();
                          output_.progress(fmt::format("{} RTP packets, {} frames", part.feed->counts().rtp, judging.frames()));
                      }});
    }

    /// What comes until the loop has ended is no longer judged: --until means what it says.
    void end() {
        ended_ = true;
        loop_.stop();
    }

    io::LoopEnd receive() {
        const bool connects = options_.connect;
        Receiver receiver(address_.transport, connects ? Endpoint{} : address_.endpoint,
                          connects ? std::optional(address_.endpoint) : std::nullopt, options_.timeout);
        loop_.set_hooks({.opened = [this](Time now, const io::OpenedFlow& flow) { opened(now, flow); }, .report = {}});
        return loop_.run(proto::machine_of(receiver));
    }

    void opened(Time now, const io::OpenedFlow& flow) {
        if (options_.connect) return output_.talk(fmt::format("connected to {}", flow.peer.text()));
        if (flow.peer.port != 0) return output_.talk(fmt::format("{} has connected", flow.peer.text()));
        output_.talk(fmt::format("listening on {} {}", proto::name_of(flow.transport), flow.local.text()));
        cli::Record record("listening", now);
        record.set("transport", std::string(proto::name_of(flow.transport)));
        record.set("address", flow.local.address.text()).set("port", std::int64_t{flow.local.port});
        output_.write(record);
    }

    void keep(const RtpSource* source, ByteView pack) {
        if (!kept_) kept_ = source->number;
        if (*kept_ == source->number) file_->write(pack);
    }

    void close_file() {
        if (!file_) return;
        file_->close();
        if (file_->dropped() > 0) output_.talk(fmt::format("{} packs were not read from the output in time and are not in it", file_->dropped()));
    }

    cli::ExitCode close(Judging& judging, const Part& part, const io::LoopEnd& end) {
        judging.write_records(1, file_ ? std::optional(file_->written()) : std::nullopt);
        if (end.finish.outcome == proto::Outcome::unreachable)
            throw cli::Failure{cli::ExitCode::unreachable, fmt::format("cannot connect to {}: {}", address_.endpoint.text(), end.finish.why)};
        if (end.finish.outcome == proto::Outcome::timeout)
            throw cli::Failure{cli::ExitCode::timeout, fmt::format("nothing came within {}", format_duration(*options_.timeout))};
        if (options_.frames || options_.packets || options_.hex) output_.line();
        write_page(output_, judging);
        const bool met = expectations_met(judging.totals());
        if (met && !part.has_streams() && output_.verdict() == cli::ExitCode::yes && end.signal == 0)
            throw cli::Failure{cli::ExitCode::bad_input, nothing_in(judging, options_.ssrc.has_value())};
        output_.line();
        output_.root_causes();
        if (end.signal != 0) return end.signal == 15 ? cli::ExitCode::terminated : cli::ExitCode::interrupted;
        return met ? output_.verdict() : cli::worse(cli::ExitCode::no, output_.verdict());
    }

    bool expectations_met(const Totals& totals) {
        bool met = true;
        for (const cli::Condition& condition : expect_)
            if (!cli::met_or_said(output_, condition, totals.value(condition.counter))) met = false;
        return met;
    }

    cli::Output& output_;
    const ListenOptions& options_;
    Address address_;
    std::vector<cli::Condition> until_, expect_;
    std::optional<io::CaptureWriter> capture_;
    std::optional<cli::ProductFile> file_;
    io::Tap tap_;
    io::Loop loop_;
    std::optional<std::uint32_t> kept_;   // the source that is written
    bool ended_ = false;
};

}  // namespace

cli::ExitCode listen(cli::Output& output, const ListenOptions& options) {
    output.decouple();
    return Listening(output, options).run();
}

}  // namespace gbkit::psdump_tool
