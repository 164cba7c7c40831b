#!/usr/bin/env bash
# Profiles: each registers without an error and shows its habits; a table gives each device its own, and its transport.
. "$(dirname "$0")/lib.sh"

serve serve --listen 127.0.0.1:0 --lang en
device() { echo $within 30 gb-register device --server "127.0.0.1:$port" --password 12345678 --lang en; }
for profile in standard hikvision dahua uniview; do
    expect_code 0 $(device) --once --profile $profile
    has "$out" "Nothing is wrong"
    case $profile in
        hikvision) has "$out" "digest-constant-cnonce" ;;
        dahua) has "$out" "register-route" ;;
        *) has_not "$out" "digest-constant-cnonce"; has_not "$out" "register-route" ;;
    esac
done
printf 'id,profile,transport\n34020000001320000011,hikvision,udp\n34020000001320000012,dahua,tcp\n34020000001320000013,,\n' >"$work/mixed.csv"
expect_code 0 $(device) --once --devices "$work/mixed.csv" --json
has "$out" '"device":"34020000001320000011","state":"registered","peer":"127.0.0.1:'"$port"'","transport":"UDP"'
has "$out" '"device":"34020000001320000012","state":"registered","peer":"127.0.0.1:'"$port"'","transport":"TCP"'
has "$out" '"device":"34020000001320000013","state":"registered","peer":"127.0.0.1:'"$port"'","transport":"UDP"'
printf '34020000001320000011\n34020000001320000012,,,sony,\n' >"$work/wrong.csv"
expect_code 3 $(device) --once --devices "$work/wrong.csv"
has "$err" "line 2: the profile is standard, hikvision, dahua or uniview"
expect_code 2 $(device) --once --profile sony
kill "$server"
wait "$server"
finish
