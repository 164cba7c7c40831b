#!/usr/bin/env bash
# gb-register over TLS: registered over it, refused in words for each thing that can be wrong, plain TCP on the same
# port, client certificates, openssl s_client as the other side, captures that hold what was said.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo "skipped: no openssl command"; exit 77; }

# Certificates: authority NAME; certificate NAME AUTHORITY SUBJECT-ALT-NAMES [-days N | -not_before.. for x509]
quietly() { "$@" >"$work/openssl" 2>&1 || fail "$* says: $(<"$work/openssl")"; }
key() { quietly openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.key"; }
authority() {
    key "$1"
    quietly openssl req -x509 -new -key "$work/$1.key" -subj "/CN=$1" -days 3650 -out "$work/$1.pem"
}
certificate() {
    local name=$1 by=$2 names=$3
    shift 3
    key "$name"
    quietly openssl req -new -key "$work/$name.key" -subj "/CN=$name" -out "$work/$name.csr"
    echo "subjectAltName=$names" >"$work/$name.ext"
    quietly openssl x509 -req -in "$work/$name.csr" -CA "$work/$by.pem" -CAkey "$work/$by.key" -set_serial "$RANDOM" \
        -extfile "$work/$name.ext" -out "$work/$name.pem" "$@"
}
authority ca
authority stranger
certificate platform ca 'IP:127.0.0.1,IP:::1,DNS:localhost' -days 30
certificate foreign stranger 'IP:127.0.0.1' -days 30
certificate elsewhere ca 'DNS:sip.example.test,IP:192.0.2.1' -days 30
certificate expired ca 'IP:127.0.0.1' -days -1
certificate camera ca 'DNS:camera' -days 30
certificate stranger-camera stranger 'DNS:camera' -days 30
key own
quietly openssl req -x509 -new -key "$work/own.key" -subj /CN=own -addext 'subjectAltName=IP:127.0.0.1' -days 30 -out "$work/own.pem"

valid() {
    [ -x "$GBKIT_BIN/gbkit-gen" ] || return 0
    "$GBKIT_BIN/gbkit-gen" --validate <"$1" >"$work/validation" 2>&1 || fail "records of $1: $(<"$work/validation")"
}
records() { cat "$work/$1.jsonl"; }
secure() { local name=$1 with=$2; shift 2; serve "$name" --listen 127.0.0.1:0 --cert "$work/$with.pem" --key "$work/$with.key" "$@"; }
device() { echo gb-register device --server "127.0.0.1:$port" --transport tls --once --lang en --password 12345678; }
stop() { kill -INT "$server"; served 0; }

# Registered over TLS, over plain TCP and over UDP, all on one port number.
secure all platform --pcap "$work/all.pcapng" --until unregistered=3
same "$(grep '"type":"listening"' "$work/all.jsonl" | grep -c "\"port\":$port")" 3
has "$(grep '"type":"listening"' "$work/all.jsonl")" '"transport":"TLS"'
has "$(<"$work/all.page")" "$port (UDP, TCP, TLS)"
expect_code 0 $(device) --ca "$work/ca.pem" --records "$work/device.jsonl" --pcap "$work/device.pcapng"
has "$out" "200 OK  for 86400 s"
has "$out" "Nothing is wrong"
has "$(<"$work/device.jsonl")" '"transport":"TLS"'
has_not "$(<"$work/device.jsonl")" '"transport":"TCP"'
expect_code 0 gb-register device --server "127.0.0.1:$port" --transport tcp --device-id 34020000001320000002 --once --password 12345678
expect_code 0 gb-register device --server "127.0.0.1:$port" --device-id 34020000001320000003 --once --password 12345678
served 0
for transport in TLS TCP UDP; do same "$(grep '"type":"registration"' "$work/all.jsonl" | grep -c "\"transport\":\"$transport\"")" 4; done
has "$(records all)" '"connections_tls":1,"connections_insecure":0'
has_not "$(records all)" '"severity":"error"'
valid "$work/all.jsonl"
valid "$work/device.jsonl"
# The capture holds what was said, as TCP; the wire does not.
has "$(grep -a Via "$work/device.pcapng")" "SIP/2.0/TLS"
has "$(grep -a Contact "$work/device.pcapng")" ";transport=tls>"
if [ -x "$GBKIT_BIN/pcap-replay" ]; then
    expect_code 0 pcap-replay inspect "$work/device.pcapng" --json
    same "$(grep -c '"type":"sip_message"' <<<"$out")" 8
    has_not "$out" '"severity":"error"'
fi
if command -v tshark >/dev/null; then
    same "$(tshark -r "$work/device.pcapng" -Y 'sip.CSeq.method == "REGISTER"' -d "tcp.port==$port,sip" 2>/dev/null | wc -l)" 8
    same "$(tshark -r "$work/device.pcapng" -Y 'tcp.flags.fin == 1' 2>/dev/null | wc -l)" 2
fi

# Everything that can be wrong with the platform's certificate: exit 4, the reason, and no message went out.
refused() {
    local with=$1 finding=$2 says=$3
    shift 3
    secure "$with" "$with" --duration 20s --transport tcp
    expect_code 4 $(device) "$@"
    has "$err" "$says"
    has "$out" "$finding"
    has_not "$out" "REGISTER"
    has_not "$out" "Nothing is wrong"
    stop
    has "$(records "$with")" '"connections_tls":0,"connections_insecure":1'
    has "$(records "$with")" '"id":"connection-no-tls"'       # the platform says that the device went away, and why
    has_not "$(records "$with")" '"type":"registration"'
}
refused platform connection-untrusted 'was issued by "ca", which is not trusted here'   # no --ca
refused foreign connection-untrusted 'was issued by "stranger", which is not trusted here' --ca "$work/ca.pem"
refused own connection-untrusted 'its certificate is self-signed (127.0.0.1) and not trusted here' --ca "$work/ca.pem"
refused elsewhere connection-untrusted 'name 127.0.0.1 is not in its certificate, which says sip.example.test, 192.0.2.1' --ca "$work/ca.pem"
refused expired connection-untrusted 'its certificate expired on' --ca "$work/ca.pem"

# The escape, loudly; the host name counts, not the address it has.
secure escape own --until unregistered=2
expect_code 0 $(device) --verify off
has "$err" "WARNING: --verify off"
expect_code 0 $(device) --ca "$work/own.pem" --device-id 34020000001320000002
served 0
secure name platform --until unregistered=1
expect_code 0 gb-register device --server "localhost:$port" --bind 127.0.0.1 --transport tls --ca "$work/ca.pem" --once --password 12345678
served 0

# Nobody speaks TLS there; nobody is there.
serve plain --listen 127.0.0.1:0 --duration 20s
expect_code 4 $(device) --ca "$work/ca.pem" --timeout 500ms
has "$err" "no TLS handshake within the time"
has "$out" "connection-no-tls"
stop
expect_code 4 $(device) --ca "$work/ca.pem"
has "$err" "connection refused"
has "$out" "connection-refused"
has "$out" "start the platform's SIP service"
# A server that talks at once, in plain text.
if command -v python3 >/dev/null; then
    python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
c = s.accept()[0]; c.recv(10); c.sendall(b"SIP/2.0 400 Bad Request\r\n\r\n"); c.recv(9999)' >"$work/python.port" 2>/dev/null &
    started+=("$!")
    for _ in $(seq 200); do [ -s "$work/python.port" ] && break; sleep 0.02; done
    port=$(<"$work/python.port")
    expect_code 4 $(device) --ca "$work/ca.pem"
    has "$err" 'the peer speaks no TLS on this port: it says "SIP/2.0 400 Bad Request"'
fi

# Client certificates: asked for with --ca on the server.
secure strict platform --ca "$work/ca.pem" --until unregistered=1
expect_code 4 $(device) --ca "$work/ca.pem"
has "$err" "the peer asks for a client certificate"
has "$out" "connection-no-tls"
expect_code 4 $(device) --ca "$work/ca.pem" --cert "$work/stranger-camera.pem" --key "$work/stranger-camera.key"
has "$err" "does not trust"
cat "$work/camera.pem" "$work/camera.key" >"$work/both.pem"
expect_code 0 $(device) --ca "$work/ca.pem" --cert "$work/both.pem"     # certificate and key in one file
served 0
has "$(records strict)" 'the peer shows no client certificate, and one is asked for'
has "$(records strict)" '"connections_tls":1,"connections_insecure":2'
valid "$work/strict.jsonl"

# Somebody else's TLS: openssl as the client of serve, and as a server that has no version in common.
secure others platform --duration 30s
{
    echo "OPTIONS sip:34020000002000000001@3402000000 SIP/2.0"
    printf 'Via: SIP/2.0/TLS 127.0.0.1:9;rport;branch=z9hG4bK1\r\nFrom: <sip:34020000001320000001@3402000000>;tag=1\r\n'
    printf 'To: <sip:34020000002000000001@3402000000>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n'
    sleep 1
} | timeout 10 openssl s_client -connect "127.0.0.1:$port" -CAfile "$work/ca.pem" -verify_return_error -verify_ip 127.0.0.1 -quiet >"$work/s_client" 2>&1
has "$(<"$work/s_client")" "SIP/2.0 200 OK"
for version in tls1_2 tls1_3; do
    timeout 10 openssl s_client -connect "127.0.0.1:$port" -CAfile "$work/ca.pem" "-$version" -brief >"$work/s_client" 2>&1 </dev/null
    has "$(<"$work/s_client")" "Verification: OK"
done
timeout 10 openssl s_client -connect "127.0.0.1:$port" -tls1_1 -cipher 'ALL:@SECLEVEL=0' -brief >"$work/s_client" 2>&1 </dev/null && fail "TLS 1.1 is taken"
stop
has "$(records others)" "no common TLS version"

# Many devices at once, a storm, and the platform's end; a fault is judged as over UDP.
secure many platform --until unregistered=40
expect_code 0 $(device) --ca "$work/ca.pem" --count 40 --expect 'registered=40,unregistered=40'
served 0
has "$(records many)" '"connections_tls":40,'
secure fault platform --until refused=1
expect_code 1 $(device) --ca "$work/ca.pem" --fault digest-realm-not-challenged
served 0
has "$(records fault)" '"id":"digest-realm-not-challenged"'

# Options and files that cannot be.
expect_code 2 gb-register device --server 127.0.0.1 --ca "$work/ca.pem" --once
has "$err" "are for --transport tls"
expect_code 2 gb-register device --server 127.0.0.1 --transport tls --key "$work/own.key" --once
has "$err" "give --cert as well"
expect_code 2 gb-register serve --listen 127.0.0.1:0 --key "$work/own.key"
expect_code 2 gb-register serve --listen 127.0.0.1:0 --transport udp --cert "$work/own.pem"
expect_code 7 gb-register serve --listen 127.0.0.1:0 --cert "$work/absent.pem"
has "$err" "the certificate $work/absent.pem: no such file or directory"
expect_code 7 gb-register serve --listen 127.0.0.1:0 --cert "$work/platform.pem" --key "$work/own.key"
has "$err" "the key $work/own.key: it is not the one of the certificate"
quietly openssl ec -in "$work/own.key" -aes128 -passout pass:secret -out "$work/locked.key"
expect_code 7 gb-register serve --listen 127.0.0.1:0 --cert "$work/own.pem" --key "$work/locked.key"
has "$err" "it is protected by a passphrase"
expect_code 7 gb-register device --server 127.0.0.1 --transport tls --ca "$work/platform.key" --once
has "$err" "the CA certificates $work/platform.key"
has_not "$err" "BEGIN"

# IPv6.
if [ -e /proc/net/if_inet6 ] && grep -q '^00000000000000000000000000000001' /proc/net/if_inet6; then
    serve v6 --listen '[::1]:0' --cert "$work/platform.pem" --key "$work/platform.key" --until unregistered=1
    expect_code 0 gb-register device --server "[::1]:$port" --transport tls --ca "$work/ca.pem" --password 12345678 --once
    served 0
    has "$(records v6)" '"peer":"[::1]:'
    has "$(records v6)" '"transport":"TLS"'
else
    echo "no IPv6 loopback here: that part is skipped"
fi

finish
