#!/usr/bin/env bash
# The same conversation live and from its capture: gb-register's observers and pcap-replay say the same.
. "$(dirname "$0")/lib.sh"

# serve_until_ready ARGUMENT...: a platform on a free port, in $port.
serve_until_ready() {
    : >"$work/serve" # the port of the one before is no longer the answer
    gb-register serve --listen 127.0.0.1:0 --json "$@" >>"$work/serve" 2>/dev/null &
    started+=($!)
    port=
    for ((i = 0; i < 100 && ${#port} == 0; i++)); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/serve" | head -n 1)
        [ -n "$port" ] || sleep 0.05
    done
    [ -n "$port" ] || fail "no listening record"
}
ids() { sed -n 's/.*"type":"finding".*"id":"\([^"]*\)","severity":"\([^"]*\)","certainty":"\([^"]*\)".*/\1 \2 \3/p' "$1" | sort -u; }

# compare NAME DEVICE-ARGUMENT...: the device's own findings and those of its capture.
compare() {
    local name=$1
    shift
    gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id 34020000001320000001 --once \
        --json --timeout 3s --pcap "$work/$name.pcapng" "$@" >"$work/$name.live" 2>/dev/null
    pcap-replay --json --seen-from device --server-id 34020000002000000001 --domain 3402000000 "${known[@]}" \
        "$work/$name.pcapng" >"$work/$name.replay" 2>/dev/null
    gbkit-gen --validate <"$work/$name.replay" || fail "$name: a record does not fit its table"
    same "$(ids "$work/$name.live")" "$(ids "$work/$name.replay")"
}

known=(--password 12345678)
serve_until_ready
compare fine --password 12345678
has "$(ids "$work/fine.replay")" "register-logging-out info"
compare no_expires --password 12345678 --fault register-400-no-expires
has "$(ids "$work/no_expires.replay")" "register-400-no-expires error"
known=()  # the device's word is no proof of what the platform expects
compare refused --password wrong
has "$(ids "$work/refused.replay")" "register-refused error"
known=(--password 12345678)
serve_until_ready --fault register-refused-outright
compare outright --password 12345678
has "$(ids "$work/outright.replay")" "register-refused-outright error certain"

pcap-replay "$work/fine.pcapng" >/dev/null || fail "the healthy capture"
finish
