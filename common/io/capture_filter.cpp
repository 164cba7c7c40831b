#include "io/capture_filter.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "io/capture.hpp"
#include "wire/frame.hpp"
#include "wire/hash64.hpp"

namespace gbkit::io {

namespace {

constexpr int whole_frame = 262144;
constexpr Duration fragment_patience = seconds{30};  // RFC 791 3.2 and RFC 8200 4.5 give a datagram 15 to 60 s

// One expression for one link layer.
class Program {
public:
    Program(pcap* handle, const std::string& expression) {
        if (pcap_compile(handle, &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) compiled_ = true;
        else complaint_ = pcap_geterr(handle);
    }
    ~Program() {
        if (compiled_) pcap_freecode(&program_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] bool compiled() const noexcept { return compiled_; }
    [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }
    [[nodiscard]] bpf_program* code() noexcept { return &program_; }
    [[nodiscard]] bool matches(const wire::CapturedFrame& frame) const noexcept {
        pcap_pkthdr header{};
        header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
        header.len = static_cast<bpf_u_int32>(frame.wire_length);
        return pcap_offline_filter(&program_, &header, frame.bytes.data()) != 0;
    }

private:
    bpf_program program_{};
    bool compiled_ = false;
    std::string complaint_;
};

// Files number link layers as LINKTYPE_, libpcap as DLT_: they differ for raw IP.
int dlt_of(std::uint32_t link_type) noexcept {
    if (link_type == wire::link_type::raw || link_type == wire::link_type::raw_openbsd) return DLT_RAW;
    return static_cast<int>(link_type);
}

std::unique_ptr<Program> compile(std::uint32_t link_type, const std::string& expression) {
    pcap* const handle = pcap_open_dead(dlt_of(link_type), whole_frame);
    if (handle == nullptr) throw std::bad_alloc();
    auto program = std::make_unique<Program>(handle, expression);
    pcap_close(handle);
    return program;
}

std::string with_later_fragments(const std::string& expression) {
    return fmt::format("({}) or (ip[6:2] & 0x1fff != 0) or (ip6[6] = 44)", expression);
}

}  // namespace

struct CaptureFilter::Programs {
    std::map<std::uint32_t, std::unique_ptr<Program>> by_link_type;
};

std::optional<std::string> CaptureFilter::complaint_about(const std::string& expression) {
    std::optional<std::string> first;
    for (const std::uint32_t type : {wire::link_type::ethernet, wire::link_type::linux_sll, wire::link_type::raw, wire::link_type::wifi}) {
        const auto program = compile(type, expression);
        if (program->compiled()) return std::nullopt;
        if (!first) first = program->complaint();
    }
    return first;
}

CaptureFilter::CaptureFilter(std::string expression) : expression_(std::move(expression)), programs_(std::make_unique<Programs>()) {
    speaks_of_vlan_ = expression_.find("vlan") != std::string::npos;
    if (const auto complaint = complaint_about(expression_)) throw CaptureError(fmt::format("the filter \"{}\": {}", expression_, *complaint), false);
}

CaptureFilter::~CaptureFilter() = default;

void CaptureFilter::install(pcap* interface) {
    Program wide(interface, with_later_fragments(expression_));
    if (wide.compiled() && pcap_setfilter(interface, wide.code()) == 0) {
        installed_ = true;
        return;
    }
    Program narrow(interface, expression_);  // a link layer whose IP header cannot be reached
    if (!narrow.compiled()) throw CaptureError(fmt::format("the filter \"{}\": {}", expression_, narrow.complaint()), false);
    if (pcap_setfilter(interface, narrow.code()) != 0) throw CaptureError(fmt::format("cannot set the filter: {}", pcap_geterr(interface)), true);
    installed_ = true;
}

bool CaptureFilter::passes(const wire::CapturedFrame& frame) {
    auto& program = programs_->by_link_type[frame.link_type];
    if (!program) program = compile(frame.link_type, expression_);
    if (!program->compiled())
        throw CaptureError(fmt::format("the filter \"{}\" has no meaning for {}: {}", expression_, wire::name_of_link_type(frame.link_type), program->complaint()), false);
    return passes_fragments(frame, program->matches(speaks_of_vlan_ ? frame : without_tags(frame)));
}

// | destination 6 | source 6 | 0x8100 or 0x88A8, tag 2 | ... | ethertype 2 | ...
wire::CapturedFrame CaptureFilter::without_tags(const wire::CapturedFrame& frame) {
    constexpr std::size_t addresses = 12, tag = 4;
    const ByteView bytes = frame.bytes;
    std::size_t tags = 0;
    const auto tagged = [&](std::size_t at) {
        return at + tag + 2 <= bytes.size() && ((bytes[at] == 0x81 && bytes[at + 1] == 0x00) || (bytes[at] == 0x88 && bytes[at + 1] == 0xA8));
    };
    while (frame.link_type == wire::link_type::ethernet && tagged(addresses + tags)) tags += tag;
    if (tags == 0) return frame;
    const ByteView rest = bytes.subspan(addresses + tags);
    untagged_.assign(bytes.begin(), bytes.begin() + addresses);
    untagged_.insert(untagged_.end(), rest.begin(), rest.end());
    wire::CapturedFrame plain = frame;
    plain.bytes = untagged_;
    plain.wire_length = std::max(frame.wire_length - tags, untagged_.size());
    return plain;
}

// The kernel sees a frame without its VLAN tag and we see it with the tag: of what it let through only the later
// fragments are ours to judge.
bool CaptureFilter::passes_fragments(const wire::CapturedFrame& frame, bool matches) {
    const auto decoded = wire::decode_frame(frame.link_type, frame.bytes, frame.wire_length);
    if (!decoded || !decoded->ip.fragment) return matches || installed_;
    const wire::IpPacket& ip = decoded->ip;
    const std::uint64_t key = wire::hash64(ip.source.bytes(), wire::hash64(ip.destination.bytes(), ip.id)) | 1;
    Datagram& slot = passed_[key >> 1 & (passed_.size() - 1)];
    if (ip.fragment_offset > 0) return matches || (slot.key == key && frame.time - slot.time < fragment_patience);
    if (matches || installed_) slot = {key, frame.time};
    return matches || installed_;
}

}  // namespace gbkit::io
