#!/usr/bin/env bash
# Advice in the words of the device's menus and the platform's keys, by what both say of themselves; --baseline.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

device=34020000001320000264
# ask AGENT, answer AGENT: the REGISTER from behind a NAT, and the 401 to its private Via address.
ask() { { register_to; common b1 7 "1 REGISTER" $device; echo "User-Agent: $1"; echo "Expires: 3600"; } | message >"$work/ask"; }
answer() {
    { echo "SIP/2.0 401 Unauthorized"; common b1 7 "1 REGISTER" $device; echo "Server: $1"
      echo 'WWW-Authenticate: Digest realm="3402000000", nonce="n1", algorithm=MD5'; } | message >"$work/answer"
}
# lost DEVICE-AGENT PLATFORM-AGENT: a capture of it
lost() {
    ask "$1"
    answer "$2"
    new_capture
    local at=0 i
    for ((i = 0; i < 9; i++)); do
        udp $at 117.136.8.21 40312 203.0.113.9 5060 "$work/ask"
        udp $((at + 2)) 203.0.113.9 5060 192.168.1.64 5060 "$work/answer"
        at=$((at + (i < 3 ? 500 << i : 4000)))
    done
}

menu="Hikvision: Configuration > Network > Advanced Settings > Platform Access"
key="wvp: application.yml: user-settings.sip-use-source-ip-as-remote-address: true"
lost "IP Camera" "WVP-Pro v2.7.3.20241115" >"$work/both.pcap"
expect_code 1 pcap-replay inspect --lang en "$work/both.pcap"
has "$out" "register-401-to-private-via"
has "$out" "          $menu"
has "$out" "          $key"
expect_code 1 pcap-replay inspect --lang zh "$work/both.pcap"
has "$out" "Hikvision: 配置 > 网络 > 高级配置 > 平台接入"
expect_code 1 pcap-replay inspect --json "$work/both.pcap"
has "$out" '"advice_here":["'"$menu"
has "$out" '"'"$key"'"]'
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"

# Who is unknown gets the advice and nothing more.
lost "MyCam/1.0" "eXosip/4.1.0" >"$work/unknown.pcap"
expect_code 1 pcap-replay inspect --lang en "$work/unknown.pcap"
has "$out" "DO        "
has_not "$out" "Hikvision:"
has_not "$out" "wvp:"
expect_code 1 pcap-replay inspect --json "$work/unknown.pcap"
has_not "$out" "advice_here"
lost "SIP UAS V3.0.0.675168" "Hikvision" >"$work/dahua.pcap"   # a platform of a maker of cameras has no menus of a camera
expect_code 1 pcap-replay inspect --lang en "$work/dahua.pcap"
has_not "$out" "Hikvision:"

# Live, on both sides: the platform knows the device's make by its agent, the device knows it of itself.
serve shape --password right-word --lang en --listen 127.0.0.1:0
expect_code 1 $within 30 gb-register device --server "127.0.0.1:$port" --password wrong-word --profile hikvision --once --lang en
kill "$server"
wait "$server"
has "$(<"$work/shape.page")" "          $menu (mode 28181): SIP"
has_not "$(<"$work/shape.page")$out" "right-word"

# H.265 is no mistake: a note, with what shows it and the menu where it is changed; the call names the stream's device.
perl -e '
    binmode STDOUT;
    my @sets = map { "\0\0\0\1" . pack("H*", $_) } ("40010c01ffff01600000030090000003000003007891" . "3024",
        "420101016000000300900000030000030078a003c08010e59644e4932bc05a0200000300020000030032" . "10", "4401c172b46240");
    for my $i (0 .. 79) { print $i % 25 == 0 ? join("", @sets) . "\0\0\0\1\x26\x01\xaf" : "\0\0\0\1\x02\x01\xd0", chr(1 + $i) x 900 }' >"$work/video.h265"
expect_code 0 ps-dump mux --video "$work/video.h265" --pcap "$work/stream.pcap"
channel=34020000001310000001
# call START AGENT: the INVITE or its 200, with an SDP that promises this SSRC.
call() {
    local sdp="v=0\r\no=1 0 0 IN IP4 192.0.2.2\r\ns=Play\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=video 30002 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny=0100003190\r\n"
    printf '%b' "$1\r\nVia: SIP/2.0/UDP $platform:5060;branch=z9hG4bKi1\r\nFrom: <sip:34020000002000000001@3402000000>;tag=1\r\n" \
        "To: <sip:$channel@3402000000>\r\nCall-ID: 9\r\nCSeq: 1 INVITE\r\nUser-Agent: $2\r\nContent-Type: application/sdp\r\n" \
        "Content-Length: $(printf '%b' "$sdp" | wc -c)\r\n\r\n$sdp" >"$work/message"
}
{
    new_capture
    call "INVITE sip:$channel@3402000000 SIP/2.0" "WVP-Pro v2.7.3"
    down 0
    call "SIP/2.0 200 OK" "Embedded Net DVR/NVR/DVS"
    up 200
} >"$work/call.pcap"
expect_code 0 pcap-replay inspect --lang en --habits "$work/call.pcap" "$work/stream.pcap"
has "$out" "media-h265-for-browser  certain  ssrc 0100003190"
has "$out" "The video is H.265 (Main 1920x1080)"
has "$out" "H.265 Main 1920x1080, 25 fps: few web players show it"
has "$out" "Hikvision: Configuration > Video/Audio > Video: Video Encoding: H.264"
expect_code 0 pcap-replay inspect --lang zh --habits "$work/call.pcap" "$work/stream.pcap"
has "$out" "Hikvision: 配置 > 视音频 > 视频"
camera_video 60 >"$work/video.h264"
expect_code 0 ps-dump mux --video "$work/video.h264" --pcap "$work/stream.pcap"
expect_code 0 pcap-replay inspect --lang en --habits "$work/call.pcap" "$work/stream.pcap"
has_not "$out" "media-h265-for-browser"

# A baseline: what an earlier run found is known; something else is not.
expect_code 1 pcap-replay inspect --records "$work/known.jsonl" "$work/both.pcap"
expect_code 0 pcap-replay inspect --lang en --baseline "$work/known.jsonl" "$work/both.pcap"
has "$out" "Nothing new is wrong."
has "$out" "known     "
has "$out" "register-401-to-private-via"
has_not "$out" "WRONG"
expect_code 0 pcap-replay inspect --json --baseline "$work/known.jsonl" "$work/both.pcap"
has "$out" '"known":true'
has "$out" '"findings_known":'
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
printf 'register-401-to-private-via 34020000001320000999\n' >"$work/other"
expect_code 1 pcap-replay inspect --baseline "$work/other" "$work/both.pcap"
printf 'register-401-to-nowhere\n' >"$work/other"
expect_code 3 pcap-replay inspect --baseline "$work/other" "$work/both.pcap"
has "$err" "--baseline $work/other, line 1: no finding is called register-401-to-nowhere"
expect_code 3 pcap-replay inspect --baseline "$work/nowhere" "$work/both.pcap"
finish
