#include "io/capture_live.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <poll.h>

#include "base/text.hpp"
#include "io/capture_intake.hpp"
#include "io/clock.hpp"
#include "wire/frame.hpp"

namespace gbkit::io {

namespace {

constexpr int whole_frame = 262144;
constexpr int patience_ms = 100;                    // how long the kernel gathers frames, and we wait for them
constexpr Duration late_frames = milliseconds{250}; // a frame may lie in the kernel as long as that
constexpr Duration tick_every = milliseconds{200};
constexpr unsigned frames_between_looks = 64;       // at the clock, while frames keep coming

volatile std::sig_atomic_t interrupted = 0;

// The first signal asks for the end, the second gets it.
class Interrupts {
public:
    Interrupts() {
        interrupted = 0;
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigaction(SIGINT, &action, &before_int_);
        ::sigaction(SIGTERM, &action, &before_term_);
    }
    ~Interrupts() {
        if (interrupted != 0) return;  // what is left is the page: a second signal ends that too
        ::sigaction(SIGINT, &before_int_, nullptr);
        ::sigaction(SIGTERM, &before_term_, nullptr);
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

private:
    struct sigaction before_int_ {}, before_term_ {};
};

struct CloseHandle {
    void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, CloseHandle>;

std::string interfaces_there_are() {
    char error[PCAP_ERRBUF_SIZE];
    pcap_if_t* first = nullptr;
    if (pcap_findalldevs(&first, error) != 0) return {};
    std::vector<std::string> names;
    for (const pcap_if_t* one = first; one != nullptr && names.size() < 16; one = one->next)
        if ((one->flags & PCAP_IF_UP) != 0) names.emplace_back(one->name);
    pcap_freealldevs(first);
    return join(names, ", ");
}

[[noreturn]] void refuse(const std::string& interface, int status, pcap_t* handle) {
    const std::string head = fmt::format("cannot capture on {}: ", interface);
    if (status == PCAP_ERROR_NO_SUCH_DEVICE) throw CaptureError(head + "no such interface (there are: " + interfaces_there_are() + ")", false);
    if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
        throw CaptureError(head + "permission denied; run it with sudo, or once: setcap cap_net_raw+ep on the program", true);
    if (status == PCAP_ERROR_IFACE_NOT_UP) throw CaptureError(head + "it is down (ip link set " + interface + " up)", true);
    const std::string why = handle != nullptr && status == PCAP_ERROR ? pcap_geterr(handle) : pcap_statustostr(status);
    throw CaptureError(head + why, true);
}

Handle open(const LiveOptions& options) {
    char error[PCAP_ERRBUF_SIZE] = "";
    Handle handle(pcap_create(options.interface.c_str(), error));
    if (!handle) throw CaptureError(fmt::format("cannot capture on {}: {}", options.interface, error), true);
    pcap_set_snaplen(handle.get(), whole_frame);
    pcap_set_promisc(handle.get(), options.interface == "any" ? 0 : 1);
    pcap_set_timeout(handle.get(), patience_ms);
    pcap_set_buffer_size(handle.get(), options.buffer_bytes);
    pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
    const int status = pcap_activate(handle.get());
    if (status < 0) refuse(options.interface, status, handle.get());
    if (pcap_setnonblock(handle.get(), 1, error) != 0) throw CaptureError(fmt::format("cannot capture on {}: {}", options.interface, error), true);
    return handle;
}

}  // namespace

struct LiveCapture::State {
    State(LiveOptions live, CaptureOptions files) : options(std::move(live)), capture(std::move(files)), handle(open(options)) {
        nanoseconds = pcap_get_tstamp_precision(handle.get()) == PCAP_TSTAMP_PRECISION_NANO;
        link_type = static_cast<std::uint32_t>(pcap_datalink(handle.get()));
        file.name = options.interface;
        file.format = "live";
        file.link_types.push_back(wire::name_of_link_type(link_type));
        if (capture.filter.empty()) return;
        filter.emplace(capture.filter);
        filter->install(handle.get());
    }

    [[nodiscard]] Time capture_time() const {
        const Time now = clock.now();
        return last_frame ? *last_frame + (now - last_frame_at) : now;
    }

    [[nodiscard]] wire::CapturedFrame frame_of(const pcap_pkthdr& header, const std::uint8_t* bytes) {
        wire::CapturedFrame frame;
        frame.time = from_unix(header.ts.tv_sec, std::int64_t{header.ts.tv_usec} * (nanoseconds ? 1 : 1000));
        frame.link_type = link_type;
        frame.bytes = {bytes, header.caplen};
        frame.wire_length = std::max<std::size_t>(header.len, header.caplen);
        frame.offset = file.bytes;
        file.bytes += header.caplen;
        ++file.frames;
        last_frame = frame.time;
        last_frame_at = clock.now();
        return frame;
    }

    // Once a fifth of a second, however much comes; true at the end.
    bool look_at_clock(CaptureIntake& intake, const CaptureSink& sink) {
        const Time now = clock.now();
        if (interrupted != 0 || (options.duration && now - started >= *options.duration)) return true;
        if (now - ticked < tick_every) return false;
        ticked = now;
        const Time time = capture_time() - late_frames;
        if (sink.tick) sink.tick(time);
        if (sink.progress) sink.progress(file.bytes, 0);
        return intake.over(time);
    }

    void wait() const {
        pollfd ready{pcap_get_selectable_fd(handle.get()), POLLIN, 0};
        (void)::poll(&ready, 1, patience_ms);
    }

    void read(CaptureIntake& intake, const CaptureSink& sink) {
        started = ticked = clock.now();
        for (unsigned count = 1;; ++count) {
            pcap_pkthdr* header = nullptr;
            const std::uint8_t* bytes = nullptr;
            const int got = pcap_next_ex(handle.get(), &header, &bytes);
            if (got == 1) {
                const wire::CapturedFrame frame = frame_of(*header, bytes);
                intake.take(frame, file.frames, 0);
            }
            if (got < 0) {
                broken = pcap_geterr(handle.get());
                return;
            }
            if ((got == 0 || count % frames_between_looks == 0) && look_at_clock(intake, sink)) return;
            if (got == 0) wait();
        }
    }

    [[nodiscard]] std::uint64_t lost() const {
        pcap_stat counts{};
        if (pcap_stats(handle.get(), &counts) != 0) return 0;
        const std::uint64_t dropped = options.interface == "lo" ? counts.ps_drop / 2 : counts.ps_drop;  // out and in again: we want one
        return dropped + counts.ps_ifdrop;
    }

    LiveOptions options;
    CaptureOptions capture;
    Handle handle;
    std::optional<CaptureFilter> filter;
    bool nanoseconds = false;
    std::uint32_t link_type = 0;
    CaptureFile file;
    Clock clock;
    Time started{}, ticked{};
    std::optional<Time> last_frame;
    Time last_frame_at{};
    std::string broken;
};

LiveCapture::LiveCapture(LiveOptions options, CaptureOptions capture)
    : state_(std::make_unique<State>(std::move(options), std::move(capture))) {}
LiveCapture::~LiveCapture() = default;

std::string LiveCapture::link_layer() const { return wire::name_of_link_type(state_->link_type); }
std::uint64_t LiveCapture::lost() const { return state_->lost(); }
const std::string& LiveCapture::broken() const noexcept { return state_->broken; }

CaptureFacts LiveCapture::run(const CaptureSink& sink) {
    const Interrupts interrupts;
    CaptureFacts facts;
    CaptureIntake intake(state_->capture, sink, facts, state_->filter ? &*state_->filter : nullptr);
    state_->read(intake, sink);
    intake.finish();
    facts.not_captured = state_->lost();
    facts.files.push_back(state_->file);
    return facts;
}

}  // namespace gbkit::io
