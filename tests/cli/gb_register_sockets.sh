#!/usr/bin/env bash
# --socket-per-device: two thousand devices with a UDP port each, and what they cost; a range of addresses costs as little.
. "$(dirname "$0")/lib.sh"

# resident: the most memory, in KiB, that the process $pid ever held.
resident() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"; }
# Enough descriptors?
limit=$(ulimit -Hn)
[ "$limit" = unlimited ] || [ "$limit" -ge 2100 ] || { echo "skipped: only $limit descriptors"; exit 77; }

# hold ARGUMENT...: devices that register and stay; $memory is what they took.
hold() {
    rm -f "$work/held.jsonl"
    gb-register device --server "127.0.0.1:$port" --password 12345678 --observe off --records "$work/held.jsonl" "$@" >"$work/held.page" 2>"$work/held.talk" </dev/null &
    pid=$!
    started+=("$pid")
    for _ in $(seq 1000); do
        registered=$(grep -c '"state":"registered"' "$work/held.jsonl" 2>/dev/null)
        [ "${registered:-0}" -ge "$wanted" ] && break
        sleep 0.02
    done
    same "$(grep -c '"state":"registered"' "$work/held.jsonl")" "$wanted"
    memory=$(resident)
    ports=$(ss -H -uapn 2>/dev/null | grep -c "pid=$pid,")
    kill -INT "$pid"
    wait "$pid"
    same "$?" 0
}

serve many --listen 127.0.0.1:0 --observe off --duration 55s
wanted=2000
hold --count 2000 --outstanding 500
shared=$memory
hold --count 2000 --outstanding 500 --socket-per-device
echo "2000 devices: $shared KiB on one socket, $memory KiB with a socket each"
has "$(<"$work/held.talk")" "2000 sockets; this process may open"
command -v ss >/dev/null && same "$ports" 2000
# Without shared buffers it would be 8 GB; a socket and its entry in the loop are some KiB.
[ $((memory - shared)) -lt 16000 ] || fail "a socket each costs $((memory - shared)) KiB more"
# Two hundred addresses are as cheap.
wanted=200
hold --count 200 --bind 127.0.2.1-127.0.2.200
[ "$memory" -lt $((shared + 4000)) ] || fail "200 addresses cost $memory KiB"
kill -INT "$server"
served 0
# The platform saw as many sources as there were sockets.
sources=$(grep '"state":"registered"' "$work/many.jsonl" | sed 's/.*"peer":"\([^"]*\)".*/\1/' | sort -u | wc -l)
[ "$sources" -ge 2200 ] || fail "$sources sources"

# More than the system lets one process open is told at the start.
(ulimit -n 500 && expect_code 7 gb-register device --server 127.0.0.1:9 --count 1000 --socket-per-device --password x &&
    has "$err" "1000 sockets need" && [ "$failures" = 0 ]) || fail "the limit is not told"

finish
