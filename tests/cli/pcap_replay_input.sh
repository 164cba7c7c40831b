#!/usr/bin/env bash
# What the input brings to the verdict: the capture's own loss, both sides of a NAT, TCP connections.
. "$(dirname "$0")/lib.sh"
export TZ=UTC
scene() { perl "$(dirname "$0")/frames/input.pl" "$@" >"$work/scene.pcap" || fail "no scene $*"; }
# inspect CODE OPTION...: the page of the scene in $out, its records in $records, which fit their tables.
inspect() {
    local code=$1
    shift
    records=$(pcap-replay --json "$work/scene.pcap" "$@" 2>/dev/null)
    printf '%s\n' "$records" | gbkit-gen --validate || fail "a record does not fit its table"
    expect_code "$code" pcap-replay "$work/scene.pcap" "$@"
    out=$(tr -s '\n ' ' ' <<<"$out")   # however its lines are wrapped
}
certainty() { sed -n 's/.*"id":"'"$1"'".*"certainty":"\([a-z]*\)".*/\1/p' <<<"$records" | head -n 1; }

# Both sides of a NAT: one device, judged once, under its outer address; nothing is wrong with it.
scene nat
inspect 0
has "$out" "192.168.1.64:5060 is 117.136.8.21:40312 outside (#2 to #32)"
has "$out" "117.136.8.21:40312 -> 203.0.113.9:5060 UDP registered, 3600 s"
has "$out" "6 heartbeats, one every 60.0 s, answered"
has "$out" "Nothing is wrong."
for part in '"devices":1,' '"keepalives":6,' '"retransmissions":0,' '"nat_messages":16,"nat_mappings":1'; do has "$records" "$part"; done
same "$(grep -c '"type":"sip_message"' <<<"$records")" 16
has_not "$records" register-duplicate-id
expect_code 0 pcap-replay --lang zh "$work/scene.pcap"
has "$out" "抓包同时包含 NAT 的内外两侧:192.168.1.64:5060 在外侧为 117.136.8.21:40312"
records=$(pcap-replay --json --dedup off "$work/scene.pcap")
same "$(grep -c '"type":"sip_message"' <<<"$records")" 32
has_not "$records" capture-nat-both-sides

# The NAT takes another port: seen as a second mapping, and as what it is to the platform.
scene rebound
inspect 0
has "$out" "192.168.1.64:5060 is 117.136.8.21:40999 outside (#22 to #32)"
has "$records" '"id":"register-source-moved"'
has "$records" '"nat_mappings":2,"nat_not_let_in":3,"nat_not_let_out":0'
has "$out" "3 to the outer address did not come in (first #33)."   # the fourth may still be on its way

# What the platform does wrong on the outer side is found although the inner address is in the capture.
scene private-via
inspect 1
has "$out" register-401-to-private-via
scene proxy
inspect 0
has_not "$out" "Both sides of a NAT"
has "$out" "A SIP proxy (10.0.0.7) passes messages on in this capture: 12 of its second hops are left out"
has "$out" "4 heartbeats, one every 60.0 s, answered"
has "$records" '"proxy_messages":12'
has_not "$records" register-source-moved
has "$records" '"devices":1,'

# The capture's own loss, proved by TCP: RTP loss up to it blames nobody; more of it does.
quiet=(--ignore media-not-ps)
scene loss 500 0
inspect 1 "${quiet[@]}"
same "$(certainty rtp-lost)" likely
has_not "$records" capture_loss_percent
scene loss 500 400
inspect 0 "${quiet[@]}"
has "$out" "The capture itself lost about 0.2 % of the packets: TCP confirms 2000 bytes that were never captured, some 2 segments."
has "$out" "this may be one of its holes, not the devices' doing"
same "$(certainty rtp-lost)" possible
has "$records" '"tcp_lost_bytes":2000,"tcp_lost_segments":2,"capture_loss_percent":0.2'
expect_code 0 pcap-replay --lang zh "${quiet[@]}" "$work/scene.pcap"
has "$(tr -d '\n ' <<<"$out")" "这可能只是抓包的缺口,并非设备所致"
scene loss 50 400
inspect 1 "${quiet[@]}"
same "$(certainty rtp-lost)" likely

# And by the mirror's copies.
scene mirror 500 0
inspect 0 "${quiet[@]}"
has "$out" "packets came once where all others come twice"
same "$(certainty rtp-lost)" possible
has "$records" '"copies_missing":'

# SIP over TCP that does not come about, and one that does after a restart of the platform.
scene refused
inspect 1
has "$out" "No TCP connection to 203.0.113.9:5060: connection refused (RST)."
has "$out" "dialled 3 TCP connections, 3 refused (RST)"
same "$(certainty connection-refused)" certain
has "$records" '"tcp_connections":3,"tcp_refused":3'
scene silent
inspect 1
has "$out" connection-no-answer
has "$records" '"tcp_unanswered":3'
scene restart
inspect 3
has "$out" "dialled 3 TCP connections, 2 refused (RST)"
has_not "$out$records" connection-refused

# A call's connection for its media.
scene play open
inspect 0
has "$out" "the device dialled 203.0.113.9:30012 after 61 ms #4"
has "$records" '"dialled_by":"callee","dialled_to":"203.0.113.9:30012","connection":"open","syn_frame":4,"syn_copies":1'
scene play refused
inspect 1
has "$out" "media comes !! the device dialled 203.0.113.9:30012 after 61 ms #4, refused by RST #5"
same "$(certainty dialog-media-refused)" certain
scene play silent
inspect 1
has "$out" "4 SYN, no answer"
has "$out" dialog-media-unanswered
scene play closed
inspect 1
has "$out" "the device dialled 203.0.113.9:30012 after 61 ms #4, closed by the platform #7"
has "$out" dialog-media-closed
scene play reversed
inspect 1
has "$out" dialog-media-wrong-way
has "$out" "the platform dialled 192.168.1.64:15060"

finish
