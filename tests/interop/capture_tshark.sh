#!/usr/bin/env bash
# Our reader and tshark count the same frames, UDP datagrams and TCP segments: in the real captures, in every form
# that editcap and mergecap can give them (nanosecond pcap, pcapng, gzip, cut, merged, mirrored), and in what our
# own writer made on loopback.
set -euo pipefail

for program in tshark editcap mergecap; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
[ -x "$GBKIT_BIN/pcap-replay" ] || { echo "skipped: pcap-replay is not built"; exit 77; }
captures="$GBKIT_SHARED/captures"
[ -d "$captures" ] || { echo "skipped: no captures in $GBKIT_SHARED"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
compared=0

# The counter $1 of the summary record in file $2; absent means 0.
counter() {
    local value
    value=$(grep '"type":"summary"' "$2" | grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2) || true
    echo "${value:-0}"
}

inspect() {  # FILE -> $work/records; findings and "nothing to judge" are answers too
    local status=0
    "$GBKIT_BIN/pcap-replay" inspect --json "$1" >"$work/records" 2>"$work/errors" || status=$?
    case $status in 0 | 1 | 3) ;; *) echo "pcap-replay ends with $status on $1"; cat "$work/errors"; return 1 ;; esac
}

shark() {  # FILE FILTER -> how many frames match
    tshark -n -r "$1" -Y "$2" -T fields -e frame.number 2>/dev/null | wc -l
}

same() {  # NAME WHAT OURS THEIRS
    if [ "$3" != "$4" ]; then
        echo "$1: $2 is $3 here, $4 in tshark"
        failures=$((failures + 1))
    fi
}

compare() {  # FILE: every datagram is given out or counted as a second copy
    inspect "$1" || { failures=$((failures + 1)); return; }
    local name udp tcp copies
    name=$(basename "$1")
    udp=$(counter udp "$work/records")
    tcp=$(counter tcp "$work/records")
    copies=$(counter duplicates "$work/records")
    same "$name" frames "$(counter frames "$work/records")" "$(shark "$1" frame)"
    same "$name" "udp and tcp and second copies" $((udp + tcp + copies)) "$(shark "$1" '(udp or tcp) and not icmp and not icmpv6')"
    if [ "$copies" = 0 ]; then
        same "$name" udp "$udp" "$(shark "$1" 'udp and not icmp and not icmpv6')"
        same "$name" tcp "$tcp" "$(shark "$1" 'tcp and not icmp and not icmpv6')"
    fi
    compared=$((compared + 1))
}

for file in "$captures"/*.pcap "$captures"/*.pcapng; do
    [ -f "$file" ] || continue
    stem="$work/$(basename "$file")"
    compare "$file"
    editcap -F nsecpcap "$file" "$stem.nano.pcap" 2>/dev/null && compare "$stem.nano.pcap"
    editcap -F pcapng "$file" "$stem.ng.pcapng" 2>/dev/null && compare "$stem.ng.pcapng"
    editcap -s 60 "$file" "$stem.cut.pcap" 2>/dev/null && compare "$stem.cut.pcap"
    gzip -c "$file" >"$stem.gz" && compare "$stem.gz"
    editcap -t 0.00004 "$file" "$stem.later" 2>/dev/null
    mergecap -w "$stem.mirrored.pcapng" "$file" "$stem.later" && compare "$stem.mirrored.pcapng"
done

inspect "$work/gb28181_catalog_query.pcapng.mirrored.pcapng"
[ "$(counter duplicates "$work/records")" -gt 0 ] || { echo "the mirrored file has no second copies"; failures=$((failures + 1)); }
mergecap -w "$work/all.pcapng" "$captures"/*.pcapng
compare "$work/all.pcapng"

# Real fragments and a real TCP connection: a loopback of 1500 bytes in a network namespace of our own.
in_namespace() {
    ip link set lo mtu 1500 up
    dumpcap -q -i lo -B 16 -w "$1" 2>/dev/null &
    local sniffer=$!
    for _ in $(seq 50); do [ -s "$1" ] && break; sleep 0.1; done
    sleep 0.5
    dd if=/dev/urandom bs=9000 count=1 2>/dev/null >/dev/udp/127.0.0.1/9
    dd if=/dev/urandom bs=9000 count=1 2>/dev/null >/dev/udp/::1/9 || true
    perl -MIO::Socket::INET -e '
        my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
        if (!fork) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $listener->sockport) or die;
                     print $c "x" x 200000; close $c; exit 0 }
        my $peer = $listener->accept; 1 while sysread($peer, my $bytes, 65536); wait'
    sleep 1
    kill -INT $sniffer
    wait $sniffer || true
}
export -f in_namespace
if command -v dumpcap ip perl >/dev/null && unshare -n ip link set lo mtu 1500 up 2>/dev/null; then
    unshare -n bash -c 'in_namespace "$1"' bash "$work/loopback.pcapng"
    compare "$work/loopback.pcapng"
    fragments=$(counter fragments "$work/records")
    same loopback.pcapng fragments "$fragments" "$(shark "$work/loopback.pcapng" '(ip.flags.mf == 1 or ip.frag_offset > 0 or ipv6.fraghdr) and not icmp and not icmpv6')"
    [ "$fragments" -gt 5 ] || { echo "no fragments were made"; failures=$((failures + 1)); }
    same loopback.pcapng "incomplete datagrams" "$(counter incomplete_datagrams "$work/records")" 0
    same loopback.pcapng "bytes of TCP gaps" "$(counter tcp_gap_bytes "$work/records")" 0
else
    echo "not compared: real fragments and TCP (no right to make a network namespace, or no dumpcap, ip, perl)"
fi

# What our own writer makes: a device that finds nobody, and one that registers.
if [ -x "$GBKIT_BIN/gb-register" ] && "$GBKIT_BIN/gb-register" device --help | grep -q -- --pcap; then
    "$GBKIT_BIN/gb-register" device --server 127.0.0.1:9 --server-id 34020000002000000001 --once --timeout 1s \
        --device-id 34020000001320000264 --password 12345678 --pcap "$work/own.pcapng" >/dev/null 2>&1 || true
    compare "$work/own.pcapng"
    bad=$(tshark -n -r "$work/own.pcapng" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -Y 'ip.checksum.status == "Bad" or udp.checksum.status == "Bad" or _ws.malformed' 2>/dev/null | wc -l)
    same own.pcapng "bad checksums and malformed packets" 0 "$bad"
else
    echo "not compared: gb-register --pcap is not there"
fi

echo "$compared files compared, $failures differences"
[ "$compared" -ge 10 ] && [ "$failures" -eq 0 ]
