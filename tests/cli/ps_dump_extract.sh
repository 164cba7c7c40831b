#!/usr/bin/env bash
# ps-dump extract gives back, byte by byte, what mux was given; and damage is left out when that is asked for.
. "$(dirname "$0")/lib.sh"

camera_video 75 >"$work/camera.h264"
head -c 24000 /dev/urandom >"$work/camera.g711"
media=(--video "$work/camera.h264" --audio "$work/camera.g711" --audio-codec g711u)
expect_code 0 ps-dump mux "${media[@]}" -o "$work/camera.ps"
ps-dump mux "${media[@]}" --framing rfc4571 >"$work/camera.rtp" 2>"$work/err" || fail "mux to a pipe: $(<"$work/err")"
has "$(<"$work/err")" "75 video frames"
expect_code 0 ps-dump mux "${media[@]}" --pcap "$work/camera.pcapng"

for input in ps rtp pcapng; do
    expect_code 0 ps-dump extract "$work/camera.$input" -o "$work/video"
    cmp "$work/video" "$work/camera.h264" || fail "video out of $input"
    has "$out" "e0: "
    expect_code 0 ps-dump extract "$work/camera.$input" --stream 0xC0 -o "$work/audio"
    cmp "$work/audio" "$work/camera.g711" || fail "audio out of $input"
    expect_code 0 ps-dump extract "$work/camera.$input" --stream ps -o "$work/ps"
    cmp "$work/ps" "$work/camera.ps" || fail "program stream out of $input"
    expect_code 0 ps-dump extract "$work/camera.$input" --drop-damaged -o "$work/video"
    cmp "$work/video" "$work/camera.h264" || fail "video out of $input, with nothing to drop"
    ps-dump extract - --stream video <"$work/camera.$input" 2>"$work/err" | cmp - "$work/camera.h264" || fail "$input through pipes"
done

# The page goes to stderr then, records only to --records.
ps-dump extract "$work/camera.ps" --records "$work/records" >"$work/video" 2>"$work/err"
has "$(<"$work/err")" "e0: "
gbkit-gen --validate <"$work/records" || fail "records of extract"
same "$(value bytes_written "$work/records")" "$(stat -c %s "$work/camera.h264")"
expect_code 2 ps-dump extract "$work/camera.ps" --json
has "$err" "cannot share standard output"
expect_code 0 ps-dump extract "$work/camera.ps" --json -o "$work/video"
has "$out" '"type":"summary"'
if has_terminal; then
    script -qec "ps-dump extract $work/camera.ps" "$work/typescript" >/dev/null </dev/null
    has "$(<"$work/typescript")" "not written to a terminal"
fi

# What is not there is said; nothing is written to a full disk.
expect_code 3 ps-dump extract "$work/camera.ps" --stream 0xBD -o "$work/none"
expect_code 2 ps-dump extract "$work/camera.ps" --stream elephant -o "$work/none"
expect_code 7 ps-dump extract "$work/camera.ps" -o /dev/full
expect_code 7 ps-dump extract "$work/camera.ps" -o "$work/no/such/folder"
{ sleep 0.1; ps-dump extract "$work/camera.ps" 2>"$work/err"; echo $? >"$work/code"; } | true
same "$(<"$work/code")" 0

# A packet of the second key frame is lost: damage from there to the next key frame, and none of it with --drop-damaged.
expect_code 0 ps-dump "$work/camera.rtp" --frames --json
victim=$(grep '"frame_type":"key"' <<<"$out" | sed -n '2s/.*"packet":\([0-9]*\).*/\1/p')
perl -e '
    binmode STDIN; binmode STDOUT; my ($at, $n, $victim) = (0, 0, @ARGV); local $/; my $all = <STDIN>;
    while ($at + 2 <= length $all) {
        my $length = unpack("n", substr($all, $at, 2));
        print substr($all, $at, 2 + $length) unless ++$n == $victim + 2;
        $at += 2 + $length;
    }' "$victim" <"$work/camera.rtp" >"$work/lossy.rtp"
expect_code 1 ps-dump "$work/lossy.rtp"
has "$out" rtp-lost
expect_code 1 ps-dump "$work/lossy.rtp" --json
printf '%s\n' "$out" >"$work/out"
same "$(value rtp_lost "$work/out")" 1
same "$(value damaged_frames "$work/out")" 1
frames=$(value frames "$work/out")
follow=$(value undecodable_frames "$work/out")
[ "$follow" -gt 0 ] || fail "nothing follows the damage"
expect_code 0 ps-dump extract "$work/lossy.rtp" --json --drop-damaged -o "$work/clean.h264"
size=$(stat -c %s "$work/clean.h264")
[ "$size" -lt "$(stat -c %s "$work/camera.h264")" ] || fail "nothing was dropped"
# What is left stands in the original: all before the damage, all from the next key frame on.
perl -e '
    local $/; open my $a, "<", $ARGV[0]; my $all = <$a>; open my $b, "<", $ARGV[1]; my $left = <$b>;
    my $same = 0; $same++ while $same < length $left && substr($all, $same, 1) eq substr($left, $same, 1);
    my $rest = substr($left, $same);
    exit(substr($all, -length $rest) eq $rest && length $rest > 9000 && $same > 9000 ? 0 : 1)' "$work/camera.h264" "$work/clean.h264" ||
    fail "what --drop-damaged leaves is not the original without a piece"
finish
