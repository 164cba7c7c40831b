#!/usr/bin/env bash
# The pipes of the design that exist by now: one program's output is the next one's input.
. "$(dirname "$0")/lib.sh"

gb-register serve --listen 127.0.0.1:0 --json >"$work/serve" 2>"$work/err" &
server=$!
started+=("$server")
for _ in $(seq 50); do
    port=$(sed -nE 's/.*"type":"listening".*"port":([0-9]+).*/\1/p' "$work/serve" | head -n 1)
    [ -n "$port" ] && break
    sleep 0.1
done
[ -n "$port" ] || { fail "serve is not listening: $(<"$work/err")"; finish; }
expect_code 0 gb-register --server "127.0.0.1:$port" --password 12345678 --once --pcap "$work/good.pcap"
expect_code 1 gb-register --server "127.0.0.1:$port" --password 1234567 --once --pcap "$work/bad.pcap"
kill -INT "$server"
wait "$server"

# pcap-replay inspect --json | gb-digest
pcap-replay inspect --json "$work/good.pcap" | gb-digest --password 12345678 >"$work/out" 2>"$work/err"
same "${PIPESTATUS[*]}" "0 0"
pcap-replay inspect --json "$work/good.pcap" | gb-digest --password 12345678 --json >"$work/out"
has "$(<"$work/out")" '"verdict":"match"'
pcap-replay inspect --json "$work/bad.pcap" | gb-digest --password 12345678 --json >"$work/out"
same "${PIPESTATUS[1]}" 1
has "$(<"$work/out")" '"verdict":"mismatch"'

# Without --json the page comes through the pipe, and that is said.
pcap-replay inspect "$work/good.pcap" | gb-digest --password 12345678 >"$work/out" 2>"$work/err"
same "$?" 3
has "$(<"$work/err")" "this is text output; add --json before the pipe"

# tcpdump -U -w - | pcap-replay inspect -   (a capture on standard input, as tcpdump would write it)
cat "$work/good.pcap" | pcap-replay inspect - >"$work/out"
same "${PIPESTATUS[*]}" "0 0"
has "$(<"$work/out")" 34020000001320000001
gzip -c "$work/good.pcap" | pcap-replay inspect - >"$work/zipped"
same "${PIPESTATUS[*]}" "0 0"

# A program stream from one ps-dump into the next, by the way of RTP and of elementary streams.
camera_video 50 >"$work/camera.h264"
ps-dump mux --video "$work/camera.h264" 2>/dev/null | ps-dump - >"$work/out"
same "${PIPESTATUS[*]}" "0 0"
has "$(<"$work/out")" "50 frames"
ps-dump mux --video - --rtp <"$work/camera.h264" 2>/dev/null | ps-dump extract - --stream ps 2>/dev/null | ps-dump extract - 2>/dev/null | cmp - "$work/camera.h264"
same "${PIPESTATUS[*]}" "0 0 0 0"

# Text into gb-digest, as people paste it; - is standard input.
article | gb-digest --password 12345678 >/dev/null || fail "text on standard input"
article | gb-digest --password 12345678 - >/dev/null || fail "- as standard input"
finish
