# fish completion for gb-digest, written by gbkit-gen

function __gb_digest_verb
    for word in (commandline -opc)[2..-1]
        contains -- $word verify compute; and echo $word; and return
    end
    echo $argv[1]
end

complete -c gb-digest -f
complete -c gb-digest -l json -d 'Write JSON Lines records to standard output instead of the page'
complete -c gb-digest -l text -d 'Write the page, whatever GBKIT_OUTPUT says'
complete -c gb-digest -s o -l output -r -F -d 'Write the main product to this file instead of standard output'
complete -c gb-digest -l records -r -F -d 'Write the records there as well: a file, or fd:N for an open descriptor'
complete -c gb-digest -l color -x -a 'auto always never' -d 'Colour the page; auto: on a terminal, unless NO_COLOR is set'
complete -c gb-digest -l progress -x -a 'auto always never' -d 'Show progress on standard error; auto: on a terminal'
complete -c gb-digest -l lang -x -a 'en zh' -d 'Language of the page and of messages; without it LANG decides for the page'
complete -c gb-digest -l fail-on -x -a 'error violation vendor never' -d 'Exit 1 when a finding is at least this severe'
complete -c gb-digest -l ignore -x -a 'register-challenge-lost register-401-to-private-via register-answer-misdirected register-answer-lost register-challenge-ignored register-challenge-missing register-refused register-refused-outright register-server-failure register-400-no-expires register-bad-request register-redirected register-server-id-differs register-server-id-accepted register-id-not-20-digits register-id-is-server-id register-id-unusual register-no-answer register-port-unreachable register-logging-out register-expires-below-keepalive register-platform-elsewhere register-seen-as register-source-moved register-old-address-called register-port-filtered register-route register-device-forgot register-date-shifted register-date-differs register-date-form register-banned register-version-unanswered register-redirect-ignored register-duplicate-id register-lifetime-cut register-lifetime-short keepalive-unanswered keepalive-too-rare keepalive-refused keepalive-status digest-password-differs digest-password-form digest-formula-differs digest-uri-hashed-differs digest-realm-not-challenged digest-qop-null digest-qop-ignored digest-nc-case digest-response-upper-case digest-space-trimmed digest-algorithm-differs digest-header-malformed digest-right-still-refused digest-deviation-accepted digest-given-password-differs digest-rspauth-differs digest-stale-nonce digest-uri-differs digest-constant-cnonce digest-username-not-device-id digest-realm-not-domain digest-sha512-cut digest-algorithm-unknown sip-malformed sip-too-large sip-datagram-cut sip-stream-no-length sip-stream-skipped connection-refused connection-no-answer connection-untrusted connection-no-tls dialog-bad-request dialog-busy dialog-not-acceptable dialog-refused dialog-broadcast-refused dialog-unanswered dialog-event-refused dialog-media-address dialog-ps-not-first dialog-ssrc-missing dialog-ssrc-malformed dialog-ssrc-changed dialog-setup-conflict dialog-media-refused dialog-media-unanswered dialog-media-closed dialog-media-wrong-way dialog-media-not-dialled dialog-payload-type dialog-direction-conflict dialog-audio-as-ps dialog-audio-before-ack dialog-port-zero dialog-ack-missing dialog-call-id-shared dialog-device-gave-up dialog-bye-unknown dialog-ssrc-not-promised dialog-media-after-bye dialog-playback-start-line dialog-key-frame-spelling query-refused query-undelivered query-unanswered query-sn-differs query-to-differs query-parts-overlap query-list-empty query-num-differs query-result-error query-attributes xml-broken xml-not-escaped xml-charset-differs xml-charset-undeclared xml-beyond-gb2312 catalog-incomplete catalog-too-slow catalog-duplicate-ids catalog-channel-shared catalog-parent-unknown catalog-field-value catalog-not-playable records-incomplete records-type-missing config-unanswered config-block-differs alarm-of-channel media-status-sender ptz-malformed capture-cut-file capture-cut-frames capture-fragments-missing capture-fragments-conflict capture-tcp-gap capture-lost-packets capture-tcp-conflict capture-mirror-copies capture-nat-both-sides capture-proxy-hops capture-twins capture-unknown-link capture-time-backwards capture-overrun capture-nothing-to-judge ps-psm-crc-swapped ps-psm-crc-zero ps-psm-crc-bad ps-psm-entry-hidden ps-psm-descriptors-overrun ps-psm-lengths-differ ps-no-psm ps-psm-type-flips ps-psm-stream-late ps-psm-stream-missing ps-psm-version-moves ps-codec-differs ps-aac-as-g711 ps-g711-law-differs ps-pack-empty ps-pack-stuffing-data ps-pes-stuffing ps-private-stream ps-extra-zeros ps-pes-length-zero ps-pes-too-long ps-pes-length-wrapped ps-place-lost ps-pes-header-short ps-pes-header-broken ps-header-split ps-header-range ps-audio-without-pack ps-system-header-absent-streams ps-system-header-differs ps-leading-bytes ps-imkh-header ps-ends-inside ps-not-gb ps-frames-in-one-pack ps-frame-over-packs ps-timestamp-wrap ps-timestamp-wraps-early ps-timestamp-jump ps-timestamps-zero ps-pts-missing ps-audio-clock-8k ps-gap-too-long media-frames-damaged media-no-parameter-sets media-parameter-sets-rare media-no-key-frame media-g711-in-ps media-short-start-codes media-profile-above-baseline media-h265-for-browser rtp-lost rtp-loss-above-limit rtp-jitter-above-limit rtp-reordered rtp-duplicates rtp-sequence-jumps rtp-silence rtp-timestamp-within-frame rtp-timestamp-repeats rtp-malformed rtp-header-extension rtp-payload-type-changes rtp-ssrc-differs rtp-ssrc-unusual rtp-two-senders rtp-source-port-changed rtp-rtcp-in-flow rtp-rtcp-length rtp-framing-lost rtp-framing-absent rtp-framing-interleaved rtp-framing-ehome rtp-starts-mid-packet media-not-ps' -d 'Leave out this finding; may be given several times'
complete -c gb-digest -l baseline -r -F -d 'Findings in this file are known: told in one line, no reason to fail; records of an earlier run, or lines of ID and subject'
complete -c gb-digest -l all -d 'Write each repeat of a finding, not only the first'
complete -c gb-digest -s v -l verbose -d 'Say more; twice for more still'
complete -c gb-digest -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c gb-digest -s V -l version -d 'Print the version and exit'
complete -c gb-digest -s h -l help -d 'Print this help and exit'

complete -c gb-digest -n 'test (__gb_digest_verb none) = none' -a verify -d 'Check each Authorization against a password, and explain a mismatch'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -F
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l passwords -r -F -d 'Passwords of many accounts: "ID password [username]" a line, * for all others'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l candidates -r -F -d 'Which of these passwords it was: one a line; tells the line number'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l show-secrets -d 'With --candidates: show the word too'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l near -d 'On a mismatch, try what people do to a password: a space at the end, O/0, &amp;, %40, cut short'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l explain -d 'Show each string that is hashed, the password masked'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l method -x -d 'Method of a header that was pasted without its request'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l username -x -d 'User name, when the message holds only its hash (userhash)'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l domain -x -d 'SIP domain of the platform, tried as realm'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = verify' -l server-id -x -d 'ID of the platform, tried in realm and URI'

complete -c gb-digest -n 'test (__gb_digest_verb none) = none' -a compute -d 'HA1, HA2, response and the header line from options'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l username -x -d 'User name; a camera\'s is normally its device ID'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l realm -x -d 'Realm of the challenge'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l nonce -x -d 'Nonce of the challenge'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l uri -x -d 'The uri parameter: sip:SERVER-ID@DOMAIN'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l method -x -d 'Method of the request'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l algorithm -x -d 'MD5, SHA-256, SHA-512-256 or SM3, each also with -sess (default MD5)'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l qop -x -a 'auth auth-int' -d 'Auth or auth-int; left out: the formula without qop'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l nc -x -d 'Nonce count, 8 hex digits'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l cnonce -x -d 'Client nonce (default: random)'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l opaque -x -d 'Opaque of the challenge'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l body-file -r -F -d 'Body of the request, for auth-int'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l userhash -d 'Send H(username:realm) instead of the user name'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l explain -d 'Show each string that is hashed, the password masked'
complete -c gb-digest -n 'test (__gb_digest_verb verify) = compute' -l seed -x -d 'Make the random cnonce repeatable, for tests'
