#!/usr/bin/env bash
# pcap-replay extract: SIP as text, XML bodies in UTF-8, one device's packets, media; and the pipes from it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

registration >"$work/site.pcap"

# SIP as text: all of it, each message with its place; resends are marked.
expect_code 0 pcap-replay extract "$work/site.pcap"
same "$(grep -c '^#' <<<"$out")" 7
has "$out" "192.168.1.64:5060 -> 203.0.113.9:5060  UDP"
has "$out" "REGISTER sip:34020000002000000001@3402000000 SIP/2.0"
same "$(grep -c '  resend$' <<<"$out")" 1
has_not "$out" $'\r'
has "$err" "7 messages"
expect_code 0 pcap-replay extract "$work/site.pcap" -o "$work/text"
same "$(grep -c '^#' "$work/text")" 7
expect_code 0 pcap-replay extract "$work/site.pcap" -o "$work/text" --json
has "$out" '"messages":7'
printf '%s\n' "$out" | gbkit-gen --validate || fail "records of extract"

# One device, one conversation; who is not there is said.
expect_code 0 pcap-replay extract "$work/site.pcap" --device 34020000001320000265
same "$(grep -c '^#' <<<"$out")" 1
has_not "$out" 34020000001320000264
expect_code 0 pcap-replay extract "$work/site.pcap" --call 8
same "$(grep -c '^#' <<<"$out")" 1
expect_code 3 pcap-replay extract "$work/site.pcap" --device 34020000001320000999
has "$err" "no such message"

# XML in UTF-8, whatever it was: GB2312 is declared and sent, the declaration goes.
expect_code 0 pcap-replay extract "$work/site.pcap" --xml
has "$out" "<Name>大门</Name>"
has_not "$out" "<?xml"
has "$out" "<!-- #5  "

# A capture of its own, which inspects like the whole.
expect_code 2 pcap-replay extract "$work/site.pcap" --pcap -o "$work/one.pcapng"
has "$err" "--device, --play or --call"
expect_code 0 pcap-replay extract "$work/site.pcap" --pcap --device 34020000001320000264 -o "$work/one.pcapng"
expect_code 0 pcap-replay "$work/one.pcapng"
has "$out" "34020000001320000264"
has_not "$out" "34020000001320000265"
pcap-replay extract "$work/site.pcap" --pcap --device 34020000001320000264 2>/dev/null | pcap-replay inspect - >"$work/page" 2>&1 || fail "the pipe into inspect"
has "$(<"$work/page")" "34020000001320000264"

# Media: what ps-dump muxed comes back; audio as a WAV file.
camera_video 50 >"$work/camera.h264"
head -c 8000 /dev/urandom >"$work/camera.g711"
expect_code 0 ps-dump mux --video "$work/camera.h264" --audio "$work/camera.g711" --audio-codec g711a --pcap "$work/play.pcapng"
expect_code 0 pcap-replay extract "$work/play.pcapng" --stream video -o "$work/video"
cmp "$work/video" "$work/camera.h264" || fail "video"
expect_code 0 pcap-replay extract "$work/play.pcapng" --stream audio -o "$work/audio"
cmp "$work/audio" "$work/camera.g711" || fail "audio"
expect_code 0 pcap-replay extract "$work/play.pcapng" --stream wav -o "$work/sound.wav"
cmp <(tail -c +59 "$work/sound.wav") "$work/camera.g711" || fail "samples of the WAV file"
same "$(head -c 4 "$work/sound.wav")" RIFF
same "$(od -An -tu2 -j20 -N2 "$work/sound.wav" | tr -d ' ')" 6
if command -v ffprobe >/dev/null; then
    told=$(ffprobe -hide_banner "$work/sound.wav" 2>&1)
    has "$told" "pcm_alaw"
    has "$told" "8000 Hz, 1 channels"
    has "$told" "Duration: 00:00:01.00"
fi
pcap-replay extract "$work/play.pcapng" --stream ps 2>/dev/null | ps-dump - >"$work/page" 2>&1 || fail "the pipe into ps-dump"
has "$(<"$work/page")" "H.264"
expect_code 3 pcap-replay extract "$work/site.pcap" --stream ps -o "$work/none"
has "$err" "no RTP"
expect_code 2 pcap-replay extract "$work/play.pcapng" --stream ps --xml
expect_code 7 pcap-replay extract "$work/play.pcapng" --stream ps -o /dev/full
{ sleep 0.1; pcap-replay extract "$work/play.pcapng" --stream ps 2>/dev/null; echo $? >"$work/code"; } | true
same "$(<"$work/code")" 0

# Two recorders' channels at once, media on TCP to the platform: --play by channel or Call-ID and --device take the right one.
camera_video 30 >"$work/other.h264"
media_address=$platform
both() {
    channel=$1 call_id=$2 media_port=$3 call "call$3" passive 0100003190 TCP/RTP/AVP PS/90000 "" "200 OK"
    expect_code 0 ps-dump mux --video "$4" --framing rfc4571 -o "$work/media.rtp"
    media_port=$3 tcp_capture "$work/media.rtp" >"$work/media$3.pcap"
}
both 34020000001310000001 call-one 30012 "$work/camera.h264"
both 34020000001310000002 call-two 30014 "$work/other.h264"
{ cat "$work/call30012.pcap"; for part in call30014 media30014 media30012; do tail -c +25 "$work/$part.pcap"; done; } >"$work/plays.pcap"
for chosen in "--play 34020000001310000001:camera" "--play 34020000001310000002:other" "--play call-one:camera" "--call call-two:other" "--device 34020000001310000002:other"; do
    read -r option value <<<"${chosen%%:*}"
    expect_code 0 pcap-replay extract "$work/plays.pcap" "$option" "$value" --stream video -o "$work/video"
    cmp "$work/video" "$work/${chosen##*:}.h264" || fail "the wrong video with $option $value"
    has_not "$out" "more sources"
    pcap-replay extract "$work/plays.pcap" "$option" "$value" --stream ps 2>/dev/null | ps-dump - >"$work/page" 2>&1
    has "$(<"$work/page")" "H.264"
done
expect_code 0 pcap-replay extract "$work/plays.pcap" --stream video -o "$work/video"
has "$out" "more sources"
expect_code 3 pcap-replay extract "$work/plays.pcap" --play nobody --stream video -o "$work/video"
expect_code 0 pcap-replay extract "$work/plays.pcap" --play 34020000001310000002
same "$(grep -c '^#' <<<"$out")" 3
expect_code 0 pcap-replay extract "$work/plays.pcap" --play 34020000001310000002 --pcap -o "$work/one.pcapng"
expect_code 0 pcap-replay extract "$work/one.pcapng" --stream video -o "$work/video"
cmp "$work/video" "$work/other.h264" || fail "the video of the smaller capture"

# A recorder's calls go to its channels' IDs: they are its own when it alone registers from there.
{ cat "$work/site.pcap"; tail -c +25 "$work/call30012.pcap"; tail -c +25 "$work/media30012.pcap"; } >"$work/recorder.pcap"
expect_code 0 pcap-replay extract "$work/recorder.pcap" --device 34020000001320000264 --stream video -o "$work/video"
cmp "$work/video" "$work/camera.h264" || fail "the video of a recorder's channel"
expect_code 3 pcap-replay extract "$work/recorder.pcap" --device 34020000001320000265 --stream video -o "$work/video"
unset media_address

# A capture cut anywhere gives what it holds, and never a crash.
for bytes in 10 30 200 700 1500 2600; do
    head -c $bytes "$work/site.pcap" >"$work/cut.pcap"
    pcap-replay extract "$work/cut.pcap" >/dev/null 2>&1
    code=$?
    [ $code = 0 ] || [ $code = 3 ] || fail "exit $code at $bytes bytes"
done
finish
