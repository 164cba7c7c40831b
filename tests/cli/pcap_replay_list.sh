#!/usr/bin/env bash
# What a capture holds by content and not by port: inspect --list, the line on the page of inspect, the records of both.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"
export TZ=UTC
secret=Geheim-4711   # in URLs of the traffic: nowhere in what we write

valid() { printf '%s\n' "$out" | gbkit-gen --validate >"$work/said" || fail "$* writes: $(<"$work/said")"; }
# counted KIND COUNT: conversations of that kind in the summary of $out.
counted() { grep '"type":"summary"' <<<"$out" | grep -o '"content":{[^}]*}' | grep -qE "[{,]\"$1\":$2[,}]" || fail "not $2 of $1: $(grep -o '"content":{[^}]*}' <<<"$out")"; }

perl "$(dirname "$0")/frames/contents.pl" >"$work/contents.pcap" || fail "contents.pl"

# --list: one line each, in time's order
expect_code 0 pcap-replay inspect --list "$work/contents.pcap"
for part in "9 conversations" "RTMP  10.1.0.9:40001 -> 10.1.0.5:8080 app live?token=*** TCP" "RTSP  10.1.0.10:40002 -> 10.1.0.5:10554 rtsp://***@10.1.0.5/ch1 TCP" \
            "ONVIF 10.1.0.11:40003 -> 10.1.0.5:1935 TCP" "HTTP  10.1.0.11:40004 -> 10.1.0.5:1935" "TLS   10.1.0.12:40005 -> 10.1.0.5:5060 platform.example TCP" \
            "other 10.1.0.13:40006 -> 10.1.0.5:80 TCP" "DNS   10.1.0.14:5353 -> 10.1.0.1:53 UDP" "other 10.1.0.14:7000 -> 10.1.0.1:7001 UDP" \
            "RTP   10.1.0.64:30000 -> 10.1.0.5:30002 UDP  SSRC 0100000016, PT 8"; do
    has "$out" "$part"
done
has_not "$out" "$secret"
same "$(sed -n '4,$s/^\([0-9:.]*\) .*/\1/p' <<<"$out" | sort -c && echo sorted)" sorted
expect_code 0 pcap-replay inspect --list --sort bytes "$work/contents.pcap"
has "$(sed -n 4p <<<"$out")" "RTMP"
expect_code 0 pcap-replay inspect --list --lang zh "$work/contents.pcap"
has "$out" "9 个会话"
expect_code 2 pcap-replay inspect --sort bytes "$work/contents.pcap"
expect_code 2 pcap-replay inspect --list --device 34020000001320000264 "$work/contents.pcap"
has "$err" "--device"

expect_code 0 pcap-replay inspect --list --json "$work/contents.pcap"
valid --list
has_not "$out" "$secret"
same "$(grep -c '"type":"conversation"' <<<"$out")" 9
same "$(grep -c '"type":"finding"' <<<"$out")" 0
has "$out" '"content":"rtmp","from":"10.1.0.9:40001"'
has "$out" '"url":"rtmp://***@10.1.0.5/live?token=***"'
has "$out" '"ssrc":"0100000016"'
for kind in rtmp rtsp onvif http tls dns rtp; do counted $kind 1; done
counted other 2

# SIP: a registration, what it tells, a device that speaks once
registration >"$work/registration.pcap"
expect_code 0 pcap-replay inspect --list --json "$work/registration.pcap" "$work/contents.pcap"
valid --list
has "$out" '"what":"registration","from":"192.168.1.64:5060","to":"203.0.113.9:5060","transport":"UDP","packets":4'
has "$out" '"requests":{"REGISTER":2},"status":200'
has "$out" '"what":"messages"'
counted sip 3
tcp_capture "$work/message" >"$work/tcp.pcap"
expect_code 0 pcap-replay inspect --list "$work/tcp.pcap"
has "$out" "1 conversation "
has "$out" "SIP   registration 34020000001320000265"

# SIP that nobody can read is a conversation all the same
printf 'REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\n\r\n' >"$work/broken"
{ new_capture; udp 0 10.1.0.64 5060 10.1.0.5 5060 "$work/broken"; } >"$work/broken.pcap"
expect_code 0 pcap-replay inspect --list --json "$work/broken.pcap"
valid --list
counted sip 1

# --list takes the window and the filter as inspect does; nothing to list is an answer
expect_code 0 pcap-replay inspect --list --filter "udp" "$work/contents.pcap"
has "$out" "3 conversations"
expect_code 3 pcap-replay inspect --list --filter "udp port 1" "$work/contents.pcap"
has "$err" "nothing to list"
expect_code 3 pcap-replay inspect --list /dev/null

# The page and the records of inspect
expect_code 0 pcap-replay inspect "$work/registration.pcap" "$work/contents.pcap" --fail-on never
for part in "1 RTMP connection 10.1.0.9:40001 -> 10.1.0.5:8080 app live?token=***" "1 RTSP connection 10.1.0.10:40002" "not looked into: "; do has "$(tr -s '\n ' '  ' <<<"$out")" "$part"; done
has_not "$out" "$secret"
expect_code 0 pcap-replay inspect --json "$work/registration.pcap" "$work/contents.pcap" --fail-on never
valid inspect
has_not "$out" "$secret"
for type in capture device registration rtp_stream rtp_interval sip_message conversation finding summary; do has "$out" "\"type\":\"$type\""; done
counted rtmp 1
counted other 2   # the first packets of RTP, before it was known as such, are no others
has_not "$(grep '"type":"summary"' <<<"$out")" '"sip":'
has "$(grep '"type":"device"' <<<"$out" | head -n 1)" '"state":"registered"'
# RTSP's own interleaved RTP is a source as well
has "$(grep '"type":"rtp_stream"' <<<"$out")" '"framing":"interleaved"'

# Every type that inspect writes is in the manual.
for type in capture conversation device registration query dialog rtp_stream rtp_interval stream sip_message finding summary; do
    grep -qE "^\\.Ss $type$" "$GBKIT_SOURCE/man/gbkit-records.7" || fail "$type is not in gbkit-records(7)"
done

# The shared captures: the camera's stream with its codec, the catalog with its query, the call.
if [ -d "$GBKIT_SHARED/captures" ]; then
    expect_code 0 pcap-replay inspect --list "$GBKIT_SHARED/captures/cam_01e168e1_udp.pcap"
    has "$out" "SSRC 0100003190, PT 96"
    has "$out" "3,096"
    expect_code 0 pcap-replay inspect --list "$GBKIT_SHARED/captures/gb28181_live_invite.pcapng"
    has "$out" "SIP   call 130909115229300920 -> 33010602001310019325"
    expect_code 0 pcap-replay inspect --json "$GBKIT_SHARED"/captures/*.pcap*
    valid inspect
    for type in device query dialog; do has "$out" "\"type\":\"$type\""; done
    has "$(grep '"type":"stream"' <<<"$out")" '"codec":"H.264","codec_by":"content","profile":"Main"'
    has "$(grep '"type":"rtp_stream"' <<<"$out")" '"first_frame":1,"last_frame":3096'
    finish
fi
[ "$failures" = 0 ] || finish
echo "skipped: no captures at $GBKIT_SHARED/captures (our own were tested)"
exit 77
