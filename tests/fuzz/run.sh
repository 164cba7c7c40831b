#!/usr/bin/env bash
# A short fuzz run: run.sh BINARY STEM. Seeds come from tests/fuzz/seeds/STEM when that folder is there.
# GBKIT_FUZZ_SECONDS sets the length (default 6 s); a crash leaves its input in the working directory.
set -eu
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
seeds="$GBKIT_SOURCE/tests/fuzz/seeds/$2"
[ -d "$seeds" ] || seeds=$(mktemp -d -p "$corpus")
cd "$GBKIT_BUILD"
"$1" -max_total_time="${GBKIT_FUZZ_SECONDS:-6}" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="crash-$2-" "$corpus" "$seeds"
