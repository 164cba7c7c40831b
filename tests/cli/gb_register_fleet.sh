#!/usr/bin/env bash
# Many devices: counted and listed ones, shards, phases, several addresses, summaries that add up.
. "$(dirname "$0")/lib.sh"

platform() { serve serve --listen 127.0.0.1:0 "$@"; }
device() { echo $within 30 gb-register device --server "127.0.0.1:$port" --password 12345678 --lang en; }
valid() { gbkit-gen --validate <"$1" >"$work/validation" 2>&1 || fail "records of $1: $(<"$work/validation")"; }

# 300 devices in two shards; no ladder of 300 devices on either side; the summaries add up.
platform --until unregistered=300 --lang en
for shard in 0 1; do
    expect_code 0 $(device) --count 300 --shard $shard/2 --once --records "$work/shard$shard.jsonl"
    has "$out" "150 devices"
    has "$out" "Registered        150"
    has_not "$out" "REGISTER  CSeq"
    has "$err" "receive buffer"
    valid "$work/shard$shard.jsonl"
done
wait "$server" || fail "serve ended with $?"
has "$(<"$work/serve.page")" "More than 20 devices"
has "$(<"$work/serve.jsonl")" '"devices":300,"registered":300,"refused":0,"unanswered":0,"unregistered":300'
has_not "$(<"$work/shard0.jsonl")" '"device":"34020000001320000002"'
expect_code 0 gb-register merge "$work/shard0.jsonl" "$work/shard1.jsonl" --json --expect 'registered=300,refused=0,rtt_p99_ms>0'
has "$out" '"devices":300,"registered":300'
has "$out" '"rtt_histogram_us":{'
printf '%s\n' "$out" >"$work/merged"
valid "$work/merged"
expect_code 1 gb-register merge "$work/shard0.jsonl" --expect registered=300
has "$err" "expected registered=300, it is 150"
expect_code 3 gb-register merge /dev/null
has "$err" "no summary"

# A table as Excel writes it, and its errors; a rate is kept.
platform --until unregistered=3
printf '\xef\xbb\xbfid,password\r\n34020000001320000011,"12345678"\r\n34020000001320000012,\r\n34020000001320000013,\r\n' >"$work/table.csv"
begun=$(date +%s%N)
expect_code 0 $(device) --devices "$work/table.csv" --once --rate 4
[ $(($(date +%s%N) - begun)) -ge 500000000 ] || fail "three registrations at 4 a second took under half a second"
wait "$server" || fail "serve ended with $?"
has "$(<"$work/serve.jsonl")" '"devices":3,"registered":3'
printf '34020000001320000011\n3.402E+19\n' >"$work/broken.csv"
expect_code 3 $(device) --devices "$work/broken.csv"
has "$err" "broken.csv, line 2: the ID was rounded by a spreadsheet"

# Phases from several addresses: everybody comes, comes again, leaves; a record and a line for each.
platform --until unregistered=40
expect_code 0 $(device) --count 40 --bind 127.0.1.1-127.0.1.4 --phases ramp,hold=200ms,storm --records "$work/phases.jsonl" --observe off
wait "$server" || fail "serve ended with $?"
same "$(grep -c '"type":"phase".*"registered":40' "$work/phases.jsonl")" 2
has "$(<"$work/phases.jsonl")" '"phase":"hold","number":2'
has "$out" "storm   40 registered"
has "$err" "4 sockets"
has "$(<"$work/serve.jsonl")" '"peer":"127.0.1.4:'
valid "$work/phases.jsonl"

# What cannot be is said before anything is sent.
for wrong in "--count 5 --shard 5/5" "--shard x" "--phases storm" "--phases ramp,rest" "--count 999 --device-id 34020000001320999999" \
    "--bind 127.0.1.9-127.0.1.1" "--once --phases ramp" "--count 0" "--count 2 --username u"; do
    expect_code 2 $(device) $wrong
done
(ulimit -n 40; gb-register device --server "127.0.0.1:1" --bind 127.0.1.1-127.0.1.60 --count 60 >/dev/null 2>"$work/err"; exit $?)
same "$?" 7
has "$(<"$work/err")" "ulimit"
finish
