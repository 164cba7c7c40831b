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

# tcp_capture FILE [NUMBER...]: the bytes of the file as one TCP connection in segments of 1,000 bytes, raw IP; the
# segments of those numbers (from 1) were never captured, and the receiver acknowledges all.
tcp_capture() {
    perl -e '
        binmode STDOUT; my ($name, @lost) = @ARGV; my %lost = map { $_ => 1 } @lost;
        open my $file, "<:raw", $name; local $/; my $all = <$file>;
        my ($a, $b) = (pack("C4", 192, 168, 1, 64), pack("C4", 203, 0, 113, 9)); my $ms = 0;
        sub frame { my ($from, $to, $ports, $seq, $ack, $flags, $data) = @_;
            my $ip = pack("CCnnnCCn", 0x45, 0, 40 + length $data, ++$ms, 0, 64, 6, 0) . $from . $to . $ports . pack("NNCCnnn", $seq, $ack, 0x50, $flags, 65000, 0, 0) . $data;
            print pack("VVVV", 1700000000 + int($ms / 1000), $ms % 1000 * 1000, length $ip, length $ip), $ip }
        print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101);
        my ($there, $back) = (pack("nn", 15060, 30012), pack("nn", 30012, 15060));
        frame($a, $b, $there, 999, 0, 2, ""); frame($b, $a, $back, 4999, 1000, 18, "");
        for (my ($at, $n) = (0, 0); $at < length $all; $at += 1000) {
            my $part = substr($all, $at, 1000);
            frame($a, $b, $there, 1000 + $at, 5000, 24, $part) unless $lost{++$n};
            frame($b, $a, $back, 5000, 1000 + $at + length $part, 16, "");
        }' "$@"
}
