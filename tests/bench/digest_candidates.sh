#!/usr/bin/env bash
# gb-digest --candidates against sipcrack: the same 2 million words (GBKIT_BENCH_WORDS), the same message, one core.
# CPU seconds of both, best of three, with and without qop; prints the ratio. Target: 0.9 of sipcrack's rate.
set -euo pipefail
bin=${GBKIT_BIN:-$(dirname "$0")/../../build/release/bin}
command -v sipcrack >/dev/null || { echo "SKIPPED: no sipcrack (apt-get install sipcrack)"; exit 77; }
words=${GBKIT_BENCH_WORDS:-2000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v n="$words" 'BEGIN { for (i = 0; i < n; i++) printf "%08d\n", (i * 7919 + 13) % 100000000 }' >"$work/words"

user=34020000001320000264 realm=3402000000 nonce=6eb1340d99c404a0e4d3b68d15d1d46f
uri=sip:34020000002000000001@3402000000
password=not-in-the-list

cpu() {  # CPU seconds (user and system) of a command, best of three
    local best='' TIMEFORMAT='%U %S' seconds
    for _ in 1 2 3; do
        seconds=$({ time "$@" >/dev/null 2>&1 </dev/stdin || true; } 2>&1 | awk '{ print $1 + $2 }')
        best=$(awk -v a="$seconds" -v b="${best:-$seconds}" 'BEGIN { print a < b ? a : b }')
    done
    echo "$best"
}
crack() { cp "$work/login" "$work/login.copy" && echo 1 | sipcrack -w "$work/words" "$work/login.copy"; }
ours() { "$bin/gb-digest" --candidates "$work/words" "$work/message"; }

status=0
for qop in auth ""; do
    header=$("$bin/gb-digest" compute --username $user --realm $realm --nonce $nonce --uri $uri --password $password \
        ${qop:+--qop $qop --cnonce 0a4f113b} | grep ^Authorization)
    response=$(sed -E 's/.*response="([0-9a-f]+)".*/\1/' <<<"$header")
    echo "$header" >"$work/message"
    fields='"""'
    [ -z "$qop" ] || fields='0a4f113b"00000001"auth"'
    [ -n "$qop" ] || fields='"""'
    echo "10.0.0.1\"10.0.0.2\"$user\"$realm\"REGISTER\"$uri\"$nonce\"${fields}MD5\"$response" >"$work/login"
    crack | grep -q "no match" || { echo "sipcrack did not search"; exit 1; }
    theirs=$(cpu crack)
    mine=$(cpu ours)
    awk -v n="$words" -v a="$theirs" -v b="$mine" -v qop="${qop:-none}" 'BEGIN {
        printf "qop %-5s sipcrack %.2f M/s   gb-digest %.2f M/s   ratio %.2f\n", qop, n / a / 1e6, n / b / 1e6, a / b
        exit a / b < 0.9 }' || status=1
done
exit $status
