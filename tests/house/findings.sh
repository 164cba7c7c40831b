#!/usr/bin/env bash
# Every FindingId constant has its row in a table, every row its constant, and every constant is used by
# something besides tables: an id nobody can produce is a promise nobody keeps.
set -euo pipefail
cd "$GBKIT_SOURCE"
constants=$(mktemp)
trap 'rm -f "$constants"' EXIT
grep -rhoE 'FindingId [a-z0-9_]+\{"[a-z0-9-]+"\}' common/base/findings/*.hpp |
    sed -E 's/FindingId ([a-z0-9_]+)\{"([a-z0-9-]+)"\}/\1 \2/' >"$constants"
[ -s "$constants" ] || { echo "no constants found in common/base/findings"; exit 1; }
wrong=0
while read -r name slug; do
    [ "${name//_/-}" = "$slug" ] || { echo "$name is not called like its slug $slug"; wrong=1; }
    grep -qE "^\.Ss .*$slug\$" man/gbkit-findings.7 || { echo "$slug has no row in a table"; wrong=1; }
    grep -rqE "\b$name\b" --include=*.cpp --include=*.hpp common/wire common/proto common/io common/cli tools ||
        { echo "$slug is never produced"; wrong=1; }
done <"$constants"
while read -r slug; do
    grep -q " $slug\$" "$constants" || { echo "$slug is in a table and has no constant"; wrong=1; }
done < <(sed -nE 's/^\.Ss (\\&)?([a-z0-9-]+)$/\2/p' man/gbkit-findings.7)
exit $wrong
