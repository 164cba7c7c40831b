#!/usr/bin/env bash
# pcap-replay sanitize: nothing that identifies somebody is left, and the result inspects with the same findings.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

# ids FILE ARGUMENT...: the findings of a capture, id and certainty, sorted.
ids() {
    local name=$1
    shift
    pcap-replay inspect "$name" --json "$@" 2>/dev/null | sed -n 's/.*"type":"finding".*"id":"\([^"]*\)".*"certainty":"\([^"]*\)".*/\1 \2/p' | sort
}
# same_findings FILE OLD-PASSWORD: before and after.
same_findings() {
    local given=() now=()
    [ -n "${2:-}" ] && given=(--password "$2") now=(--password sanitized)
    expect_code 0 pcap-replay sanitize "$1" "${given[@]}" -o "$work/share.pcapng"
    same "$(ids "$work/share.pcapng" "${now[@]}")" "$(ids "$1" "${given[@]}")"
}
# gone TEXT...: none of them is in the bytes.
gone() { local text; for text in "$@"; do ! grep -aqF -- "$text" "$work/share.pcapng" || fail "\"$text\" is still there"; done; }

# Names, addresses, IDs, places, passwords: gone, in headers, bodies and IP headers.
registration >"$work/fine.pcap"
same_findings "$work/fine.pcap" 12345678
gone 34020000001320000264 34020000002000000001 34020000001310000001 3402000000 192.168.1.64 203.0.113.9 hunter2 118.796877 32.060255 "$right" "$(printf '大门' | iconv -t GB2312)"
! grep -aqF "$(printf '\xc0\xa8\x01\x40')" "$work/share.pcapng" || fail "an address in an IP header"
has "$(pcap-replay extract "$work/share.pcapng" --xml 2>/dev/null)" "<Name>名称1</Name>"
has "$(pcap-replay extract "$work/share.pcapng" 2>/dev/null)" "User-Agent: IP Camera V5.4.0.160"
expect_code 0 pcap-replay "$work/share.pcapng" --password sanitized
has "$out" "the digest is right for the given password"
has "$out" "34010000001320000001"
[ "$(grep -ac 34010000001320000001 "$work/share.pcapng")" -gt 3 ] || fail "one ID has several aliases"
# It says what it did; sanitized twice it stays readable and keeps its lengths.
expect_code 0 pcap-replay sanitize "$work/fine.pcap" --password 12345678 -o "$work/share.pcapng" --json
has "$out" '"matches":1'
printf '%s\n' "$out" | gbkit-gen --validate || fail "records of sanitize"
expect_code 0 pcap-replay sanitize "$work/fine.pcap" -o "$work/again.pcapng"
has "$out" "taken out (zeros)"
! grep -aqF "$right" "$work/again.pcapng" || fail "the old response is still there"
if command -v tshark >/dev/null; then
    bad=$(tshark -r "$work/share.pcapng" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -Y 'ip.checksum.status==0 || udp.checksum.status==0 || _ws.malformed' 2>/dev/null)
    same "$bad" ""
    same "$(tshark -r "$work/share.pcapng" -Y sip 2>/dev/null | wc -l)" 7
fi

# A wrong password stays wrong, a digest computed in a wrong way stays wrong in the same way.
registration 00000000000000000000000000000001 "403 Forbidden" >"$work/refused.pcap"
same_findings "$work/refused.pcap" 12345678
has "$(ids "$work/refused.pcap" --password 12345678)" "digest"
upper=$(tr a-f A-F <<<"$right")
registration "$upper" "403 Forbidden" >"$work/upper.pcap"
same_findings "$work/upper.pcap" 12345678
same_findings "$work/upper.pcap"
gone "$right" "$upper"

# What our own device and platform say to each other over UDP and TCP, also with mistakes.
serve platform --listen 127.0.0.1:0 --password 12345678
faults=$(gb-register device --help | sed -n '/--fault TEXT/,/--observe/p' | grep -oE '(digest|keepalive|register|sip)(-[a-z0-9]+)+')
[ "$(wc -w <<<"$faults")" -gt 15 ] || fail "the faults are not listed as they were: $faults"
for how in udp tcp $faults; do
    transport=udp fault=
    case $how in udp | tcp) transport=$how ;; *) fault=$how ;; esac
    gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id 34020000001320000001 --once --timeout 500ms \
        --transport "$transport" --password 12345678 ${fault:+--fault "$fault"} --pcap "$work/talk.pcapng" >"$work/out" 2>"$work/err"
    [ -s "$work/talk.pcapng" ] || { fail "no capture of $how: $(<"$work/err")"; continue; }
    before=$failures
    same_findings "$work/talk.pcapng" 12345678
    same "$(pcap-replay extract "$work/share.pcapng" 2>/dev/null | grep -c '^#')" "$(pcap-replay extract "$work/talk.pcapng" 2>/dev/null | grep -c '^#')"
    [ "$failures" = "$before" ] || echo "that was $how"
done

# Media: headers stay, what they carry goes, unless it is asked for.
camera_video 50 >"$work/camera.h264"
expect_code 0 ps-dump mux --video "$work/camera.h264" --pcap "$work/play.pcapng"
expect_code 0 pcap-replay sanitize "$work/play.pcapng" -o "$work/share.pcapng"
expect_code 3 pcap-replay extract "$work/share.pcapng" --stream video -o "$work/video"
if command -v tshark >/dev/null; then
    numbers() { tshark -r "$1" -d udp.port==1-65535,rtp -T fields -e rtp.seq -e rtp.timestamp -e rtp.marker 2>/dev/null; }
    same "$(numbers "$work/share.pcapng")" "$(numbers "$work/play.pcapng")"
fi
expect_code 0 pcap-replay sanitize "$work/play.pcapng" --keep-media -o "$work/share.pcapng"
expect_code 0 pcap-replay extract "$work/share.pcapng" --stream video -o "$work/video"
cmp "$work/video" "$work/camera.h264" || fail "media that should be kept"

# RTP over TCP, whole and with a segment that was not captured: the same packets, the same losses.
expect_code 0 ps-dump mux --video "$work/camera.h264" --framing rfc4571 -o "$work/play.rtp"
for missing in "" 9; do
    tcp_capture "$work/play.rtp" $missing >"$work/tcp.pcap"
    ps-dump "$work/tcp.pcap" --json >"$work/before" 2>/dev/null
    expect_code 0 pcap-replay sanitize "$work/tcp.pcap" -o "$work/share.pcapng"
    ps-dump "$work/share.pcapng" --json >"$work/after" 2>/dev/null
    [ "$(value rtp_packets "$work/before")" -gt 20 ] || fail "no RTP over TCP to begin with"
    for counter in rtp_packets rtp_lost; do same "$(value $counter "$work/after")" "$(value $counter "$work/before")"; done
    ! grep -aqF "$(head -c 2000 "$work/camera.h264" | tail -c 40 | tr -d '\0\n')" "$work/share.pcapng" || fail "media in it"
    expect_code 0 pcap-replay sanitize "$work/tcp.pcap" --keep-media -o "$work/share.pcapng"
    pcap-replay extract "$work/tcp.pcap" --stream video -o "$work/video" >/dev/null 2>&1
    pcap-replay extract "$work/share.pcapng" --stream video -o "$work/again" >/dev/null 2>&1
    cmp "$work/video" "$work/again" || fail "media over TCP that should be kept${missing:+, one segment missing}"
done

# SIP over TCP cut in the middle of messages, with something else between them and a gap.
{ article; article; } | sed 's/$/\r/' >"$work/two.sip"
{ printf '\r\n\r\n'; cat "$work/two.sip"; printf 'garbage\r\n'; cat "$work/two.sip" "$work/two.sip"; } >"$work/stream"
for missing in "" 2; do
    tcp_capture "$work/stream" $missing >"$work/tcp.pcap"
    same_findings "$work/tcp.pcap" 12345678
    gone 34020000001320000264 192.168.1.64
    same "$(pcap-replay extract "$work/share.pcapng" 2>/dev/null | grep -c '^#')" "$(pcap-replay extract "$work/tcp.pcap" 2>/dev/null | grep -c '^#')"
done

# Neither SIP nor RTP: zeros.
for ((i = 0; i < 9000; i++)); do printf 'GET /secret.html HTTP/1.1 from 192.168.1.64\n'; done >"$work/stream"
tcp_capture "$work/stream" >"$work/tcp.pcap"
expect_code 0 pcap-replay sanitize "$work/tcp.pcap" -o "$work/share.pcapng"
gone secret HTTP 192.168.1.64

# Nothing in it, cut anywhere, to a pipe, to a full disk.
head -c 24 "$work/fine.pcap" >"$work/empty.pcap"
expect_code 3 pcap-replay sanitize "$work/empty.pcap" -o "$work/none"
for bytes in 60 200 700 1500 2600; do
    head -c $bytes "$work/fine.pcap" >"$work/cut.pcap"
    pcap-replay sanitize "$work/cut.pcap" -o "$work/share.pcapng" >/dev/null 2>&1
    code=$?
    [ $code = 0 ] || [ $code = 3 ] || fail "exit $code at $bytes bytes"
done
pcap-replay sanitize "$work/fine.pcap" 2>/dev/null | pcap-replay inspect - >"$work/page" 2>&1 || fail "the pipe into inspect"
expect_code 7 pcap-replay sanitize "$work/fine.pcap" -o /dev/full

# The real captures, when they are here.
for capture in "$GBKIT_SHARED"/captures/gb28181_*.pcapng; do
    [ -e "$capture" ] || { echo "no captures in $GBKIT_SHARED: that part is left out"; break; }
    same_findings "$capture"
done
finish
