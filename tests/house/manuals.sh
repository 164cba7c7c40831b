#!/usr/bin/env bash
# Every page passes mandoc's lint, and every option of every program stands in its manual.
set -euo pipefail
cd "$GBKIT_SOURCE"
command -v mandoc >/dev/null || { echo "skipped: mandoc is not installed"; exit 77; }
mandoc -T lint -W warning man/*.[17]

text=$(mktemp -d)
trap 'rm -rf "$text"' EXIT
wrong=0
for program in gb-digest gb-register pcap-replay ps-dump; do
    mandoc -T ascii "man/$program.1" | sed 's/.\x08//g' >"$text/$program"   # bold is overstruck: x BACKSPACE x
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        grep -qE "^\.Sh \"?$section\"?$" "man/$program.1" || { echo "man/$program.1: no section $section"; wrong=1; }
    done
done
while read -r program verb option; do
    grep -qE -- "(^|[^-a-z])$option([^-a-z]|$)" "$text/$program" || { echo "man/$program.1: $option of $verb is missing"; wrong=1; }
done < <("$GBKIT_BIN/gbkit-gen" --options)
exit $wrong
