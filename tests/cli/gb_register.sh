#!/usr/bin/env bash
# gb-register against itself on loopback: both verbs, both families, every exit code, what the records and the page say.
. "$(dirname "$0")/lib.sh"

device() { echo gb-register device --server "127.0.0.1:$port" --once; }
records() { cat "$work/$1.jsonl"; }
valid() {
    [ -x "$GBKIT_BIN/gbkit-gen" ] || return 0
    "$GBKIT_BIN/gbkit-gen" --validate <"$1" >"$work/validation" 2>&1 || fail "records of $1: $(<"$work/validation")"
}

# Four steps in, four steps out; the default passwords, IDs and domain are the usual ones.
serve plain --listen 127.0.0.1:0 --until unregistered=1
expect_code 0 $(device) --password 12345678 --records "$work/device.jsonl" --lang en
has "$out" "REGISTER  CSeq 1, no credentials, for 86400 s"
has "$out" '401 Unauthorized  realm="3402000000" qop="auth"'
has "$out" "REGISTER  CSeq 2, with credentials"
has "$out" "200 OK  for 86400 s"
has "$out" "Nothing is wrong"
served 0
same "$(grep -c '"type":"registration"' "$work/plain.jsonl")" 4
has "$(records plain)" '"state":"unregistered"'
has "$(records plain)" '"registered":1,"refused":0,"unanswered":0,"unregistered":1'
has "$(<"$work/plain.page")" "12345678"
has "$(<"$work/device.jsonl")" '"state":"registered"'
has "$(<"$work/device.jsonl")" '"rtt_ms":'
has_not "$(records device)" 12345678
valid "$work/plain.jsonl"
valid "$work/device.jsonl"

# A wrong password: refused with 403 and exit 1; the platform's page says what it is; 401 by choice.
printf 'pass word \n' >"$work/password"
for reject in 403 401; do
    serve "wrong$reject" --listen 127.0.0.1:0 --password-file "$work/password" --reject "$reject" --until refused=1 --lang en
    expect_code 1 $(device) --password 'pass word' --lang en
    has "$out" "register-refused"
    has_not "$out" "digest-right-still-refused"
    served 0
    has "$(records "wrong$reject")" '"id":"digest-'
    has "$(records "wrong$reject")" "\"status\":$reject"
    has "$(<"$work/wrong$reject.page")" "digest-"
    has_not "$(<"$work/wrong$reject.page")$(records "wrong$reject")" "pass word"
done
serve right --listen 127.0.0.1:0 --password-file "$work/password" --until unregistered=1
expect_code 0 $(device) --password-file "$work/password"
served 0

# No authentication, by option and by an empty password; a device without a password where one is asked for.
for none in --no-auth --password=; do
    serve "none" --listen 127.0.0.1:0 "$none" --until unregistered=1
    expect_code 0 $(device)
    has_not "$out" Unauthorized
    served 0
done
serve asks --listen 127.0.0.1:0 --duration 20s
expect_code 1 $(device) --lang en
has "$out$err" "a password is asked for and this device has none"
has_not "$out" "Nothing is wrong"

# Unregistering on SIGINT; held until then; keepalives answered meanwhile.
gb-register device --server "127.0.0.1:$port" --password 12345678 --keepalive 200ms --json >"$work/held.jsonl" 2>/dev/null </dev/null &
held=$!
started+=("$held")
for _ in $(seq 200); do
    [ "$(grep -c '"answered":true' "$work/held.jsonl")" -ge 2 ] && break
    sleep 0.02
done
kill -INT "$held"
wait "$held"
same "$?" 0
has "$(records held)" '"state":"unregistered"'
has "$(records held)" '"type":"keepalive"'
valid "$work/held.jsonl"
kill -TERM "$server"
served 0

# IPv6, and one family never mixed with the other.
if [ -e /proc/net/if_inet6 ] && grep -q '^00000000000000000000000000000001' /proc/net/if_inet6; then
    serve v6 --listen '[::1]:0' --until unregistered=1
    expect_code 0 gb-register device --server "[::1]:$port" --password 12345678 --once
    served 0
    has "$(records v6)" '"address":"::1"'
    has "$(records v6)" '"peer":"[::1]:'
else
    echo "no IPv6 loopback here: that part is skipped"
fi

# Nobody there: ICMP is exit 4, silence is exit 5, an unknown name is exit 4; a port in use is exit 7.
serve gone --listen 127.0.0.1:0 --duration 100ms
served 0
expect_code 4 $(device) --password 12345678
has "$err" "connection refused"
has "$out" "register-port-unreachable"
serve silent --listen 127.0.0.1:0 --fault register-no-answer --duration 20s
expect_code 5 $(device) --password 12345678 --timeout 700ms
expect_code 7 gb-register serve --listen "127.0.0.1:$port"
has "$err" "127.0.0.1:$port"
kill -INT "$server"
served 0
expect_code 4 gb-register device --server no-such-host.invalid --password x --once
serve odd --listen 127.0.0.1:0 --fault digest-algorithm-unknown --duration 20s
expect_code 6 $(device) --password 12345678
kill -INT "$server"
served 0

# A device's fault is found by both sides and in the capture, under its own name.
for fault in digest-password-differs digest-realm-not-challenged digest-qop-null digest-header-malformed register-400-no-expires; do
    serve "$fault" --listen 127.0.0.1:0 --pcap "$work/$fault.pcapng" --until refused=1
    expect_code 1 $(device) --password 12345678 --fault "$fault" --records "$work/$fault-device.jsonl"
    served 0
    has "$(records "$fault")" "\"id\":\"$fault\""
    has "$(records "$fault-device")" "\"id\":\"$fault\""
    if [ -x "$GBKIT_BIN/pcap-replay" ]; then
        expect_code 1 pcap-replay inspect "$work/$fault.pcapng" --password 12345678 --json
        has "$out" "\"id\":\"$fault\""
    fi
done
serve strict --listen 127.0.0.1:0 --strict --until refused=1
expect_code 1 $(device) --password 12345678 --fault register-server-id-differs
served 0
has "$(records strict)" '"id":"register-server-id-differs"'
serve stubborn --listen 127.0.0.1:0 --fault digest-right-still-refused --until registered=1
expect_code 1 $(device) --password 12345678
served 0
has "$(records stubborn)" '"id":"digest-right-still-refused"'

# Expectations, and what cannot be asked for.
serve expecting --listen 127.0.0.1:0 --expect 'registered>=2,refused=0' --duration 100ms
served 1
has "$(<"$work/expecting.talk")" "expected registered>=2, it is 0"
: >"$work/empty"
expect_code 3 gb-register serve --listen 127.0.0.1:0 --password-file "$work/empty"
expect_code 2 gb-register serve --listen 0.0.0.0:0 --seed 1
expect_code 2 gb-register serve --listen 127.0.0.1:0 --no-auth --password x
expect_code 2 gb-register serve --listen 127.0.0.1:0 --until 'cameras=1'
expect_code 2 gb-register device --once
expect_code 2 gb-register device --server 127.0.0.1 --fault no-such-fault
expect_code 2 gb-register device --server 127.0.0.1 --device-id '34020000;x'
expect_code 2 gb-register device --server 127.0.0.1 --bind 'not an address'

# With a seed a device says the same again, word for word.
for run in 1 2; do
    serve "seed$run" --listen 127.0.0.1:0 --seed 7 --until unregistered=1 --pcap "$work/seed$run.pcapng"
    expect_code 0 $(device) --password 12345678 --seed 9
    served 0
    has "$out" "200 OK"
    if [ -x "$GBKIT_BIN/pcap-replay" ]; then
        pcap-replay inspect "$work/seed$run.pcapng" --json | sed -n 's/.*"call_id":"\([^"]*\)".*/\1/p' >"$work/calls$run"
        [ -s "$work/calls$run" ] || fail "no Call-ID in the capture"
    fi
done
[ ! -e "$work/calls1" ] || cmp -s "$work/calls1" "$work/calls2" || fail "--seed gives other Call-IDs"

finish
