#!/usr/bin/env bash
# cmake --install puts programs, manuals, completions and documents where a Debian system looks for them.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$GBKIT_BUILD" --prefix "$prefix" >/dev/null
wrong=0
for program in gb-digest gb-register pcap-replay ps-dump; do
    for file in "bin/$program" "share/man/man1/$program.1" "share/bash-completion/completions/$program" \
        "share/zsh/site-functions/_$program" "share/fish/vendor_completions.d/$program.fish"; do
        [ -s "$prefix/$file" ] || { echo "$file is not installed"; wrong=1; }
    done
    [[ $("$prefix/bin/$program" --version) == "$program "*" (gbkit)" ]] || { echo "$program does not run when installed"; wrong=1; }
done
for file in share/man/man7/gbkit-records.7 share/man/man7/gbkit-findings.7 share/doc/gbkit/README.md share/doc/gbkit/LICENSE; do
    [ -s "$prefix/$file" ] || { echo "$file is not installed"; wrong=1; }
done
[ ! -e "$prefix/bin/gbkit-gen" ] || { echo "gbkit-gen is for developers and is installed"; wrong=1; }
exit $wrong
