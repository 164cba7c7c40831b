#!/usr/bin/env bash
# Every page passes mandoc's lint, and every option of every program stands in its manual.
set -euo pipefail
cd "$GBKIT_SOURCE"
command -v mandoc >/dev/null || { echo "skipped: mandoc is not installed"; exit 77; }
mandoc -T lint -W warning man/*.[17]

wrong=0
while read -r program verb option; do
    # mandoc's text output keeps "--name" in one piece; -P is no pager, col takes the overstrikes out.
    grep -qE -- "(^|[^-a-z])$option([^-a-z]|$)" <(mandoc -T ascii "man/$program.1" | sed 's/.\x08//g') ||
        { echo "man/$program.1: $option of $verb is missing"; wrong=1; }
done < <("$GBKIT_BIN/gbkit-gen" --options)
for program in gb-digest gb-register pcap-replay; do
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        grep -qE "^\.Sh \"?$section\"?$" "man/$program.1" || { echo "man/$program.1: no section $section"; wrong=1; }
    done
done
exit $wrong
