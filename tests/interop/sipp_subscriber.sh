#!/usr/bin/env bash
# SIPp as an upper platform that subscribes to the catalog of `gb-register serve`, over UDP and over TCP.
command -v sipp >/dev/null || { echo "skipped: sipp is not installed"; exit 77; }
. "$GBKIT_SOURCE/tests/cli/lib.sh"

for transport in u1 t1; do
    serve "upper-$transport" --listen 127.0.0.1:0 --no-auth --duration 40s
    (cd "$work" && exec timeout 30 sipp -sf "$GBKIT_SOURCE/tests/interop/sipp/subscriber.xml" -i 127.0.0.1 -m 1 -t "$transport" -timeout 25s -nostdin \
        -trace_err -error_file "$work/errors.log" "127.0.0.1:$port" >"$work/sipp.out" 2>&1) &
    sipp=$!
    started+=("$sipp")
    for _ in $(seq 100); do   # the subscription stands
        grep -q 'NOTIFY' "$work/upper-$transport.page" && break
        sleep 0.05
    done
    $within 30 gb-register device --server "127.0.0.1:$port" --duration 20s >/dev/null 2>&1 </dev/null &
    device=$!
    started+=("$device")
    wait "$sipp" || fail "SIPp -t $transport: exit $?: $(tail -n 5 "$work/errors.log" 2>/dev/null)"
    kill -INT "$device" "$server"
    wait "$device"
    served 0
done
finish
