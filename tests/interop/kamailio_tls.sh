#!/usr/bin/env bash
# Kamailio as the platform over TLS: `gb-register device` verifies it, registers with digest and leaves; without the CA
# it refuses to say anything.
set -uo pipefail
for program in kamailio ss openssl; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
[ -n "$(find /usr/lib -name tls.so -path '*kamailio*' 2>/dev/null)" ] || { echo "skipped: Kamailio's tls module is not installed"; exit 77; }

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$work"' EXIT
PATH=$GBKIT_BIN:$PATH
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 \
    -subj /CN=kamailio -addext subjectAltName=IP:127.0.0.1 >"$work/openssl.log" 2>&1 || { cat "$work/openssl.log"; exit 1; }

# Kamailio takes no port 0: one that nobody has now.
for _ in $(seq 20); do
    port=$((20000 + RANDOM % 20000))
    ss -H -tln "sport = :$port" | grep -q . || break
done
kamailio -f "$GBKIT_SOURCE/tests/interop/kamailio/registrar.cfg" -A PORT="$port" -A TLS -A CERTIFICATE="\"$work/cert.pem\"" \
    -A KEY="\"$work/key.pem\"" -P "$work/pid" -Y "$work" -m 64 -M 8 -DD -E >"$work/kamailio.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 400); do
    ss -H -tln "sport = :$port" | grep -q . && break
    kill -0 "$server" 2>/dev/null || { echo "Kamailio does not start:"; tail -n 5 "$work/kamailio.log"; exit 1; }
    sleep 0.05
done

# device CODE ARGUMENT...
device() {
    local wanted=$1 code
    shift
    gb-register device --server "127.0.0.1:$port" --transport tls --once --timeout 5s --lang en "$@" >"$work/page" 2>&1 </dev/null
    code=$?
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $* $(cat "$work/page")"
}
says() { grep -qF "$1" "$work/page" || fail "the page does not say \"$1\": $(cat "$work/page")"; }

device 0 --device-id 34020000001320000001 --password 12345678 --ca "$work/cert.pem"
says '200 OK  for 3600 s'
says 'Nothing is wrong'
device 1 --device-id 34020000001320000002 --password 87654321 --ca "$work/cert.pem"
device 4 --device-id 34020000001320000003 --password 12345678
says 'its certificate is self-signed (127.0.0.1) and not trusted here'

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
