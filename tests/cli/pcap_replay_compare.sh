#!/usr/bin/env bash
# pcap-replay compare: what always differs is no difference, what tells most comes first.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames/lib.sh"

registration >"$work/good.pcap"
# The same capture, and the same conversation with other addresses, IDs, times, branches and nonces.
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/good.pcap"
has "$out" "Nothing differs"
pcap-replay sanitize "$work/good.pcap" --password 12345678 -o "$work/other.pcapng" >/dev/null 2>&1
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/other.pcapng"
has "$out" "Nothing differs"

# Refused: the outcome stands first, with the frames of both.
registration 00000000000000000000000000000001 "403 Forbidden" >"$work/bad.pcap"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap"
has "$out" "HOW IT WENT"
has "$out" "REGISTER with Authorization"
has "$out" "first answer"
has "$out" "good  200"
has "$out" "bad   403"
has "$out" "#3 | #3"
has_not "$out" "header Expires"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --lang zh
has "$out" "首次应答"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/bad.pcap" --json
printf '%s\n' "$out" | gbkit-gen --validate || fail "records of compare"
has "$out" '"type":"difference"'
same "$(grep -m1 '"type":"difference"' <<<"$out" | grep -c '"what":"first answer"')" 1

# A header that differs in value, one that is missing, another maker: in this order.
altered() { registration | sed -b -e 's/Expires: 3600/Expires: 0060/' -e 's/User-Agent: IP Camera V5/User-Agent: IQ Camera V5/' -e 's/;rport;/;xport;/'; }
altered >"$work/altered.pcap"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/altered.pcap" --json
order=$(grep '"type":"difference"' <<<"$out" | sed 's/.*"exchange":"\([^"]*\)".*"weight":"\([^"]*\)","what":"\([^"]*\)".*/\1: \2 \3/')
has "$order" "REGISTER: value header Expires"
has "$order" "REGISTER: value header Via"
has "$order" "REGISTER: habit header User-Agent"
has "$out" '"also":1'
has "$(tail -n 1 <<<"$order")" "habit"
has "$(head -n 1 <<<"$order")" "value"
has_not "$order" "Call-ID"

# Only another maker: nothing that tells.
registration | sed -b 's/User-Agent: IP Camera V5/User-Agent: IQ Camera V5/' >"$work/maker.pcap"
expect_code 0 pcap-replay compare "$work/good.pcap" "$work/maker.pcap"
has "$out" "HABITS"

# The bad one ends early; media in one of them only; nothing at all.
head -c 900 "$work/good.pcap" >"$work/short.pcap"
expect_code 1 pcap-replay compare "$work/good.pcap" "$work/short.pcap"
has "$out" "the exchange"
camera_video 50 >"$work/camera.h264"
head -c 4000 /dev/urandom >"$work/audio"
expect_code 0 ps-dump mux --video "$work/camera.h264" --pcap "$work/silent.pcapng"
expect_code 0 ps-dump mux --video "$work/camera.h264" --audio "$work/audio" --audio-codec g711a --pcap "$work/sound.pcapng"
expect_code 1 pcap-replay compare "$work/sound.pcapng" "$work/silent.pcapng"
has "$out" "stream c0 codec"
has "$out" "good  G.711A"
expect_code 0 pcap-replay compare "$work/sound.pcapng" "$work/sound.pcapng"
head -c 24 "$work/good.pcap" >"$work/empty.pcap"
expect_code 3 pcap-replay compare "$work/good.pcap" "$work/empty.pcap"
has "$err" "nothing to compare"
expect_code 2 pcap-replay compare "$work/good.pcap"
finish
