#include "cli/product.hpp"

#include <unistd.h>

#include "cli/run.hpp"
#include "cli/terminal.hpp"

namespace gbkit::cli {

namespace {

constexpr std::size_t gathered = 128 * 1024;
constexpr std::size_t spooled = 64 << 20;

Sink sink_of(const std::string& name, bool text) {
    if (!name.empty() && name != "-") return Sink::file(name);
    if (!text && is_terminal(STDOUT_FILENO))
        throw Failure{ExitCode::usage, "binary data is not written to a terminal: name a file with -o, or pipe it into a program"};
    return Sink::standard_output();
}

}  // namespace

ProductFile::ProductFile(const std::string& name, bool text) : sink_(sink_of(name, text)) {}

void ProductFile::decouple() { spool_.emplace(sink_, spooled); }

void ProductFile::write(ByteView bytes) {
    written_ += bytes.size();
    if (spool_) return spool_->write(std::string(as_text(bytes)));
    if (waiting_.size() + bytes.size() > gathered) flush();
    if (bytes.size() >= gathered) sink_.write(as_text(bytes));
    else waiting_.append(as_text(bytes));
}

void ProductFile::flush() {
    sink_.write(waiting_);
    waiting_.clear();
}

void ProductFile::close() {
    flush();
    if (spool_) spool_->close();
    sink_.close();
}

}  // namespace gbkit::cli
