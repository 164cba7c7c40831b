#!/usr/bin/env bash
# Who may register and how: the options of `serve` that say no, and what a device makes of it.
. "$(dirname "$0")/lib.sh"

# platform NAME ARGUMENT...: serve on UDP only and a port of its own choosing.
platform() {
    local name=$1
    shift
    serve "$name" --listen 127.0.0.1:0 --transport udp "$@"
}
device() { echo gb-register device --server "127.0.0.1:$port" --once --lang en; }
first=34020000001320000001
second=34020000001320000002
third=34010000001320000003

# A password for each device, one with a user name; who has no line is unknown, or takes the common one on purpose.
printf '%s own-secret\n%s\tof two words\tcamera-two\n' "$first" "$second" >"$work/passwords"
platform table --passwords "$work/passwords" --duration 20s
expect_code 0 $(device) --device-id "$first" --password own-secret
expect_code 1 $(device) --device-id "$first" --password 12345678
has "$out" "403 Wrong Password"
expect_code 0 $(device) --device-id "$second" --password "of two words" --username camera-two
expect_code 1 $(device) --device-id "$second" --password "of two words"
expect_code 1 $(device) --device-id "$third" --password 12345678
has "$out" "404 Unknown Device"
kill -INT "$server"
served 0
has "$(<"$work/table.jsonl")" '"id":"digest-'
has_not "$(<"$work/table.jsonl")$(<"$work/table.page")" own-secret
has_not "$(<"$work/table.page")" 12345678   # nobody's password here
platform fallback --passwords "$work/passwords" --fallback --password common --until unregistered=1
expect_code 0 $(device) --device-id "$third" --password common
served 0

# The list of those allowed is apart from passwords.
printf '# site 34020000\n34020000\n' >"$work/allowed"
platform allow --allow "$work/allowed" --duration 20s
expect_code 0 $(device) --device-id "$first" --password 12345678
expect_code 1 $(device) --device-id "$third" --password 12345678
has "$out" "403 Not Allowed"
kill -INT "$server"
served 0

# Locked out after two wrong ones, the right one too; another device from there is not.
platform lockout --lockout 2/1h --duration 20s
for _ in 1 2; do expect_code 1 $(device) --device-id "$first" --password wrong; done
expect_code 1 $(device) --device-id "$first" --password 12345678
has "$out" "403 Locked Out"
expect_code 0 $(device) --device-id "$second" --password 12345678
kill -INT "$server"
served 0

# 423 is obeyed; the Date can be wrong on purpose; a heartbeat that stops is told.
platform brief --min-expires 600 --date utc --keepalive 300ms --until unregistered=1
expect_code 0 $(device) --password 12345678 --expires 60
has "$out" "423 Interval Too Brief"
has "$out" "for 600 s"
served 0
platform silent --keepalive 300ms --duration 3s
gb-register device --server "127.0.0.1:$port" --password 12345678 --keepalive 10m --json >"$work/held.jsonl" 2>/dev/null </dev/null &
held=$!
started+=("$held")
served 0
has "$(<"$work/silent.jsonl")" "3 heartbeats missed"
kill -INT "$held"

# A redirector and the platform it leads to.
platform target --server-id 34020000002000000009 --domain 3402000000 --until unregistered=1
target=$server
platform redirector --redirect "34020000002000000009@127.0.0.1:$port" --duration 20s
expect_code 0 $(device) --password 12345678
has "$out" "302 Moved Temporarily"
wait "$target"
same "$?" 0
kill -INT "$server"
served 0

# A device that persists waits for its platform.
closed=$port
gb-register device --server "127.0.0.1:$closed" --password 12345678 --retry 100ms --duration 1s --json >"$work/persists.jsonl" 2>/dev/null </dev/null
[ "$(grep -c '"state":"trying"' "$work/persists.jsonl")" -ge 3 ] || fail "--retry does not try again: $(<"$work/persists.jsonl")"

# What cannot be asked for.
expect_code 2 gb-register serve --fallback
expect_code 2 gb-register serve --listen 127.0.0.1:0 --passwords "$work/passwords" --fallback --no-auth
expect_code 2 gb-register serve --listen 127.0.0.1:0 --lockout 5
expect_code 2 gb-register serve --listen 127.0.0.1:0 --lockout 0/5m
expect_code 2 gb-register serve --listen 127.0.0.1:0 --redirect 192.0.2.1
expect_code 2 gb-register serve --listen 127.0.0.1:0 --min-expires 7200
expect_code 3 gb-register serve --listen 127.0.0.1:0 --passwords "$work/no-such-file"
printf 'only-an-id\n' >"$work/broken"
expect_code 3 gb-register serve --listen 127.0.0.1:0 --passwords "$work/broken"
expect_code 3 gb-register serve --listen 127.0.0.1:0 --allow <(printf 'a b\n')

finish
