#!/usr/bin/env bash
# A mistake made by mux is found by inspect, at the place where mux says it made it. (Every one of them, and what else may
# be said then, is tested in tests/scenarios; this is the way through the programs.)
. "$(dirname "$0")/lib.sh"

camera_video 75 >"$work/camera.h264"
head -c 24000 </dev/zero | tr '\0' '\325' >"$work/camera.g711a"

# fault ID OPTION...: made, and found; what inspect says is in $out.
fault() {
    local id=$1 said
    shift
    expect_code 0 ps-dump mux --video "$work/camera.h264" --audio "$work/camera.g711a" --audio-codec g711a --fault "$id" "$@"
    said=$out
    has "$said" "$id: "
    ps-dump --json "${@: -1}" >"$work/out" 2>"$work/err"
    out=$(<"$work/out")
    has "$out" "\"id\":\"$id\""
    printf '%s\n' "$out" | gbkit-gen --validate || fail "$id: records"
    made=$(sed -n "s/^$id: .*byte \([0-9]*\).*/\1/p" <<<"$said")
}

for id in ps-psm-crc-bad ps-psm-crc-zero ps-no-psm ps-psm-entry-hidden ps-codec-differs ps-pes-length-zero ps-pes-too-long \
    ps-timestamp-jump ps-extra-zeros ps-leading-bytes media-no-parameter-sets; do
    fault $id -o "$work/fault.ps"
done
fault ps-psm-crc-bad -o "$work/fault.ps"
same "$made" "$(sed -n 's/.*"id":"ps-psm-crc-bad".*"offset":\([0-9]*\).*/\1/p' "$work/out")"
for id in rtp-lost rtp-duplicates rtp-reordered rtp-header-extension rtp-two-senders rtp-source-port-changed rtp-rtcp-in-flow; do
    fault $id --pcap "$work/fault.pcapng"
done
for id in rtp-starts-mid-packet rtp-framing-lost; do fault $id --framing rfc4571 -o "$work/fault.rtp"; done
expect_code 1 ps-dump "$work/fault.rtp"

# A fault that the output cannot show, or that there is not.
expect_code 2 ps-dump mux --video "$work/camera.h264" --fault rtp-lost -o "$work/x"
has "$err" "add --rtp, --framing or --pcap"
expect_code 2 ps-dump mux --video "$work/camera.h264" --fault elephants -o "$work/x"
expect_code 0 ps-dump mux --video "$work/camera.h264" --fault ps-audio-without-pack -o "$work/x"
has "$err" "found nothing to spoil"

# What cannot be muxed.
expect_code 2 ps-dump mux -o "$work/x"
expect_code 2 ps-dump mux --video - --audio - -o "$work/x"
expect_code 2 ps-dump mux --audio "$work/camera.g711a" -o "$work/x"
has "$err" "--audio-codec"
expect_code 3 ps-dump mux --video "$work/camera.g711a" -o "$work/x"
expect_code 3 ps-dump mux --video "$work/absent" -o "$work/x"
expect_code 3 ps-dump mux --video /dev/null -o "$work/x"
expect_code 0 ps-dump mux --audio "$work/camera.g711a" --audio-codec g711a -o "$work/audio.ps"
expect_code 0 ps-dump extract "$work/audio.ps" --stream audio -o "$work/audio"
cmp "$work/audio" "$work/camera.g711a" || fail "audio alone does not come out as it went in"
ps-dump mux --video "$work/camera.h264" >/dev/full 2>"$work/err"
same $? 7
if has_terminal; then
    script -qec "ps-dump mux --video $work/camera.h264" "$work/typescript" >/dev/null </dev/null
    has "$(<"$work/typescript")" "not written to a terminal"
fi
finish
