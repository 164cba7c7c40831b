#!/usr/bin/env bash
# pcap-replay inspect on a capture of 200 MB, 95 % of it RTP, against capinfos, tshark and md5sum: CPU seconds, best of
# three, page cache warm, all in one run. The capture is made of the shared ones: a camera's RTP, one stream that goes on
# in sequence numbers and times, and between its packets catalog queries, each with its own Call-ID, branch and SN.
# GBKIT_BENCH_COPIES (55) changes its length. Asserts nothing.
set -uo pipefail
bin=${GBKIT_BIN:-build/release/bin}
captures=${GBKIT_SHARED:-../shared}/captures
camera=$captures/cam_01e168e1_udp.pcap
for needed in "$camera" "$captures/gb28181_catalog_query.pcapng"; do
    [ -e "$needed" ] || { echo "SKIPPED: no $needed"; exit 77; }
done
for needed in capinfos editcap tshark; do
    command -v "$needed" >/dev/null || { echo "SKIPPED: no $needed (apt-get install tshark)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copies=${GBKIT_BENCH_COPIES:-55}
big=$work/big.pcap

editcap -F pcap "$captures/gb28181_catalog_query.pcapng" "$work/catalog.pcap" || exit 1
perl -e '
    my ($camera, $catalog, $copies) = @ARGV;
    binmode STDOUT;
    sub frames_of {   # [seconds, microseconds, captured, wire, bytes] ...
        open my $file, "<", $_[0] or die; binmode $file; local $/; my $all = <$file>; my @frames;
        for (my $at = 24; $at + 16 <= length $all; $at += 16 + $frames[-1][2]) { push @frames, [unpack("V4", substr($all, $at, 16)), ""]; $frames[-1][4] = substr($all, $at + 16, $frames[-1][2]) }
        return @frames;
    }
    my @due;   # of one copy: [microseconds, bytes]
    sub put { push @due, [@_] }
    sub flush { print pack("V4", int($_->[0] / 1e6), $_->[0] % 1e6, length $_->[1], length $_->[1]), $_->[1] for sort { $a->[0] <=> $b->[0] } @due; @due = () }
    my @camera = frames_of($camera); my @catalog = frames_of($catalog);
    my @base = map { $_->[0][0] * 1e6 + $_->[0][1] } \@camera, \@catalog;
    my $span = ($camera[-1][0] + 1) * 1e6 - $base[0];
    print pack("VvvVVVV", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1);
    my ($sequence, $query) = (undef, 0);
    for my $copy (0 .. $copies - 1) {
        for my $i (0 .. $#camera) {
            my ($seconds, $micro, undef, undef, $bytes) = @{$camera[$i]};
            my $now = $seconds * 1e6 + $micro + $copy * $span;
            my $rtp = 14 + 4 * (ord(substr $bytes, 14, 1) & 15) + 8;
            my ($number, $stamp) = unpack "x2nN", substr($bytes, $rtp, 8);
            $sequence = defined $sequence ? ($sequence + 1) % 65536 : $number;
            substr($bytes, $rtp + 2, 6) = pack "nN", $sequence, ($stamp + int($copy * $span / 1e6 * 90000)) % 4294967296;
            substr($bytes, 18, 2) = pack "n", $sequence;
            put($now, $bytes);
            next unless $i % 287 == 0;   # 11 queries in a copy
            my $tag = sprintf "%04d", ++$query % 10000;
            for my $frame (@catalog) {
                my $sip = $frame->[4];
                $sip =~ s/(branch=z9hG4bK\d+)\d{4}/$1$tag/g;
                $sip =~ s/(Call-ID: \d+)\d{4}/$1$tag/g;
                $sip =~ s/<SN>\d{3}</sprintf("<SN>%03d<", $query % 1000)/e;
                put($now + $frame->[0] * 1e6 + $frame->[1] - $base[1] + 1, $sip);
            }
        }
        flush();
    }' "$camera" "$work/catalog.pcap" "$copies" >"$big"
# The mix, as tshark counts it.
tshark -n -r "$big" -T fields -e frame.len -e sip.CSeq 2>/dev/null |
    awk -F '\t' '{ bytes += $1; if ($2 != "") { sip++; sip_bytes += $1 } } END {
        printf "capture: %d frames, %.1f MB; SIP %d messages, %.1f %% of the bytes; RTP the other %.1f %%\n",
               NR, bytes / 1e6, sip, 100 * sip_bytes / bytes, 100 - 100 * sip_bytes / bytes }'
echo "load of the machine: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores"

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
report() { awk -v name="$1" -v a="$2" -v peer="$3" -v b="$4" -v target="$5" 'BEGIN { printf "%-16s %6.3f s   %-22s %6.3f s   ratio %.2f (target %s)\n", name, a, peer, b, a / b, target }'; }

cat "$big" >/dev/null
listed=$(spent "$bin/pcap-replay" inspect --list "$big")
judged=$(spent "$bin/pcap-replay" inspect --fail-on never "$big")
report "inspect --list" "$listed" "capinfos -c" "$(spent capinfos -c "$big")" 4
report "inspect" "$judged" "tshark -n -r -Y sip" "$(spent tshark -n -r "$big" -Y sip)" 0.2
report "inspect" "$judged" "md5sum" "$(spent md5sum "$big")" "none"
