#!/usr/bin/env bash
# Kamailio as the platform against `gb-register device`: it challenges with qop=auth, takes the right password, grants
# 3600 s where 86400 were asked for, and goes on challenging a wrong one. The capture of it is judged the same way.
set -uo pipefail
for program in kamailio ss; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$work"' EXIT
PATH=$GBKIT_BIN:$PATH
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# Kamailio takes no port 0: one that nobody has now.
for _ in $(seq 20); do
    port=$((20000 + RANDOM % 20000))
    ss -H -uln "sport = :$port" | grep -q . || break
done
kamailio -f "$GBKIT_SOURCE/tests/interop/kamailio/registrar.cfg" -A PORT="$port" \
    -P "$work/pid" -Y "$work" -m 64 -M 8 -DD -E >"$work/kamailio.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 200); do
    ss -H -uln "sport = :$port" | grep -q . && break
    kill -0 "$server" 2>/dev/null || { echo "Kamailio does not start:"; tail -n 5 "$work/kamailio.log"; exit 1; }
    sleep 0.05
done

# device CODE ARGUMENT...
device() {
    local wanted=$1 code
    shift
    gb-register device --server "127.0.0.1:$port" --once --timeout 5s --lang en "$@" >"$work/page" 2>&1 </dev/null
    code=$?
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $* $(cat "$work/page")"
}
says() { grep -qF "$1" "$work/page" || fail "the page does not say \"$1\": $(cat "$work/page")"; }

device 0 --device-id 34020000001320000001 --password 12345678 --pcap "$work/right.pcapng"
says '200 OK  for 3600 s'
says 'Nothing is wrong'
device 1 --device-id 34020000001320000002 --password 87654321 --pcap "$work/wrong.pcapng"
device 1 --device-id 34020000001320000003 --password 12345678 --fault digest-nc-case

gb-digest --password 12345678 "$work/right.pcapng" >"$work/page" 2>&1 || fail "our answer to Kamailio is not right: $(cat "$work/page")"
pcap-replay inspect --password 12345678 --lang en "$work/wrong.pcapng" >"$work/page" 2>&1
says 'digest-password-differs'

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
