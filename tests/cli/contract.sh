#!/usr/bin/env bash
# The command-line contract, the same for every program: help, version, usage errors, secrets, outputs.
. "$(dirname "$0")/lib.sh"

declare -A verbs=([gb-digest]="verify compute" [gb-register]="device serve" [pcap-replay]="inspect extract sanitize compare" [ps-dump]="inspect listen extract mux")
for program in gb-digest gb-register pcap-replay ps-dump; do
    expect_code 0 "$program" --version
    [[ $out =~ ^"$program "[0-9]+\.[0-9]+\.[0-9]+" (gbkit)"$ ]] || fail "version of $program: $out"
    expect_code 0 "$program" -h
    help=$out
    for verb in ${verbs[$program]}; do
        has "$help" "  $verb "
        expect_code 0 "$program" "$verb" --help
        has "$out" "Examples:"
        has "$out" "Usage: $program"
        expect_code 2 "$program" "$verb" --jsno
        has "$err" "$program: unknown option --jsno; did you mean --json?"
        expect_code 2 "$program" "$verb" --color blue
        expect_code 2 "$program" "$verb" --ignore no-such-finding
        expect_code 0 "$program" "$verb" --help
        has "$out" "--baseline FILE"
        expect_code 2 "$program" "$verb" --json --text
    done
    expect_code 0 "$program" --json "${verbs[$program]%% *}" --help   # common options may stand before the verb
done

article >"$work/article"
verify=(gb-digest --password 12345678 "$work/article")

expect_code 2 gb-digest --pasword 12345678 "$work/article"
same "${err%%$'\n'*}" "gb-digest: unknown option --pasword; did you mean --password?"
has_not "$err" 12345678
expect_code 0 "${verify[@]}"
has_not "$out" '{"type"'

# JSON on request: by option, by environment, never when --text is given.
expect_code 0 "${verify[@]}" --json
has "${out%%$'\n'*}" '"type":"run","tool":"gb-digest"'
has "${out##*$'\n'}" '"type":"summary"'
GBKIT_OUTPUT=json expect_code 0 "${verify[@]}"
has "$out" '"type":"run"'
GBKIT_OUTPUT=json expect_code 0 "${verify[@]}" --text
has_not "$out" '"type":"run"'

# Secrets never reach the records, in either form and wherever the option stands.
for form in "--password 12345678" "--password=12345678"; do
    # shellcheck disable=SC2086
    expect_code 0 gb-digest --json verify $form "$work/article" --records "$work/records"
    has_not "$out$(<"$work/records")" 12345678
    has "$out" '***'
done

# Records to a descriptor, the page on stdout.
gb-digest --password 12345678 --records fd:3 "$work/article" 3>"$work/three" >"$work/page" || fail "--records fd:3"
has "$(<"$work/three")" '"type":"digest_check"'
has_not "$(<"$work/page")" '{"type"'
expect_code 2 "${verify[@]}" --records fd:9

# A full disk is the system's fault, 7, with a name; so is a closed stdout.
for target in "" "--json"; do
    # shellcheck disable=SC2086
    "${verify[@]}" $target >/dev/full 2>"$work/err"
    same $? 7
    has "$(<"$work/err")" "cannot write to standard output: no space left on device"
done
expect_code 7 "${verify[@]}" -o /dev/full
expect_code 7 "${verify[@]}" --records /dev/full
expect_code 7 "${verify[@]}" -o "$work/no/such/folder"
"${verify[@]}" >&- 2>/dev/null
same $? 7

# A closed pipe ends quietly, exit 0, whatever the verdict would have been.
for password in 12345678 wrong; do
    { sleep 0.2; gb-digest --password $password "$work/article" 2>"$work/err"; echo $? >"$work/code"; } | true
    same "$(<"$work/code")" 0
    same "$(<"$work/err")" ""
done

# Colour only where it is wanted.
expect_code 0 "${verify[@]}" --color always
has "$out" $'\e['
NO_COLOR=1 expect_code 0 "${verify[@]}"
has_not "$out" $'\e['
if has_terminal; then
    script -qec "gb-digest --password 12345678 $work/article" "$work/typescript" >/dev/null </dev/null
    has "$(<"$work/typescript")" $'\e['
    NO_COLOR=1 script -qec "gb-digest --password 12345678 $work/article" "$work/typescript" >/dev/null </dev/null
    has_not "$(<"$work/typescript")" $'\e[1m'
else
    echo "no terminal to be had: colour on one is not checked"
fi

# The language of the page is the environment's, unless one is asked for.
expect_code 0 env LC_ALL=zh_CN.UTF-8 "${verify[@]}"
chinese=$out
expect_code 0 "${verify[@]}" --lang zh
same "$out" "$chinese"
expect_code 0 env LC_ALL=zh_CN.UTF-8 "${verify[@]}" --lang en
[ "$out" != "$chinese" ] || fail "--lang en changes nothing"

# -- and names that start with a dash.
(cd "$work" && cp article ./-article && gb-digest --password 12345678 -- -article >/dev/null) || fail "-- -article"
finish
