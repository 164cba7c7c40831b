#!/usr/bin/env bash
# A broadcast: the device fetches the platform's voice. Its chain has audio where a picture has PS, codec and key frame;
# PS in the place of G.711, and audio before a Hikvision's ACK, are named. And a catalog too slow for a platform that says so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

device=34020000001320000264 server=34020000002000000001
# said START CSEQ ANSWERED SDP: a message of the broadcast call into $work/message.
said() {
    printf '%b' "$4" >"$work/sdp"
    {
        echo "$1"
        echo "Via: SIP/2.0/UDP $camera:5060;rport;branch=z9hG4bK${2// /}"
        echo "From: <sip:$device@3402000000>;tag=d"
        echo "To: <sip:$server@3402000000>${3:+;tag=p}"
        echo "Call-ID: broadcast"
        echo "CSeq: $2"
        echo "User-Agent: ${agent:-IP Camera}"
        [ -z "$4" ] || echo "Content-Type: application/sdp"
        printf 'Content-Length: %d\n\n' "$(stat -c %s "$work/sdp")"
    } | sed 's/$/\r/' >"$work/message"
    cat "$work/sdp" >>"$work/message"
}
voice() { echo "v=0\r\no=1 0 0 IN IP4 $1\r\ns=Play\r\nc=IN IP4 $1\r\nt=0 0\r\nm=audio $2 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=$3\r\ny=0100003190\r\n"; }
# heard KIND PAYLOAD-TYPE FROM: 12 RTP packets of the platform, 40 ms apart from that millisecond on.
heard() {
    local i
    for i in $(seq 0 11); do
        perl -e '
            binmode STDOUT;
            my ($kind, $type, $i, $first) = @ARGV;
            print pack("CCnNN", 0x80, $type, $first + $i, $i * ($kind eq "ps" ? 3600 : 320), 100003190);
            print pack("H*", "000001ba4400040004010189c3f8") . pack("H*", "000001c0") . pack("n", 328) . pack("H*", "8080052100010001") if $kind eq "ps";
            print map { chr(0x55 + int(40 * sin(($i * 320 + $_) / 7))) } 1 .. 320;' "$1" "$2" "$i" "${first:-100}" >"$work/rtp"
        udp $(($3 + i * 40)) $platform 30020 $camera 15062 "$work/rtp"
    done
}
# broadcast KIND PAYLOAD-TYPE FROM: INVITE at 0, 200 at 30 ms, ACK at 60 ms, and the audio.
broadcast() {
    new_capture
    said "INVITE sip:$server@$platform:5060 SIP/2.0" "30 INVITE" "" "$(voice $camera 15062 recvonly)"; up 0
    said "SIP/2.0 200 OK" "30 INVITE" yes "$(voice $platform 30020 sendonly)"; down 30
    [ "$3" -lt 60 ] && heard "$1" "$2" "$3"
    said "ACK sip:$server@$platform:5060 SIP/2.0" "30 ACK" yes ""; up 60
    [ "$3" -lt 60 ] || heard "$1" "$2" "$3"
}

broadcast g711 8 100 >"$work/good.pcap"
expect_code 0 pcap-replay --lang en "$work/good.pcap"
has "$out" "audio             ok 8 PCMA/8000"
has_not "$out" "first key frame"
has "$out" "34020000001320000264 calls the platform 34020000002000000001"
expect_code 0 pcap-replay --lang en --play $device "$work/good.pcap"
has "$out" "calls the platform"
has "$out" "Nothing is wrong."
has_not "$out" "dialog-audio"

broadcast ps 8 100 >"$work/ps.pcap"
expect_code 1 pcap-replay --lang en "$work/ps.pcap"
has "$out" "audio             !! a program stream, where the SDP promises audio"
has "$out" "dialog-audio-as-ps  certain"
has "$out" "promises audio (8 PCMA/8000)"
has "$out" "jitter 0.0 ms"
expect_code 1 pcap-replay --lang zh "$work/ps.pcap"
has "$out" "约定的是音频(8 PCMA/8000)"
expect_code 1 pcap-replay --json "$work/ps.pcap"
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
broadcast ps 96 100 >"$work/ps96.pcap"
expect_code 1 pcap-replay --lang en "$work/ps96.pcap"
has "$out" "dialog-audio-as-ps  likely"

# Early: a note, and for Hikvision only.
broadcast g711 8 40 >"$work/early.pcap"
expect_code 0 pcap-replay --lang en --habits "$work/early.pcap"
has "$out" "dialog-audio-before-ack"
has "$out" "begins 20 ms before the ACK"
agent=SomeCam broadcast g711 8 40 >"$work/other.pcap"
expect_code 0 pcap-replay --lang en --habits "$work/other.pcap"
has_not "$out" "dialog-audio-before-ack"

# A playback that the platform pauses for 20 s: no silence. Without the INFO it is one.
playback() {   # INFO-BODY
    new_capture
    agent=platform said "INVITE sip:$server@$platform:5060 SIP/2.0" "30 INVITE" "" "$(voice $camera 15062 recvonly | sed 's/audio 15062 RTP.AVP 8/video 15062 RTP\/AVP 96/; s/8 PCMA.8000/96 PS\/90000/; s/s=Play/s=Playback/')"; up 0
    said "SIP/2.0 200 OK" "30 INVITE" yes "$(voice $platform 30020 sendonly | sed 's/audio 30020 RTP.AVP 8/video 30020 RTP\/AVP 96/; s/8 PCMA.8000/96 PS\/90000/')"; down 30
    said "ACK sip:$server@$platform:5060 SIP/2.0" "30 ACK" yes ""; up 60
    heard ps 96 100
    [ -z "$1" ] || { said "INFO sip:$server@$platform:5060 SIP/2.0" "31 INFO" yes "$1"; up 600; said "SIP/2.0 200 OK" "31 INFO" yes ""; down 610; }
    first=112 heard ps 96 20600
}
playback "" >"$work/silent.pcap"
expect_code 0 pcap-replay --lang en "$work/silent.pcap"
has "$out" "rtp-silence"
playback "PAUSE RTSP/1.0\r\nCSeq: 3\r\nPauseTime: now\r\n" >"$work/paused.pcap"
expect_code 0 pcap-replay --lang en "$work/paused.pcap"
has_not "$out" "rtp-silence"

# A catalog in two parts, the second so many milliseconds after the first.
slow_catalog() {
    local i
    new_capture
    { echo "MESSAGE sip:$device@$camera:5060 SIP/2.0"; common q 8 "1 MESSAGE" $device | sed "s/^From.*/From: <sip:$server@3402000000>;tag=q/"; } >"$work/head"
    printf '<?xml version="1.0"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n<SN>5</SN>\r\n<DeviceID>%s</DeviceID>\r\n</Query>\r\n' $device >"$work/body"
    message "$work/body" <"$work/head" >"$work/message"; cat "$work/body" >>"$work/message"; down 0
    { echo "SIP/2.0 200 OK"; sed 1d "$work/head"; } | message >"$work/message"; up 10
    for i in 1 2; do
        printf '<?xml version="1.0"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>5</SN>\r\n<DeviceID>%s</DeviceID>\r\n<SumNum>2</SumNum>\r\n<DeviceList Num="1">\r\n<Item>\r\n<DeviceID>3402000000131000000%d</DeviceID>\r\n<Name>c</Name>\r\n<Status>ON</Status>\r\n</Item>\r\n</DeviceList>\r\n</Response>\r\n' $device $i >"$work/body"
        { echo "MESSAGE sip:$server@3402000000 SIP/2.0"; common r$i 9$i "$i MESSAGE" $device | sed "s/^To.*/To: <sip:$server@3402000000>/"; } >"$work/head"
        message "$work/body" <"$work/head" >"$work/message"; cat "$work/body" >>"$work/message"; up $((50 + (i - 1) * $1))
        { echo "SIP/2.0 200 OK"; sed 1d "$work/head"; } | message >"$work/message"; down $((55 + (i - 1) * $1))
    done
}
slow_catalog 1400 >"$work/slow.pcap"
expect_code 0 pcap-replay --lang en "$work/slow.pcap"
has_not "$out" "catalog-too-slow"
expect_code 1 pcap-replay --lang en --platform aliyun "$work/slow.pcap"
has "$out" "catalog-too-slow"
has "$out" "the next part took 1400 ms"
expect_code 1 pcap-replay --lang zh --platform aliyun "$work/slow.pcap"
has "$out" "下一个分包用了 1400 ms"
slow_catalog 900 >"$work/quick.pcap"
expect_code 0 pcap-replay --lang en --platform aliyun "$work/quick.pcap"
expect_code 2 pcap-replay --platform nobody "$work/quick.pcap"
has "$err" "--platform: nobody is not one of aliyun"
finish
