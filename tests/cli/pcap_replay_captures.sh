#!/usr/bin/env bash
# The real captures, all of devices that worked: what a person would say of each, and nothing wrong with any.
. "$(dirname "$0")/lib.sh"
captures=$GBKIT_SHARED/captures
[ -e "$captures/gb28181_register_digest.pcapng" ] || { echo "SKIPPED: no captures in $captures"; exit 77; }

expect_code 0 pcap-replay --fail-on violation "$captures/gb28181_register_noauth.pcapng"
has "$out" '130909113319427420  "Hikvision"  10.64.49.218:7100 -> 10.64.49.44:7100 UDP  registered, 7200 s'
has "$out" "register-id-unusual"
has "$out" "Nothing is wrong."

expect_code 0 pcap-replay --fail-on violation --password 12345 "$captures/gb28181_register_digest.pcapng"
has "$out" '16:01:51.140  <-- 401 Unauthorized realm="hik"'
has "$out" "REGISTER CSeq 2, with Authorization"
has "$out" "the digest is right for the given password"
has "$out" "digest-username-not-device-id"
has "$out" "digest-realm-not-domain"
has "$out" "Nothing is wrong."
# Another password: the platform took the answer, so it is the password given here that differs.
expect_code 0 pcap-replay --password 54321 "$captures/gb28181_register_digest.pcapng"
has "$out" "digest-given-password-differs"

expect_code 0 pcap-replay --fail-on violation "$captures/gb28181_catalog_query.pcapng"
has "$out" "20 SIP messages"
has "$out" "Query Catalog: 1, Response Catalog: 9"
has "$out" "No registration and no heartbeat is in this capture."
has "$out" "130909113319427420  Catalog SN 471  9 of 9 items, 9 messages, 92 ms"
has "$out" "Nothing is wrong."

expect_code 0 pcap-replay --fail-on violation "$captures/gb28181_live_invite.pcapng"
has "$out" "channel 33010602001310019325"
has "$out" "INVITE 200 ACK    ok 59 ms #1 #3 #4"
has "$out" "it may not have been captured"
has "$out" "Nothing is wrong."

expect_code 0 pcap-replay --fail-on violation "$captures/cam_01e168e1_udp.pcap"
has "$out" "192.168.1.64:30000 -> 192.168.1.10:30002 UDP, SSRC 0100003190, 3,096 packets, 0 lost"
has "$out" "H.264 704x576"
has "$out" "Nothing is wrong."

# Together they are one timeline; every record fits its table; nothing is an error or a violation.
expect_code 0 pcap-replay --json --fail-on vendor --ignore register-id-unusual "$captures"/gb28181_*.pcapng
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
has "$out" '"messages":32'
has_not "$out" '"severity":"error"'
has_not "$out" '"severity":"violation"'

finish
