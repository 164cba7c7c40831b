#!/usr/bin/env bash
# The house holds: arrows between floors point down only, and each floor keeps away from the headers that are
# not its business (design, section 2; CONTRIBUTING.md). Reads every #include of common/ and tools/.
set -euo pipefail
cd "$GBKIT_SOURCE"
problems=0

complain() {
    echo "$1"
    problems=$((problems + 1))
}

# A file's floor by its number; a file includes only its own floor and those below.
declare -A level=([base]=1 [wire]=2 [proto]=3 [io]=4 [cli]=5)

# Who may include what: a header pattern and the paths that are allowed to.
only_in() {
    local header=$1 allowed=$2 file rest
    while IFS=: read -r file rest; do
        [[ $file =~ $allowed ]] || complain "$file: $rest may be included by $allowed only"
    done < <(grep -rnE --include=*.hpp --include=*.cpp "#include [<\"]($header)" common tools || true)
}

check_arrows() {
    local file floor line target
    while IFS=: read -r file _ line; do
        floor=${file#common/}
        floor=${floor%%/*}
        target=${line#*\"}
        target=${target%%/*}
        if [[ $file == tools/* ]]; then
            own=${file#tools/}
            own=${own%%/*}
            [[ $target == tools && $own != gbkit-gen && $line != *"tools/$own/"* ]] && complain "$file: $line reaches into another program"
            continue
        fi
        if [[ $target == tools ]]; then
            complain "$file: $line points from common to a program"
        elif [[ -z ${level[$target]:-} ]]; then
            complain "$file: $line is no floor of the house"
        elif ((level[$target] > level[$floor])); then
            complain "$file: $line points upwards"
        fi
    done < <(grep -rnE --include=*.hpp --include=*.cpp '^ *#include "' common tools)
}

check_arrows
only_in 'CLI/' '^common/cli/|/options\.cpp$|^tools/gbkit-gen/'
only_in 'nlohmann/' '^common/cli/'
only_in 'asio' '^common/io/'
only_in 'openssl/' '^common/base/crypto/|^common/io/tls'
only_in 'osip' '^common/wire/sip/'
only_in 'pcap' '^common/io/capture'
only_in 'httplib' '^common/io/'
only_in 'sqlite' '^common/io/'
only_in 'pugixml' '^common/wire/'
only_in 'iconv\.h' '^common/base/charset'
only_in 'arpa/inet\.h' '^common/base/endpoint\.cpp$|^common/io/'
only_in '(sys/socket|sys/epoll|netdb|netinet/|net/if|poll|sys/ioctl|unistd|fcntl)' '^common/io/|^common/cli/|^tools/'
only_in '(thread|mutex|shared_mutex|future|condition_variable|semaphore|latch|barrier|stop_token)>' '^common/io/|^common/cli/|^tools/'

# The only clocks are in io and cli: machines and decoders are told the time.
while IFS= read -r hit; do complain "$hit: a clock call on a floor without a clock"; done < <(
    grep -rnE --include=*.hpp --include=*.cpp '::now\(\)|\btime\((NULL|nullptr|0|&)|gettimeofday|clock_gettime' common/base common/wire common/proto || true)

if ((problems > 0)); then
    echo "$problems includes break the house"
    exit 1
fi

# The check can say no: each of these lines, alone in a tree, is refused.
if [ -z "${GBKIT_INNER:-}" ]; then
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' EXIT
    mkdir -p "$tree"/common/{base,wire,proto,io,cli} "$tree"/tools/gb-digest
    echo '#include "base/bytes.hpp"' >"$tree/common/cli/fine.cpp"
    GBKIT_INNER=1 GBKIT_SOURCE=$tree bash "$0" >/dev/null || { echo "refused what is fine"; exit 1; }
    while read -r file line; do
        echo "$line" >"$tree/$file"
        if GBKIT_INNER=1 GBKIT_SOURCE=$tree bash "$0" >/dev/null; then
            echo "not refused: $line in $file"
            exit 1
        fi
        rm "$tree/$file"
    done <<'INNER'
common/base/x.cpp #include "wire/frame.hpp"
common/wire/x.cpp #include "cli/run.hpp"
common/io/x.hpp #include "tools/gb-digest/options.hpp"
common/base/x.cpp #include "unknown/x.hpp"
tools/gb-digest/x.cpp #include "tools/gb-register/options.hpp"
tools/gb-digest/verify.cpp #include <CLI/CLI.hpp>
common/io/x.cpp #include <nlohmann/json.hpp>
common/proto/x.cpp #include <asio.hpp>
common/wire/x.cpp #include <openssl/evp.h>
common/wire/x.cpp #include <osipparser2/osip_parser.h>
common/proto/x.cpp #include <thread>
common/wire/x.cpp #include <arpa/inet.h>
common/proto/x.cpp auto now = std::chrono::steady_clock::now();
INNER
fi
echo "$(find common tools -name '*.[ch]pp' | wc -l) files keep the house"
