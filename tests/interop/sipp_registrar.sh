#!/usr/bin/env bash
# SIPp as the platform against `gb-register device`: it verifies our digest, with and without qop, UDP and TCP, IPv4 and IPv6.
set -uo pipefail
for program in sipp ss; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

work=$(mktemp -d)
sipp=
trap '[ -z "$sipp" ] || kill "$sipp" 2>/dev/null; rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
PATH=$GBKIT_BIN:$PATH
scenarios=$GBKIT_SOURCE/tests/interop/sipp

# registrar ADDRESS SCENARIO u1|t1: SIPp for one device; $sipp and the $port it chose.
registrar() {
    (cd "$work" && exec sipp -sf "$scenarios/$2" -i "$1" -p 0 -t "$3" -m 1 -timeout 20s -nostdin -trace_err -error_file errors.log >sipp.out 2>&1) &
    sipp=$!
    port=
    for _ in $(seq 200); do
        # of its sockets on that address (SIP and two for media) the one it opened first
        port=$(ss -H "-${3:0:1}lpn" | grep -F "pid=$sipp," | grep -F " $1:" | sed 's/.*:\([0-9]*\) .*fd=\([0-9]*\).*/\2 \1/' | sort -n | sed -n '1s/.* //p')
        [ -n "$port" ] && return
        sleep 0.02
    done
    fail "SIPp does not listen: $(cat "$work/sipp.out")"
}
# registers WANTED ADDRESS SERVER SCENARIO ARGUMENT...; $way is u1 or t1
registers() {
    local wanted=$1 address=$2 server=$3 scenario=$4 code
    shift 4
    registrar "$address" "$scenario" "$way"
    gb-register device --transport "$([ "$way" = t1 ] && echo tcp || echo udp)" --server "$server:$port" --once --timeout 5s "$@" >"$work/page" 2>&1 </dev/null
    code=$?
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted, against $scenario -t $way at $server: $(cat "$work/page")"
    wait "$sipp" || fail "SIPp $scenario ended with $?: $(tail -n 3 "$work/errors.log" 2>/dev/null)"
    sipp=
}
run() {  # ADDRESS SERVER
    for scenario in registrar.xml registrar_2069.xml; do
        registers 0 "$1" "$2" "$scenario" --password 12345678
        registers 1 "$1" "$2" "$scenario" --password 87654321
        registers 1 "$1" "$2" "$scenario" --password 12345678 --fault digest-formula-differs
    done
}
for way in u1 t1; do run 127.0.0.1 127.0.0.1; done
if grep -qs '^00000000000000000000000000000001' /proc/net/if_inet6; then for way in u1 t1; do run '[::1]' '[::1]'; done
else echo "no IPv6 loopback here: that part is skipped"; fi

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
