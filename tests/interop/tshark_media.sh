#!/usr/bin/env bash
# tshark and we count the same: frames and SIP messages in the real captures and in one of ours; packets, losses and jitter
# of RTP with losses, reordering, duplicates, jitter, a sender that moves, a NAT; with and without SDP.
#
# What tshark 4.0 counts otherwise, and how it is compared:
#   packets  with duplicates; by address, port and SSRC: of a source that moves the streams are added up
#   lost     expected - packets, duplicates not taken out: ours is theirs + duplicates
#   jitter   RFC 3550 6.4.1 from packet to packet, as ours; but a packet with the marker bit goes into the running value only,
#            not into minimum, mean and maximum (the marker begins a talk spurt of audio; in video it ends a frame), and the mean
#            divides by all packets. A frame in a single packet is a marker packet: a camera's smaller jitter in tshark is this.
#   clock    of a dynamic payload type only by SDP in the same capture; without it there is no jitter at all
# So a third computation (awk, from tshark's fields) goes both ways: left out as tshark does it must give tshark's figures, with all
# packets ours. All three know the same arrival times to a microsecond and print thousandths of a millisecond: 0.002 ms apart is equal.
. "${GBKIT_SOURCE:?}/tests/cli/lib.sh" || exit 1
for program in tshark mergecap text2pcap editcap; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
compared=0

count_of() { tshark -n -r "$1" -Y "$2" -T fields -e frame.number 2>/dev/null | wc -l; }

# messages NAME FILE: frames and SIP messages.
messages() {
    pcap-replay inspect --json --dedup off "$2" >"$work/out" 2>"$work/err"
    same "$1 frames $(value frames "$work/out")" "$1 frames $(count_of "$2" frame)"
    same "$1 messages $(($(value messages "$work/out") + $(value malformed "$work/out")))" "$1 messages $(count_of "$2" sip)"
    compared=$((compared + 1))
}

# field NAME FILE: of the rtp_stream records, one a line.
field() { sed -n 's/.*"type":"rtp_stream".*"'"$1"'":\([-0-9.]*\).*/\1/p' "$2"; }
sum() { awk '{ all += $1 } END { print all + 0 }'; }

# near NAME OURS THEIRS
near() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a != "" && b != "" && a - b <= 0.002 && b - a <= 0.002) }' || fail "$1: $2 here, $3 there"; }

# arrivals FILE: with $ticks a millisecond (90), jitter over the first arrival of each number (end, maximum, mean), and as tshark has it (maximum, mean).
arrivals() {
    tshark -n -r "$1" -d udp.port==30002,rtp -d udp.port==30004,rtp -Y rtp -T fields -e frame.time_relative -e rtp.seq -e rtp.timestamp -e rtp.marker 2>/dev/null |
        awk -v ticks="${ticks:-90}" 'function jitter(was, time, stamp, last_time, last_stamp,   d) {
                 d = (time - last_time) * 1000 - (stamp - last_stamp) / ticks; return was + ((d < 0 ? -d : d) - was) / 16 }
             { marker = $4 == "1" || $4 == "True"
               if (NR > 1) { theirs = jitter(theirs, $1, $3, t1, s1); if (!marker) { their_mean += (theirs - their_mean) / (NR - 1); if (theirs > their_max) their_max = theirs } }
               t1 = $1; s1 = $3
               if ($2 in seen) next
               seen[$2] = 1
               if (n++ > 0) { ours = jitter(ours, $1, $3, t2, s2); all += ours; if (ours > max) max = ours }
               t2 = $1; s2 = $3 }
             END { printf "%.4f %.4f %.4f %.4f %.4f\n", ours, max, all / (n - 1), their_max, their_mean }'
}

# streams NAME FILE [jitter]: RTP of one sender to ports 30002 or 30004.
streams() {
    local name=$1 file=$2 table packets lost end max mean their_max their_mean shark_mean shark_max
    ps-dump --json "$file" >"$work/out" 2>"$work/err"
    table=$(tshark -n -r "$file" -d udp.port==30002,rtp -d udp.port==30004,rtp -q -z rtp,streams 2>/dev/null | grep -E '0x[0-9A-F]{8}')
    # start end  src port  dst port  SSRC payload  packets lost (percent) deltas jitters; the payload may have a name of words
    read -r packets lost < <(sed -nE 's/.*0x[0-9A-F]{8} .* ([0-9]+) +(-?[0-9]+) \(.*/\1 \2/p' <<<"$table" | awk '{ p += $1; l += $2 } END { print p, l }')
    same "$name packets $(($(field packets "$work/out" | sum) + $(field duplicates "$work/out" | sum)))" "$name packets $packets"
    same "$name lost $(field lost "$work/out" | sum)" "$name lost $((lost + $(field duplicates "$work/out" | sum)))"
    pcap-replay inspect --json --dedup off "$file" >"$work/replay" 2>"$work/err"
    same "$name in pcap-replay $(($(value rtp_packets "$work/replay") + $(value rtp_copies "$work/replay" | sum)))" "$name in pcap-replay $packets"
    compared=$((compared + 1))
    [ "${3:-}" = jitter ] || return
    read -r end max mean their_max their_mean < <(arrivals "$file")
    near "$name jitter at the end" "$(field jitter_ms "$work/out")" "$end"
    near "$name jitter at most" "$(field jitter_max_ms "$work/out")" "$max"
    near "$name jitter in the mean" "$(field jitter_mean_ms "$work/out")" "$mean"
    read -r shark_mean shark_max < <(sed -nE 's/.*\) +[-0-9.]+ +[-0-9.]+ +[-0-9.]+ +[-0-9.]+ +([-0-9.]+) +([-0-9.]+).*/\1 \2/p' <<<"$table")
    near "$name jitter at most, without markers" "$shark_max" "$their_max"
    near "$name jitter in the mean, without markers" "$shark_mean" "$their_mean"
}

for file in "$GBKIT_SHARED"/captures/*.pcap "$GBKIT_SHARED"/captures/*.pcapng; do
    [ -f "$file" ] || continue
    messages "$(basename "$file")" "$file"
done
[ "$compared" -gt 0 ] || echo "not compared: the real captures (none in $GBKIT_SHARED)"
camera=$GBKIT_SHARED/captures/cam_01e168e1_udp.pcap
[ ! -f "$camera" ] || streams camera "$camera"

# SIP of ours, over UDP and TCP. A segment of TCP may hold two messages, so tshark's are counted by their CSeq.
serve one --listen 127.0.0.1:0 --password 12345678 --duration 30s --pcap "$work/sip.pcapng"
for transport in udp tcp; do
    gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --transport "$transport" --device-id 3402000000132000010${#transport} --count 5 --password 12345678 --duration 2s --keepalive 1s \
        >"$work/device.page" 2>&1 || fail "gb-register device over $transport: $(<"$work/device.page")"
done
kill -INT "$server"
wait "$server"
pcap-replay inspect --json --dedup off "$work/sip.pcapng" >"$work/out" 2>"$work/err"
theirs=$(tshark -n -r "$work/sip.pcapng" -d "udp.port==$port,sip" -d "tcp.port==$port,sip" -Y sip -T fields -E separator='|' -E aggregator='|' -e sip.CSeq 2>/dev/null | tr '|' '\n' | grep -c ' ')
same "our SIP $(value messages "$work/out")" "our SIP $theirs"
[ "$theirs" -ge 40 ] || fail "only $theirs messages were made"

# RTP of ours. Payload type 33 has 90 kHz by RFC 3551: tshark needs no SDP for its jitter.
camera_video 300 >"$work/camera.h264"
mux() { ps-dump mux --video "$work/camera.h264" --payload-type 33 "$@" --pcap "$work/rtp.pcapng" >/dev/null 2>&1 || fail "ps-dump mux $*"; }
mux
streams healthy "$work/rtp.pcapng" jitter
cp "$work/rtp.pcapng" "$work/healthy.pcapng"
for fault in rtp-jitter-above-limit rtp-reordered rtp-duplicates rtp-lost; do
    mux --fault "$fault"
    streams "$fault" "$work/rtp.pcapng" jitter
done
mux --fault rtp-source-port-changed
streams rtp-source-port-changed "$work/rtp.pcapng"
# Frames out of their order and lost in many places, times as they were.
editcap "$work/healthy.pcapng" "$work/holes.pcapng" 20 50-53 90 200-203 301 2>/dev/null
streams holes "$work/holes.pcapng" jitter
same "$(field lost "$work/out")" 11
# Times that jitter by up to some milliseconds, the same on each run.
perl -e 'binmode STDIN; binmode STDOUT; local $/; my $f = <STDIN>; my $at = 24; my $s = 7; print substr($f, 0, 24);
    while ($at + 16 <= length $f) { my ($sec, $usec, $cap, $len) = unpack("V4", substr($f, $at, 16));
        $s = ($s * 1103515245 + 12345) % 2147483648; $usec += ($s >> 16) % 7000; if ($usec >= 1000000) { $sec++; $usec -= 1000000 }
        print pack("V4", $sec, $usec, $cap, $len), substr($f, $at + 16, $cap); $at += 16 + $cap }' \
    < <(editcap -F pcap "$work/healthy.pcapng" - 2>/dev/null) >"$work/shaken.pcap"
streams shaken "$work/shaken.pcap" jitter
awk -v j="$(field jitter_max_ms "$work/out")" 'BEGIN { exit !(j > 1) }' || fail "nothing was shaken"

# G.711 counts 8,000 a second, not 90,000: 60 ms a packet, up to 5 ms late.
perl -e 'binmode STDOUT; my $s = 3; print pack("VvvVVVV", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101);
    for my $i (0 .. 299) {
        $s = ($s * 1103515245 + 12345) % 2147483648; my $at = $i * 60000 + ($s >> 16) % 5000;
        my $rtp = pack("CCnNN", 0x80, 8, 100 + $i, 480 * $i, 100003190) . join "", map { chr(0x55 + ($_ * 7 + $i) % 90) } 1 .. 480;
        my $ip = pack("CCnnnCCnC4C4", 0x45, 0, 28 + length $rtp, $i + 1, 0, 64, 17, 0, 192, 0, 2, 10, 192, 0, 2, 64) . pack("nnnn", 30020, 30002, 8 + length $rtp, 0);
        print pack("V4", 1700000000 + int($at / 1e6), $at % 1e6, (length $ip . $rtp) x 2), $ip, $rtp }' >"$work/voice.pcap"
ticks=8 streams voice "$work/voice.pcap" jitter
awk -v j="$(field jitter_max_ms "$work/out")" 'BEGIN { exit !(j > 1 && j < 5) }' || fail "a voice that jitters by $(field jitter_max_ms "$work/out") ms"

# A dynamic payload type: without SDP tshark has no clock, with SDP it has ours.
ps-dump mux --video "$work/camera.h264" --fault rtp-jitter-above-limit --pcap "$work/dynamic.pcapng" >/dev/null 2>&1
has "$(tshark -n -r "$work/dynamic.pcapng" -d udp.port==30002,rtp -q -z rtp,streams 2>/dev/null | grep 0x)" "-1.000"
address=$(tshark -n -r "$work/dynamic.pcapng" -c 1 -T fields -e ip.dst 2>/dev/null)
sdp="v=0\r\no=1 0 0 IN IP4 $address\r\ns=Play\r\nc=IN IP4 $address\r\nt=0 0\r\nm=video 30002 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\na=recvonly\r\n"
printf 'INVITE sip:34020000001310000001@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK1\r\nFrom: <sip:1@a>;tag=1\r\nTo: <sip:2@a>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%b' \
    "$address" "$(printf '%b' "$sdp" | wc -c)" "$sdp" | od -Ax -tx1 -v | text2pcap -q -4 "$address,192.0.2.1" -u 5060,5060 - "$work/invite.pcapng" 2>/dev/null
mergecap -a -w "$work/with_sdp.pcapng" "$work/invite.pcapng" "$work/dynamic.pcapng"
streams "with SDP" "$work/with_sdp.pcapng" jitter

# Before and after a NAT: tshark has two streams, we have one and its copy.
perl -e 'binmode STDIN; binmode STDOUT; local $/; my $f = <STDIN>; my $at = 24; print substr($f, 0, 24);
    while ($at + 16 <= length $f) { my ($sec, $usec, $cap, $len) = unpack("V4", substr($f, $at, 16)); my $p = substr($f, $at + 16, $cap); $usec += 20;
        if ($usec >= 1000000) { $sec++; $usec -= 1000000 }
        my $ip = unpack("C", $p) >> 4 == 4 ? 0 : 14; substr($p, $ip + 12, 4) = pack("C4", 198, 51, 100, 7); substr($p, $ip + 20, 4) = pack("n2", 61000, 30004);
        print pack("V4", $sec, $usec, $cap, $len), $p; $at += 16 + $cap }' \
    < <(editcap -F pcap "$work/healthy.pcapng" - 2>/dev/null) >"$work/outside.pcap"
mergecap -w "$work/nat.pcapng" "$work/healthy.pcapng" "$work/outside.pcap"
streams nat "$work/nat.pcapng"
same "$(field copy_of "$work/out")" 1
same "copies $(value rtp_copies "$work/replay")" "copies $(value rtp_packets "$work/replay")"

echo "$compared captures compared"
[ "$compared" -ge 10 ] || fail "too few"
finish
