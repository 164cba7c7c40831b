# fish completion for pcap-replay, written by gbkit-gen

function __pcap_replay_verb
    for word in (commandline -opc)[2..-1]
        contains -- $word inspect; and echo $word; and return
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
complete -c pcap-replay -l ignore -x -a 'register-challenge-lost register-401-to-private-via register-answer-misdirected register-answer-lost register-challenge-ignored register-challenge-missing register-refused register-refused-outright register-server-failure register-400-no-expires register-bad-request register-redirected register-server-id-differs register-server-id-accepted register-id-not-20-digits register-id-is-server-id register-id-unusual register-no-answer register-port-unreachable register-logging-out register-expires-below-keepalive register-platform-elsewhere register-seen-as register-source-moved register-old-address-called register-port-filtered register-route register-device-forgot register-date-shifted register-date-differs register-date-form register-banned register-version-unanswered register-redirect-ignored register-duplicate-id register-lifetime-cut register-lifetime-short keepalive-unanswered keepalive-too-rare keepalive-refused keepalive-status digest-password-differs digest-password-form digest-formula-differs digest-uri-hashed-differs digest-realm-not-challenged digest-qop-null digest-qop-ignored digest-nc-case digest-response-upper-case digest-space-trimmed digest-algorithm-differs digest-header-malformed digest-right-still-refused digest-deviation-accepted digest-given-password-differs digest-rspauth-differs digest-stale-nonce digest-uri-differs digest-constant-cnonce digest-username-not-device-id digest-realm-not-domain digest-sha512-cut digest-algorithm-unknown sip-malformed sip-too-large sip-datagram-cut sip-stream-no-length sip-stream-skipped connection-refused connection-no-answer connection-untrusted connection-no-tls capture-cut-file capture-cut-frames capture-fragments-missing capture-fragments-conflict capture-tcp-gap capture-tcp-conflict capture-mirror-copies capture-twins capture-unknown-link capture-time-backwards capture-nothing-to-judge' -d 'Leave out this finding; may be given several times'
complete -c pcap-replay -l all -d 'Write each repeat of a finding, not only the first'
complete -c pcap-replay -s v -l verbose -d 'Say more; twice for more still'
complete -c pcap-replay -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c pcap-replay -s V -l version -d 'Print the version and exit'
complete -c pcap-replay -s h -l help -d 'Print this help and exit'

complete -c pcap-replay -n 'test (__pcap_replay_verb none) = none' -a inspect -d 'Say who registers, how it went, and what is wrong'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -F
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l device -x -d 'Judge this device only'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l dedup -x -a 'on off' -d 'Count packets that a mirror port captured twice once'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l ladder -d 'Draw the ladder of every device, also of those that are fine'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l seen-from -x -a 'device platform middle unknown' -d 'Where the capture was taken, when you know it'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l server-id -x -d 'The platform\'s ID, to compare what devices send with it'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l domain -x -d 'The platform\'s SIP domain (usually the first 10 digits of its ID)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c pcap-replay -n 'test (__pcap_replay_verb inspect) = inspect' -l passwords -r -F -d 'A table of passwords, a line each: ID password [username]'
