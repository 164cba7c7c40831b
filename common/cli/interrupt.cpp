#include "cli/interrupt.hpp"

#include <csignal>

namespace gbkit::cli {

void outlive_first_interrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    ::sigaction(SIGINT, &action, nullptr);
}

}  // namespace gbkit::cli
