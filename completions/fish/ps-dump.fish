# fish completion for ps-dump, written by gbkit-gen

function __ps_dump_verb
    for word in (commandline -opc)[2..-1]
        contains -- $word inspect listen extract mux; and echo $word; and return
    end
    echo $argv[1]
end

complete -c ps-dump -f
complete -c ps-dump -l json -d 'Write JSON Lines records to standard output instead of the page'
complete -c ps-dump -l text -d 'Write the page, whatever GBKIT_OUTPUT says'
complete -c ps-dump -s o -l output -r -F -d 'Write the main product to this file instead of standard output'
complete -c ps-dump -l records -r -F -d 'Write the records there as well: a file, or fd:N for an open descriptor'
complete -c ps-dump -l color -x -a 'auto always never' -d 'Colour the page; auto: on a terminal, unless NO_COLOR is set'
complete -c ps-dump -l progress -x -a 'auto always never' -d 'Show progress on standard error; auto: on a terminal'
complete -c ps-dump -l lang -x -a 'en zh' -d 'Language of the page and of messages; without it LANG decides for the page'
complete -c ps-dump -l fail-on -x -a 'error violation vendor never' -d 'Exit 1 when a finding is at least this severe'
complete -c ps-dump -l ignore -x -a 'register-challenge-lost register-401-to-private-via register-answer-misdirected register-answer-lost register-challenge-ignored register-challenge-missing register-refused register-refused-outright register-server-failure register-400-no-expires register-bad-request register-redirected register-server-id-differs register-server-id-accepted register-id-not-20-digits register-id-is-server-id register-id-unusual register-no-answer register-port-unreachable register-logging-out register-expires-below-keepalive register-platform-elsewhere register-seen-as register-source-moved register-old-address-called register-port-filtered register-route register-device-forgot register-date-shifted register-date-differs register-date-form register-banned register-version-unanswered register-redirect-ignored register-duplicate-id register-lifetime-cut register-lifetime-short keepalive-unanswered keepalive-too-rare keepalive-refused keepalive-status digest-password-differs digest-password-form digest-formula-differs digest-uri-hashed-differs digest-realm-not-challenged digest-qop-null digest-qop-ignored digest-nc-case digest-response-upper-case digest-space-trimmed digest-algorithm-differs digest-header-malformed digest-right-still-refused digest-deviation-accepted digest-given-password-differs digest-rspauth-differs digest-stale-nonce digest-uri-differs digest-constant-cnonce digest-username-not-device-id digest-realm-not-domain digest-sha512-cut digest-algorithm-unknown sip-malformed sip-too-large sip-datagram-cut sip-stream-no-length sip-stream-skipped connection-refused connection-no-answer connection-untrusted connection-no-tls dialog-bad-request dialog-busy dialog-not-acceptable dialog-refused dialog-broadcast-refused dialog-unanswered dialog-event-refused dialog-media-address dialog-ps-not-first dialog-ssrc-missing dialog-ssrc-malformed dialog-ssrc-changed dialog-setup-conflict dialog-media-refused dialog-media-unanswered dialog-media-closed dialog-media-wrong-way dialog-media-not-dialled dialog-payload-type dialog-direction-conflict dialog-audio-as-ps dialog-audio-before-ack dialog-port-zero dialog-ack-missing dialog-call-id-shared dialog-device-gave-up dialog-bye-unknown dialog-ssrc-not-promised dialog-media-after-bye dialog-playback-start-line dialog-key-frame-spelling query-refused query-undelivered query-unanswered query-sn-differs query-to-differs query-parts-overlap query-list-empty query-num-differs query-result-error query-attributes xml-broken xml-not-escaped xml-charset-differs xml-charset-undeclared xml-beyond-gb2312 catalog-incomplete catalog-too-slow catalog-duplicate-ids catalog-channel-shared catalog-parent-unknown catalog-field-value catalog-not-playable records-incomplete records-type-missing config-unanswered config-block-differs alarm-of-channel media-status-sender ptz-malformed capture-cut-file capture-cut-frames capture-fragments-missing capture-fragments-conflict capture-tcp-gap capture-lost-packets capture-tcp-conflict capture-mirror-copies capture-nat-both-sides capture-proxy-hops capture-twins capture-unknown-link capture-time-backwards capture-overrun capture-nothing-to-judge ps-psm-crc-swapped ps-psm-crc-zero ps-psm-crc-bad ps-psm-entry-hidden ps-psm-descriptors-overrun ps-psm-lengths-differ ps-no-psm ps-psm-type-flips ps-psm-stream-late ps-psm-stream-missing ps-psm-version-moves ps-codec-differs ps-aac-as-g711 ps-g711-law-differs ps-pack-empty ps-pack-stuffing-data ps-pes-stuffing ps-private-stream ps-extra-zeros ps-pes-length-zero ps-pes-too-long ps-pes-length-wrapped ps-place-lost ps-pes-header-short ps-pes-header-broken ps-header-split ps-header-range ps-audio-without-pack ps-system-header-absent-streams ps-system-header-differs ps-leading-bytes ps-imkh-header ps-ends-inside ps-not-gb ps-frames-in-one-pack ps-frame-over-packs ps-timestamp-wrap ps-timestamp-wraps-early ps-timestamp-jump ps-timestamps-zero ps-pts-missing ps-audio-clock-8k ps-gap-too-long media-frames-damaged media-no-parameter-sets media-parameter-sets-rare media-no-key-frame media-g711-in-ps media-short-start-codes media-profile-above-baseline media-h265-for-browser rtp-lost rtp-loss-above-limit rtp-jitter-above-limit rtp-reordered rtp-duplicates rtp-sequence-jumps rtp-silence rtp-timestamp-within-frame rtp-timestamp-repeats rtp-malformed rtp-header-extension rtp-payload-type-changes rtp-ssrc-differs rtp-ssrc-unusual rtp-two-senders rtp-source-port-changed rtp-rtcp-in-flow rtp-rtcp-length rtp-framing-lost rtp-framing-absent rtp-framing-interleaved rtp-framing-ehome rtp-starts-mid-packet media-not-ps' -d 'Leave out this finding; may be given several times'
complete -c ps-dump -l baseline -r -F -d 'Findings in this file are known: told in one line, no reason to fail; records of an earlier run, or lines of ID and subject'
complete -c ps-dump -l all -d 'Write each repeat of a finding, not only the first'
complete -c ps-dump -s v -l verbose -d 'Say more; twice for more still'
complete -c ps-dump -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c ps-dump -s V -l version -d 'Print the version and exit'
complete -c ps-dump -s h -l help -d 'Print this help and exit'

complete -c ps-dump -n 'test (__ps_dump_verb none) = none' -a inspect -d 'Say what is in a stream and what is wrong with it'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -F
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l format -x -a 'auto ps pcap rtpdump rfc4571 interleaved bare' -d 'What the input is; auto finds out by its content'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l ssrc -x -d 'Judge this RTP source only: the ten digits of y=, or 0x and hexadecimal'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l flow -x -d 'Of a capture, only what goes between these addresses: A or A-B, with or without ports'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l dedup -x -a 'on off' -d 'Count packets that a mirror port captured twice once'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l expect-ssrc -x -d 'What y= promised: another SSRC is a finding'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l seen-from -x -a 'device platform middle unknown' -d 'Where the packets were taken, when you know it'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l frames -d 'Tell each frame as it comes'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l packets -d 'Tell each packet of the program stream: pack headers, maps, PES packets'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = inspect' -l hex -d 'Show the first bytes of each pack in hexadecimal'

complete -c ps-dump -n 'test (__ps_dump_verb none) = none' -a listen -d 'The same for what comes in live'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l connect -d 'tcp://: connect to that address instead of listening (the device is passive)'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l ssrc -x -d 'Judge this RTP source only: the ten digits of y=, or 0x and hexadecimal'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l expect-ssrc -x -d 'What y= promised: another SSRC is a finding'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l seen-from -x -a 'device platform middle unknown' -d 'Where the packets were taken, when you know it'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l frames -d 'Tell each frame as it comes'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l packets -d 'Tell each packet of the program stream: pack headers, maps, PES packets'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l hex -d 'Show the first bytes of each pack in hexadecimal'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l duration -x -a '500ms 5s 30s 1m 1h' -d 'Stop in order after this time'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l timeout -x -a '500ms 5s 30s 1m 1h' -d 'Give up when nothing has come by then; without it wait for ever'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l until -x -d 'Stop in order when so many came: frames=N or rtp_packets=N'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l expect -x -d 'Exit 1 unless the counters of the summary fit: frames>=250,rtp_lost=0'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = listen' -l pcap -r -F -d 'Write what is received into this capture'

complete -c ps-dump -n 'test (__ps_dump_verb none) = none' -a extract -d 'Write one elementary stream, or the program stream, from any input'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -F
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l format -x -a 'auto ps pcap rtpdump rfc4571 interleaved bare' -d 'What the input is; auto finds out by its content'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l ssrc -x -d 'Judge this RTP source only: the ten digits of y=, or 0x and hexadecimal'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l flow -x -d 'Of a capture, only what goes between these addresses: A or A-B, with or without ports'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l dedup -x -a 'on off' -d 'Count packets that a mirror port captured twice once'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l stream -x -d 'What to write: video, audio, ps (the program stream itself), or a stream_id as 0xE0'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = extract' -l drop-damaged -d 'Leave out frames that are damaged or follow a damaged one up to the next key frame'

complete -c ps-dump -n 'test (__ps_dump_verb none) = none' -a mux -d 'Make a program stream, with a mistake when one is asked for'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l video -r -F -d 'H.264 or H.265 with start codes (Annex B)'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l audio -r -F -d 'G.711, or AAC in ADTS'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l audio-codec -x -a 'auto g711a g711u aac' -d 'Codec of the audio; auto knows AAC, the rest cannot be told apart for certain'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l fps -x -d 'Frames a second of the video'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l rtp -d 'Write RTP packets back to back instead of the program stream'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l framing -x -a 'bare rfc4571 interleaved' -d 'Write RTP packets with these borders'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l ssrc -x -d 'SSRC of the RTP packets: the ten digits of y=, or 0x and hexadecimal; without it 0100003190'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l payload-type -x -d 'Payload type of the RTP packets'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l pcap -r -F -d 'Write the RTP packets into this capture, over UDP; nothing goes to standard output then'
complete -c ps-dump -n 'test (__ps_dump_verb inspect) = mux' -l fault -x -a 'media-no-key-frame media-no-parameter-sets media-not-ps media-parameter-sets-rare media-short-start-codes ps-aac-as-g711 ps-audio-clock-8k ps-audio-without-pack ps-codec-differs ps-ends-inside ps-extra-zeros ps-frame-over-packs ps-frames-in-one-pack ps-g711-law-differs ps-gap-too-long ps-header-range ps-imkh-header ps-leading-bytes ps-no-psm ps-pack-empty ps-pack-stuffing-data ps-pes-header-broken ps-pes-header-short ps-pes-length-wrapped ps-pes-length-zero ps-pes-stuffing ps-pes-too-long ps-place-lost ps-private-stream ps-psm-crc-bad ps-psm-crc-swapped ps-psm-crc-zero ps-psm-descriptors-overrun ps-psm-entry-hidden ps-psm-lengths-differ ps-psm-stream-late ps-psm-stream-missing ps-psm-type-flips ps-psm-version-moves ps-pts-missing ps-system-header-absent-streams ps-system-header-differs ps-timestamp-jump ps-timestamp-wrap ps-timestamp-wraps-early ps-timestamps-zero rtp-duplicates rtp-framing-absent rtp-framing-ehome rtp-framing-interleaved rtp-framing-lost rtp-header-extension rtp-jitter-above-limit rtp-lost rtp-malformed rtp-payload-type-changes rtp-reordered rtp-rtcp-in-flow rtp-rtcp-length rtp-sequence-jumps rtp-silence rtp-source-port-changed rtp-ssrc-differs rtp-ssrc-unusual rtp-starts-mid-packet rtp-timestamp-repeats rtp-timestamp-within-frame rtp-two-senders' -d 'Make this mistake, named after the finding it causes; gbkit-findings(7)'
