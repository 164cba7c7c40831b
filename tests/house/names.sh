#!/usr/bin/env bash
# A type has one definition: two of one name in one namespace are two meanings of one symbol, and the linker takes either
# (ISO C++ basic.def.odr: no diagnostic required). Types that only their own file needs stand in an unnamed namespace.
set -euo pipefail
cd "$GBKIT_SOURCE"

# Every type that a file defines in a named namespace, with the file: NAMESPACE::NAME FILE.
defined() {
    find "$@" -name '*.[ch]pp' -print0 | sort -z | xargs -0 perl -ne '
        if ($ARGV ne ($file // "")) { $file = $ARGV; $depth = 0; @spaces = (); }
        s{//.*}{};
        if (/^\s*(?:inline\s+)?namespace\s*([\w:]*)\s*\{/) { push @spaces, [$depth, $1] }
        elsif (/^(?:struct|class|union|enum(?:\s+class)?)\s+(\w+)\b(?!::)[^;]*\{/ && $depth == (@spaces ? $spaces[-1][0] + 1 : 0)) {
            my $name = join "::", (map { $_->[1] } @spaces), $1;
            print "$name $file\n" unless grep { $_->[1] eq "" } @spaces;
        }
        $depth += () = /\{/g;
        $depth -= () = /\}/g;
        pop @spaces while @spaces && $depth <= $spaces[-1][0];'
}

types=$(defined common tools tests)
twice=$(cut -d ' ' -f 1 <<<"$types" | sort | uniq -d)
if [ -n "$twice" ]; then
    while read -r name; do grep -F -- "$name " <<<"$types"; done <<<"$twice"
    echo "defined more than once: rename one, or put it into an unnamed namespace"
    exit 1
fi

# The check can say no, and only when it has to.
if [ -z "${GBKIT_INNER:-}" ]; then
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' EXIT
    mkdir -p "$tree"/{common,tools,tests}
    printf 'namespace gbkit::a {\nstruct One;\nstruct Two {\n    struct One { int x; };\n};\nnamespace {\nstruct Here { int x; };\n}\n}\n' >"$tree/common/a.hpp"
    printf 'namespace gbkit::b {\nclass Two : X {\n};\n}\nnamespace gbkit::a {\nstruct Two::State { int x; };\nnamespace {\nstruct Here { int y; };\n}\n}\n' >"$tree/tools/b.cpp"
    GBKIT_INNER=1 GBKIT_SOURCE=$tree bash "$0" >/dev/null || { echo "refused what is fine"; exit 1; }
    printf 'namespace gbkit::a {\nenum class Two : int { one };\n}\n' >"$tree/tests/c.hpp"
    if GBKIT_INNER=1 GBKIT_SOURCE=$tree bash "$0" >/dev/null; then
        echo "not refused: a second gbkit::a::Two"
        exit 1
    fi
fi
echo "$(wc -l <<<"$types") types have one definition each"
