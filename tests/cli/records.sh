#!/usr/bin/env bash
# Every line any program writes as a record fits the table of its type; first comes run, last summary.
. "$(dirname "$0")/lib.sh"
password=Geheim-4711   # must not occur in any record

# valid CODE COMMAND...: the records on stdout, checked.
valid() {
    local wanted=$1
    shift
    expect_code "$wanted" "$@"
    said=$(gbkit-gen --validate <"$work/out") || fail "$* writes: $said"
    has_not "$out" "$password"
}

article >"$work/article"
valid 0 gb-digest --json --password 12345678 "$work/article"
valid 1 gb-digest --json --password "$password" --near --explain "$work/article"
valid 0 gb-digest compute --json --password "$password" --username u --realm r --nonce n --uri sip:u@r --qop auth
valid 3 gb-digest --json --password "$password" /dev/null
valid 3 pcap-replay --json /dev/null
valid 3 pcap-replay --json "$work/absent"
valid 3 gb-digest --json "$work/absent"
valid 4 gb-register device --json --server 127.0.0.1:1 --password "$password" --once --timeout 1s

# A registration: both sides' records, and what pcap-replay says of the capture of it.
gb-register serve --listen 127.0.0.1:0 --password "$password" --json --pcap "$work/live.pcap" >"$work/serve" 2>"$work/err" &
server=$!
started+=("$server")
for _ in $(seq 50); do
    port=$(sed -nE 's/.*"type":"listening".*"port":([0-9]+).*/\1/p' "$work/serve" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.1
done
[ -n "$port" ] || { fail "serve is not listening: $(<"$work/err")"; finish; }
valid 0 gb-register device --json --server "127.0.0.1:$port" --password "$password" --once
valid 1 gb-register device --json --server "127.0.0.1:$port" --device-id 34020000001320000002 --password wrong --once
kill -INT "$server"
wait "$server"
same $? 0
gbkit-gen --validate <"$work/serve" >"$work/said" || fail "serve writes: $(<"$work/said")"
has_not "$(<"$work/serve")" "$password"
valid 1 pcap-replay --json --password "$password" "$work/live.pcap"
has "$out" '"type":"registration"'
has "$out" '"type":"sip_message"'
valid 0 pcap-replay inspect --list --json "$work/live.pcap"
has "$out" '"type":"conversation"'

# The real captures, when they are there.
if compgen -G "$GBKIT_SHARED/captures/*.pcap*" >/dev/null; then
    for capture in "$GBKIT_SHARED"/captures/*.pcap*; do
        pcap-replay --json "$capture" >"$work/out" 2>"$work/err"
        said=$(gbkit-gen --validate <"$work/out") || fail "pcap-replay --json $capture writes: $said"
        gb-digest --json --password "$password" "$capture" >"$work/out" 2>"$work/err"
        said=$(gbkit-gen --validate <"$work/out") || fail "gb-digest --json $capture writes: $said"
    done
fi

# The check can say no.
echo '{"type":"run"}' | gbkit-gen --validate >/dev/null && fail "a broken record is accepted"
gbkit-gen --validate </dev/null >/dev/null && fail "no records at all are accepted"
finish
