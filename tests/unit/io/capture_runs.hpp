// Reads captures from memory or files and keeps the packets that came out.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "io/capture.hpp"

namespace gbkit::test {

struct KeptPacket {
    proto::Packet packet;   // without its bytes
    std::string bytes;
};
struct CaptureRun {
    io::CaptureFacts facts;
    std::vector<KeptPacket> packets;
    std::vector<proto::Unreachable> unreachable;
    std::vector<proto::ConnectionSeen> connections;
    /// All bytes one end sent to another over TCP, "[n]" where n bytes are missing.
    std::string stream(std::uint16_t source_port) const {
        std::string all;
        for (const KeptPacket& kept : packets) {
            if (kept.packet.transport != proto::Transport::tcp || kept.packet.source.port != source_port) continue;
            if (kept.packet.gap > 0) all += "[" + std::to_string(kept.packet.gap) + "]";
            all += kept.bytes;
        }
        return all;
    }
};

inline io::CaptureSink keeping_sink(CaptureRun& run) {
    io::CaptureSink sink;
    sink.packet = [&run](const proto::Packet& packet) {
        KeptPacket& kept = run.packets.emplace_back();
        kept.packet = packet;
        kept.packet.bytes = {};
        kept.bytes = as_text(packet.bytes);
    };
    sink.unreachable = [&run](const proto::Unreachable& error) { run.unreachable.push_back(error); };
    sink.connection = [&run](const proto::ConnectionSeen& seen) { run.connections.push_back(seen); };
    return sink;
}
inline CaptureRun read_bytes(const Bytes& bytes, const io::CaptureOptions& options = {}) {
    CaptureRun run;
    run.facts = io::read_capture_bytes("memory", bytes, options, keeping_sink(run));
    return run;
}
inline CaptureRun read_files(const std::vector<std::string>& names, const io::CaptureOptions& options = {}) {
    CaptureRun run;
    run.facts = io::read_captures(names, options, keeping_sink(run));
    return run;
}

/// A folder that goes away at the end of the test.
struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "gbkit-capture-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const std::string& name) const { return (path / name).string(); }
    std::string write(const std::string& name, const Bytes& bytes) const {
        std::ofstream out(path / name, std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return file(name);
    }
};

}  // namespace gbkit::test
