#!/usr/bin/env bash
# ps-dump and tshark count the same RTP: packets, losses, jitter; in the camera's capture, in one with losses, in ours.
. "$GBKIT_SOURCE/tests/cli/lib.sh"
command -v tshark >/dev/null || { echo "skipped: tshark is not installed"; exit 77; }

# compare NAME FILE PORT: one RTP stream on that UDP port.
compare() {
    local line packets lost
    ps-dump --json "$2" >"$work/out" 2>"$work/err"
    line=$(tshark -n -r "$2" -d "udp.port==$3,rtp" -q -z rtp,streams 2>/dev/null | grep -E '0x[0-9A-F]{8}')
    # start end  src port  dst port  SSRC payload  packets lost (percent) ...; the payload may have a name of words
    read -r packets lost < <(sed -nE 's/.*0x[0-9A-F]{8} .* ([0-9]+) +(-?[0-9]+) \(.*/\1 \2/p' <<<"$line")
    same "$1 packets $(value rtp_packets "$work/out")" "$1 packets $packets"
    same "$1 lost $(value rtp_lost "$work/out")" "$1 lost $lost"
    compared=$((compared + 1))
}
compared=0

camera_video 100 >"$work/camera.h264"
expect_code 0 ps-dump mux --video "$work/camera.h264" --pcap "$work/own.pcapng"
compare own "$work/own.pcapng" 30002
if command -v editcap >/dev/null; then
    editcap "$work/own.pcapng" "$work/lossy.pcapng" 20 50-53 90 2>/dev/null
    compare lossy "$work/lossy.pcapng" 30002
    same "$(value rtp_lost "$work/out")" 6
fi
camera=$GBKIT_SHARED/captures/cam_01e168e1_udp.pcap
if [ -e "$camera" ]; then
    compare camera "$camera" 30002
    same "$(value rtp_packets "$work/out")" 3096
    # The program stream of the packets is byte by byte what tshark calls their payload.
    tshark -n -r "$camera" -d udp.port==30002,rtp -T fields -e rtp.payload 2>/dev/null | perl -ne 'tr/:\n//d; print pack "H*", $_' >"$work/theirs.ps"
    expect_code 0 ps-dump extract "$camera" --stream ps -o "$work/ours.ps"
    cmp "$work/ours.ps" "$work/theirs.ps" || fail "the program stream differs from tshark's payload"
else
    echo "not compared: the real camera (no captures in $GBKIT_SHARED)"
fi
echo "$compared captures compared"
finish
