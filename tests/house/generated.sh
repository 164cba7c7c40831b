#!/usr/bin/env bash
# What is made from tables is up to date: completions, option blocks, gbkit-records(7), gbkit-findings(7).
set -euo pipefail
"$GBKIT_BIN/gbkit-gen" --check "$GBKIT_SOURCE"

# And the check can say no: a copy with one line changed is told by name.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$GBKIT_SOURCE/man" "$GBKIT_SOURCE/completions" "$copy"
"$GBKIT_BIN/gbkit-gen" --check "$copy"
echo '.\" changed' >>"$copy/man/gbkit-records.7"
if said=$("$GBKIT_BIN/gbkit-gen" --check "$copy"); then
    echo "gbkit-gen --check did not see a changed page"
    exit 1
fi
[[ $said == man/gbkit-records.7* ]] || { echo "unexpected: $said"; exit 1; }
"$GBKIT_BIN/gbkit-gen" --write "$copy"
"$GBKIT_BIN/gbkit-gen" --check "$copy"
