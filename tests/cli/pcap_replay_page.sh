#!/usr/bin/env bash
# The page of pcap-replay inspect: many devices as a table, the causes in their order, what is harmless in two lines,
# catalogs as trees, what to do next; in both languages; and the shape of the page of every real capture.
. "$(dirname "$0")/lib.sh"
perl -MDigest::MD5 -e 1 2>/dev/null || { echo "skipped: perl with Digest::MD5 is not installed"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
site() { perl "$here/frames/site.pl" "$@"; }

# line TEXT PART: the first line of the text that holds the part.
line() { grep -m1 -F -- "$2" <<<"$1"; }
# before TEXT PART PART: the first part stands before the other.
before() { has "$1" "$2"; has "${1#*"$2"}" "$3"; }
# widest TEXT: in characters; of a page in English the columns.
widest() { perl -CI -ne 'chomp; $most = length if length > $most; END { print $most }' <<<"$1"; }

site faults >"$work/site.pcap"
site >"$work/fine.pcap"
cd "$work" || exit 1

many_devices() {
    expect_code 1 pcap-replay site.pcap --password 12345678
    local page=$out
    has "$page" "platform 34020000002000000001 at 203.0.113.9:5060 UDP, 12 devices"
    # A line each for those in trouble, the worst cause first; the rest is counted; no ladder.
    has "$(line "$page" "34020000001320000112 ")" "Uniview IPC"
    has "$(line "$page" " 34020000001320000112 ")" "OFFLINE"
    has "$(line "$page" " 34020000001320000112 ")" "#73"
    has "$(line "$page" " 34020000001320000031 ")" "403        the digest is right for the given password  #61"
    has "$(line "$page" " 34020000001180000007 ")" "Hikvision NVR  CATALOG    5 of 12 items arrived  #55"
    has "$(line "$page" " 34020000001320000040 ")" "Hikvision IPC  FLAPS      3 heartbeats unanswered  #101"   # who calls itself IP Camera
    has "$(line "$page" " 7 more ")" "fine       7 registered; 2 with habits (--habits)"
    before "$page" "OFFLINE" " 403 "
    before "$page" " 403 " "CATALOG"   # of its two causes the worse one is its word
    has_not "$page" "REGISTER CSeq 1"
    [ "$(widest "$(sed '/^queries/,/^$/d' <<<"$page")")" -le 100 ] || fail "a line is wider than 100 columns: $page"

    # The causes: severity, certainty, how many share it, time. Two devices with one cause are one entry.
    local likely=${page#*MOST LIKELY}
    before "$likely" " 1  certain  2 devices: 34020000001320000112, 34020000001320000113  register-401-to-private-via" " 2  certain  34020000001320000031  digest-right-still-refused"
    before "$likely" "digest-right-still-refused" " 3  likely   34020000001180000007  catalog-incomplete  #55"
    # Who is told in full below gets a phrase, who is not gets the advice.
    same "$(line "$likely" "5 of 12 items arrived")" "             5 of 12 items arrived"
    has "$likely" "3 heartbeats in a row without an answer. -> this may help: "
    before "$likely" " 4  likely   34020000001320000040  keepalive-unanswered" " 5  certain  34020000001180000007  ptz-malformed  #57"
    # The first three in full below, once; the others with --all.
    same "$(grep -cE "^(WRONG|VIOLATES)  " <<<"$page")" 3
    has "$page" "the other 2 in full: --all"
    expect_code 1 pcap-replay site.pcap --password 12345678 --all
    same "$(grep -cE "^(WRONG|VIOLATES)  " <<<"$out")" 5
    has_not "$out" "in full: --all"
    before "$page" "WRONG     register-401-to-private-via" "WRONG     catalog-incomplete"
    has "$page" "the same for 34020000001320000113"
    # What to do next, and it does what it says.
    has "$page" "NEXT      pcap-replay inspect site.pcap --device 34020000001320000112 --ladder"
    has "$page" "          pcap-replay sanitize site.pcap -o share.pcapng"

    # Without the password: another cause, so another word for it.
    expect_code 1 pcap-replay site.pcap
    has "$(line "$out" " 34020000001320000031 ")" "403        refused with a password"

    # Chosen: ladders of all; each device.
    expect_code 1 pcap-replay site.pcap --ladder
    same "$(grep -c "REGISTER CSeq 1, no" <<<"$out")" 14
    expect_code 1 pcap-replay site.pcap --all
    same "$(grep -c "^ 34[0-9 ]* .* fine .* registered$" <<<"$out")" 7
    has_not "$out" " 7 more"
}

# The commands of NEXT are run as they are printed.
next_steps() {
    local command steps
    for pages in "site.pcap" "--device 34020000001320000112 site.pcap" "'a site.pcap' --lang zh"; do
        cp site.pcap "a site.pcap"
        eval "pcap-replay inspect $pages" >"$work/page"
        [ "${pages/a site/}" != "$pages" ] && has "$(<"$work/page")" "下一步"
        sed -nE '/^(NEXT|下一步) /,$s/^.{0,10}(pcap-replay .*)/\1/p' "$work/page" >"$work/steps"
        steps=0
        while read -r command; do
            steps=$((steps + 1))
            eval "$command" >"$work/step.out" 2>"$work/step.err" </dev/null
            code=$?
            [ "$code" -le 1 ] || fail "exit $code: $command ($(<"$work/step.err"))"
        done <"$work/steps"
        same "$steps" 2
    done
    has "$(cat "$work/page")" "'a site.pcap'"
    [ -s share.pcapng ] || fail "no share.pcapng was written"
    expect_code 1 pcap-replay share.pcapng
    has "$out" "MOST LIKELY"
    # Where the packets cannot be read again, or nothing is wrong, there is nothing to paste.
    pcap-replay inspect - <site.pcap >"$work/page"
    has_not "$(<"$work/page")" "NEXT"
    expect_code 0 pcap-replay fine.pcap
    has_not "$out" "NEXT"
}

# One cause: told in full and not listed before. Device after device the same.
one_cause() {
    expect_code 1 pcap-replay site.pcap --device 34020000001180000007 --ignore ptz-malformed
    has_not "$out" "MOST LIKELY"
    same "$(grep -c "catalog-incomplete" <<<"$out")" 1
    has "$out" "DO        this may help: "
    has "$out" "REGISTER CSeq 1, no Authorization"
    has "$out" "NEXT      pcap-replay extract site.pcap --device 34020000001180000007"
}

harmless() {
    expect_code 0 pcap-replay fine.pcap
    has "$out" " all 6 "
    has "$out" "Nothing is wrong. Judged: 6 registrations, 1 catalog."
    has "$out" "habits    register-id-unusual (2 devices): --habits explains them"
    has_not "$out" "HABIT "
    for option in --habits --all; do
        expect_code 0 pcap-replay fine.pcap $option
        has "$out" "HABIT     register-id-unusual  certain  340200000013200001"
        has "$out" "the same for 340200000013200002"
        has_not "$out" "explains them"
    done
    # Only the page changes.
    expect_code 0 pcap-replay fine.pcap --json
    plain=$(grep -v '"type":"run"' <<<"$out")
    expect_code 0 pcap-replay fine.pcap --json --habits
    same "$(grep -v '"type":"run"' <<<"$out")" "$plain"
    expect_code 1 pcap-replay fine.pcap --fail-on vendor
    # A capture that shows only questions does not prove that all is well.
    head -c $((24 + 16 + $(od -An -tu4 -j32 -N4 fine.pcap))) fine.pcap >asked.pcap
    expect_code 0 pcap-replay asked.pcap
    has "$out" "Nothing is wrong. But little can be judged"
}

tree() {
    expect_code 0 pcap-replay fine.pcap
    has_not "$out" "catalog of"
    for chosen in "--device 34020000001180000008" --all; do
        expect_code 0 pcap-replay fine.pcap $chosen --lang en
        has "$out" "catalog of 34020000001180000008  7 of 7 items"
        local text=${out#*catalog of}
        # Under its parent; the group of an organisation without one; the first of several parents that is listed.
        before "$text" $'\n    业务分组 ' $'\n      东区 '
        before "$text" $'\n      东区 ' $'\n        大门 '
        before "$text" $'\n        大门 ' $'\n        停车场 '
        before "$text" $'\n        停车场 ' $'\n    Hall '
        has "$(line "$text" 停车场)" "OFF"
        # Whoever is its own ancestor is told all the same, once.
        before "$text" $'\n    loop a ' $'\n      loop b '
        same "$(grep -c "loop a" <<<"$text")" 1
        # A Chinese character takes two columns: the IDs stand one below the other.
        same "$(sed -n 's/34020000001310000001.*//p' <<<"$text" | iconv -f UTF-8 -t GB2312 | wc -c)" "$(sed -n 's/34020000001310000003.*//p' <<<"$text" | wc -c)"
    done
    # What did not arrive is no part of the tree; the others are.
    expect_code 1 pcap-replay site.pcap --device 34020000001180000007
    has "$out" "catalog of 34020000001180000007  5 of 12 items"
    same "$(grep -c "Camera [1-5] .*  ON" <<<"$out")" 5
    # Many items: so many lines and no more.
    site catalog 900 >large.pcap
    expect_code 0 pcap-replay large.pcap --all
    has "$out" "  900 of 900 items"
    has "$out" "    and 700 more"
    same "$(grep -c "^ *Channel [0-9]* " <<<"$out")" 200
}

# What the capture does to the picture stands with what it is, not among the causes; and the same devices come out.
capture_facts() {
    site mirrored faults >mirrored.pcap
    expect_code 1 pcap-replay mirrored.pcap --password 12345678
    has "$out" "inside    VLAN 100 (107 frames), VLAN 200 (107 frames)"
    has "$out" "mirror    107 of 214 frames are second copies from the mirror port and were counted once. With"
    has "$out" "12 devices"
    has "$out" "FLAPS      3 heartbeats unanswered"
    has_not "${out#*MOST LIKELY}" "capture-mirror-copies"
    expect_code 1 pcap-replay mirrored.pcap --habits
    has "${out#*MOST LIKELY}" "capture-mirror-copies"
    # A capture that is cut says so at once; it is no cause of anybody's trouble, and not forgotten.
    head -c 30000 site.pcap >cut.pcap
    expect_code 1 pcap-replay cut.pcap
    has "${out%%who  *}" "capture   cut.pcap cannot be read beyond byte"
    has "$out" " 2  certain  34020000001180000007  ptz-malformed"
    has_not "$out" " 3  certain"
    has "$out" "VIOLATES  capture-cut-file"
    head -c 17000 fine.pcap >cut.pcap
    expect_code 0 pcap-replay cut.pcap
    has_not "$out" "Nothing is wrong."
    has "$out" "VIOLATES  capture-cut-file"
    has_not "$out" "NEXT"
    expect_code 0 pcap-replay fine.pcap --filter "not src host 203.0.113.9"
    has "$out" "one-sided only one direction was captured of 6 of 6 devices"
    has "$out" " all 6  -  -          6 still trying"   # which is not fine
    has "$out" "Nothing is wrong. Judged: 1 catalog."
    expect_code 0 pcap-replay fine.pcap
    site faults >whole.pcap   # longer: then nobody answered, as far as one can see
    expect_code 0 pcap-replay whole.pcap --filter "not src host 203.0.113.9" --ignore register-no-answer
    has_not "$out" "OFFLINE"
    has_not "$out" "fine"
    expect_code 0 pcap-replay fine.pcap
    has_not "$out" "one-sided"
    has_not "$out" "inside  "
    has_not "$out" "mirror  "
}

# Our own devices against our own platform, a capture each: several files are one page.
our_devices() {
    serve ours --listen 127.0.0.1:0 --password 12345678
    local number=0 options
    for options in "--count 3 --password 12345678" "--password wrong" "--password 12345678 --fault digest-realm-not-challenged" "--password 12345678 --fault digest-qop-null"; do
        number=$((number + 1))
        gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id "3402000000132000${number}001" --once --timeout 3s \
            $options --pcap "ours$number.pcapng" >/dev/null 2>&1
    done
    # So many in trouble: 30 lines, the others with --all.
    gb-register device --server "127.0.0.1:$port" --server-id 34020000002000000001 --device-id 34020000001320009001 --count 40 --once --timeout 3s \
        --password wrong --pcap many.pcapng >/dev/null 2>&1
    expect_code 1 pcap-replay many.pcapng --password 12345678
    same "$(grep -c "^ 340200000013200090.* 403 " <<<"$out")" 30
    has "$(line "$out" " 10 more ")" "in trouble: --all"
    has "$out" "and 31 more"
    expect_code 1 pcap-replay many.pcapng --password 12345678 --all
    same "$(grep -c "^ 340200000013200090.* 403 " <<<"$out")" 40
    has_not "$out" " 10 more "
    kill "$server"
    expect_code 1 pcap-replay ours[1-4].pcapng --password 12345678
    has "$(line "$out" " 34020000001320002001 ")" "403        not the given password"
    has "$(line "$out" " 34020000001320003001 ")" "403        answers with realm"
    has "$(line "$out" " 34020000001320004001 ")" "403        answers with qop"
    has "$(line "$out" " 3 more ")" "3 logged out"
    before "$out" " 1  certain  34020000001320002001  digest-password-differs" " 3  certain  34020000001320004001  digest-qop-null"
    has "$out" "NEXT      pcap-replay inspect ours1.pcapng ours2.pcapng ours3.pcapng ours4.pcapng --device 34020000001320002001 --ladder"
}

chinese() {
    expect_code 1 pcap-replay site.pcap --password 12345678 --lang zh
    for part in "双方      平台 34020000002000000001" "12 台设备" "离线" "目录" "12 条只到 5 条" "另有 7 台" "正常" "最可能的原因" \
                "2 台设备:34020000001320000112" "下一步" "习惯      register-id-unusual(2 台设备):--habits 有解释"; do
        has "$out" "$part"
    done
    expect_code 0 pcap-replay fine.pcap --lang zh
    has "$out" "没有发现问题。已评判:注册 6 次,目录 1 份。"
    has "$out" "全部 6 台"
}

# On a terminal of 80 columns no line of the table breaks, and the number of the packet is there.
terminal() {
    has_terminal || { echo "no terminal here: widths are tested in the pipe only"; return; }
    script -qec "stty cols 80 rows 60; pcap-replay inspect --color never --progress never --lang en site.pcap --password 12345678" /dev/null </dev/null | tr -d '\r' >"$work/screen"
    local table
    table=$(grep -E '^ (3402|7 more)' "$work/screen")
    [ "$(widest "$table")" -le 80 ] || fail "wider than 80 columns: $table"
    has "$table" "…  #61"
}

real() {
    local captures=$GBKIT_SHARED/captures capture
    for capture in "$captures"/*.pcap "$captures"/*.pcapng; do
        [ -e "$capture" ] || { unreal=1; return; }
        expect_code 0 pcap-replay --fail-on violation --password 12345 "$capture"
        has "$out" "Nothing is wrong. Judged: 1 "
        has "$out" ": --habits"
        has_not "$out" "MOST LIKELY"
        has_not "$out" "NEXT "
        for heading in HABIT NOTE WRONG VIOLATES; do same "$(grep -c "^$heading " <<<"$out")" 0; done
        expect_code 0 pcap-replay --habits "$capture"
        [ "$(grep -cE "^(HABIT|NOTE) " <<<"$out")" -ge 1 ] || fail "--habits explains nothing of $capture"
    done
    expect_code 0 pcap-replay --lang zh "$captures/cam_01e168e1_udp.pcap"
    has "$out" "没有发现问题。已评判:码流 1 路,共 3,096 包。"
    expect_code 0 pcap-replay "$captures/cam_01e168e1_udp.pcap"
    has "$out" "habits    ps-psm-crc-swapped (56), ps-pes-stuffing"
}

unreal=
many_devices
next_steps
one_cause
harmless
tree
capture_facts
our_devices
chinese
terminal
real
[ "$failures" = 0 ] || finish
[ -z "$unreal" ] || { echo "skipped: no captures in $GBKIT_SHARED/captures (the pages of made ones are tested)"; exit 77; }
finish
