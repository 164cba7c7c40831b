#!/usr/bin/env bash
# ps-dump against md5sum, ffprobe and tshark: CPU seconds on a 190 MB program stream and the same camera as a 110 MB
# capture, best of three, page cache warm. The big files are copies of the camera's capture, one after another.
set -uo pipefail
bin=${GBKIT_BIN:-build/release/bin}
captures=${GBKIT_SHARED:-../shared}/captures
[ -e "$captures/cam_01e168e1.rtp" ] || { echo "no captures in $captures"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copies=${GBKIT_BENCH_COPIES:-58}

"$bin/ps-dump" extract "$captures/cam_01e168e1.rtp" --stream ps -o "$work/one.ps" >/dev/null || exit 1
for _ in $(seq "$copies"); do cat "$work/one.ps"; done >"$work/big.ps"
# The RTP of each copy goes on where the last one ended, so that it is one stream without a jump.
perl -e '
    my ($in, $copies) = @ARGV;
    open my $file, "<", $in or die; binmode $file; local $/; my $all = <$file>; binmode STDOUT;
    print substr($all, 0, 24);
    my (@frames, $at); $at = 24;
    while ($at + 16 <= length $all) { my $length = unpack "V", substr($all, $at + 8, 4); push @frames, [substr($all, $at, 16), substr($all, $at + 16, $length)]; $at += 16 + $length }
    my ($first) = unpack "V", $frames[0][0]; my ($last) = unpack "V", $frames[-1][0]; my $span = $last - $first + 1;
    my $sequence;
    for my $copy (0 .. $copies - 1) {
        for (@frames) {
            my ($head, $bytes) = @$_;
            substr($head, 0, 4) = pack "V", unpack("V", $head) + $copy * $span;
            my $ip = 14 + 4 * (ord(substr $bytes, 14, 1) & 15); my $rtp = $ip + 8;
            my ($number, $stamp) = unpack "x2nN", substr($bytes, $rtp, 8);
            $sequence = defined $sequence ? ($sequence + 1) % 65536 : $number;
            substr($bytes, $rtp + 2, 2) = pack "n", $sequence;
            substr($bytes, $rtp + 4, 4) = pack "N", ($stamp + $copy * $span * 90000) % 4294967296;
            substr($bytes, 18, 2) = pack "n", $sequence;
            print $head, $bytes;
        }
    }' "$captures/cam_01e168e1_udp.pcap" 30 >"$work/big.pcap"
echo "program stream $(stat -c %s "$work/big.ps") bytes, capture $(stat -c %s "$work/big.pcap") bytes"

TIMEFORMAT='%U %S'
# spent COMMAND...: CPU seconds, best of three.
spent() {
    local best=
    for _ in 1 2 3; do
        local now
        now=$({ time "$@" >/dev/null 2>&1; } 2>&1 | tail -n 1 | awk '{ print $1 + $2 }')
        best=$(awk -v a="${best:-999999}" -v b="$now" 'BEGIN { print a < b ? a : b }')
    done
    echo "$best"
}
report() { awk -v name="$1" -v a="$2" -v peer="$3" -v b="$4" -v target="$5" 'BEGIN { printf "%-34s %6.2f s   %-28s %6.2f s   ratio %.2f (target %s)\n", name, a, peer, b, a / b, target }'; }

cat "$work/big.ps" "$work/big.pcap" >/dev/null
md5=$(spent md5sum "$work/big.ps")
report "inspect big.ps" "$(spent "$bin/ps-dump" "$work/big.ps" --fail-on never)" md5sum "$md5" 0.25
if command -v ffprobe >/dev/null; then
    report "inspect --frames --json big.ps" "$(spent "$bin/ps-dump" "$work/big.ps" --frames --json --fail-on never)" "ffprobe -show_packets (json)" \
        "$(spent ffprobe -v error -f mpeg -show_packets -of json "$work/big.ps")" 0.5
fi
judged=$(spent "$bin/ps-dump" "$work/big.pcap" --fail-on never)
report "inspect big.pcap" "$judged" md5sum "$(spent md5sum "$work/big.pcap")" 1.0
if command -v tshark >/dev/null; then
    report "inspect big.pcap" "$judged" "tshark -T fields" \
        "$(spent tshark -n -r "$work/big.pcap" -d udp.port==30002,rtp -T fields -e rtp.seq -e rtp.timestamp)" 0.2
fi
