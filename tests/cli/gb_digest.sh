#!/usr/bin/env bash
# gb-digest: verdicts, explanations, inputs of every kind, secrets, exit codes.
. "$(dirname "$0")/lib.sh"

md5() { printf '%s' "$1" | md5sum | cut -d' ' -f1; }
article >"$work/article"
nvr() {  # the unexplained NVR of a field report: its password is not 336699
    cat <<'MESSAGE'
REGISTER sip:31000000000121100010@3100000000 SIP/2.0
From: <sip:34020000001110000301@3100000000>;tag=1
Call-ID: 1
CSeq: 2 REGISTER
Authorization: Digest username="34020000001110000301", realm="3100000000", nonce="72ebe402c9b39b11ec648ff1c1c5a3f2", uri="sip:31000000000121100010@3100000000", response="36bb36a165e3ff7a89b913da8f751b7a", algorithm=MD5, cnonce="67dd03c3", qop=auth, nc=00000001

MESSAGE
}
nvr >"$work/nvr"

# The well-known article, and its password wrong.
expect_code 0 gb-digest --password 12345678 "$work/article"
has "$out" "match"
has "$out" "Nothing is wrong."
expect_code 1 gb-digest --password 12345677 "$work/article"
has "$out" "MISMATCH"
has "$out" "digest-password-differs"
expect_code 1 gb-digest --password 12345677 "$work/article" --lang zh
has "$out" "不一致"
has "$out" "密码本身不一致"

# Nothing known explains the NVR: the password itself differs.
expect_code 1 gb-digest --password 336699 --explain "$work/nvr"
has "$out" "so the password itself differs"
has "$out" "expected  9a61637436620c51e4b2abf82a53e6be"
has "$out" "34020000001110000301:3100000000:********"
has_not "$out" "336699"
has "$out" "REGISTER:sip:31000000000121100010@3100000000"

# A password that turns out to be HA1 is not shown as HA1 either.
ha1=$(md5 34020000001320000264:3402000000:12345678)
expect_code 1 gb-digest --password "$ha1" --explain "$work/article"
has "$out" "password-is-ha1"
has_not "$out" "$ha1"

# A variant is named, with the side to mend.
sed 's/response="[^"]*"/response="4C97657AA0412C25D4B862219B635C17"/' "$work/article" >"$work/upper"
expect_code 1 gb-digest --password 12345678 "$work/upper" --json
has "$out" '"variant":"response-upper-case"'
has "$out" '"side":"device"'
has "$out" '"id":"digest-response-upper-case"'
has_not "$out" '"message":"response 数值'

# Refused although the digest is right: not about the password; every digest matches, so exit 0 unless findings count.
{ article; printf 'SIP/2.0 403 Forbidden\nCall-ID: 1011047669@192.168.1.64\nCSeq: 2 REGISTER\n'; } >"$work/refused"
expect_code 0 gb-digest --password 12345678 "$work/refused"
has "$out" "digest-right-still-refused"
has "$out" "it is not about the password"
expect_code 1 gb-digest --password 12345678 "$work/refused" --fail-on violation

# Near passwords and candidates name what was done, and never the word.
expect_code 1 gb-digest --password 'l2345678' --near "$work/article"
has "$out" "look-alike"
has_not "$out" "12345678"
printf 'admin\r\n12345678\r\nlast\n' >"$work/words"
expect_code 0 gb-digest --candidates "$work/words" "$work/article"
has "$out" "line 2 of the candidates fits"
has_not "$out" "12345678"
expect_code 0 gb-digest --candidates "$work/words" --show-secrets "$work/article" --json
has "$out" '"candidate_line":2'
has "$out" '"candidate":"12345678"'
expect_code 1 gb-digest --candidates "$work/nvr" "$work/article"
has "$out" "none of the candidates fits"
expect_code 0 gb-digest --password wrong --candidates "$work/words" "$work/article"

# Passwords: exactly one line end is dropped from a file; a table of accounts; stdin.
printf '12345678\n' >"$work/pw"
expect_code 0 gb-digest --password-file "$work/pw" "$work/article"
printf '12345678 \n' >"$work/pw"
expect_code 1 gb-digest --password-file "$work/pw" "$work/article"
has "$out" "password-trimmed"
printf '# site\n34020000001320000264 12345678\n34020000001110000301\t336699\n' >"$work/table"
expect_code 1 gb-digest --passwords "$work/table" "$work/article" "$work/nvr"
has "$out" "2 checked: 1 right, 1 wrong"
printf 'nonsense\n' >"$work/table"
expect_code 3 gb-digest --passwords "$work/table" "$work/article"
has_not "$err$out" nonsense
printf 12345678 | gb-digest --password-file - "$work/article" >/dev/null || fail "--password-file -"
gb-digest --password 12345678 <"$work/article" >/dev/null || fail "stdin"
gb-digest --password 12345678 - <"$work/article" >/dev/null || fail "-"

expect_code 2 gb-digest --password-file - --candidates - "$work/article"
expect_code 2 gb-digest --password-file -
has "$err" "standard input can be read once"

# Nothing to check, nothing to check against.
printf 'hello\n' >"$work/text"
expect_code 3 gb-digest --password x "$work/text"
has "$err" "gb-digest: nothing to check: no SIP, HTTP or RTSP message"
printf 'OPTIONS sip:a@b SIP/2.0\n\n' >"$work/text"
expect_code 3 gb-digest --password x "$work/text"
has "$err" "none has a Digest Authorization"
expect_code 3 gb-digest "$work/article"
has "$out" "unverified"
has "$out" "--password-file"
expect_code 3 gb-digest --password x "$work/absent"
gb-digest --password 12345678 "$work/article" >"$work/page"
expect_code 3 gb-digest --password 12345678 "$work/page"   # another program's text output holds no message

# Records in: the raw bytes of a sip_message.
record() { printf '{"type":"sip_message","tool":"pcap-replay","time":"2024-05-01T04:00:01.000000Z","frame":7,"raw_base64":"%s"}\n' "$(base64 -w0 <"$1")"; }
sed 's/$/\r/' "$work/article" >"$work/crlf"
{ printf '{"type":"run","schema":1}\n'; record "$work/crlf"; printf 'garbage\n'; } >"$work/records"
expect_code 0 gb-digest --password 12345678 --json "$work/records"
has "$out" '"frame":7'
has "$out" '"time":"2024-05-01T04:00:01.000000Z"'

# HTTP with rspauth, RTSP, userhash with the truncated SHA-512 of the RFC's example, auth-int.
rspauth=$(md5 "$(md5 'Mufasa:testrealm@host.com:Circle Of Life'):dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:$(md5 ':/dir/index.html')")
cat >"$work/http" <<MESSAGE
HTTP/1.1 401 Unauthorized
WWW-Authenticate: Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"

GET /dir/index.html HTTP/1.1
Authorization: Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
   uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1"

HTTP/1.1 200 OK
Authentication-Info: qop=auth, rspauth="$rspauth", cnonce="0a4f113b", nc=00000001

MESSAGE
expect_code 0 gb-digest --password 'Circle Of Life' "$work/http"
has "$out" "2 checked: 2 right, 0 wrong"
has "$out" "Authentication-Info"
sed 's/rspauth="./rspauth="z/' "$work/http" >"$work/rspauth"
expect_code 1 gb-digest --password 'Circle Of Life' "$work/rspauth"
has "$out" "digest-rspauth-differs"
cat >"$work/userhash" <<'MESSAGE'
GET /doe.json HTTP/1.1
Authorization: Digest username="488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec",
  realm="api@example.org", uri="/doe.json", algorithm=SHA-512-256,
  nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", nc=00000001,
  cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", qop=auth,
  response="ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd", opaque="x", userhash=true
MESSAGE
expect_code 0 gb-digest --password 'Secret, or not?' --username 'Jäsøn Doe' "$work/userhash"
has "$out" "sha512-cut"
expect_code 1 gb-digest --password 'Secret, or not?' "$work/userhash"

# A bare header needs no request; --method says which one it was.
grep Authorization "$work/article" | sed 's/4c97657aa0412c25d4b862219b635c17/00000000000000000000000000000000/' >"$work/bare"
expect_code 1 gb-digest --password 12345678 "$work/bare"
compute=(gb-digest compute --username 34020000001320000264 --realm 3402000000 --nonce n --uri sip:a@b --password pw)
expect_code 0 "${compute[@]}" --method NOTIFY
printf '%s\n' "$out" >"$work/bare"
expect_code 0 gb-digest --password pw --method NOTIFY "$work/bare"
expect_code 1 gb-digest --password pw --method SUBSCRIBE "$work/bare"

# compute gives the article's response; what it writes verifies, in every algorithm.
expect_code 0 gb-digest compute --username 34020000001320000264 --realm 3402000000 --password 12345678 \
    --nonce 6eb1340d99c404a0e4d3b68d15d1d46f --uri sip:34020000002000000001@3402000000 --qop auth --cnonce 0a4f113b
has "$out" "response  4c97657aa0412c25d4b862219b635c17"
has_not "$out" 12345678
for algorithm in MD5 MD5-sess SHA-256 SHA-512-256-sess SM3; do
    for qop in "" "--qop auth" "--qop auth-int"; do
        # shellcheck disable=SC2086
        expect_code 0 "${compute[@]}" --algorithm $algorithm $qop --userhash --explain
        printf '%s\n' "$out" >"$work/bare"
        expect_code 0 gb-digest --password pw --username 34020000001320000264 "$work/bare"
    done
done
expect_code 0 "${compute[@]}" --json
has "$out" '"type":"digest_response"'
expect_code 2 "${compute[@]}" --algorithm AKAv1-MD5
expect_code 2 gb-digest compute --username a --realm b --nonce c --uri d

finish
