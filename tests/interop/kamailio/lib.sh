# Kamailio as the platform of a test: source this, then call kamailio_starts and device.
set -uo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$work"' EXIT
PATH=$GBKIT_BIN:$PATH
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
needs() { local program; for program in "$@"; do command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }; done; }

# listens KIND: somebody has $port; KIND is u or t.
listens() { ss -H "-${1}ln" "sport = :$port" | grep -q .; }

# kamailio_starts KIND DEFINITION...: on $port; it takes no port 0, so one that nobody has now.
kamailio_starts() {
    local kind=$1 _
    shift
    for _ in $(seq 20); do
        port=$((20000 + RANDOM % 20000))
        listens "$kind" || break
    done
    kamailio -f "$GBKIT_SOURCE/tests/interop/kamailio/registrar.cfg" -A PORT="$port" "$@" -P "$work/pid" -Y "$work" -m 64 -M 8 -DD -E >"$work/kamailio.log" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 400); do
        listens "$kind" && return
        kill -0 "$server" 2>/dev/null || { echo "Kamailio does not start:"; tail -n 5 "$work/kamailio.log"; exit 1; }
        sleep 0.05
    done
}

# device CODE ARGUMENT...: registers and leaves; its page is in $work/page.
device() {
    local wanted=$1 code
    shift
    gb-register device --server "127.0.0.1:$port" --once --timeout 5s --lang en "$@" >"$work/page" 2>&1 </dev/null
    code=$?
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $* $(cat "$work/page")"
}
says() { grep -qF "$1" "$work/page" || fail "the page does not say \"$1\": $(cat "$work/page")"; }

finish() {
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
    exit 0
}
