#!/usr/bin/env bash
# sipsak against `gb-register serve`: OPTIONS to the platform is answered, to a device that is not there it is not, the right password gets in, a wrong one is refused and named.
set -uo pipefail
command -v sipsak >/dev/null || { echo "skipped: sipsak is not installed"; exit 77; }

work=$(mktemp -d)
PATH=$GBKIT_BIN:$PATH
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
device=34020000001320000001

gb-register serve --listen 127.0.0.1:0 --password 12345678 --json >"$work/records" 2>"$work/talk" </dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; wait; rm -rf "$work"' EXIT
port=
for _ in $(seq 200); do
    port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/records" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.02
done
[ -n "$port" ] || { echo "the platform does not listen: $(cat "$work/talk")"; exit 1; }

# asks WANTED ID ARGUMENT...: sipsak's verdict is yes or no.
asks() {
    local wanted=$1 id=$2 verdict=yes
    shift 2
    timeout 10 sipsak -s "sip:$id@127.0.0.1:$port" "$@" >"$work/sipsak" 2>&1 || verdict=no
    [ "$verdict" = "$wanted" ] || fail "sipsak $id $* says $verdict, not $wanted: $(cat "$work/sipsak")"
}
asks yes 34020000002000000001
asks no "$device"
asks yes "$device" -U -C "sip:$device@127.0.0.1:5070" -x 3600 -a 12345678
asks no "$device" -U -C "sip:$device@127.0.0.1:5070" -x 3600 -a 1234

kill -INT "$server"
wait "$server" || fail "serve ended with $?"
for part in '"state":"registered"' '"state":"refused"' '"id":"digest-password-differs"' '"registered":1,"refused":1'; do
    grep -qF "$part" "$work/records" || fail "the records do not hold $part: $(cat "$work/records")"
done
[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
