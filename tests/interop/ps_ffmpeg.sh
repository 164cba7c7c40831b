#!/usr/bin/env bash
# ps-dump and ffmpeg: what ffmpeg muxes is counted as ffprobe counts it, what ps-dump extracts is what ffmpeg copies, and
# what ps-dump muxes ffmpeg plays without a message.
. "$GBKIT_SOURCE/tests/cli/lib.sh"
for program in ffmpeg ffprobe; do
    command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
encoders=$(ffmpeg -v quiet -encoders </dev/null)
has_encoder() { [[ $encoders == *" $1 "* ]]; }
compared=0

# probe FILE TYPE: packets ffprobe counts in the first stream of that type.
probe() { ffprobe -v error -select_streams "$2:0" -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "$1" | head -n 1 | tr -d ','; }

# What ffmpeg muxes: MPEG-1 and MPEG-2 packs, several pictures a pack, no map.
picture=(-f lavfi -i "testsrc2=size=704x576:rate=25:duration=8" -f lavfi -i "sine=frequency=440:duration=8")
ffmpeg -v error -y "${picture[@]}" -c:v mpeg2video -b:v 3M -g 12 -c:a mp2 -f vob "$work/mpeg2.vob" </dev/null
ffmpeg -v error -y "${picture[@]}" -c:v mpeg1video -b:v 1M -c:a mp2 -f mpeg "$work/mpeg1.mpg" </dev/null
has_encoder libx264 && ffmpeg -v error -y "${picture[@]}" -c:v libx264 -g 25 -bf 0 -c:a mp2 -f vob "$work/h264.vob" </dev/null
for file in "$work"/*.vob "$work"/*.mpg; do
    ps-dump --json --fail-on error "$file" >"$work/out" 2>"$work/err"
    code=$?
    same "$(basename "$file") exit $code" "$(basename "$file") exit 0"
    gbkit-gen --validate <"$work/out" || fail "records of $file"
    name=$(basename "$file")
    same "$name video frames $(value frames "$work/out")" "$name video frames $(probe "$file" v)"
    # Key frames as ffprobe flags them.
    same "$name key frames $(value key_frames "$work/out")" "$name key frames $(ffprobe -v error -select_streams v:0 -show_entries packet=flags -of csv=p=0 "$file" | grep -c K)"
    compared=$((compared + 1))
done

# The camera: video as ffmpeg copies it from the same program stream.
camera=$GBKIT_SHARED/captures/cam_01e168e1.rtp
if [ -e "$camera" ]; then
    expect_code 0 ps-dump extract "$camera" --stream ps -o "$work/camera.ps"
    expect_code 0 ps-dump extract "$camera" -o "$work/ours.h264"
    ffmpeg -v error -y -f mpeg -i "$work/camera.ps" -map 0:v:0 -c copy -f h264 "$work/theirs.h264" </dev/null 2>"$work/err"
    cmp "$work/ours.h264" "$work/theirs.h264" || fail "the camera's video differs from ffmpeg's copy"
    expect_code 0 ps-dump extract "${camera%.rtp}_udp.pcap" -o "$work/captured.h264"
    cmp "$work/ours.h264" "$work/captured.h264" || fail "the camera's video out of the capture differs"
    ps-dump extract "$camera" 2>/dev/null | cmp - "$work/ours.h264" || fail "the camera's video through a pipe differs"
    compared=$((compared + 3))
else
    echo "not compared: the real camera (no captures in $GBKIT_SHARED)"
fi

# What we mux: played from the first to the last frame without a word.
mux_plays() {
    local name=$1
    shift
    expect_code 0 ps-dump mux "$@" -o "$work/$name.ps"
    said=$(ffmpeg -v warning -probesize 100M -i "$work/$name.ps" -f null - </dev/null 2>&1)
    same "$name: $said" "$name: "
    expect_code 0 ps-dump --json --fail-on vendor "$work/$name.ps"
    printf '%s\n' "$out" >"$work/out"
    same "$name frames $(value frames "$work/out")" "$name frames $(probe "$work/$name.ps" v)"
    expect_code 0 ps-dump extract "$work/$name.ps" -o "$work/back"
    cmp "$work/back" "$2" || fail "$name: the video does not come out as it went in"
    compared=$((compared + 1))
}
ffmpeg -v error -y -f lavfi -i "sine=frequency=440:duration=8" -ar 8000 -ac 1 -f alaw "$work/tone.g711a" </dev/null
ffmpeg -v error -y -f lavfi -i "sine=frequency=440:duration=8" -ar 16000 -ac 1 -c:a aac -f adts "$work/tone.aac" </dev/null
if has_encoder libx264; then
    for size in 704x576 1920x1080; do   # the second needs cropping
        ffmpeg -v error -y -f lavfi -i "testsrc2=size=$size:rate=25:duration=8" -c:v libx264 -preset veryfast -g 50 -bf 0 -pix_fmt yuv420p -f h264 "$work/$size.h264" </dev/null
    done
    mux_plays h264 --video "$work/704x576.h264"
    mux_plays large --video "$work/1920x1080.h264" --audio "$work/tone.aac"
    # A key frame over 64 KiB takes several PES packets.
    ffmpeg -v error -y -f lavfi -i "nullsrc=size=1280x720:rate=25:duration=0.4,geq=random(1)*255:128:128" -c:v libx264 -qp 10 -g 25 -bf 0 -pix_fmt yuv420p -f h264 "$work/noise.h264" </dev/null
    mux_plays noise --video "$work/noise.h264"
    # G.711 in a program stream is what ffmpeg cannot name: the video must play all the same.
    expect_code 0 ps-dump mux --video "$work/704x576.h264" --audio "$work/tone.g711a" --audio-codec g711a -o "$work/g711.ps"
    same "$(probe "$work/g711.ps" v)" 200
else
    echo "not compared: H.264 of ffmpeg (no libx264)"
fi
if has_encoder libx265; then
    ffmpeg -v error -y -f lavfi -i "testsrc2=size=640x360:rate=25:duration=2" -c:v libx265 -x265-params "log-level=none:bframes=0:keyint=50" -pix_fmt yuv420p -f hevc "$work/720.h265" </dev/null
    mux_plays h265 --video "$work/720.h265"
else
    echo "not compared: H.265 of ffmpeg (no libx265)"
fi
echo "$compared streams compared"
[ "$compared" -ge 3 ] || fail "too little was compared"
finish
