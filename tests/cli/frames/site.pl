# A site of devices in one capture (raw IP, UDP), for tests/cli/pcap_replay_page.sh: site.pl [faults] [FINE] >site.pcap
#
# One recorder with a whole catalog (a tree with Chinese names) and FINE cameras (default 5) that work, two of them with
# an 18-digit ID. With `faults`: a recorder of whose catalog 5 of 12 items arrive and that is told a PTZ command with a
# wrong checksum; a camera that is refused although its digest is right for 12345678; two cameras whose 401 goes to the
# private address of their Via; one whose heartbeats nobody answers.
# site.pl mirrored ...: on Ethernet, each frame twice: in VLAN 100, and 40 us later in VLAN 200 with one hop less to go.
# site.pl catalog COUNT: one recorder with so many channels, 50 in a message.
use strict;
use warnings;
use Digest::MD5 'md5_hex';

my $mirrored = @ARGV && $ARGV[0] eq 'mirrored' ? shift : '';
my $channels = @ARGV == 2 && $ARGV[0] eq 'catalog' ? (splice @ARGV, 0, 2)[1] : 0;
my $faults = @ARGV && $ARGV[0] eq 'faults' ? shift : '';
my $fine = @ARGV ? shift : 5;
my ($platform_id, $domain, $platform) = ('34020000002000000001', '3402000000', '203.0.113.9');
my ($identification, $calls, @frames) = (0, 0);

sub frame {   # at milliseconds
    my ($at, $from, $from_port, $to, $to_port, $text) = @_;
    my $udp = pack('nnnn', $from_port, $to_port, 8 + length $text, 0) . $text;
    ++$identification;
    for my $copy ($mirrored ? (0, 1) : 0) {
        my $ip = pack('CCnnnCCn', 0x45, 0, 20 + length $udp, $identification, 0, 64 - $copy, 17, 0) . pack('C4', split /\./, $from) . pack('C4', split /\./, $to) . $udp;
        $ip = pack('H24 n n n', '0200000000010200000000' . '02', 0x8100, $copy ? 200 : 100, 0x0800) . $ip if $mirrored;
        push @frames, [$at + $copy / 10, scalar @frames, pack('VVVV', 1700000000 + int($at / 1000), $at % 1000 * 1000 + 40 * $copy, length $ip, length $ip) . $ip];
    }
}
sub text { my $body = pop; join("\r\n", @_, 'Content-Length: ' . length $body, '', '') . $body }

# A device: id, outside and own address, User-Agent.
sub device { my ($id, $address, $agent, %more) = @_; return { id => $id, at => $address, port => 5060, agent => $agent, call => ++$calls, seq => 0, via => $address, %more } }
sub dialog {
    my ($d, $method, $seq) = @_;
    return ("Via: SIP/2.0/UDP $d->{via}:5060;rport;branch=z9hG4bK$d->{call}x$seq", "From: <sip:$d->{id}\@$domain>;tag=1", "To: <sip:$d->{id}\@$domain>",
            "Call-ID: $d->{call}\@$d->{via}", "CSeq: $seq $method");
}
sub up { my ($d, $at, $text) = @_; frame($at, $d->{at}, $d->{port}, $platform, 5060, $text) }
sub down { my ($d, $at, $text) = @_; frame($at, $platform, 5060, $d->{at}, $d->{port}, $text) }

sub challenge { 'WWW-Authenticate: Digest realm="' . $domain . '", nonce="0123456789abcdef", qop="auth", algorithm=MD5' }
sub authorization {
    my ($d, $uri) = @_;
    my $response = md5_hex(join ':', md5_hex("$d->{id}:$domain:12345678"), '0123456789abcdef', '00000001', 'abcd', 'auth', md5_hex("REGISTER:$uri"));
    return "Authorization: Digest username=\"$d->{id}\", realm=\"$domain\", nonce=\"0123456789abcdef\", uri=\"$uri\", response=\"$response\", algorithm=MD5, cnonce=\"abcd\", qop=auth, nc=00000001";
}
sub registers {   # FINAL: the answer to the second REGISTER
    my ($d, $at, $final) = @_;
    my $uri = "sip:$platform_id\@$domain";
    my @always = ("Contact: <sip:$d->{id}\@$d->{via}:5060>", "User-Agent: $d->{agent}", 'Expires: 3600');
    up($d, $at, text("REGISTER $uri SIP/2.0", dialog($d, 'REGISTER', 1), @always, ''));
    down($d, $at + 2, text('SIP/2.0 401 Unauthorized', dialog($d, 'REGISTER', 1), challenge(), ''));
    up($d, $at + 20, text("REGISTER $uri SIP/2.0", dialog($d, 'REGISTER', 2), @always, authorization($d, $uri), ''));
    down($d, $at + 24, text("SIP/2.0 $final", dialog($d, 'REGISTER', 2), 'Expires: 3600', ''));
}
sub unheard {   # the 401 goes to the Via address
    my ($d, $at) = @_;
    for my $wait (0, 500, 1500, 3500, 7500, 11500) {
        up($d, $at + $wait, text("REGISTER sip:$platform_id\@$domain SIP/2.0", dialog($d, 'REGISTER', 1), "User-Agent: $d->{agent}", 'Expires: 3600', ''));
        frame($at + $wait + 2, $platform, 5060, $d->{via}, 5060, text('SIP/2.0 401 Unauthorized', dialog($d, 'REGISTER', 1), challenge(), ''));
    }
}

sub beats {   # unanswered
    my ($d, $at, $count) = @_;
    for my $sn (1 .. $count) {
        $d->{call} = ++$calls;
        up($d, $at + 60000 * $sn, text("MESSAGE sip:$platform_id\@$domain SIP/2.0", dialog($d, 'MESSAGE', 1), 'Content-Type: Application/MANSCDP+xml',
                                       "<?xml version=\"1.0\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>$sn</SN>\r\n<DeviceID>$d->{id}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n"));
    }
}
sub turns {   # a PTZ command whose checksum is wrong
    my ($d, $at) = @_;
    my $call = ++$calls;
    my @control = ("Via: SIP/2.0/UDP $platform:5060;rport;branch=z9hG4bKc$call", "From: <sip:$platform_id\@$domain>;tag=p", "To: <sip:$d->{id}\@$domain>", "Call-ID: $call\@$platform", 'CSeq: 1 MESSAGE');
    down($d, $at, text("MESSAGE sip:$d->{id}\@$domain SIP/2.0", @control, 'Content-Type: Application/MANSCDP+xml',
                       "<?xml version=\"1.0\"?>\r\n<Control>\r\n<CmdType>DeviceControl</CmdType>\r\n<SN>18</SN>\r\n<DeviceID>$d->{id}</DeviceID>\r\n<PTZCmd>A50F010800FA00B0</PTZCmd>\r\n</Control>\r\n"));
    up($d, $at + 3, text('SIP/2.0 200 OK', @control, ''));
}

# Asks for the catalog; the items come so many a message, each message answered.
sub catalog { my ($d, $at, $sum, @items) = @_; catalog_in_parts($d, $at, $sum, 1, @items) }
sub catalog_in_parts {
    my ($d, $at, $sum, $a_message, @items) = @_;
    my $call = ++$calls;
    my @query = ("Via: SIP/2.0/UDP $platform:5060;rport;branch=z9hG4bKq$call", "From: <sip:$platform_id\@$domain>;tag=p", "To: <sip:$d->{id}\@$domain>", "Call-ID: $call\@$platform", 'CSeq: 1 MESSAGE');
    down($d, $at, text("MESSAGE sip:$d->{id}\@$domain SIP/2.0", @query, 'Content-Type: Application/MANSCDP+xml',
                       "<?xml version=\"1.0\"?>\r\n<Query>\r\n<CmdType>Catalog</CmdType>\r\n<SN>17</SN>\r\n<DeviceID>$d->{id}</DeviceID>\r\n</Query>\r\n"));
    up($d, $at + 3, text('SIP/2.0 200 OK', @query, ''));
    while (my @some = splice @items, 0, $a_message) {
        $at += 30;
        $call = ++$calls;
        my @part = ("Via: SIP/2.0/UDP $d->{via}:5060;rport;branch=z9hG4bKr$call", "From: <sip:$d->{id}\@$domain>;tag=d", "To: <sip:$platform_id\@$domain>", "Call-ID: $call\@$d->{via}", 'CSeq: 1 MESSAGE');
        my $listed = join '', map { "<Item>\r\n" . join('', map { "<$_->[0]>$_->[1]</$_->[0]>\r\n" } @$_) . "</Item>\r\n" } @some;
        up($d, $at, text("MESSAGE sip:$platform_id\@$domain SIP/2.0", @part, 'Content-Type: Application/MANSCDP+xml',
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>17</SN>\r\n<DeviceID>$d->{id}</DeviceID>\r\n"
                         . "<SumNum>$sum</SumNum>\r\n<DeviceList Num=\"" . @some . "\">\r\n$listed</DeviceList>\r\n</Response>\r\n"));
        down($d, $at + 2, text('SIP/2.0 200 OK', @part, ''));
    }
}
sub item { my ($id, $name, $parent, %more) = @_; return [['DeviceID', $id], ['Name', $name], ['Manufacturer', 'Hikvision'], ($parent ? ['ParentID', $parent] : ()), map { [$_, $more{$_}] } sort keys %more] }

my $nvr = device('34020000001180000008', '198.51.100.108', 'Hikvision');
$fine = 0 if $channels;
for my $i (1 .. $fine) {
    my $id = $i <= 2 ? sprintf('3402000000132%05d', $i) : sprintf('3402000000132%07d', $i);
    registers(device($id, "198.51.100.$i", 'IP Camera'), 100 * $i, '200 OK');
}
registers($nvr, 2000, '200 OK');
catalog_in_parts($nvr, 3000, $channels, 50, map { item(sprintf('3402000000131%07d', $_), "Channel $_", $nvr->{id}, Status => 'ON') } 1 .. $channels) if $channels;
catalog($nvr, 3000, 7,
        item('34020000002150000001', '业务分组', $nvr->{id}), item('34020000002160000001', '东区', '', BusinessGroupID => '34020000002150000001'),
        item('34020000001310000001', '大门', '34020000002160000001', Status => 'ON'), item('34020000001310000002', '停车场', '34020000002160000001/34020000002150000001', Status => 'OFF'),
        item('34020000001310000003', 'Hall', $nvr->{id}, Status => 'ON'), item('34020000001310000004', 'loop a', '34020000001310000005', Status => 'ON'),
        item('34020000001310000005', 'loop b', '34020000001310000004', Status => 'ON')) unless $channels;
if ($faults) {
    my $short = device('34020000001180000007', '198.51.100.107', 'Hikvision');
    registers($short, 4000, '200 OK');
    catalog($short, 5000, 12, map { item("3402000000131000010$_", "Camera $_", $short->{id}, Status => 'ON') } 1 .. 5);
    registers(device('34020000001320000031', '198.51.100.131', 'Dahua'), 6000 + 100 * $_, '403 Forbidden') for 1 .. 3;
    unheard(device("340200000013200001$_->[0]", "198.51.100.$_->[0]", 'Uniview', port => 40312, via => $_->[1]), 7000) for [12, '192.168.1.64'], [13, '192.168.1.65'];
    turns($short, 6000);
    my $lonely = device('34020000001320000040', '198.51.100.140', 'IP Camera');
    registers($lonely, 8000, '200 OK');
    beats($lonely, 8000, 5);
    registers(device('34020000001320000099', '198.51.100.99', 'IP Camera'), 400000, '200 OK');   # and time went on
}

binmode STDOUT;
print pack('VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, $mirrored ? 1 : 101), map { $_->[2] } sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } @frames;
