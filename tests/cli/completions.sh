#!/usr/bin/env bash
# The checked-in completions, run by each shell they are for.
. "$(dirname "$0")/lib.sh"
folder=$GBKIT_SOURCE/completions
cd "$work" && touch site.pcap && mkdir captures

# bash: the function with the words as bash would give them ("--name=value" is three).
bash_offers() {
    local program=$1
    bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${1//-/_}; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$folder/bash/$program" "$@"
}
lists() { [[ $'\n'"$1"$'\n' == *$'\n'"$2"$'\n'* ]] || fail "$3 does not offer $2: $1"; }
lists_not() { [[ $'\n'"$1"$'\n' != *$'\n'"$2"$'\n'* ]] || fail "$3 offers $2"; }

check_bash() {
    lists "$(bash_offers gb-digest --pas)" --password bash
    lists "$(bash_offers gb-digest verify --pas)" --password-file bash
    lists "$(bash_offers gb-digest com)" compute bash
    lists_not "$(bash_offers gb-digest compute --nea)" --near bash
    lists "$(bash_offers gb-digest --near --color al)" always bash
    lists "$(bash_offers gb-digest --color = al)" always bash
    lists "$(bash_offers gb-digest --color = '')" never bash
    lists "$(bash_offers gb-digest --color =)" never bash
    lists "$(bash_offers pcap-replay inspect si)" site.pcap bash
    lists "$(bash_offers pcap-replay --records si)" site.pcap bash
    lists "$(bash_offers gb-register serve --ser)" --server-id bash
    lists "$(bash_offers ps-dump ext)" extract bash
    lists "$(bash_offers ps-dump mux --fault ps-psm-crc-z)" ps-psm-crc-zero bash
    lists "$(bash_offers ps-dump --format rf)" rfc4571 bash
    lists "$(bash_offers pcap-replay --ignore digest-)" digest-stale-nonce bash
}

# The shells themselves, on a terminal: what is typed, a tab, and what must appear.
types() {
    local shell=$1 setup=$2 typed=$3 wanted=$4
    expect -c "
        log_user 0
        set timeout 10
        proc wait_for {what} {
            expect {
                -ex \$what { return }
                timeout { exit 1 }
                eof { exit 1 }
            }
        }
        if {[catch {spawn -noecho $shell}]} { exit 1 }
        send -- {$setup; PS1=ready\"\":}
        send -- \r
        wait_for ready:
        send -- {$typed}
        send -- \t\t
        wait_for {$wanted}
        exit 0
    " || fail "$shell: '$typed' and a tab does not show $wanted"
}

# fish can be asked.
fish_offers() { fish --no-config -c "source $folder/fish/$1.fish; complete -C '$2'" | cut -f 1; }
check_fish() {
    lists "$(fish_offers gb-digest 'gb-digest --pas')" --password fish
    lists "$(fish_offers gb-digest 'gb-digest verify --pas')" --password-file fish
    lists "$(fish_offers gb-digest 'gb-digest com')" compute fish
    lists_not "$(fish_offers gb-digest 'gb-digest compute --nea')" --near fish
    lists_not "$(fish_offers gb-digest 'gb-digest compute ver')" verify fish
    lists "$(fish_offers gb-digest 'gb-digest --color ')" always fish
    lists "$(fish_offers gb-digest 'gb-digest --color=al')" --color=always fish
    lists "$(fish_offers pcap-replay 'pcap-replay inspect si')" site.pcap fish
    lists "$(fish_offers gb-register 'gb-register serve --ser')" --server-id fish
}

check_bash
if ! has_terminal; then
    skipped="no terminal to be had"
elif command -v expect >/dev/null; then
    types "bash --norc -i" "source $folder/bash/gb-digest" "gb-digest --cand" "--candidates"
    if command -v zsh >/dev/null; then
        setup="fpath=($folder/zsh \$fpath); autoload -Uz compinit; compinit -u -d $work/zcompdump"
        types "zsh -f -i" "$setup" "gb-digest --cand" "--candidates"
        types "zsh -f -i" "$setup" "gb-digest verify --cand" "--candidates"
        types "zsh -f -i" "$setup" "gb-digest comp" "ute"   # zsh writes what is missing
        types "zsh -f -i" "$setup" "gb-digest compute --userh" "--userhash"
        types "zsh -f -i" "$setup" "gb-digest --color alw" "always"
        types "zsh -f -i" "$setup" "gb-digest --color=alw" "--color=always"
        types "zsh -f -i" "$setup" "pcap-replay inspect si" "site.pcap"
        types "zsh -f -i" "$setup" "gb-register serve --server" "--server-id"
    else
        skipped="zsh is not installed"
    fi
else
    skipped="expect is not installed"
fi
if command -v fish >/dev/null; then check_fish; else skipped="fish is not installed"; fi
[ -z "${skipped:-}" ] || [ "$failures" != 0 ] || { echo "skipped in part: $skipped"; exit 77; }
finish
