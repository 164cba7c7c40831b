#!/usr/bin/env bash
# pcap-replay inspect on the wire itself: an interface, filters, windows, the ring, the evidence; and that root is gone.
# Runs in a network namespace of its own; without root only what needs no interface is tested.
. "$(dirname "$0")/lib.sh"

# Without an interface: a conversation recorded by our own device, with a wrong password and then another's.
record() {
    serve "$1" --listen 127.0.0.1:0 --password 12345678
    for device in 1 2; do
        gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id "3402000000132000000$device" --once \
            --password "$([ "$device" = 1 ] && echo wrong || echo 12345678)" --timeout 3s --pcap "$work/$device.pcapng" >/dev/null 2>&1
    done
    kill "$server"
}

files() {
    record platform
    local both=("$work/1.pcapng" "$work/2.pcapng") device
    expect_code 1 pcap-replay --json "${both[@]}"
    has "$out" '"registered":1'
    has_not "$out" '"filtered"'

    # --filter, before anything is decoded
    expect_code 3 pcap-replay --filter "tcp port 1" "${both[@]}"
    has "$err" "the filter let nothing through"
    expect_code 1 pcap-replay --json --filter "udp port $port" "${both[@]}"
    has_not "$out" '"filtered"'
    device=$(HOME=$work tshark -r "$work/2.pcapng" -T fields -e udp.srcport -c 1 2>/dev/null)
    if [ -n "$device" ]; then
        expect_code 0 pcap-replay --json --filter "udp port $device" "${both[@]}"  # the good device only
        has "$out" '"filtered":4'
    fi
    expect_code 2 pcap-replay --filter "udp prt 5060" "$work/1.pcapng"
    has "$err" "--filter"

    # --since, --until
    expect_code 3 pcap-replay --since +1h "${both[@]}"
    expect_code 3 pcap-replay --until 2001-01-01T00:00:00Z "${both[@]}"
    expect_code 1 pcap-replay --since +0s --until +1h "${both[@]}"
    has_not "$out" "left out"
    expect_code 3 pcap-replay --since "$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)" "${both[@]}"
    has "$out" "left out  "
    has "$out" "frames by --since and --until"
    expect_code 2 pcap-replay --since yesterday "$work/1.pcapng"
    has "$err" "--since"

    # --evidence and --ring of files; --follow tells the finding before the page, with its file
    expect_code 1 pcap-replay --follow --evidence "$work/proof" --ring "$work/ring,1M" "${both[@]}"
    has "${out%%REFUSED*}" "FILE      $work/proof/register-refused-1.pcapng"
    same "$(ls "$work/proof")" register-refused-1.pcapng
    expect_code 1 pcap-replay --json "$work/proof/register-refused-1.pcapng"
    has "$out" '"id":"register-refused"'
    same "$(ls "$work/ring" | wc -l)" 1
    expect_code 1 pcap-replay --json "$work/ring/"*.pcapng
    has "$out" '"registered":1'
    if grep -q comment <(tshark -G fields 2>/dev/null | grep frame.comment); then
        same "$(HOME=$work tshark -r "$work/proof/register-refused-1.pcapng" -Y frame.comment -T fields -e frame.comment 2>/dev/null)" register-refused
    fi
    expect_code 2 pcap-replay --ring "$work/ring" "$work/1.pcapng"
    expect_code 2 pcap-replay --ring "$work/ring,900k" "$work/1.pcapng"
    expect_code 2 pcap-replay --ring ",2M" "$work/1.pcapng"
    expect_code 7 pcap-replay --evidence "$work/1.pcapng" "$work/2.pcapng"
    has "$err" "cannot open the folder"

    # A disk that is full ends what is kept, not what is looked at.
    (ulimit -f 4; trap '' XFSZ; pcap-replay --ring "$work/small,1M" $(for _ in $(seq 12); do echo "$work/1.pcapng" "$work/2.pcapng"; done) >"$work/out" 2>"$work/err")
    same "$?" 7
    has "$(<"$work/err")" "the inspection goes on"
    has "$(<"$work/out")" "register-refused"

    # What does not go together
    expect_code 2 pcap-replay inspect
    has "$err" "-i"
    expect_code 2 pcap-replay inspect -i lo "$work/1.pcapng"
    expect_code 2 pcap-replay inspect --duration 1s "$work/1.pcapng"
}

# capture NAME ARGUMENT...: a live capture on lo that is ready; its pid is $capture.
capture() {
    local name=$1
    shift
    pcap-replay inspect -i lo "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
    capture=$!
    started+=("$capture")
    for _ in $(seq 200); do
        grep -q "capturing on" "$work/$name.err" 2>/dev/null && return
        sleep 0.02
    done
    fail "$name does not capture: $(<"$work/$name.err")"
}
# captured CODE: it has ended with this code.
captured() {
    wait "$capture"
    same "$?" "$1"
}
# until_in FILE TEXT: within two seconds.
until_in() {
    for _ in $(seq 100); do
        grep -q -- "$2" "$1" 2>/dev/null && return
        sleep 0.02
    done
    fail "no \"$2\" in $1: $(<"$1")"
}
register() {
    gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id "$1" --once --password "$2" --timeout 3s >/dev/null 2>&1
}

wire() {
    ip link set lo up
    chmod 755 "$work"
    serve live --listen 127.0.0.1:0 --password 12345678

    # Findings come while it runs; who runs it is nobody; Ctrl-C ends it with the page.
    capture follow -v --follow --evidence "$work/found" --ring "$work/last,1M" --filter "udp port $port"
    same "$(sed -n 's/^Uid:\t\([0-9\t]*\)/\1/p' "/proc/$capture/status" | tr '\t' '\n' | sort -u)" "$(id -u nobody)"
    same "$(sed -n 's/^Gid:\t\([0-9\t]*\)/\1/p' "/proc/$capture/status" | tr '\t' '\n' | sort -u)" "$(id -g nobody)"
    same "$(sed -nE 's/^Cap(Prm|Eff):\t//p' "/proc/$capture/status" | sort -u)" 0000000000000000
    has "$(<"$work/follow.err")" "now nobody"
    register 34020000001320000001 wrong
    until_in "$work/follow.out" "FILE  *$work/found/register-refused-1.pcapng"
    has_not "$(<"$work/follow.out")" REFUSED
    register 34020000001320000002 12345678
    until_in "$work/follow.out" "register-logging-out"
    kill -INT "$capture"
    captured 1
    has "$(<"$work/follow.out")" "REFUSED: 403"
    has "$(<"$work/follow.out")" "logged out"
    has "$(<"$work/follow.out")" "lo  "
    same "$(stat -c '%U %a' "$work/found/register-refused-1.pcapng")" "nobody 600"
    expect_code 1 pcap-replay --json "$work"/last/*.pcapng  # the ring holds what was seen, the first packet to the last
    has "$out" '"devices":2'
    has "$out" '"frames":12'
    expect_code 1 pcap-replay "$work/found/register-refused-1.pcapng"

    # Records as they happen, the end by time; what the filter leaves out is not there
    capture records --json --duration 1500ms --filter "udp port 1"
    register 34020000001320000002 12345678
    captured 3
    has "$(<"$work/records.out")" '"format":"live"'
    has "$(<"$work/records.out")" '"frames":0'
    gbkit-gen --validate <"$work/records.out" || fail "a record does not fit its table"

    # The same records live as from its ring.
    capture both --json --until +1s --ring "$work/both,1M" --filter "udp port $port"
    register 34020000001320000002 12345678
    captured 0
    pcap-replay --json "$work"/both/*.pcapng >"$work/again.out" 2>/dev/null
    same "$(grep -c sip_message "$work/both.out")" 8
    same "$(grep sip_message "$work/both.out")" "$(grep sip_message "$work/again.out")"

    # SIGTERM ends it as Ctrl-C does.
    capture terminated
    kill -TERM "$capture"
    captured 3

    # A folder of root's is not filled by nobody
    mkdir -m 755 "$work/rooted"
    expect_code 7 pcap-replay inspect -i lo --evidence "$work/rooted"
    has "$err" "nobody may not write in $work/rooted"
    same "$(ls "$work/rooted")" ""

    # Behind sudo, the folder is the user's
    SUDO_UID=1234 SUDO_GID=1235 capture sudo --ring "$work/mine,1M"
    same "$(stat -c '%u %g' "$work/mine")" "1234 1235"
    kill -INT "$capture"
    captured 3

    expect_code 3 pcap-replay inspect -i nosuch0
    has "$err" "no such interface (there are: "
    if command -v setpriv >/dev/null; then
        chmod 755 "$work"
        expect_code 7 setpriv --reuid 65534 --clear-groups --bounding-set -all -- "$(command -v pcap-replay)" inspect -i lo
        has "$err" "permission denied"
    fi

    # An interface that goes away ends the capture, with the page.
    if ip link add gbk0 type veth peer name gbk1 2>/dev/null; then
        ip link set gbk0 up
        pcap-replay inspect -i gbk0 >"$work/gone.out" 2>"$work/gone.err" </dev/null &
        capture=$!
        started+=("$capture")
        until_in "$work/gone.err" "capturing on gbk0"
        ip link del gbk0
        captured 3
        has "$(<"$work/gone.err")" "ended by itself"
    fi
    kill "$server"
}

if [ "${1:-}" = wire ]; then
    wire
    finish
fi
files
if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
    [ "$failures" = 0 ] || finish
    echo "skipped: no root, or no network namespaces: captures of an interface are not tested (files are)"
    exit 77
fi
unshare -n bash "$0" wire || fail "on the wire"
finish
