#!/usr/bin/env bash
# A call and its stream in one capture: the play chain, its first broken link, and its records. The call is written
# here, the stream is a real camera's.
. "$(dirname "$0")/lib.sh"
camera=$GBKIT_SHARED/captures/cam_01e168e1_udp.pcap
[ -f "$camera" ] || { echo "skipped: no captures at $GBKIT_SHARED/captures"; exit 77; }
command -v text2pcap >/dev/null && command -v mergecap >/dev/null || { echo "skipped: text2pcap and mergecap are not installed"; exit 77; }
export TZ=UTC

# message FILE TIME FROM TO START CSEQ SDP: one SIP message as a pcap of its own.
message() {
    local body=$7 headers
    headers="$5\r\nVia: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK$6\r\nFrom: <sip:34020000002000000001@3402000000>;tag=p1\r\n"
    headers+="To: <sip:34020000001310000001@3402000000>;tag=d1\r\nCall-ID: play1\r\nCSeq: $6\r\nContent-Type: application/sdp\r\n"
    [ "${5:0:6}" = INVITE ] && headers=${headers/;tag=d1/}
    { echo "$2"; printf '%b' "${headers}Content-Length: $(printf '%b' "$body" | wc -c)\r\n\r\n$body" | od -Ax -tx1 -v; } >"$work/text"
    text2pcap -q -t '%Y-%m-%d %H:%M:%S.%f' -4 "$3,$4" -u 5060,5060 "$work/text" "$1" 2>"$work/text2pcap" || fail "text2pcap: $(cat "$work/text2pcap")"
}
sdp() { echo "v=0\r\no=1 0 0 IN IP4 $1\r\ns=Play\r\nc=IN IP4 $1\r\nt=0 0\r\nm=video $2 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\na=$3\r\ny=$4\r\n"; }
platform=192.168.1.10 device=192.168.1.64

# call FILE ADDRESS PORT Y: INVITE, 200, ACK a second before the stream begins, merged with it.
call() {
    message "$work/1.pcap" "2020-06-24 11:59:59.000" $platform $device "INVITE sip:34020000001310000001@$device SIP/2.0" "1 INVITE" "$(sdp "$2" "$3" recvonly "$4")"
    message "$work/2.pcap" "2020-06-24 11:59:59.200" $device $platform "SIP/2.0 200 OK" "1 INVITE" "$(sdp $device 30000 sendonly "$4")"
    message "$work/3.pcap" "2020-06-24 11:59:59.210" $platform $device "ACK sip:34020000001310000001@$device SIP/2.0" "1 ACK" ""
    mergecap -w "$1" "$work/1.pcap" "$work/2.pcap" "$work/3.pcap" "$camera"
}

call "$work/good.pcapng" $platform 30002 0100003190
expect_code 0 pcap-replay "$work/good.pcapng"
for part in "channel 34020000001310000001" "INVITE 200 ACK    ok 200 ms #1 #2 #3" "media comes       ok" "SSRC 0100003190, 3,096 packets, 0 lost" \
            "1,400 packs, 56 maps, 1,400 frames" "H.264 Main 704x576, 25 fps" "Nothing is wrong."; do
    has "$out" "$part"
done
expect_code 0 pcap-replay "$work/good.pcapng" --json
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
for part in '"type":"dialog"' '"state":"confirmed"' '"y":"0100003190"' '"source":1' '"first_key_frame_ms":' '"type":"rtp_interval"' \
            '"dialogs":1,' '"rtp_packets":3096,"rtp_lost":0'; do
    has "$out" "$part"
done
[ "$(grep -c '"type":"rtp_interval"' <<<"$out")" -ge 55 ] || fail "there are too few intervals"

# Another SSRC than promised: named, and the chain goes on.
call "$work/ssrc.pcapng" $platform 30002 0100009999
expect_code 0 pcap-replay "$work/ssrc.pcapng" --lang zh
has "$out" dialog-ssrc-not-promised
has "$out" "首个关键帧"
expect_code 1 pcap-replay "$work/ssrc.pcapng" --fail-on violation

# An address the device cannot reach, and no stream of its own: the chain ends there, the other stream is told apart.
message "$work/1.pcap" "2020-06-24 11:59:59.000" $platform $device "INVITE sip:34020000001310000001@$device SIP/2.0" "1 INVITE" "$(sdp 127.0.0.1 40000 recvonly 0100003191)"
message "$work/2.pcap" "2020-06-24 11:59:59.200" $device $platform "SIP/2.0 200 OK" "1 INVITE" "$(sdp $device 31000 sendonly 0100003191)"
mergecap -w "$work/bad.pcapng" "$work/1.pcap" "$work/2.pcap" "$work/3.pcap" "$camera"
expect_code 1 pcap-replay "$work/bad.pcapng"
for part in dialog-media-address "SDP fits          !!" "not reached" "RTP       192.168.1.64:30000 -> 192.168.1.10:30002"; do has "$out" "$part"; done
expect_code 0 pcap-replay "$work/bad.pcapng" --play 34020000001310000009 --ignore dialog-media-address
has_not "$out" "SDP fits"

finish
