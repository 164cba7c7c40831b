# A capture (raw IP) of what may stand beside SIP, on ports that say nothing: contents.pl >contents.pcap
#
# RTMP on 8080 with a token, RTSP on 10554 with credentials in its URL and interleaved RTP, ONVIF and HTTP on 1935, TLS
# on 5060, bytes nobody knows on 80; DNS and something else over UDP. Each connection: SYN, SYN-ACK, both directions.
use strict;
use warnings;

my ($identification, $ms, $port, @frames) = (0, 0, 40000);
my $server = '10.1.0.5';

sub frame {
    my ($from, $to, $protocol, $segment) = @_;
    my $ip = pack('CCnnnCCn', 0x45, 0, 20 + length $segment, ++$identification, 0, 64, $protocol, 0) . pack('C4', split /\./, $from) . pack('C4', split /\./, $to) . $segment;
    print pack('VVVV', 1700000000 + int(++$ms / 1000), $ms % 1000 * 1000, length $ip, length $ip), $ip;
}
sub udp { my ($from, $from_port, $to, $to_port, $data) = @_; frame($from, $to, 17, pack('nnnn', $from_port, $to_port, 8 + length $data, 0) . $data) }

# tcp(client, port, [who, bytes], ...): who is 'c' or 's'; in segments of 700 bytes.
sub tcp {
    my ($client, $to_port, @turns) = @_;
    my $from_port = ++$port;
    my %next = (c => 1000, s => 5000);
    my $segment = sub {
        my ($who, $flags, $data) = @_;
        my ($a, $b) = $who eq 'c' ? ($from_port, $to_port) : ($to_port, $from_port);
        my $other = $who eq 'c' ? 's' : 'c';
        frame($who eq 'c' ? ($client, $server) : ($server, $client), 6, pack('nnNNCCnnn', $a, $b, $next{$who}, $next{$other}, 0x50, $flags, 65000, 0, 0) . $data);
        $next{$who} += length($data) + ($flags & 2 ? 1 : 0);
    };
    $segment->('c', 2, ''); $segment->('s', 18, '');
    for my $turn (@turns) { my ($who, $data) = @$turn; $segment->($who, 24, $_) for unpack '(a700)*', $data }
}

sub chunked { my ($type, $payload) = @_; my ($first, @rest) = unpack '(a128)*', $payload; return "\x03\0\0\0" . substr(pack('N', length $payload), 1) . pack('CN', $type, 0) . join("\xC3", $first, @rest) }
sub amf { pack('n/a*', $_[0]) }
sub handshake { "\x03" . pack('NN', 77, 0) . join '', map { chr(($_ * 31 + 7) % 256) } 1 .. 3064 }
my $connect = "\2" . amf('connect') . "\0" . pack('H*', '3ff0000000000000') . "\3" . amf('app') . "\2" . amf('live?token=Geheim-4711')
    . amf('tcUrl') . "\2" . amf("rtmp://bob:Geheim-4711\@$server/live?token=Geheim-4711") . "\0\0\x09";
sub hello {
    my $name = shift;
    my $sni = pack('nn', 0, length($name) + 5) . pack('nCn/a*', length($name) + 3, 0, $name);
    my $body = pack('n', 0x0303) . 'r' x 32 . "\0" . pack('n', 2) . "\x13\x01" . "\1\0" . pack('n/a*', $sni);
    return pack('CnnC', 22, 0x0301, 4 + length $body, 1) . substr(pack('N', length $body), 1) . $body;
}
sub rtp { my ($sequence, $stamp) = @_; return pack('CCnNN', 0x80, 8, $sequence, $stamp, 0x05F5E110) . "\xD5" x 320 }

binmode STDOUT;
print pack('VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101);
tcp('10.1.0.9', 8080, [c => handshake()], [s => handshake()], [c => chunked(20, $connect)], [c => 'v' x 20000]);
tcp('10.1.0.10', 10554, [c => "DESCRIBE rtsp://admin:Geheim-4711\@$server/ch1 RTSP/1.0\r\nCSeq: 1\r\n\r\n"], [s => "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"],
    [s => join '', map { "\$\0" . pack('n/a*', rtp($_, $_ * 3600)) } 1 .. 12]);
tcp('10.1.0.11', 1935, [c => "POST /onvif/device_service HTTP/1.1\r\nHost: $server\r\n\r\n"], [s => "HTTP/1.1 200 OK\r\n\r\n" . 'a' x 2000]);
tcp('10.1.0.11', 1935, [c => "GET /index.html HTTP/1.1\r\nHost: $server\r\n\r\n"], [s => "HTTP/1.1 200 OK\r\n\r\n" . 'a' x 3000]);
tcp('10.1.0.12', 5060, [c => hello('platform.example')], [s => pack('H*', '160303007a02000076') . 'z' x 500]);
tcp('10.1.0.13', 80, [c => "\x07" x 900], [s => "\x09" x 100]);
udp('10.1.0.14', 5353, '10.1.0.1', 53, pack('nnnnnn', 4660, 256, 1, 0, 0, 0) . "\3www\7example\0" . pack('nn', 1, 1));
udp('10.1.0.14', 7000, '10.1.0.1', 7001, "\x05hello");
udp('10.1.0.64', 30000, '10.1.0.5', 30002, rtp($_, $_ * 3600)) for 1 .. 5;
