#!/usr/bin/env bash
# Chinese texts are set like the rest of the page: punctuation takes one column (, : ; and brackets), but for 。 and 、.
# A semicolon of an entity or a colon of a URI can then be pasted as it stands.
set -euo pipefail
cd "$GBKIT_SOURCE"
if grep -rnE '，|：|；|（|）' --include=*.cpp --include=*.hpp common tools; then
    echo "write these with one column each"
    exit 1
fi
[ "$(grep -rc '。' common/base/findings/digest.cpp)" -gt 0 ] || { echo "no Chinese text was looked at"; exit 1; }
