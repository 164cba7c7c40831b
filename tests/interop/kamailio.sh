#!/usr/bin/env bash
# Kamailio as the platform against `gb-register device`: it challenges with qop=auth, takes the right password, grants
# 3600 s where 86400 were asked for, and goes on challenging a wrong one. The capture of it is judged the same way.
. "$(dirname "$0")/kamailio/lib.sh"
needs kamailio ss
kamailio_starts u

device 0 --device-id 34020000001320000001 --password 12345678 --pcap "$work/right.pcapng"
says '200 OK  for 3600 s'
says 'Nothing is wrong'
device 1 --device-id 34020000001320000002 --password 87654321 --pcap "$work/wrong.pcapng"
device 1 --device-id 34020000001320000003 --password 12345678 --fault digest-nc-case

gb-digest --password 12345678 "$work/right.pcapng" >"$work/page" 2>&1 || fail "our answer to Kamailio is not right: $(cat "$work/page")"
pcap-replay inspect --password 12345678 --lang en "$work/wrong.pcapng" >"$work/page" 2>&1
says 'digest-password-differs'

finish
