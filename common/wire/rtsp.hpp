// RTSP (RFC 2326, RFC 7826) and HTTP (RFC 9112) by their first lines, and RTSP that hides in HTTP.
//
//   request   METHOD SP target SP RTSP/1.0      answer   RTSP/1.0 SP 200 SP OK
//   request   METHOD SP target SP HTTP/1.1      answer   HTTP/1.1 SP 200 SP OK
//
// Recognition only: which of them a stream speaks, whom it asks for, and nothing of what comes later. A head that
// grows gives `more` until it is decided, so the answer does not depend on where the stream was cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gbkit::wire {

enum class FirstLine : std::uint8_t { none, more, rtsp_request, rtsp_answer, http_request, http_answer };

/// Of a first line not more than this is looked at.
inline constexpr std::size_t longest_first_line = 1024;

/// What the first line of these bytes is; `more`: its end has not come, and it may become one of them.
[[nodiscard]] FirstLine first_line_of(std::string_view head) noexcept;

/// These bytes may be, or begin, the first line of a text protocol: a word of capitals, and no control characters up to
/// the line's end.
[[nodiscard]] bool may_be_first_line(std::string_view head) noexcept;

/// The target of a request, as sent: "rtsp://10.1.0.3/Streaming/Channels/101", "/onvif/device_service". Empty when the
/// first line is no request.
[[nodiscard]] std::string_view target_of(std::string_view head) noexcept;

/// The value of a header in the head, trimmed; empty when it is not there, or not whole yet.
[[nodiscard]] std::string_view header_in(std::string_view head, std::string_view name) noexcept;

/// The empty line after the headers has come.
[[nodiscard]] bool head_is_whole(std::string_view head) noexcept;

/// An HTTP head whose connection carries RTSP: Accept or Content-Type application/x-rtsp-tunnelled.
[[nodiscard]] bool tunnels_rtsp(std::string_view head) noexcept;

/// An HTTP request with a SOAP body: ONVIF is spoken so, also by devices whose services have other paths.
[[nodiscard]] bool carries_soap(std::string_view head) noexcept;

}  // namespace gbkit::wire
