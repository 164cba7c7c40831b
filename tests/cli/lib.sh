# Helpers of the scripts in this folder: source "$(dirname "$0")/lib.sh".
set -uo pipefail
PATH=$GBKIT_BIN:$PATH
unset GBKIT_OUTPUT NO_COLOR
work=$(mktemp -d)
started=()
trap 'for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# $within SECONDS COMMAND...: ends it then, for good 5 s later. timeout(1) left to itself signals its whole group and sends
# SIGCONT after it; one that meets LeakSanitizer at work (it stops the process at its end) leaves it stopped for ever.
within="timeout --foreground --kill-after=5"

# expect_code CODE COMMAND...: runs it; its output is in $out, its talk in $err.
expect_code() {
    local wanted=$1 code
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    out=$(<"$work/out")
    err=$(<"$work/err")
    [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $* ($err)"
}

# has TEXT PART: the text holds the part.
has() { [[ $1 == *"$2"* ]] || fail "no \"$2\" in: $1"; }
has_not() { [[ $1 != *"$2"* ]] || fail "\"$2\" in: $1"; }
same() { [ "$1" = "$2" ] || fail "\"$1\" is not \"$2\""; }

# Can a program be run on a terminal here?
has_terminal() { command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1 </dev/null; }

# serve NAME ARGUMENT...: a platform; $server and the $port it listens on; its records are in $work/NAME.jsonl.
serve() {
    local name=$1
    shift
    rm -f "$work/$name.jsonl"   # an older run of that name had another port
    $within 60 gb-register serve "$@" --records "$work/$name.jsonl" >"$work/$name.page" 2>"$work/$name.talk" </dev/null &
    server=$!
    started+=("$server")
    port=
    for _ in $(seq 200); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/$name.jsonl" 2>/dev/null | head -n 1)
        [ -n "$port" ] && return
        sleep 0.02
    done
    fail "the platform $name does not listen: $(<"$work/$name.talk")"
}
# served CODE: the platform has ended with this code.
served() {
    wait "$server"
    same "$?" "$1"
}

# camera_video FRAMES: H.264 as cameras encode it (a key frame every 25), small and not decodable to a picture.
camera_video() {
    perl -e '
        binmode STDOUT;
        my $state = 1;
        sub filler { join "", map { $state = ($state * 1103515245 + 12345) % 2147483648; chr(1 + ($state >> 16) % 255) } 1 .. $_[0] }
        for my $i (0 .. $ARGV[0] - 1) {
            if ($i % 25 == 0) {
                print "\0\0\0\1", pack("H*", "674d401ef2016024d808800000030080000019078b1689"), "\0\0\0\1", pack("H*", "68ebe3cb20");
                print "\0\0\0\1", pack("H*", "658884"), filler(9000);
            } else { print "\0\0\0\1", pack("H*", "419a"), filler(700 + 90 * ($i % 7)) }
        }' "$1"
}

# value FIELD FILE: a number of the summary record.
value() { sed -n 's/.*"type":"summary".*"'"$1"'":\([-0-9.]*\).*/\1/p' "$2" | head -n 1; }

finish() {
    [ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
    exit 0
}

# The registration of a well-known article; the password is 12345678.
article() {
    cat <<'MESSAGE'
REGISTER sip:34020000002000000001@3402000000 SIP/2.0
Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1371463273
From: <sip:34020000001320000264@3402000000>;tag=2043466181
To: <sip:34020000001320000264@3402000000>
Call-ID: 1011047669@192.168.1.64
CSeq: 2 REGISTER
Contact: <sip:34020000001320000264@192.168.1.64:5060>
Authorization: Digest username="34020000001320000264", realm="3402000000", nonce="6eb1340d99c404a0e4d3b68d15d1d46f", uri="sip:34020000002000000001@3402000000", response="4c97657aa0412c25d4b862219b635c17", algorithm=MD5, cnonce="0a4f113b", qop=auth, nc=00000001
Max-Forwards: 70
Expires: 3600
Content-Length: 0

MESSAGE
}
