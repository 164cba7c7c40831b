#!/usr/bin/env bash
# CPU seconds per 10,000 registrations (401 round included) of gb-register against SIPp, each against the same peer
# in the same run: serve and a SIPp platform under SIPp devices, device --count and SIPp devices against a SIPp
# platform. GBKIT_BENCH_REGISTRATIONS (10000) and GBKIT_BENCH_RATE (1000 a second) change the load. Asserts nothing.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${GBKIT_BIN:-$root/build/release/bin}
command -v sipp >/dev/null || { echo "SKIPPED: no sipp (apt-get install sip-tester)"; exit 77; }
count=${GBKIT_BENCH_REGISTRATIONS:-10000}
rate=${GBKIT_BENCH_RATE:-1000}
here=$root/tests/bench/sipp
work=$(mktemp -d)
peer=
trap '[ -z "$peer" ] || kill "$peer" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
awk -v n="$count" 'BEGIN { print "SEQUENTIAL"; for (i = 1; i <= n; i++)
    printf "34020000001320%06d;[authentication username=34020000001320%06d password=12345678]\n", i, i }' >devices.csv

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }   # hundredths of a second of CPU, all threads
per_10000() { awk -v t="$1" -v n="$count" 'BEGIN { printf "%.2f", t / 100 / n * 10000 }'; }
spent() { awk '{ printf "%d", ($1 + $2) * 100 }' "$1"; }
free_port() { awk 'BEGIN { srand(); print 20000 + int(rand() * 20000) }'; }

serve() {  # ARGUMENT...: $peer, $port
    rm -f records
    "$bin/gb-register" serve --listen 127.0.0.1:0 --records records "$@" >page 2>talk </dev/null &
    peer=$!
    port=
    for _ in $(seq 100); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' records 2>/dev/null | head -n 1)
        [ -n "$port" ] && return
        sleep 0.05
    done
    echo "serve does not listen: $(<talk)"
    exit 1
}
sipp_platform() {
    port=$(free_port)
    sipp -sf "$here/registrar.xml" -i 127.0.0.1 -p "$port" -nostdin -buff_size 4194304 >platform.out 2>&1 </dev/null &
    peer=$!
    sleep 0.5
    kill -0 "$peer" || { echo "SIPp does not listen on $port"; exit 1; }
}
end_peer() {
    kill -INT "$peer" 2>/dev/null
    wait "$peer" 2>/dev/null
    peer=
}
sipp_devices() {
    local TIMEFORMAT='%U %S'
    { time timeout 120 sipp -sf "$here/register.xml" -inf devices.csv -i 127.0.0.1 -r "$rate" -l 500 -m "$count" -nostdin \
        -auth_uri 34020000002000000001@3402000000 -buff_size 4194304 "127.0.0.1:$port" >devices.out 2>&1; } 2>time.devices ||
        echo "  SIPp devices: exit $?"
}

sipp_platform; sipp_devices; theirs=$(ticks "$peer"); theirs_devices=$(spent time.devices); end_peer
echo "SIPp platform                 $(per_10000 "$theirs") s"
for observe in on off; do
    serve --observe $observe; sipp_devices; mine=$(ticks "$peer"); end_peer
    grep -q "\"registered\":$count,\"refused\":0,\"unanswered\":0" records || echo "  not all registered: $(grep '"summary"' records)"
    echo "serve --observe $observe           $(per_10000 "$mine") s   ratio $(awk -v a="$mine" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')"
done
echo "SIPp devices                  $(per_10000 "$theirs_devices") s"
for observe in on off; do
    sipp_platform
    "$bin/gb-register" device --server "127.0.0.1:$port" --count "$count" --rate "$rate" --outstanding 500 --password 12345678 \
        --observe $observe --records device.records >page 2>talk </dev/null &
    device=$!
    mine=
    for _ in $(seq 1200); do   # until all are in; leaving is not counted
        [ "$(cat device.records 2>/dev/null | grep -c '"state":"registered"')" -ge "$count" ] && { mine=$(ticks $device); break; }
        kill -0 $device 2>/dev/null || break
        sleep 0.1
    done
    kill -INT $device 2>/dev/null; sleep 0.1; kill -INT $device 2>/dev/null; wait $device 2>/dev/null
    end_peer
    [ -n "$mine" ] || { echo "  device --count: not all registered: $(tail -n 1 device.records)"; continue; }
    echo "device --count --observe $observe  $(per_10000 "$mine") s   ratio $(awk -v a="$mine" -v b="$theirs_devices" 'BEGIN { printf "%.2f", a / b }')"
done
