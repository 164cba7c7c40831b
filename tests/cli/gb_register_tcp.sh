#!/usr/bin/env bash
# gb-register over TCP: one port number for both transports, one connection for everything, its end, its capture.
. "$(dirname "$0")/lib.sh"

# wait_for FILE TEXT COUNT: until that many lines of the file hold the text.
wait_for() {
    for _ in $(seq 500); do
        [ "$(grep -c -- "$2" "$1" 2>/dev/null)" -ge "$3" ] && return
        sleep 0.02
    done
    fail "not $3 times \"$2\" in $1: $(cat "$1")"
}
device() { echo gb-register device --server "127.0.0.1:$port" --transport tcp --once --lang en; }
records() { cat "$work/$1.jsonl"; }
valid() {
    [ -x "$GBKIT_BIN/gbkit-gen" ] || return 0
    "$GBKIT_BIN/gbkit-gen" --validate <"$1" >"$work/validation" 2>&1 || fail "records of $1: $(<"$work/validation")"
}

# Both transports on one port number; both sides say by which a device came.
serve both --listen 127.0.0.1:0 --pcap "$work/both.pcapng" --until unregistered=2
same "$(grep -c "\"type\":\"listening\".*\"port\":$port" "$work/both.jsonl")" 2
expect_code 0 $(device) --password 12345678 --records "$work/device.jsonl" --pcap "$work/device.pcapng"
has "$out" "200 OK  for 86400 s"
has "$out" "Nothing is wrong"
has "$(<"$work/device.jsonl")" '"state":"registered"'
has "$(<"$work/device.jsonl")" '"transport":"TCP"'
has_not "$(<"$work/device.jsonl")" '"transport":"UDP"'
expect_code 0 gb-register device --server "127.0.0.1:$port" --device-id 34020000001320000002 --once --password 12345678
served 0
same "$(grep '"type":"registration"' "$work/both.jsonl" | grep -c '"transport":"TCP"')" 4
same "$(grep '"type":"registration"' "$work/both.jsonl" | grep -c '"transport":"UDP"')" 4
has "$(records both)" '"connections":1,"connections_refused":0,"connections_dropped":0'
has_not "$(records both)" '"type":"offline"'
has "$(<"$work/both.page")" "$port (UDP, TCP)"
valid "$work/both.jsonl"
valid "$work/device.jsonl"

# The capture of either side holds the conversation, for us and for others.
for capture in both device; do
    if [ -x "$GBKIT_BIN/pcap-replay" ]; then
        expect_code 0 pcap-replay inspect "$work/$capture.pcapng" --json
        same "$(grep '"type":"sip_message"' <<<"$out" | grep -c '"transport":"TCP"')" 8
        has_not "$out" '"defect"'
    fi
    if command -v tshark >/dev/null; then
        same "$(tshark -r "$work/$capture.pcapng" -Y 'tcp && sip.CSeq.method == "REGISTER"' -d "tcp.port==$port,sip" 2>/dev/null | wc -l)" 8
        same "$(tshark -r "$work/$capture.pcapng" -Y 'tcp.flags.fin == 1' 2>/dev/null | wc -l)" 2
        same "$(tshark -r "$work/$capture.pcapng" -Y 'tcp.analysis.flags || tcp.checksum.status == 0' -o tcp.check_checksum:TRUE 2>/dev/null | wc -l)" 0
    fi
done

# One transport only; nobody at the other.
serve tcp --listen 127.0.0.1:0 --transport tcp --until unregistered=1
same "$(grep -c '"type":"listening"' "$work/tcp.jsonl")" 1
expect_code 4 gb-register device --server "127.0.0.1:$port" --once --password 12345678
has "$out" "register-port-unreachable"
expect_code 0 $(device) --password 12345678
served 0
serve udp --listen 127.0.0.1:0 --transport udp --duration 20s
expect_code 4 $(device) --password 12345678
has "$err" "connection refused"
has "$out" "connection-refused"
has "$out" "start the platform's SIP service"
has_not "$out" "Nothing is wrong"
kill -INT "$server"
served 0

# A port that TCP or UDP has already.
serve taken --listen 127.0.0.1:0 --transport tcp --duration 20s
expect_code 7 gb-register serve --listen "127.0.0.1:$port"
has "$err" "TCP 127.0.0.1:$port"
kill -INT "$server"
served 0

# A wrong password, silence, a fault: as over UDP.
serve wrong --listen 127.0.0.1:0 --until refused=1
expect_code 1 $(device) --password 87654321
has "$out" "register-refused"
served 0
has "$(records wrong)" '"id":"digest-password-differs"'
serve silent --listen 127.0.0.1:0 --fault register-no-answer --duration 20s
expect_code 5 $(device) --password 12345678 --timeout 700ms
same "$(grep -c REGISTER <<<"$out")" 1      # nothing is repeated over TCP
kill -INT "$server"
served 0
serve fault --listen 127.0.0.1:0 --until refused=1
expect_code 1 $(device) --password 12345678 --fault digest-realm-not-challenged
served 0
has "$(records fault)" '"id":"digest-realm-not-challenged"'

# Several devices, a connection each.
serve many --listen 127.0.0.1:0 --until unregistered=50
expect_code 0 $(device) --password 12345678 --count 50 --expect 'registered=50,unregistered=50'
served 0
has "$(records many)" '"connections":50,'

# The platform goes and comes back: the device says it is offline, connects again and registers again.
serve first --listen 127.0.0.1:0 --until registered=1
gb-register device --server "127.0.0.1:$port" --transport tcp --password 12345678 --keepalive 200ms --json >"$work/back.jsonl" 2>"$work/back.talk" </dev/null &
held=$!
started+=("$held")
served 0
wait_for "$work/back.jsonl" '"type":"offline"' 1
has "$(records back)" "the connection has ended: "
serve second --listen "127.0.0.1:$port" --until unregistered=1
wait_for "$work/back.jsonl" '"state":"registered"' 2
wait_for "$work/back.jsonl" '"answered":true' 1
kill -INT "$held"
wait "$held"
same "$?" 0
served 0
has "$(records second)" '"state":"unregistered"'
valid "$work/back.jsonl"

# A device that goes without a word is offline for the platform at once.
serve left --listen 127.0.0.1:0 --duration 30s
gb-register device --server "127.0.0.1:$port" --transport tcp --password 12345678 --json >"$work/gone.jsonl" 2>/dev/null </dev/null &
held=$!
started+=("$held")
wait_for "$work/gone.jsonl" '"state":"registered"' 1
kill -KILL "$held"
wait "$held" 2>/dev/null
wait_for "$work/left.jsonl" '"type":"offline"' 1
has "$(records left)" "the connection has ended: "
# Garbage is hung up on and counted; the others are served.
exec {garbage}<>"/dev/tcp/127.0.0.1/$port"
head -c 80000 /dev/zero | tr '\0' 'x' >&"$garbage" 2>/dev/null
timeout 5 cat <&"$garbage" >/dev/null 2>&1
[ "$?" != 124 ] || fail "garbage is not hung up on"
exec {garbage}>&-
expect_code 0 $(device) --password 12345678
kill -INT "$server"
served 0
has "$(records left)" '"connections_dropped":1'
valid "$work/left.jsonl"

# IPv6.
if [ -e /proc/net/if_inet6 ] && grep -q '^00000000000000000000000000000001' /proc/net/if_inet6; then
    serve v6 --listen '[::1]:0' --until unregistered=1
    expect_code 0 gb-register device --server "[::1]:$port" --transport tcp --password 12345678 --once
    served 0
    has "$(records v6)" '"peer":"[::1]:'
    has "$(records v6)" '"transport":"TCP"'
else
    echo "no IPv6 loopback here: that part is skipped"
fi

finish
