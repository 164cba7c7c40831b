#!/usr/bin/env bash
# pcap-replay inspect on captures made here, byte by byte: verdicts, exit codes, options, records, pipes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

device=34020000001320000264
headers() {  # CSEQ
    echo "Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK$1"
    echo "From: <sip:$device@3402000000>;tag=1"
    echo "To: <sip:$device@3402000000>"
    echo "Call-ID: 7"
    echo "CSeq: $1 REGISTER"
}
register() { printf '%s\n' "REGISTER sip:34020000002000000001@3402000000 SIP/2.0" "$(headers "$1")" "User-Agent: IP Camera" ${2:+"$2"} "Expires: 3600" "Content-Length: 0" "" "x"; }
answer() { printf '%s\n' "SIP/2.0 $2" "$(headers "$1")" ${3:+"$3"} "Content-Length: 0" "" "x"; }
# The x at the end keeps the empty line through $( ); it goes here.
send() {
    local text=${6%x}
    printf '%s' "${text//$'\n'/$'\r\n'}" >"$work/payload"
    udp "$1" "$2" "$3" "$4" "$5" "$work/payload"
}

challenge='WWW-Authenticate: Digest realm="3402000000", nonce="n1", qop="auth", algorithm=MD5'
private_via() {
    new_capture
    local at=0
    for ((i = 0; i < 9; i++)); do
        send $at 117.136.8.21 40312 203.0.113.9 5060 "$(register 1)"
        send $((at + 2)) 203.0.113.9 5060 192.168.1.64 5060 "$(answer 1 "401 Unauthorized" "$challenge")"
        at=$((at + (i < 3 ? 500 << i : 4000)))
    done
}
healthy() {
    new_capture
    send 60000 192.168.1.64 5060 203.0.113.9 5060 "$(register 5)"
    send 60009 203.0.113.9 5060 192.168.1.64 5060 "$(answer 5 "200 OK")"
}
private_via >"$work/lost.pcap"
healthy >"$work/fine.pcap"
cat "$work/fine.pcap" <(tail -c +25 "$work/fine.pcap") >"$work/twice.pcap"

# The page: who, the ladder, the cause, what it is not; in both languages.
expect_code 1 pcap-replay "$work/lost.pcap"
has "$out" "$device  \"IP Camera\"  117.136.8.21:40312 -> 203.0.113.9:5060 UDP"
has "$out" "behind NAT: its Via says 192.168.1.64:5060"
has "$out" "REGISTER CSeq 1, no Authorization"
has "$out" "sent to 192.168.1.64:5060"
has "$out" "... 8 more, the same, until"
has "$out" "register-401-to-private-via"
has "$out" "NOT IT    digest-password-differs"
has_not "$out" "register-challenge-lost"
expect_code 1 pcap-replay inspect --lang zh "$work/lost.pcap"
has "$out" "平台却把 401 发到 Via 里的内网地址 192.168.1.64:5060"
has "$out" "已排除"
expect_code 0 pcap-replay "$work/fine.pcap"
has "$out" "Nothing is wrong."
has "$out" "registered, 3600 s, in 9 ms"

# The verdict follows --fail-on and --ignore.
expect_code 0 pcap-replay --fail-on never "$work/lost.pcap"
expect_code 0 pcap-replay --ignore register-401-to-private-via --ignore register-challenge-lost "$work/lost.pcap"

# Several files, stdin, gzip: the same story.
expect_code 1 pcap-replay "$work/fine.pcap" "$work/lost.pcap"
has "$out" "register-401-to-private-via"
pcap-replay inspect - <"$work/lost.pcap" >"$work/page" 2>"$work/err"
[ $? = 1 ] || fail "the capture on stdin: $(<"$work/err")"
gzip -k "$work/lost.pcap"
expect_code 1 pcap-replay "$work/lost.pcap.gz"
has "$out" "register-401-to-private-via"

# A mirror's copies count once.
expect_code 0 pcap-replay --json "$work/twice.pcap"
has "$out" '"messages":2'
has "$out" '"duplicates":2'
expect_code 0 pcap-replay --json --dedup off "$work/twice.pcap"
has "$out" '"messages":4'

# One device, or one that is not there.
expect_code 1 pcap-replay --device $device "$work/lost.pcap"
expect_code 3 pcap-replay --device 34020000001320000999 "$work/lost.pcap"
has "$err" "no message of 34020000001320000999 is in the capture"

# Records fit their tables; raw_base64 is the message; a password stays out.
expect_code 1 pcap-replay --json --password s3cret-word "$work/lost.pcap"
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
has_not "$out$err" "s3cret-word"
has "$out" '"type":"registration"'
raw=$(printf '%s\n' "$out" | grep -m1 '"frame":1,' | sed 's/.*"raw_base64":"\([^"]*\)".*/\1/' | base64 -d | head -1)
same "$raw" $'REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r'
printf '%s pw\n' $device >"$work/pw"
expect_code 1 pcap-replay --passwords "$work/pw" "$work/lost.pcap"
printf 'one-column\n' >"$work/pw"
expect_code 3 pcap-replay --passwords "$work/pw" "$work/lost.pcap"
has "$err" "line 1"

# What is no capture, not there, or holds nothing to judge.
expect_code 2 pcap-replay
expect_code 3 pcap-replay "$work/pw"
expect_code 3 pcap-replay "$work/payload"
pcap-replay "$work/nowhere.pcap" >/dev/null 2>"$work/err"
code=$?
[ $code = 3 ] || [ $code = 7 ] || fail "a missing file: exit $code"
new_capture >"$work/empty.pcap"
expect_code 3 pcap-replay "$work/empty.pcap"
has "$err" "nothing to judge"

# Cut anywhere, it never crashes and never blames anybody else.
size=$(stat -c %s "$work/lost.pcap")
for ((length = 24; length < size; length += 397)); do
    head -c $length "$work/lost.pcap" >"$work/cut.pcap"
    pcap-replay --json "$work/cut.pcap" >"$work/page" 2>/dev/null
    code=$?
    case $code in 0 | 3) ;; 1) grep -q register-401-to-private-via "$work/page" || fail "cut at $length: another cause" ;; *) fail "cut at $length: exit $code" ;; esac
done

finish
