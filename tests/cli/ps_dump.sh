#!/usr/bin/env bash
# ps-dump on streams it made itself: whatever the same stream comes in, what is said of it is the same.
. "$(dirname "$0")/lib.sh"

camera_video 75 >"$work/camera.h264"
head -c 24000 </dev/zero | tr '\0' '\325' >"$work/camera.g711a"   # 3 s of A-law silence
media=(--video "$work/camera.h264" --audio "$work/camera.g711a" --audio-codec g711a)
expect_code 0 ps-dump mux "${media[@]}" -o "$work/camera.ps"
has "$out" "75 video frames, 75 audio frames"
expect_code 0 ps-dump mux "${media[@]}" --rtp -o "$work/camera.bare"
expect_code 0 ps-dump mux "${media[@]}" --framing rfc4571 -o "$work/camera.rfc4571"
expect_code 0 ps-dump mux "${media[@]}" --framing interleaved -o "$work/camera.interleaved"
expect_code 0 ps-dump mux "${media[@]}" --pcap "$work/camera.pcapng"
gzip -k "$work/camera.pcapng"

# Every kind of input, found out by content, holds the same stream; nothing is wrong with it.
inputs=(ps bare rfc4571 interleaved pcapng pcapng.gz)
for kind in "${inputs[@]}"; do
    expect_code 0 ps-dump --json --fail-on vendor "$work/camera.$kind"
    printf '%s\n' "$out" >"$work/$kind.jsonl"
    said=$(gbkit-gen --validate <"$work/$kind.jsonl") || fail "$kind: $said"
    for field in frames key_frames packs pes_packets audio_frames bytes streams damaged_frames; do
        same "$kind $field $(value $field "$work/$kind.jsonl")" "$kind $field $(value $field "$work/ps.jsonl")"
    done
    has "$out" '"codec":"H.264","codec_by":"content","profile":"Main"'
    has_not "$out" '"severity":"error"'
    [ $kind = interleaved ] || has_not "$out" '"severity":"violation"'   # that framing is one, but perhaps only of the dump
done
same "$(value frames "$work/ps.jsonl")" 75
same "$(value key_frames "$work/ps.jsonl")" 3
same "$(value audio_frames "$work/ps.jsonl")" 75
same "$(value packs "$work/ps.jsonl")" 150
same "$(value rtp_packets "$work/ps.jsonl")" 0
[ "$(value rtp_packets "$work/bare.jsonl")" -gt 150 ] || fail "too few RTP packets: $(value rtp_packets "$work/bare.jsonl")"
same "$(value rtp_packets "$work/bare.jsonl")" "$(value rtp_packets "$work/pcapng.jsonl")"
same "$(value bytes "$work/ps.jsonl")" "$(stat -c %s "$work/camera.ps")"

# The page.
expect_code 0 ps-dump "$work/camera.pcapng"
has "$out" "192.0.2.1:30000 -> 192.0.2.2:30002 UDP"
has "$out" "y=0100003190"
has "$out" "704x576"
has "$out" "Nothing is wrong."
expect_code 0 ps-dump --lang zh "$work/camera.ps"
has "$out" "没有发现问题。"
has "$out" "关键帧 3"
LC_ALL=C expect_code 0 ps-dump "$work/camera.ps"
LC_ALL=C grep -q '[^ -~]' <<<"$out" && fail "other characters than ASCII in the C locale: $out"

# By name of the format, and by the wrong one.
expect_code 0 ps-dump --format rfc4571 "$work/camera.rfc4571"
expect_code 3 ps-dump --format rtpdump "$work/camera.ps"
expect_code 2 ps-dump --format elephant "$work/camera.ps"

# Pipes, in pieces; the end may come in the middle of a packet.
for kind in "${inputs[@]}"; do
    cat "$work/camera.$kind" | ps-dump --json - >"$work/out" 2>"$work/err"
    same "$kind ${PIPESTATUS[1]} $(value frames "$work/out")" "$kind 0 75"
done
{ head -c 5000 "$work/camera.ps"; sleep 0.2; tail -c +5001 "$work/camera.ps"; } | ps-dump --json - >"$work/out"
same "$(value frames "$work/out")" 75
{ head -c 5 "$work/camera.pcapng"; sleep 0.1; tail -c +6 "$work/camera.pcapng"; } | ps-dump --json - >"$work/out"
same "$(value frames "$work/out")" 75
for kind in ps bare rfc4571 interleaved pcapng; do
    head -c 30000 "$work/camera.$kind" >"$work/half.$kind"
    ps-dump --json "$work/half.$kind" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -le 1 ] || fail "half a $kind: exit $code: $(<"$work/err")"
    frames=$(value frames "$work/out")
    [ "${frames:-0}" -gt 10 ] || fail "half a $kind: $frames frames"
done

# One flow, one source; what does not fit is nothing to judge.
expect_code 0 ps-dump --ssrc 0100003190 --flow 192.0.2.1-192.0.2.2:30002 "$work/camera.pcapng"
expect_code 0 ps-dump --ssrc 0x05F5ED76 "$work/camera.bare"
expect_code 3 ps-dump --ssrc 0100003191 "$work/camera.pcapng"
expect_code 3 ps-dump --flow 192.0.2.3 "$work/camera.pcapng"
expect_code 2 ps-dump --flow nowhere "$work/camera.pcapng"
expect_code 2 ps-dump --ssrc 0x123456789 "$work/camera.pcapng"
expect_code 1 ps-dump --expect-ssrc 0100003191 --fail-on violation "$work/camera.pcapng"
has "$out" rtp-ssrc-differs

# Frame by frame, packet by packet.
expect_code 0 ps-dump --frames "$work/camera.pcapng"
has "$out" "key"
same "$(grep -cE '^ +[0-9]+ +e0 ' <<<"$out")" 75
expect_code 0 ps-dump --packets --hex "$work/camera.ps"
has "$out" "pack header"
has "$out" "00 00 01 ba"
expect_code 0 ps-dump --frames --packets --json "$work/camera.ps"
printf '%s\n' "$out" | gbkit-gen --validate || fail "a record does not fit its table"
same "$(grep -c '"type":"frame"' <<<"$out")" 150
same "$(grep -c '"frame_type":"key"' <<<"$out")" 3

# Several inputs: captures together, the rest one by one.
expect_code 0 ps-dump --json "$work/camera.ps" "$work/camera.bare"
printf '%s\n' "$out" >"$work/out"
same "$(value frames "$work/out")" 150
has "$out" '"file":"'
expect_code 2 ps-dump - -

# What is no program stream is named, or said to be nothing.
perl -e 'for my $i (0 .. 99) { print "\x47\x01\x00", chr(0x10 + $i % 16), "\xff" x 184 }' >"$work/stream.ts"
expect_code 3 ps-dump "$work/stream.ts"
has "$err" "transport stream"
expect_code 3 ps-dump "$work/camera.h264"
has "$err" "H.264"
expect_code 3 ps-dump /dev/null
expect_code 3 ps-dump "$work/absent"
expect_code 3 ps-dump "$work"
head -c 100000 /dev/urandom >"$work/noise"
expect_code 3 ps-dump "$work/noise"

# A full disk, a closed pipe.
ps-dump --json "$work/camera.ps" >/dev/full 2>"$work/err"
same $? 7
{ sleep 0.1; ps-dump --frames --json "$work/camera.ps" 2>"$work/err"; echo $? >"$work/code"; } | true
same "$(<"$work/code")" 0
same "$(<"$work/err")" ""
finish
