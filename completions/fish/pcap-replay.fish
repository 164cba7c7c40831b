# fish completion for pcap-replay, written by gbkit-gen

function __pcap_replay_verb
    for word in (commandline -opc)[2..-1]
        contains -- $word inspect extract sanitize compare; and echo $word; and return
    end
    echo $argv[1]
end

complete -c pcap-replay -f
complete -c pcap-replay -l json -d 'Write JSON Lines records to standard output instead of the page'
complete -c pcap-replay -l text -d 'Write the page, whatever GBKIT_OUTPUT says'
complete -c pcap-replay -s o -l output -r -F -d 'Write the main product to this file instead of standard output'
complete -c pcap-replay -l records -r -F -d 'Write the records there as well: a file, or fd:N for an open descriptor'
complete -c pcap-replay -l color -x -a 'auto always never' -d 'Colour the page; auto: on a terminal, unless NO_COLOR is set'
complete -c pcap-replay -l progress -x -a 'auto always never' -d 'Show progress on standard error; auto: on a terminal'
complete -c pcap-replay -l lang -x -a 'en zh' -d 'Language of the page and of messages; without it LANG decides for the page'
complete -c pcap-replay -l fail-on -x -a 'error violation vendor never' -d 'Exit 1 when a finding is at least this severe'
complete -c pcap-replay -l ignore -x -a 'register-challenge-lost register-401-to-private-via register-answer-misdirected register-answer-lost register-challenge-ignored register-challenge-missing register-refused register-refused-outright register-server-failure register-400-no-expires register-bad-request register-redirected register-server-id-differs register-server-id-accepted register-id-not-20-digits register-id-is-server-id register-id-unusual register-no-answer register-port-unreachable register-logging-out register-expires-below-keepalive register-platform-elsewhere register-seen-as register-source-moved register-old-address-called register-port-filtered register-route register-device-forgot register-date-shifted register-date-differs register-date-form register-banned register-version-unanswered register-redirect-ignored register-duplicate-id register-lifetime-cut register-lifetime-short keepalive-unanswered keepalive-too-rare keepalive-refused keepalive-status digest-password-differs digest-password-form digest-formula-differs digest-uri-hashed-differs digest-realm-not-challenged digest-qop-null digest-qop-ignored digest-nc-case digest-response-upper-case digest-space-trimmed digest-algorithm-differs digest-header-malformed digest-right-still-refused digest-deviation-accepted digest-given-password-differs digest-rspauth-differs digest-stale-nonce digest-uri-differs digest-constant-cnonce digest-username-not-device-id digest-realm-not-domain digest-sha512-cut digest-algorithm-unknown sip-malformed sip-too-large sip-datagram-cut sip-stream-no-length sip-stream-skipped connection-refused connection-no-answer connection-untrusted connection-no-tls dialog-bad-request dialog-busy dialog-not-acceptable dialog-refused dialog-broadcast-refused dialog-unanswered dialog-event-refused dialog-media-address dialog-ps-not-first dialog-ssrc-missing dialog-ssrc-malformed dialog-ssrc-changed dialog-setup-conflict dialog-media-refused dialog-media-unanswered dialog-media-closed dialog-media-wrong-way dialog-media-not-dialled dialog-payload-type dialog-direction-conflict dialog-audio-as-ps dialog-audio-before-ack dialog-port-zero dialog-ack-missing dialog-call-id-shared dialog-device-gave-up dialog-bye-unknown dialog-ssrc-not-promised dialog-media-after-bye dialog-playback-start-line dialog-key-frame-spelling query-refused query-undelivered query-unanswered query-sn-differs query-to-differs query-parts-overlap query-list-empty query-num-differs query-result-error query-attributes xml-broken xml-not-escaped xml-charset-differs xml-charset-undeclared xml-beyond-gb2312 catalog-incomplete catalog-too-slow catalog-duplicate-ids catalog-channel-shared catalog-parent-unknown catalog-field-value catalog-not-playable records-incomplete records-type-missing config-unanswered config-block-differs alarm-of-channel media-status-sender ptz-malformed capture-cut-file capture-cut-frames capture-fragments-missing capture-fragments-conflict capture-tcp-gap capture-lost-packets capture-tcp-conflict capture-mirror-copies capture-nat-both-sides capture-proxy-hops capture-twins capture-unknown-link capture-time-backwards capture-overrun capture-nothing-to-judge ps-psm-crc-swapped ps-psm-crc-zero ps-psm-crc-bad ps-psm-entry-hidden ps-psm-descriptors-overrun ps-psm-lengths-differ ps-no-psm ps-psm-type-flips ps-psm-stream-late ps-psm-stream-missing ps-psm-version-moves ps-codec-differs ps-aac-as-g711 ps-g711-law-differs ps-pack-empty ps-pack-stuffing-data ps-pes-stuffing ps-private-stream ps-extra-zeros ps-pes-length-zero ps-pes-too-long ps-pes-length-wrapped ps-place-lost ps-pes-header-short ps-pes-header-broken ps-header-split ps-header-range ps-audio-without-pack ps-system-header-absent-streams ps-system-header-differs ps-leading-bytes ps-imkh-header ps-ends-inside ps-not-gb ps-frames-in-one-pack ps-frame-over-packs ps-timestamp-wrap ps-timestamp-wraps-early ps-timestamp-jump ps-timestamps-zero ps-pts-missing ps-audio-clock-8k ps-gap-too-long media-frames-damaged media-no-parameter-sets media-parameter-sets-rare media-no-key-frame media-g711-in-ps media-short-start-codes media-profile-above-baseline media-h265-for-browser rtp-lost rtp-loss-above-limit rtp-jitter-above-limit rtp-reordered rtp-duplicates rtp-sequence-jumps rtp-silence rtp-timestamp-within-frame rtp-timestamp-repeats rtp-malformed rtp-header-extension rtp-payload-type-changes rtp-ssrc-differs rtp-ssrc-unusual rtp-two-senders rtp-source-port-changed rtp-rtcp-in-flow rtp-rtcp-length rtp-framing-lost rtp-framing-absent rtp-framing-interleaved rtp-framing-ehome rtp-starts-mid-packet media-not-ps' -d 'Leave out this finding; may be given several times'
complete -c pcap-replay -l baseline -r -F -d 'Findings in this file are known: told in one line, no reason to fail; records of an earlier run, or lines of ID and subject'
complete -c pcap-replay -l all -d 'Write each repeat of a finding, not only the first'
complete -c pcap-replay -s v -l verbose -d 'Say more; twice for more still'
complete -c pcap-replay -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c pcap-replay -s V -l version -d 'Print the version and exit'
complete -c pcap-replay -s h -l help -d 'Print this help and exit'

complete -c pcap-replay -n 'test (__pcap_replay_verb none) = none' -a inspect -d 'Say who registers, how it went, and what is wrong'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -F
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -s i -l interface -x -d 'Capture from this network interface until Ctrl-C; any: all of them. Needs root, and gives it up'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l duration -x -a '500ms 5s 30s 1m 1h' -d 'End the live capture after this time'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l follow -d 'Tell each finding when it happens; the page comes at the end'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l filter -x -d 'Look at these frames only, as tcpdump(8) says it: "host 10.0.0.5 and udp"'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l since -x -d 'Look at nothing before: 14:02:11, "2026-11-21 14:02:11", 2026-11-21T06:02:11Z, or +90s after the start'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l until -x -d 'Look at nothing from then on; a live capture ends'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l ring -x -d 'Keep the last traffic as pcapng files in this folder, never more than SIZE (500M, 2G)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l evidence -x -a '(__fish_complete_directories)' -d 'Save the packets around each finding as a capture in this folder'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l device -x -d 'Judge this device only'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l play -x -d 'Show the play chains of this channel or Call-ID only'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l dedup -x -a 'on off' -d 'Count packets that a mirror port captured twice once'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l ladder -d 'Draw the ladder of every device, also of those that are fine'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l habits -d 'Explain what is harmless as well: vendor habits and notes'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l list -d 'Only list the conversations, by content: calls, registrations, RTP, others; nothing is judged'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l sort -x -a 'time bytes' -d 'Order of the list: as they begin, or the largest first'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l seen-from -x -a 'device platform middle unknown' -d 'Where the capture was taken, when you know it'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l server-id -x -d 'The platform\'s ID, to compare what devices send with it'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l domain -x -d 'The platform\'s SIP domain (usually the first 10 digits of its ID)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l platform -x -a 'aliyun' -d 'Judge by the limits of this platform as well: aliyun wants a catalog within 3 s, no pause over 1 s'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l passwords -r -F -d 'A table of passwords, a line each: ID password [username]'

complete -c pcap-replay -n 'test (__pcap_replay_verb none) = none' -a extract -d 'Take out SIP as text, XML bodies, one device\'s packets, media'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -F
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l dedup -x -a 'on off' -d 'Leave out what a mirror port captured a second time'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l device -x -d 'Only what this device says and is told, and its media'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l play -x -d 'Only the calls of this channel or Call-ID, and their media'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l call -x -d 'Only the conversation with this Call-ID, and its media'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l xml -d 'Only the XML bodies, in UTF-8'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l pcap -d 'The chosen packets as a capture of their own (pcapng)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = extract' -l stream -x -a 'ps video audio wav' -d 'Media out of RTP: the program stream, its video, its audio, or its G.711 as a WAV file'

complete -c pcap-replay -n 'test (__pcap_replay_verb none) = none' -a sanitize -d 'Write a capture that can be shared: addresses, IDs, names and passwords replaced'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = sanitize' -F
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = sanitize' -l keep-media -d 'Keep what RTP carries; without it payloads become zeros'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = sanitize' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = sanitize' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = sanitize' -l passwords -r -F -d 'A table of passwords, a line each: ID password [username]'

complete -c pcap-replay -n 'test (__pcap_replay_verb none) = none' -a compare -d 'Say how two captures of the same conversation differ'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = compare' -l device -x -d 'The device that is compared, in both captures'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = compare' -l good-device -x -d 'The device in GOOD; without it the one that fits best'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = compare' -l bad-device -x -d 'The device in BAD; without it the one that fits best'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = compare' -l play -x -d 'Compare the calls of this channel or Call-ID only'
