#!/usr/bin/env bash
# pcap-replay sanitize: nothing that identifies somebody is left, and the result inspects with the same findings.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

# ids FILE ARGUMENT...: the findings of a capture, each repeat with its certainty, sorted; of those about the capture how many.
ids() {
    local name=$1
    shift
    pcap-replay inspect "$name" --json --all "$@" 2>/dev/null |
        perl -ne 'next unless /"type":"finding"/; /"id":"([^"]*)"/; my $id = $1; /"certainty":"([^"]*)"/; my $how = $1; my $many = $id =~ /^capture-/ && /"observed":"(\d+)"/ ? " $1" : ""; print "$id $how$many\n"' | sort
}
# same_findings FILE OLD-PASSWORD OPTION...: before and after; and nothing of whoever was in it is left.
same_findings() {
    local given=() now=()
    [ -n "${2:-}" ] && given=(--password "$2") now=(--password sanitized)
    expect_code 0 pcap-replay sanitize "$1" "${given[@]}" "${@:3}" -o "$work/share.pcapng"
    same "$(ids "$work/share.pcapng" "${now[@]}")" "$(ids "$1" "${given[@]}")"
    same "$(origins "$1" | traces "$work/share.pcapng")" ""
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

# The way it came stays: VLAN tags, second copies, TTL, ICMP errors. MAC addresses go, ARP is left out.
mirrored "$work/fine.pcap" >"$work/mirrored.pcap"
same_findings "$work/mirrored.pcap" 12345678
has "$out" "left out: ARP (1)"
has "$(ids "$work/share.pcapng")" "capture-mirror-copies certain 7"
gone "$(printf '\x0c\x0f\xfe\xe0\xc0')" 192.168.1.64
! grep -aqF "$(printf '\xc0\xa8\x01\x40')" "$work/share.pcapng" || fail "an address in an IP header or an ICMP error"
story() { pcap-replay inspect "$1" 2>/dev/null | grep -E '^(holds|inside) '; }
has "$(story "$work/mirrored.pcap")" "VLAN 200"
same "$(story "$work/share.pcapng")" "$(story "$work/mirrored.pcap")"
if command -v tshark >/dev/null; then
    way() { tshark -r "$1" -Y '!arp' -T fields -e frame.time_epoch -e vlan.id -e ip.ttl -e ip.id -e udp.srcport -e icmp.code 2>/dev/null; }
    same "$(way "$work/share.pcapng")" "$(way "$work/mirrored.pcap")"
fi

# A digest signed anew is right for gb-digest too.
registration >"$work/fine.pcap"
pcap-replay sanitize "$work/fine.pcap" --password 12345678 -o "$work/share.pcapng" >/dev/null 2>&1
expect_code 0 gb-digest --password sanitized "$work/share.pcapng"
expect_code 1 gb-digest --password 12345678 "$work/share.pcapng"

# A wrong password stays wrong, a digest computed in a wrong way stays wrong in the same way.
registration 00000000000000000000000000000001 "403 Forbidden" >"$work/refused.pcap"
same_findings "$work/refused.pcap" 12345678
has "$(ids "$work/refused.pcap" --password 12345678)" "digest"
upper=$(tr a-f A-F <<<"$right")
registration "$upper" "403 Forbidden" >"$work/upper.pcap"
same_findings "$work/upper.pcap" 12345678
same_findings "$work/upper.pcap"
gone "$right" "$upper"

# What our own device and platform say to each other over UDP and TCP, also with every mistake either can make.
faults_of() { gb-register "$1" --help | sed -n '/--fault TEXT/,/--observe/p' | grep -oE '(digest|keepalive|register|sip)(-[a-z0-9]+)+'; }
[ "$(faults_of device | wc -w)" -gt 25 ] && [ "$(faults_of serve | wc -w)" -gt 15 ] || fail "the faults are not listed as they were"
# talk PORT TRANSPORT DEVICE-FAULT: one registration, recorded and compared.
talk() {
    gb-register device --server "127.0.0.1:$1" --server-id 34020000002000000001 --device-id 34020000001320000001 --once --timeout 300ms \
        --transport "$2" --password 12345678 ${3:+--fault "$3"} --pcap "$work/talk.pcapng" >"$work/out" 2>"$work/err" </dev/null
    [ -s "$work/talk.pcapng" ] || { fail "no capture of $2 ${3:-}: $(<"$work/err")"; return; }
    same_findings "$work/talk.pcapng" 12345678
    same "$(pcap-replay extract "$work/share.pcapng" 2>/dev/null | grep -c '^#')" "$(pcap-replay extract "$work/talk.pcapng" 2>/dev/null | grep -c '^#')"
}
serve platform --listen 127.0.0.1:0 --password 12345678
right_port=$port
for transport in udp tcp; do
    for fault in "" $(faults_of device); do
        [ "$transport" = tcp ] && case $fault in "" | digest-stale-nonce | register-bad-request | digest-header-malformed) ;; *) continue ;; esac
        before=$failures
        talk "$right_port" "$transport" "$fault"
        [ "$failures" = "$before" ] || echo "that was $transport ${fault:-without a fault}"
    done
done
for fault in $(faults_of serve); do
    serve "$fault" --listen 127.0.0.1:0 --password 12345678 --fault "$fault"
    before=$failures
    talk "$port" udp ""
    [ "$failures" = "$before" ] || echo "that was the platform with $fault"
    kill "$server"
done

# What mirrors, NATs, lossy captures and whole sites look like; what speaks neither SIP nor RTP becomes nothing.
for scene in "input nat" "input rebound" "input private-via" "input proxy" "input loss 50 20" "input mirror" "input refused" "input silent" "input restart" \
    "input play open" "input play refused" "input play silent" "input play reversed" "site faults" "site mirrored faults" "site catalog 400"; do
    read -ra words <<<"$scene"
    perl "$(dirname "$0")/frames/${words[0]}.pl" "${words[@]:1}" >"$work/scene.pcap" || fail "no scene $scene"
    before=$failures
    same_findings "$work/scene.pcap" 12345678 --keep-media
    [ "$failures" = "$before" ] || echo "that was the scene $scene"
done
perl "$(dirname "$0")/frames/contents.pl" >"$work/scene.pcap"
expect_code 0 pcap-replay sanitize "$work/scene.pcap" -o "$work/share.pcapng"
gone token Authorization rtsp:// GetStreamUri Host: $(origins "$work/scene.pcap")

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
    [ "$(origins "$capture" | wc -l)" -gt 2 ] || fail "nobody is in $capture"
done
for capture in "$GBKIT_SHARED"/captures/*.pcap; do
    [ -e "$capture" ] && same_findings "$capture" "" --keep-media
done
finish
