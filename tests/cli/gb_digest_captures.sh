#!/usr/bin/env bash
# gb-digest on the real captures.
. "$(dirname "$0")/lib.sh"
capture=$GBKIT_SHARED/captures/gb28181_register_digest.pcapng
[ -e "$capture" ] || { echo "SKIPPED: no $capture"; exit 77; }

expect_code 0 gb-digest --password 12345 "$capture"
has "$out" "match"
has "$out" "challenge #2; answer 200 OK"
has "$out" "digest-username-not-device-id"
has "$out" "digest-realm-not-domain"
has_not "$out" "WRONG"

# Any other password: says why not, and that the device works all the same.
expect_code 1 gb-digest --password 1234 "$capture"
has "$out" "MISMATCH"
has "$out" "digest-given-password-differs"
has_not "$out" "WRONG"
has_not "$out" "Nothing is wrong"
expect_code 1 gb-digest --password '12345 ' --json "$capture"
has "$out" '"variant":"password-trimmed"'

# From stdin, and through the records of pcap-replay.
gb-digest --password 12345 <"$capture" >/dev/null || fail "a capture on stdin"
if command -v pcap-replay >/dev/null; then
    pcap-replay inspect --json "$capture" | gb-digest --password 12345 --json >"$work/out" || fail "pcap-replay inspect --json | gb-digest"
    has "$(<"$work/out")" '"frame":3'
fi
# Captures without digest: nothing to check.
expect_code 3 gb-digest --password x "$GBKIT_SHARED/captures/gb28181_register_noauth.pcapng"
has "$err" "none has a Digest Authorization"

finish
