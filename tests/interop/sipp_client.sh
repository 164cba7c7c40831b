#!/usr/bin/env bash
# SIPp as devices against `gb-register serve`: right and wrong passwords, UDP and TCP, IPv4 and IPv6, many at once.
set -uo pipefail
command -v sipp >/dev/null || { echo "skipped: sipp is not installed"; exit 77; }

here=$(dirname "$0")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# table PASSWORD: 200 devices as SIPp reads them.
table() {
    echo SEQUENTIAL
    for i in $(seq 200); do
        id=340200000013200$(printf %05d "$i")
        echo "$id;[authentication username=$id password=$1]"
    done
}
serve() {
    rm -f "$work/records"
    gb-register serve --listen "$1" --duration 60s --records "$work/records" >/dev/null 2>"$work/talk" </dev/null &
    server=$!
    port=
    for _ in $(seq 200); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/records" 2>/dev/null | head -n 1)
        [ -n "$port" ] && return
        sleep 0.02
    done
    fail "the platform does not listen: $(<"$work/talk")"
}
stop() {
    kill -INT "$server"
    wait "$server" || fail "serve ended with $?"
    server=
}
# client ADDRESS TARGET SCENARIO PASSWORD TRANSPORT: u1 is UDP, t1 one TCP connection for all, tn one for each
client() {
    table "$4" >"$work/devices.csv"
    (cd "$work" && timeout 60 sipp -sf "$OLDPWD/$here/sipp/$3" -inf devices.csv -i "$1" -r 500 -l 100 -m 200 -timeout 40s -t "$5" -max_socket 1000 \
        -nostdin -trace_err -error_file errors.log "$2" >sipp.out 2>&1) ||
        fail "SIPp $3 -t $5 against $2: exit $?: $(tail -n 3 "$work/errors.log" 2>/dev/null)"
}
counted() { grep -q "\"type\":\"summary\".*$1" "$work/records" || fail "no $1 in $(grep summary "$work/records")"; }

PATH=$GBKIT_BIN:$PATH
cd "$GBKIT_SOURCE" || exit 1
here=tests/interop
run() {  # FAMILY-ADDRESS LISTEN TARGET TRANSPORT
    serve "$2"
    client "$1" "${3/PORT/$port}" client.xml 12345678 "$4"
    stop
    counted '"devices":200,"registered":200,"refused":0,"unanswered":0,"unregistered":0,"keepalives":200'
    counted '"malformed":0'
    case $4 in
        t1) counted '"connections":1,' ;;
        tn) counted '"connections":200,' ;;
    esac
    serve "$2"
    client "$1" "${3/PORT/$port}" client_refused.xml 87654321 "$4"
    stop
    counted '"devices":200,"registered":0,"refused":200'
    counted '"digest-password-differs":200'
}
for transport in u1 t1 tn; do run 127.0.0.1 127.0.0.1:0 127.0.0.1:PORT "$transport"; done
if grep -qs '^00000000000000000000000000000001' /proc/net/if_inet6; then
    for transport in u1 t1; do run '[::1]' '[::1]:0' '[::1]:PORT' "$transport"; done
else echo "no IPv6 loopback here: that part is skipped"; fi

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
