# Captures made byte by byte, for the tests of pcap-replay extract, sanitize and compare.

# le COUNT NUMBER, be COUNT NUMBER: that many bytes of it.
le() { local i n=$2; for ((i = 0; i < $1; i++)); do printf "\\x$(printf %02x $((n & 255)))"; n=$((n >> 8)); done; }
be() { local i; for ((i = $1 - 1; i >= 0; i--)); do printf "\\x$(printf %02x $((($2 >> (8 * i)) & 255)))"; done; }
ip() { local part; for part in ${1//./ }; do be 1 "$part"; done; }

new_capture() { le 4 0xa1b2c3d4; le 2 2; le 2 4; le 4 0; le 4 0; le 4 65535; le 4 101; }  # raw IP
identification=0
# udp MILLISECONDS SOURCE PORT DESTINATION PORT FILE: one frame with the bytes of the file.
udp() {
    local size
    size=$(stat -c %s "$6")
    identification=$((identification + 1))
    le 4 $((1700000000 + $1 / 1000)); le 4 $(($1 % 1000 * 1000)); le 4 $((size + 28)); le 4 $((size + 28))
    be 2 0x4500; be 2 $((size + 28)); be 2 $identification; be 2 0; be 1 64; be 1 17; be 2 0; ip "$2"; ip "$4"
    be 2 "$3"; be 2 "$5"; be 2 $((size + 8)); be 2 0
    cat "$6"
}

# A message from stdin with CRLF line ends; BODY (a file) behind it with its length.
message() {
    sed 's/$/\r/'
    [ -n "${1:-}" ] && printf 'Content-Type: Application/MANSCDP+xml\r\nContent-Length: %d\r\n\r\n' "$(stat -c %s "$1")" && cat "$1" && return
    printf 'Content-Length: 0\r\n\r\n'
}
camera=192.168.1.64
platform=203.0.113.9
up() { udp "$1" $camera 5060 $platform 5060 "$work/message"; }
down() { udp "$1" $platform 5060 $camera 5060 "$work/message"; }

# common BRANCH CALL CSEQ DEVICE
common() {
    echo "Via: SIP/2.0/UDP $camera:5060;rport;branch=z9hG4bK$1"
    echo "From: <sip:$4@3402000000>;tag=77"
    echo "To: <sip:$4@3402000000>"
    echo "Call-ID: $2"
    echo "CSeq: $3"
}
register_to() { echo "REGISTER sip:34020000002000000001@3402000000 SIP/2.0"; }
contact_of() { echo "Contact: <sip:$1@$camera:5060>"; echo "User-Agent: IP Camera V5.4.0.160"; echo "Expires: 3600"; }
challenge() { echo 'WWW-Authenticate: Digest realm="3402000000", nonce="6eb1340d99c404a0e4d3b68d15d1d46f", qop="auth", algorithm=MD5'; }
# RESPONSE of the article's device and nonce (lib.sh).
authorization() { echo "Authorization: Digest username=\"34020000001320000264\", realm=\"3402000000\", nonce=\"6eb1340d99c404a0e4d3b68d15d1d46f\", uri=\"sip:34020000002000000001@3402000000\", response=\"$1\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001"; }
right=4c97657aa0412c25d4b862219b635c17   # for 12345678

catalog() {
    printf '<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>17</SN>\r\n<DeviceID>34020000001320000264</DeviceID>\r\n<SumNum>1</SumNum>\r\n<DeviceList Num="1">\r\n<Item>\r\n<DeviceID>34020000001310000001</DeviceID>\r\n<Name>'
    printf '大门' | iconv -f UTF-8 -t GB2312
    printf '</Name>\r\n<Manufacturer>Hikvision</Manufacturer>\r\n<CivilCode>340200</CivilCode>\r\n<IPAddress>192.168.1.64</IPAddress>\r\n<Password>hunter2</Password>\r\n<Longitude>118.796877</Longitude>\r\n<Latitude>32.060255</Latitude>\r\n</Item>\r\n</DeviceList>\r\n</Response>\r\n'
}

# A device registers and tells its catalog, twice; another one speaks once.
registration() {   # RESPONSE STATUS
    local id=34020000001320000264
    new_capture
    { register_to; common 1 7 "1 REGISTER" $id; contact_of $id; } | message >"$work/message"; up 0
    { echo "SIP/2.0 401 Unauthorized"; common 1 7 "1 REGISTER" $id; challenge; } | message >"$work/message"; down 12
    { register_to; common 2 7 "2 REGISTER" $id; contact_of $id; authorization "${1:-$right}"; } | message >"$work/message"; up 20
    { echo "SIP/2.0 ${2:-200 OK}"; common 2 7 "2 REGISTER" $id; echo "Expires: 3600"; } | message >"$work/message"; down 31
    catalog >"$work/body"
    { echo "MESSAGE sip:34020000002000000001@3402000000 SIP/2.0"; common 3 9 "3 MESSAGE" $id; } | message "$work/body" >"$work/message"; up 900; up 1400
    { register_to; common 4 8 "1 REGISTER" 34020000001320000265; contact_of 34020000001320000265; } | message >"$work/message"; udp 2000 192.168.1.65 5060 $platform 5060 "$work/message"
}

# call NAME SETUP Y PROTOCOL PAYLOAD FORMAT STATUS: INVITE, its answer and ACK in $work/NAME.pcap; of $channel as $call_id,
# with media at $media_address and $media_port.
call() {
    local called=${channel:-34020000001310000001} id=${call_id:-call} at=${media_address:-$camera} head ends
    head="Via: SIP/2.0/UDP $platform:5060;branch=z9hG4bK$id"
    ends=$(printf 'From: <sip:34020000002000000001@3402000000>;tag=1\nTo: <sip:%s@3402000000>;tag=2\nCall-ID: %s\nSubject: %s:0100003190,34020000002000000001:0' "$called" "$id" "$called")
    printf 'v=0\r\no=%s 0 0 IN IP4 %s\r\ns=Play\r\nc=IN IP4 %s\r\nt=0 0\r\nm=video %s %s 96\r\na=setup:%s\r\na=rtpmap:96 %s\r\ny=%s\r\nf=%s\r\n' "$called" "$at" "$at" "${media_port:-30000}" "$4" "$2" "$5" "$3" "$6" >"$work/sdp"
    sdp() { sed 's/$/\r/'; printf 'Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n' "$(stat -c %s "$work/sdp")"; cat "$work/sdp"; }
    {
        new_capture
        { printf 'INVITE sip:%s@%s SIP/2.0\n%s\n%s\nCSeq: 1 INVITE\n' "$called" $camera "$head" "$ends"; } | sdp >"$work/message"; down 0
        { printf 'SIP/2.0 %s\n%s\n%s\nCSeq: 1 INVITE\n' "$7" "$head" "$ends"; } | sdp >"$work/message"; up 30
        { printf 'ACK sip:%s@%s SIP/2.0\n%s\n%s\nCSeq: 1 ACK\n' "$called" $camera "$head" "$ends"; } | message >"$work/message"; down 60
    } >"$work/$1.pcap"
}

# tcp_capture FILE [NUMBER...]: the bytes of the file as one TCP connection in segments of 1,000 bytes, raw IP; the
# segments of those numbers (from 1) were never captured, and the receiver acknowledges all. $media_port is the receiver's.
tcp_capture() {
    perl -e '
        binmode STDOUT; my ($to, $name, @lost) = @ARGV; my %lost = map { $_ => 1 } @lost;
        open my $file, "<:raw", $name; local $/; my $all = <$file>;
        my ($a, $b) = (pack("C4", 192, 168, 1, 64), pack("C4", 203, 0, 113, 9)); my $ms = 0;
        sub frame { my ($from, $to, $ports, $seq, $ack, $flags, $data) = @_;
            my $ip = pack("CCnnnCCn", 0x45, 0, 40 + length $data, ++$ms, 0, 64, 6, 0) . $from . $to . $ports . pack("NNCCnnn", $seq, $ack, 0x50, $flags, 65000, 0, 0) . $data;
            print pack("VVVV", 1700000000 + int($ms / 1000), $ms % 1000 * 1000, length $ip, length $ip), $ip }
        print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101);
        my ($there, $back) = (pack("nn", 15060, $to), pack("nn", $to, 15060));
        frame($a, $b, $there, 999, 0, 2, ""); frame($b, $a, $back, 4999, 1000, 18, "");
        for (my ($at, $n) = (0, 0); $at < length $all; $at += 1000) {
            my $part = substr($all, $at, 1000);
            frame($a, $b, $there, 1000 + $at, 5000, 24, $part) unless $lost{++$n};
            frame($b, $a, $back, 5000, 1000 + $at + length $part, 16, "");
        }' "${media_port:-30012}" "$@"
}

# mirrored FILE: a raw IP capture as a mirror port shows it: Ethernet, every packet in VLAN 100 and 40 us later once more
# in VLAN 200 with a TTL one lower; then an ARP frame, and an ICMP error about the first packet.
mirrored() {
    perl -e '
        binmode STDOUT; open my $file, "<:raw", $ARGV[0]; read $file, my $head, 24; my ($first, $last);
        print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
        sub frame { my ($s, $us, $data) = @_; print pack("VVVV", $s + int($us / 1000000), $us % 1000000, length $data, length $data), $data }
        while (read $file, my $record, 16) {
            my ($s, $us, $length) = unpack("VVV", $record); read $file, my $packet, $length; $first //= $packet; $last = $s;
            my $macs = pack("H*", "0c0ffee0c0de0c0ffee0c0df");
            frame($s, $us, $macs . pack("nnn", 0x8100, 100, 0x0800) . $packet);
            substr($packet, 8, 1) = chr(ord(substr($packet, 8, 1)) - 1);
            frame($s, $us + 40, $macs . pack("nnn", 0x8100, 200, 0x0800) . $packet);
        }
        my $arp = pack("H*", "ffffffffffff0c0ffee0c0de08060001080006040001"); frame($last, 999990, $arp);
        my $error = pack("C2nnnCCn", 0x45, 0, 20 + 8 + 28, 77, 0, 64, 1, 0) . substr($first, 16, 4) . substr($first, 12, 4) . pack("CCnN", 3, 3, 0, 0) . substr($first, 0, 28);
        frame($last, 999995, pack("H*", "0c0ffee0c0de0c0ffee0c0df0800") . $error);
    ' "$1"
}

# origins FILE...: what identifies somebody in captures, a line each: IDs, addresses (not loopback), names, MAC addresses.
origins() {
    perl -e '
        my %seen;
        for my $name (@ARGV) {
            open my $file, "<:raw", $name; local $/; my $all = <$file>;
            $seen{$_} = 1 for $all =~ /(?<!\d)(\d{18,20})(?!\d)/g;
            $seen{$_} = 1 for grep { !/^(127\.|0\.|255\.)/ } $all =~ /(?<![\dvV.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.])/g;
            $seen{$_} = 1 for grep { length > 3 && !/^\d+$/ } $all =~ m{<(?:Name|Owner|Address|Password)>([^<]+)<}g;
        }
        print "$_\n" for sort keys %seen;' "$@"
}
# traces FILE: which of the lines on standard input are in its bytes: as they are, in UTF-16 of either order, into
# GBK, in base64 at any place of three, and an address as its four bytes.
traces() {
    perl -MEncode -MMIME::Base64 -e '
        open my $file, "<:raw", $ARGV[0]; my $all = do { local $/; <$file> };
        while (my $origin = <STDIN>) {
            chomp $origin;
            my $text = eval { decode("UTF-8", my $copy = $origin, 1) } // eval { decode("cp936", my $copy = $origin, 1) } // $origin;
            my %forms = (plain => $origin, utf8 => encode("UTF-8", $text), utf16le => encode("UTF-16LE", $text), utf16be => encode("UTF-16BE", $text), gb => eval { encode("cp936", $text) } // $origin);
            for my $shift (0 .. 2) { my $code = encode_base64("x" x $shift . $origin, ""); $forms{"base64 $shift"} = substr($code, $shift ? 4 : 0, -4) if length $origin > 9 }
            $forms{octets} = pack("C4", split /\./, $origin) if $origin =~ /^\d+\.\d+\.\d+\.\d+$/;
            for my $form (sort keys %forms) { print "$origin ($form)\n" if length $forms{$form} > 3 && index($all, $forms{$form}) >= 0 }
        }' "$1"
}
