#!/usr/bin/env bash
# pcap-replay compare: what always differs is no difference, what tells most comes first.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

registration >"$work/good.pcap"
cp "$work/good.pcap" "$work/first.pcap"
# The same capture, and the same conversation with other addresses, IDs, times, branches and nonces.
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/good.pcap"
has "$out" "Nothing differs"
pcap-replay sanitize "$work/good.pcap" --password 12345678 -o "$work/other.pcapng" >/dev/null 2>&1
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/other.pcapng"
has "$out" "Nothing differs"

# Refused: the outcome stands first, with the frames of both.
registration 00000000000000000000000000000001 "403 Forbidden" >"$work/bad.pcap"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap"
has "$out" "WHERE THEY PART"
has "$out" "REGISTER with Authorization"
has "$out" "first answer"
has "$out" "good  200"
has "$out" "bad   403"
has "$out" "#3 | #3"
has_not "$out" "header Expires"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --lang zh
has "$out" "首次应答"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --json
printf '%s\n' "$out" | gbkit-gen --validate || fail "records of compare"
has "$out" '"type":"difference"'
same "$(grep -m1 '"type":"difference"' <<<"$out" | grep -c '"what":"first answer"')" 1

# A header that differs in value, one that is missing, another maker: in this order.
altered() { registration | sed -b -e 's/Expires: 3600/Expires: 0060/' -e 's/User-Agent: IP Camera V5/User-Agent: IQ Camera V5/' -e 's/;rport;/;xport;/'; }
altered >"$work/altered.pcap"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/altered.pcap" --json
order=$(grep '"type":"difference"' <<<"$out" | sed 's/.*"exchange":"\([^"]*\)".*"weight":"\([^"]*\)","what":"\([^"]*\)".*/\1: \2 \3/')
has "$order" "REGISTER: value header Expires"
has "$order" "REGISTER: value header Via"
has "$order" "REGISTER: habit header User-Agent"
has "$out" '"also":1'
has "$(tail -n 1 <<<"$order")" "habit"
has "$(head -n 1 <<<"$order")" "value"
has_not "$order" "Call-ID"

# Only another maker: nothing that tells.
registration | sed -b 's/User-Agent: IP Camera V5/User-Agent: IQ Camera V5/' >"$work/maker.pcap"
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/maker.pcap"
has "$out" "HABITS"

# Two devices of one capture: which there are is said; one that is not there is an error; --device is for both captures.
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/good.pcap" --good-device 34020000001320000264 --bad-device 34020000001320000265
has "$out" "bad   no answer"
has "$out" "also there: 34020000001320000265"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/good.pcap" --bad-device 34020000001320000265 --json
has "$out" '"good_device":"34020000001320000264","bad_device":"34020000001320000265"'
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --device 34020000001320000265
expect_code 3 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --device 34020000001320000999
has "$err" "no message of 34020000001320000999"
has "$err" "these devices are: 34020000001320000264, 34020000001320000265"
expect_code 2 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --device 1 --bad-device 2
# Nobody named: those that are most alike, here the same ID.
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --json
has "$out" '"good_device":"34020000001320000264","bad_device":"34020000001320000264"'

# first_three GOOD BAD: what compare says first, a line each.
first_three() { pcap-replay compare "$@" --json 2>/dev/null | grep '"type":"difference"' | head -n 3 | sed 's/.*"weight":"[^"]*","what":"\([^"]*\)","good":"\([^"]*\)","bad":"\([^"]*\)".*/\1|\2|\3/'; }
# tells PATTERN GOOD BAD: it is among the first three.
tells() { grep -qE -- "$1" <<<"$(first_three "${@:2}")" || fail "no \"$1\" in the first three of $(basename "$3"): $(first_three "${@:2}")"; }

# Every mistake that our device and platform can make and that shows in a registration: it stands in the first three lines.
# Where only the response differs, what became of it does.
faults_of() { gb-register "$1" --help | sed -n '/--fault TEXT/,/--observe/p' | grep -oE '(digest|keepalive|register|sip)(-[a-z0-9]+)+'; }
told_by() {
    case $1 in
    digest-algorithm-differs) echo 'Authorization algorithm\|MD5\|SHA-256' ;;
    digest-constant-cnonce) echo 'Authorization cnonce\|given.*\|the same again' ;;
    digest-header-malformed) echo 'Authorization response\|.*\|absent' ;;
    digest-nc-case) echo 'Authorization nc\|00000001\|0000000a' ;;
    digest-qop-ignored) echo 'Authorization qop\|auth\|absent' ;;
    digest-qop-null) echo 'Authorization qop\|auth\|null' ;;
    digest-realm-not-challenged) echo 'Authorization realm\|.*, as challenged.*\|.*not as challenged' ;;
    digest-response-upper-case) echo 'Authorization response\|.*\|.*upper case' ;;
    digest-stale-nonce) echo 'Authorization nonce\|the last challenge.s.*\|of no challenge' ;;
    digest-uri-differs) echo 'Authorization uri' ;;
    digest-username-not-device-id) echo 'Authorization username\|the device ID.*\|another name' ;;
    digest-algorithm-unknown) echo 'WWW-Authenticate algorithm\|MD5\|' ;;
    keepalive-status) echo 'XML Status\|OK\|ON' ;;
    keepalive-refused) echo 'first answer\|200\|403' ;;
    keepalive-unanswered) echo 'first answer\|200\|no answer' ;;
    register-400-no-expires) echo 'header Expires\|.*\|absent' ;;
    register-bad-request) echo 'header To\|sip:ID 132@domain\|sip:domain' ;;
    register-challenge-ignored) echo 'the exchange\|1 request\|absent' ;;
    register-expires-below-keepalive) echo 'header Expires\|86400\|30' ;;
    register-id-is-server-id) echo 'header From\|sip:ID 132@domain\|sip:ID 200@domain' ;;
    register-id-not-20-digits) echo 'header From\|sip:ID 132@domain\|sip:camera' ;;
    register-logging-out) echo 'the exchange\|1 request\|absent' ;;
    register-route) echo 'header Route\|absent' ;;
    register-seen-as) echo 'header Via\|UDP loopback address.*\|UDP private address' ;;
    register-server-id-differs) echo 'platform ID\|34020000002000000001\|34020000002000009999' ;;
    register-challenge-missing) echo 'answer: header WWW-Authenticate\|Digest\|absent' ;;
    register-date-differs) echo 'clock of Date\|as the capture.s\|5 min ahead' ;;
    register-date-form) echo 'header Date\|GB/T 28181 form\|.*without milliseconds' ;;
    register-date-shifted) echo 'clock of Date\|as the capture.s\|8 h behind' ;;
    register-lifetime-cut | register-lifetime-short) echo 'answer: header Expires\|86400\|' ;;
    register-no-answer | register-answer-misdirected) echo 'first answer\|401\|no answer' ;;
    register-redirected) echo 'first answer\|401\|302' ;;
    register-refused-outright) echo 'first answer\|401\|403' ;;
    register-server-failure) echo 'first answer\|401\|500' ;;
    register-version-unanswered) echo 'answer: header X-GB-Ver\|3.0\|absent' ;;
    sip-malformed) echo 'number of to\|absent\|2' ;;
    sip-datagram-cut) echo 'Content-Length\|right\|more than there is' ;;
    digest-formula-differs | digest-password-differs | digest-password-form | digest-space-trimmed | digest-uri-hashed-differs | digest-right-still-refused | register-refused)
        echo 'first answer\|200\|403' ;;
    # Not to be seen in a registration: needs a query, a redirection, a NAT.
    register-device-forgot | register-redirect-ignored | register-401-to-private-via) ;;
    *) fail "what does compare say first of $1?" ;;
    esac
}
number=100
# talk PORT NAME FAULT: a device of its own number.
talk() {
    gb-register device --server "127.0.0.1:$1" --server-id 34020000002000000001 --device-id "34020000001320000$number" --gb-version 3.0 --duration 1s --keepalive 300ms \
        --timeout 500ms --password 12345678 ${3:+--fault "$3"} --pcap "$work/$2.pcapng" >/dev/null 2>&1 </dev/null
}
serve platform --listen 127.0.0.1:0 --password 12345678
talk "$port" works ""
pids=()
for fault in $(faults_of device); do
    number=$((number + 1))
    talk "$port" "device-$fault" "$fault" &
    pids+=("$!")
done
for fault in $(faults_of serve); do
    number=$((number + 1))
    serve "$fault" --listen 127.0.0.1:0 --password 12345678 --fault "$fault"
    talk "$port" "platform-$fault" "" &
    pids+=("$!")
done
wait "${pids[@]}"
for capture in "$work"/device-*.pcapng "$work"/platform-*.pcapng; do
    fault=$(basename "$capture" .pcapng)
    pattern=$(told_by "${fault#*-}")
    [ -z "$pattern" ] || tells "$pattern" "$work/works.pcapng" "$capture"
done

# A call: SDP line by line, then who speaks to whom over what.
call good active 0100003190 TCP/RTP/AVP PS/90000 v/2/6/25/1/4096a/1/8/1 "200 OK"
call setup passive 0100003190 TCP/RTP/AVP PS/90000 v/2/6/25/1/4096a/1/8/1 "200 OK"
call y active 200003190 TCP/RTP/AVP PS/90000 v/2/6/25/1/4096a/1/8/1 "200 OK"
call protocol active 0100003190 RTP/AVP PS/90000 v/2/6/25/1/4096a/1/8/1 "200 OK"
call payload active 0100003190 TCP/RTP/AVP H264/90000 v/2/6/25/1/4096a/1/8/1 "200 OK"
call format active 0100003190 TCP/RTP/AVP PS/90000 "" "200 OK"
call busy active 0100003190 TCP/RTP/AVP PS/90000 v/2/6/25/1/4096a/1/8/1 "486 Busy Here"
tells 'SDP m=video setup\|active\|passive' "$work/good.pcap" "$work/setup.pcap"
tells 'SDP y=\|live\|not ten digits' "$work/good.pcap" "$work/y.pcap"
tells 'SDP m=video protocol\|TCP/RTP/AVP\|RTP/AVP' "$work/good.pcap" "$work/protocol.pcap"
tells 'SDP m=video rtpmap\|96 PS/90000\|96 H264/90000' "$work/good.pcap" "$work/payload.pcap"
tells 'SDP f=' "$work/good.pcap" "$work/format.pcap"
tells 'first answer\|200\|486' "$work/good.pcap" "$work/busy.pcap"
tells 'first answer\|200\|486' "$work/good.pcap" "$work/busy.pcap" --play 34020000001310000001
tells 'first answer\|200\|486' "$work/good.pcap" "$work/busy.pcap" --play call
# With its media: what comes is held against what the SDP said.
camera_video 30 >"$work/camera.h264"
expect_code 0 ps-dump mux --video "$work/camera.h264" --framing rfc4571 -o "$work/media.rtp"
# played NAME PORT-IN-SDP Y PORT-OF-MEDIA
played() {
    media_address=$platform media_port=$2 call "$1" passive "$3" TCP/RTP/AVP PS/90000 "" "200 OK"
    [ -z "$4" ] || media_port=$4 tcp_capture "$work/media.rtp" | tail -c +25 >>"$work/$1.pcap"
}
played shown 30012 0100003190 30012
played again 30012 0100003190 30012
played ssrc 30012 0100003191 30012
played dark 30012 0100003190 ""
expect_code 0 pcap-replay compare "$work/shown.pcap" "$work/again.pcap"
tells 'SSRC\|as y= says\|another than y= says' "$work/shown.pcap" "$work/ssrc.pcap"
tells 'RTP\|seen\|absent' "$work/shown.pcap" "$work/dark.pcap"
expect_code 3 pcap-replay compare "$work/good.pcap" "$work/busy.pcap" --play nobody
has "$err" "no call of nobody"

# The bad one ends early; media in one of them only; nothing at all.
head -c 900 "$work/first.pcap" >"$work/short.pcap"
expect_code 1 pcap-replay compare "$work/first.pcap" "$work/short.pcap"
has "$out" "the exchange"
camera_video 50 >"$work/camera.h264"
head -c 4000 /dev/urandom >"$work/audio"
expect_code 0 ps-dump mux --video "$work/camera.h264" --pcap "$work/silent.pcapng"
expect_code 0 ps-dump mux --video "$work/camera.h264" --audio "$work/audio" --audio-codec g711a --pcap "$work/sound.pcapng"
expect_code 1 pcap-replay compare "$work/sound.pcapng" "$work/silent.pcapng"
has "$out" "stream c0 codec"
has "$out" "good  G.711A"
expect_code 0 pcap-replay compare "$work/sound.pcapng" "$work/sound.pcapng"
# Every mistake of a muxer: its finding, or the loss itself, stands in the first three lines.
faults=$(ps-dump mux --help | sed -n '/--fault TEXT/,/^Options/p' | grep -oE '(media|ps|rtp)(-[a-z0-9]+)+' | sort -u)
[ "$(wc -w <<<"$faults")" -gt 50 ] || fail "the faults of the muxer are not listed as they were"
expect_code 0 ps-dump mux --video "$work/camera.h264" --audio "$work/audio" --audio-codec g711a --pcap "$work/works.pcapng"
told=0
for fault in $faults; do
    ps-dump mux --video "$work/camera.h264" --audio "$work/audio" --audio-codec g711a --fault "$fault" --pcap "$work/$fault.pcapng" >/dev/null 2>&1 || continue
    ps-dump "$work/$fault.pcapng" --json 2>/dev/null | grep -q "\"id\":\"$fault\"" || continue   # not over UDP, or not in this stream
    tells "finding $fault\||packets lost\|none\|" "$work/works.pcapng" "$work/$fault.pcapng"
    told=$((told + 1))
done
[ $told -gt 40 ] || fail "only $told mistakes of the muxer were compared"

head -c 24 "$work/good.pcap" >"$work/empty.pcap"
expect_code 3 pcap-replay compare "$work/good.pcap" "$work/empty.pcap"
has "$err" "nothing to compare"
expect_code 2 pcap-replay compare "$work/good.pcap"
finish
