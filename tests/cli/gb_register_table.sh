#!/usr/bin/env bash
# The live table of `serve` on a terminal: it appears, follows its devices, fits, and leaves the terminal clean; a pipe
# sees none of it.
. "$(dirname "$0")/lib.sh"
has_terminal || { echo "skipped: no terminal can be had here"; exit 77; }

# on_terminal NAME ARGUMENT...: a platform on a terminal of 24 x 90; what the terminal was sent is in $work/NAME.screen.
on_terminal() {
    local name=$1
    shift
    rm -f "$work/$name.jsonl"
    TERM=xterm script -qefc "stty rows 24 cols 90; exec $within 30 gb-register serve --listen 127.0.0.1:0 --records $work/$name.jsonl $*" \
        "$work/$name.screen" >/dev/null 2>&1 </dev/null &
    server=$!
    started+=("$server")
    port=
    for _ in $(seq 200); do
        port=$(sed -n 's/.*"type":"listening".*"port":\([0-9]*\).*/\1/p' "$work/$name.jsonl" 2>/dev/null | head -n 1)
        [ -n "$port" ] && return
        sleep 0.02
    done
    fail "no platform on a terminal: $(<"$work/$name.screen")"
}
# screen FILE: the lines a terminal shows in the end (CR, LF, cursor up, erase line, erase below).
screen() {
    LC_ALL=C awk 'BEGIN { RS = "\001" } {
        row = 0; col = 0; last = 0
        for (i = 1; i <= length($0); ++i) {
            c = substr($0, i, 1)
            if (c == "\r") col = 0
            else if (c == "\n") { ++row; if (row > last) last = row }
            else if (c == "\033" && match(substr($0, i), /^\033\[[0-9;]*[A-Za-z]/)) {
                code = substr($0, i + 2, RLENGTH - 3); kind = substr($0, i + RLENGTH - 1, 1)
                if (kind == "A") row -= code == "" ? 1 : code
                if (kind == "K" || kind == "J") line[row] = substr(line[row], 1, col)
                if (kind == "J") { for (r = row + 1; r <= last; ++r) line[r] = "" }
                i += RLENGTH - 1
            } else {
                while (length(line[row]) < col) line[row] = line[row] " "
                line[row] = substr(line[row], 1, col) c substr(line[row], col + 2); ++col
            }
        }
        for (r = 0; r <= last; ++r) print line[r]
    }' "$1"
}
# shown NAME TEXT: until the screen has it.
shown() {
    for _ in $(seq 150); do
        screen "$work/$1.screen" >"$work/$1.now"
        grep -q -- "$2" "$work/$1.now" && return
        sleep 0.1
    done
    fail "no \"$2\" on the screen of $1: $(<"$work/$1.now")"
}
device() { echo $within 30 gb-register device --server "127.0.0.1:$port" --json; }

# In a pipe: nothing.
serve pipe --listen 127.0.0.1:0 --until unregistered=1 --lang en
expect_code 0 $(device) --password 12345678 --once
served 0
has_not "$(<"$work/pipe.talk")$(<"$work/pipe.page")" $'\x1b['
has_not "$(<"$work/pipe.talk")" "last beat"

# One device that stays and one that is refused: trouble on top, the beat is followed, the page above stays whole.
on_terminal two --lang en --color never
$(device) --password 12345678 --keepalive 300ms >/dev/null 2>&1 </dev/null &
held=$!
started+=("$held")
expect_code 1 $(device) --device-id 34020000001320000009 --password wrong --once
shown two '^34020000001320000001  online  .*UDP  0 s  '
shown two '^34020000001320000009  refused 403 .*digest-'
shown two '^online 1, offline 0, refused 1; .* registrations/s, [1-9].*keepalives/s$'
same "$(grep -n -E '^34020000001320000009|^34020000001320000001  ' "$work/two.now" | grep -c '')" 2
first=$(grep -E '^3402000000132000000[19]  (online|refused)' "$work/two.now" | head -n 1)
has "$first" refused
has "$(<"$work/two.now")" "200 OK  for 86400 s"
same "$(grep -c 'last finding' "$work/two.now")" 1
kill -INT "$held"
wait "$held"
shown two '^34020000001320000001  left '
kill -INT "$(pgrep -P "$(pgrep -P "$server" | head -n 1)" | head -n 1)" 2>/dev/null || kill -INT "$(pgrep -P "$server" | head -n 1)"
wait "$server"
screen "$work/two.screen" >"$work/two.end"
has_not "$(<"$work/two.end")" "last finding"
has_not "$(<"$work/two.end")" "registrations/s"
has "$(<"$work/two.end")" "digest-"
has "$(<"$work/two.end")" "register-logging-out"

# Five hundred on the same terminal: the table keeps to two thirds of it and says how many it does not show; in Chinese.
on_terminal many --lang zh --observe off
expect_code 0 $(device) --password 12345678 --count 500 --rate 250 --phases ramp,hold=2s
shown many '显示 14/500'
while IFS= read -r line; do
    [ "$(printf '%s' "$line" | LC_ALL=C.UTF-8 wc -L)" -lt 90 ] || fail "a line of the table is too long: $line"
done < <(grep -E '^34020|^设备编号 +状态|^在线' "$work/many.now")
kill -INT "$(pgrep -P "$(pgrep -P "$server" | head -n 1)" | head -n 1)" 2>/dev/null || kill -INT "$(pgrep -P "$server" | head -n 1)"
wait "$server"
screen "$work/many.screen" >"$work/many.end"
has_not "$(<"$work/many.end")" "上次心跳"

# With --json and with --quiet the terminal shows none.
for silent in --json --quiet; do
    on_terminal silent "$silent" --until unregistered=1 --lang en
    expect_code 0 $(device) --password 12345678 --once
    wait "$server"
    has_not "$(<"$work/silent.screen")" "last finding"
done
finish
