#!/usr/bin/env bash
# ps-dump listen: UDP and TCP, as listener and as the one who calls; what was kept says the same again.
. "$(dirname "$0")/lib.sh"

camera_video 50 >"$work/camera.h264"
expect_code 0 ps-dump mux --video "$work/camera.h264" -o "$work/camera.ps"
expect_code 0 ps-dump mux --video "$work/camera.h264" --framing rfc4571 -o "$work/camera.rtp"

# start ARGUMENT...: listens; $listener, and $port it is ready on.
start() {
    rm -f "$work/listen.jsonl"
    $within 60 ps-dump listen "$@" --records "$work/listen.jsonl" >"$work/page" 2>"$work/talk" </dev/null &
    listener=$!
    started+=("$listener")
    port=
    for _ in $(seq 200); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/listen.jsonl" 2>/dev/null | head -n 1)
        [ -n "$port" ] && return
        sleep 0.02
    done
    fail "ps-dump does not listen: $(<"$work/talk")"
}
# ended CODE: it has ended by itself or is told to.
ended() {
    wait "$listener"
    same "$?" "$1"
    said=$(gbkit-gen --validate <"$work/listen.jsonl") || fail "listen writes: $said"
}
# send udp|tcp HOST: the packets of camera.rtp, as datagrams or as they stand.
send() {
    perl -MIO::Socket::IP -e '
        my ($kind, $host, $port, $file) = @ARGV;
        my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Proto => $kind, Type => $kind eq "udp" ? SOCK_DGRAM : SOCK_STREAM) or die "$host $port: $@";
        open my $in, "<", $file; binmode $in; local $/; my $all = <$in>;
        if ($kind eq "tcp") { for (my $at = 0; $at < length $all; $at += 1001) { syswrite $socket, substr($all, $at, 1001) } exit 0 }
        for (my $at = 0; $at + 2 < length $all;) { my $length = unpack "n", substr($all, $at, 2); syswrite $socket, substr($all, $at + 2, $length); $at += 2 + $length; select undef, undef, undef, 0.0005 }' \
        "$1" "$2" "$port" "$work/camera.rtp"
}

start udp://127.0.0.1:0 --until frames=49 --pcap "$work/udp.pcapng" --frames
send udp 127.0.0.1
ended 0
has "$(<"$work/page")" "y=0100003190"
has "$(<"$work/page")" "704x576"
has "$(<"$work/page")" "Nothing is wrong."
expect_code 0 ps-dump "$work/udp.pcapng"
has "$out" "UDP"

start tcp://[::1]:0 -o "$work/kept.ps"
send tcp ::1
for _ in $(seq 100); do [ "$(stat -c %s "$work/kept.ps")" -ge "$(stat -c %s "$work/camera.ps")" ] && break; sleep 0.02; done
kill -INT "$listener"
ended 0
cmp "$work/kept.ps" "$work/camera.ps" || fail "the program stream that was kept"
same "$(value frames "$work/listen.jsonl")" 50
has "$(<"$work/page")" "RFC 4571"

# The device is passive: we call it. It sends and closes, and that is the end.
perl -MIO::Socket::IP -e '
    my $listener = IO::Socket::IP->new(Listen => 1, LocalHost => "127.0.0.1", LocalPort => 0) or die;
    open my $ready, ">", "$ARGV[1].new"; print $ready $listener->sockport; close $ready; rename "$ARGV[1].new", $ARGV[1];
    my $peer = $listener->accept; open my $in, "<", $ARGV[0]; local $/; print {$peer} scalar <$in>; close $peer' "$work/camera.rtp" "$work/port" &
started+=($!)
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.02; done
expect_code 0 ps-dump listen "tcp://127.0.0.1:$(<"$work/port")" --connect --json
printf '%s\n' "$out" >"$work/out"
same "$(value frames "$work/out")" 50

# What was expected came, or not; what the senders did is judged beside it.
start udp://127.0.0.1:0 --until frames=49 --timeout 20s --expect 'rtp_lost=0,frames>=49'
send udp 127.0.0.1
ended 0
start udp://127.0.0.1:0 --until frames=20 --expect 'rtp_lost=0,key_frames>=20'
send udp 127.0.0.1
ended 1
has "$(<"$work/talk")" "expected key_frames>=20, it is 1"

# Nobody there, nothing came, nonsense.
expect_code 1 ps-dump listen udp://127.0.0.1:0 --duration 0.2s --expect 'frames>=1'
has "$err" "expected frames>=1, it is 0"
expect_code 5 ps-dump listen udp://127.0.0.1:0 --timeout 0.3s
has "$err" "nothing came within 300ms"
expect_code 5 ps-dump listen tcp://127.0.0.1:0 --timeout 0.3s --until frames=1
expect_code 2 ps-dump listen udp://127.0.0.1:0 --expect 'rtp_lots=0'
has "$err" "counters are files, frames"
expect_code 4 ps-dump listen tcp://127.0.0.1:1 --connect
expect_code 3 ps-dump listen udp://127.0.0.1:0 --duration 0.2s
has "$err" "no RTP came"
expect_code 2 ps-dump listen http://127.0.0.1:80
expect_code 2 ps-dump listen udp://127.0.0.1:0 --connect
expect_code 2 ps-dump listen udp://127.0.0.1:0 --until elephants=3
expect_code 7 ps-dump listen udp://192.0.2.77:30000 --duration 1s
finish
