#!/usr/bin/env bash
# Kamailio as the platform over TLS: `gb-register device` verifies it, registers with digest and leaves; without the CA
# it refuses to say anything.
. "$(dirname "$0")/kamailio/lib.sh"
needs kamailio ss openssl
[ -n "$(find /usr/lib -name tls.so -path '*kamailio*' 2>/dev/null)" ] || { echo "skipped: Kamailio's tls module is not installed"; exit 77; }

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 \
    -subj /CN=kamailio -addext subjectAltName=IP:127.0.0.1 >"$work/openssl.log" 2>&1 || { cat "$work/openssl.log"; exit 1; }

kamailio_starts t -A TLS -A CERTIFICATE="\"$work/cert.pem\"" -A KEY="\"$work/key.pem\""

device 0 --transport tls --device-id 34020000001320000001 --password 12345678 --ca "$work/cert.pem"
says '200 OK  for 3600 s'
says 'Nothing is wrong'
device 1 --transport tls --device-id 34020000001320000002 --password 87654321 --ca "$work/cert.pem"
device 4 --transport tls --device-id 34020000001320000003 --password 12345678
says 'its certificate is self-signed (127.0.0.1) and not trusted here'

finish
