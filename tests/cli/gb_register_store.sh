#!/usr/bin/env bash
# serve --store: a platform that is killed in the middle of a load forgets no device that has its 200; files it refuses.
. "$(dirname "$0")/lib.sh"

# platform NAME ARGUMENT...: no output of the page, UDP and TCP.
platform() { serve "$@"; }
# registered FILE: the devices that say so in these records.
registered() { sed -n 's/.*"type":"registration".*"device":"\([0-9]*\)","state":"registered".*/\1/p' "$1" | sort -u; }
# killed: the platform ends without a word.
killed() {
    kill -9 "$server"
    wait "$server" 2>/dev/null
}

# Killed in the middle of a load: each device that says it has its 200 is in the table of the next run.
platform first --listen 127.0.0.1:0 --store "$work/store" --observe off
here=$port
pid=$(pgrep -P "$server" | head -n 1)   # what timeout runs
$within 30 gb-register device --server "127.0.0.1:$here" --password 12345678 --count 20000 --rate 4000 --observe off --json --duration 8s --timeout 2s \
    >"$work/load.jsonl" 2>/dev/null </dev/null &
load=$!
started+=("$load")
for _ in $(seq 200); do
    [ "$(grep -c '"state":"registered"' "$work/load.jsonl")" -ge 1000 ] && break
    sleep 0.02
done
kill -9 "${pid:-$server}"
wait "$server" 2>/dev/null
kill -9 "$load"
wait "$load" 2>/dev/null
registered "$work/load.jsonl" >"$work/told"
told=$(wc -l <"$work/told")
[ "$told" -ge 1000 ] || fail "only $told devices were registered before the kill"
[ "$told" -lt 20000 ] || fail "the kill came after the load"
platform second --listen "127.0.0.1:$here" --store "$work/store" --duration 20s --lang en
has "$(<"$work/second.page")" "devices are registered from before"
sqlite3 "$work/store" 'SELECT id FROM device' 2>/dev/null | sort >"$work/kept" || echo "sqlite3 is not installed: the table is not read beside the program"
if [ -s "$work/kept" ]; then
    lost=$(comm -23 "$work/told" "$work/kept" | wc -l)
    same "$lost" 0
fi
back=$(sed -n 's/^\([0-9]*\) devices are registered from before.*/\1/p' "$work/second.page")
[ "${back:-0}" -ge "$told" ] || fail "$told devices had their 200, ${back:-none} are back"

# A keepalive of one of them is answered as if nothing had happened, one of a stranger is refused.
beat() {
    local body="<?xml version=\"1.0\"?><Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>$1</DeviceID><Status>OK</Status></Notify>"
    printf 'MESSAGE sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;rport;branch=z9hG4bK%s\r\nFrom: <sip:%s@3402000000>;tag=a\r\nTo: <sip:34020000002000000001@3402000000>\r\nCall-ID: %s\r\nCSeq: 1 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "$1" "$1" "${#body}" "$body" >&3
    local line
    IFS= read -r -t 2 line <&3
    printf '%s' "${line%$'\r'}"
}
exec 3<>"/dev/tcp/127.0.0.1/$here"
same "$(beat "$(head -n 1 "$work/told")")" "SIP/2.0 200 OK"
exec 3>&-
exec 3<>"/dev/tcp/127.0.0.1/$here"
has "$(beat 34020000009999999999)" "SIP/2.0 403"
exec 3>&-

# One program at a time.
expect_code 7 gb-register serve --listen 127.0.0.1:0 --store "$work/store"
has "$err" "in use"
kill -INT "$server"
served 0

# Devices that hold on through a restart: with the table nobody is refused a beat; without it everybody comes back.
for with in store memory; do
    keep=()
    [ "$with" = store ] && keep=(--store "$work/held")
    platform "before-$with" --listen 127.0.0.1:0 "${keep[@]}" --until registered=50 --observe off
    # not a free port for others meanwhile: the next run takes the same one at once
    here=$port
    $within 30 gb-register device --server "127.0.0.1:$here" --password 12345678 --count 50 --keepalive 400ms --retry 300ms --timeout 1s --observe off --json \
        >"$work/hold-$with.jsonl" 2>/dev/null </dev/null &
    hold=$!
    started+=("$hold")
    served 0
    platform "after-$with" --listen "127.0.0.1:$here" "${keep[@]}" --observe off --until keepalives=300
    served 0
    kill -INT "$hold"
    wait "$hold" 2>/dev/null
    registrations=$(grep -c '"state":"registered"' "$work/hold-$with.jsonl")
    refusals=$(grep -c '"type":"keepalive".*"status":403' "$work/hold-$with.jsonl")
    if [ "$with" = store ]; then
        same "$refusals" 0
        has "$(<"$work/after-store.page")" "50"
    else
        same "$refusals" 50
        [ "$registrations" -ge 100 ] || fail "$registrations registrations of 50 devices through a restart without a table"
    fi
done

# Files that are not ours are refused with their name and the reason, and stay as they are.
printf 'a diary' >"$work/diary"
expect_code 3 gb-register serve --listen 127.0.0.1:0 --store "$work/diary"
has "$err" "diary is not a store of this program"
same "$(<"$work/diary")" "a diary"
expect_code 7 gb-register serve --listen 127.0.0.1:0 --store "$work/no/such/folder"
has "$err" "no such file or directory"
expect_code 7 gb-register serve --listen 127.0.0.1:0 --store "$work"
if [ "$(id -u)" -ne 0 ]; then
    : >"$work/read-only" && chmod 400 "$work/read-only"
    expect_code 7 gb-register serve --listen 127.0.0.1:0 --store "$work/read-only"
    has "$err" "permission denied"
fi

# A disk that fills up under it: said once, and everybody is still served.
(
    ulimit -f 100   # blocks of 1 KiB; the records go to a pipe
    trap '' XFSZ
    exec $within 30 gb-register serve --listen 127.0.0.1:0 --store "$work/full" --observe off --until unregistered=500 --json 2>"$work/full.talk" </dev/null
) | cat >"$work/full.jsonl" &
full=$!
for _ in $(seq 200); do
    port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/full.jsonl" 2>/dev/null | head -n 1)
    [ -n "$port" ] && break
    sleep 0.02
done
expect_code 0 $within 20 gb-register device --server "127.0.0.1:$port" --password 12345678 --count 500 --rate 1000 --phases ramp --observe off
wait "$full"
same "$(grep -c 'going on in memory' "$work/full.talk")" 1
has "$(<"$work/full.jsonl")" '"registered":500,"refused":0'

finish
