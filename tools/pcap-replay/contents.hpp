// What a capture holds besides SIP and media, as the page tells it.
//
//   also here 1 RTMP connection 10.1.0.9:40112 -> 10.1.0.5:1935 app live, 12 MB; 2 RTSP, 3 MB; not looked into: 19 MB (HTTP, TLS)
#pragma once

#include "cli/output.hpp"
#include "proto/observe/content_table.hpp"

namespace gbkit::replay_tool {

/// One entry; with `everything` each conversation besides.
void write_contents(cli::Output& output, const proto::observe::ContentTable& contents, bool everything);

/// "10.1.0.9:40112 -> 10.1.0.5:1935", and what it asks for: "app live", "camera.example".
[[nodiscard]] std::string ends_of(const proto::observe::ContentFlow& flow);

}  // namespace gbkit::replay_tool
