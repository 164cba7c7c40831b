# Captures about the capture itself, raw IP, on stdout: input.pl SCENE.
#   nat, rebound, private-via   both sides of a NAT: a registration and heartbeats; the NAT takes another port; the 401 goes to the Via
#   proxy                       a proxy's hop of a registration beside the device's
#   loss [RTP_EVERY] [TCP_EVERY] an RTP stream that lacks every n-th packet, a TCP transfer that lacks every n-th segment, all acknowledged
#   mirror                      everything twice, TTL less one; some copies are missing
#   refused, silent, restart    SIP over TCP: RST; nothing; RST and then an open connection
#   play STATE                  a call over TCP whose connection is open, refused, silent, closed or reversed
use strict;
use warnings;
binmode STDOUT;
my ($scene, @options) = @ARGV;
my ($inside, $outside, $platform) = (["192.168.1.64", 5060], ["117.136.8.21", 40312], ["203.0.113.9", 5060]);
my $device = "34020000001320000264";
my ($now, $id, $ttl, $twins, $count) = (0, 0, 64, undef, 0);

sub ip { my ($protocol, $from, $to, $data) = @_;
    return pack("CCnnnCCn", 0x45, 0, 20 + length $data, ++$id & 65535, 0, $ttl, $protocol, 0) . pack("C4", split /\./, $from) . pack("C4", split /\./, $to) . $data }
sub record { my ($at, $packet) = @_; print pack("VVVV", 1700000000 + int($at / 1e6), $at % 1e6, length $packet, length $packet), $packet }
sub frame { my ($packet) = @_; record($now, $packet);
    return unless $twins && ++$count % $twins;   # every $twins-th packet came once
    my $copy = $packet; substr($copy, 8, 1) = chr(ord(substr $copy, 8, 1) - 1); $now += 30; record($now, $copy) }
sub udp { my ($from, $to, $data) = @_; frame(ip(17, $from->[0], $to->[0], pack("nnnn", $from->[1], $to->[1], 8 + length $data, 0) . $data)) }
sub tcp { my ($from, $to, $seq, $ack, $flags, $data) = @_;
    frame(ip(6, $from->[0], $to->[0], pack("nnNNCCnnn", $from->[1], $to->[1], $seq, $ack, 0x50, $flags, 65000, 0, 0) . ($data // ""))) }
sub wait_ms { $now += 1000 * $_[0] }

# Both sides of the NAT, the router's 50 us between them.
sub leaves { my ($text) = @_; udp($inside, $platform, $text); $now += 50; udp($outside, $platform, $text) }
sub enters { my ($text) = @_; udp($platform, $outside, $text); $now += 50; udp($platform, $inside, $text) }

my $tag = 0;
sub message { my ($start, $branch, $call, $cseq, $body, @headers) = @_; $body //= "";
    return join "\r\n", $start, "Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK$branch", @headers, "From: <sip:$device\@3402000000>;tag=77", "To: <sip:$device\@3402000000>",
        "Call-ID: $call", "CSeq: $cseq", "Content-Length: " . length $body, "", $body }
sub register { message("REGISTER sip:34020000002000000001\@3402000000 SIP/2.0", "$_[0]", "reg", "$_[0] REGISTER", "", "Contact: <sip:$device\@192.168.1.64:5060>", "Expires: 3600", @_[1 .. $#_]) }
sub answer { my ($number, $status, @headers) = @_; message("SIP/2.0 $status", $number, "reg", "$number REGISTER", "", @headers) }
my $challenge = 'WWW-Authenticate: Digest realm="3402000000", nonce="n1"';
my $credentials = "Authorization: Digest username=\"$device\", realm=\"3402000000\", nonce=\"n1\", uri=\"sip:34020000002000000001\@3402000000\", response=\"4c97657aa0412c25d4b862219b635c17\"";
sub beat { my ($sn) = @_;
    return message("MESSAGE sip:34020000002000000001\@3402000000 SIP/2.0", "b$sn", "beat$sn", "20 MESSAGE",
        "<?xml version=\"1.0\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>$sn</SN>\r\n<DeviceID>$device</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n", "Content-Type: Application/MANSCDP+xml") }
sub beat_answer { message("SIP/2.0 200 OK", "b$_[0]", "beat$_[0]", "20 MESSAGE") }

sub nat { my ($rebound) = @_;
    leaves(register(1)); wait_ms(12); enters(answer(1, "401 Unauthorized", $challenge)); wait_ms(8);
    leaves(register(2, $credentials)); wait_ms(11); enters(answer(2, "200 OK", "Expires: 3600")); wait_ms(60000);
    for my $sn (1 .. 6) {
        $outside = ["117.136.8.21", 40999] if $rebound && $sn == 4;
        leaves(beat($sn)); wait_ms(9); enters(beat_answer($sn)); wait_ms(60000);
    }
    return unless $rebound;   # the platform still calls the old address
    for my $pause (500, 1000, 2000, 4000) { udp($platform, ["117.136.8.21", 40312], message("OPTIONS sip:$device\@117.136.8.21:40312 SIP/2.0", "old", "old", "1 OPTIONS")); wait_ms($pause) } }
sub private_via { my @pauses = (500, 1000, 2000, (4000) x 5);
    for my $pause (@pauses) { leaves(register(1)); wait_ms(2); udp($platform, $inside, answer(1, "401 Unauthorized", $challenge)); wait_ms($pause) } }
sub proxy { my $second = ["10.0.0.7", 5060];
    for my $number (1, 2) {
        my @own = $number == 2 ? ($credentials) : ();
        my $status = $number == 1 ? "401 Unauthorized" : "200 OK"; my @said = $number == 1 ? ($challenge) : ("Expires: 3600");
        udp($inside, $second, register($number, @own)); wait_ms(1);
        udp($second, $platform, register($number, "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKp$number", @own)); wait_ms(5);
        udp($platform, $second, answer($number, $status, "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKp$number", @said)); wait_ms(1);
        udp($second, $inside, answer($number, $status, @said)); wait_ms(9) }
    for my $sn (1 .. 4) { wait_ms(60000);
        my $via = "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKq$sn";
        my ($beat, $answer) = map { my $hop = $_; $hop =~ s/\r\nVia/\r\n$via\r\nVia/; [$_, $hop] } beat($sn), beat_answer($sn);
        udp($inside, $second, $beat->[0]); wait_ms(1); udp($second, $platform, $beat->[1]); wait_ms(5);
        udp($platform, $second, $answer->[1]); wait_ms(1); udp($second, $inside, $answer->[0]) } }

sub handshake { my ($from, $to) = @_; tcp($from, $to, 999, 0, 2); $now += 400; tcp($to, $from, 4999, 1000, 18); $now += 200; tcp($from, $to, 1000, 5000, 16) }
sub loss { my ($rtp_every, $tcp_every) = @_;
    my ($client, $server) = [["192.168.1.80", 40000], ["192.168.1.81", 80]]->@*;
    handshake($client, $server);
    for my $i (1 .. 1000) {
        $now += 4000;
        my $payload = pack("CCnNN", 0x80, 96, $i, 3600 * int($i / 4), 100003190) . join "", map { chr(($i * 31 + $_ * 7) % 251) } 1 .. 600;
        udp(["192.168.1.64", 15060], ["203.0.113.9", 30012], $payload) unless $rtp_every && $i % $rtp_every == 0;
        tcp($client, $server, 1000 * $i, 5000, 24, "x" x 1000) unless $tcp_every && $i % $tcp_every == 0;
        tcp($server, $client, 5000, 1000 * ($i + 1), 16);
    } }
sub dial { my ($from, $to, $state) = @_;
    if ($state eq "silent") { for my $pause (1000, 2000, 4000, 8000) { tcp($from, $to, 999, 0, 2); wait_ms($pause) } return }
    tcp($from, $to, 999, 0, 2); $now += 300;
    return tcp($to, $from, 0, 1000, 20) if $state eq "refused";
    tcp($to, $from, 4999, 1000, 18); $now += 300; tcp($from, $to, 1000, 5000, 16) }
sub sip_tcp { my ($state) = @_;
    for my $try (0 .. 2) { dial(["192.168.1.64", 41000 + $try], ["203.0.113.9", 5060], $state eq "restart" ? ($try == 2 ? "open" : "refused") : $state); wait_ms(5000) }
    wait_ms(30000); udp(["192.168.1.80", 5000], ["192.168.1.81", 5000], "the capture goes on") }
sub play { my ($state) = @_;
    my $channel = "34020000001310000001"; my ($server, $camera) = (["203.0.113.9", 30012], ["192.168.1.64", 15060]);
    my $sdp = sub { my ($place, $setup) = @_; "v=0\r\no=1 0 0 IN IP4 $place->[0]\r\ns=Play\r\nc=IN IP4 $place->[0]\r\nt=0 0\r\nm=video $place->[1] TCP/RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\na=setup:$setup\r\na=connection:new\r\ny=0100003190\r\n" };
    my $said = sub { my ($start, $cseq, $body, $tagged) = @_; my $to = "To: <sip:$channel\@3402000000>" . ($tagged ? ";tag=d1" : "");
        join "\r\n", $start, "Via: SIP/2.0/UDP 203.0.113.9:5060;rport;branch=z9hG4bKi$cseq", "From: <sip:34020000002000000001\@3402000000>;tag=p1", $to, "Call-ID: play", "CSeq: $cseq",
            "Content-Type: application/sdp", "Content-Length: " . length $body, "", $body };
    udp($platform, $inside, $said->("INVITE sip:$channel\@192.168.1.64:5060 SIP/2.0", "1 INVITE", $sdp->($server, "passive"))); wait_ms(40);
    udp($inside, $platform, $said->("SIP/2.0 200 OK", "1 INVITE", $sdp->($camera, "active"), 1)); wait_ms(5);
    udp($platform, $inside, $said->("ACK sip:$channel\@192.168.1.64:5060 SIP/2.0", "1 ACK", "", 1)); wait_ms(61);
    if ($state eq "closed") { dial(["192.168.1.64", 40001], $server, "open"); wait_ms(800); tcp($server, ["192.168.1.64", 40001], 5000, 1000, 17) }
    elsif ($state eq "reversed") { dial(["203.0.113.9", 50000], $camera, "refused") }
    else { dial(["192.168.1.64", 40001], $server, $state) }
    wait_ms(14000);
    udp($platform, $inside, $said->("BYE sip:$channel\@192.168.1.64:5060 SIP/2.0", "2 BYE", "", 1)); wait_ms(9);
    udp($inside, $platform, $said->("SIP/2.0 200 OK", "2 BYE", "", 1)) }

my %scenes = (nat => sub { nat(0) }, rebound => sub { nat(1) }, "private-via" => \&private_via, proxy => \&proxy, loss => sub { loss(@options) },
              mirror => sub { $twins = 50; loss(@options) }, refused => sub { sip_tcp("refused") }, silent => sub { sip_tcp("silent") }, restart => sub { sip_tcp("restart") },
              play => sub { play(@options) });
print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101);
($scenes{$scene} or die "no scene $scene")->();
