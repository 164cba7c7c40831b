# fish completion for gb-register, written by gbkit-gen

function __gb_register_verb
    for word in (commandline -opc)[2..-1]
        contains -- $word device serve; and echo $word; and return
    end
    echo $argv[1]
end

complete -c gb-register -f
complete -c gb-register -l json -d 'Write JSON Lines records to standard output instead of the page'
complete -c gb-register -l text -d 'Write the page, whatever GBKIT_OUTPUT says'
complete -c gb-register -s o -l output -r -F -d 'Write the main product to this file instead of standard output'
complete -c gb-register -l records -r -F -d 'Write the records there as well: a file, or fd:N for an open descriptor'
complete -c gb-register -l color -x -a 'auto always never' -d 'Colour the page; auto: on a terminal, unless NO_COLOR is set'
complete -c gb-register -l progress -x -a 'auto always never' -d 'Show progress on standard error; auto: on a terminal'
complete -c gb-register -l lang -x -a 'en zh' -d 'Language of the page and of messages; without it LANG decides for the page'
complete -c gb-register -l fail-on -x -a 'error violation vendor never' -d 'Exit 1 when a finding is at least this severe'
complete -c gb-register -l ignore -x -a 'register-challenge-lost register-401-to-private-via register-answer-misdirected register-answer-lost register-challenge-ignored register-challenge-missing register-refused register-refused-outright register-server-failure register-400-no-expires register-bad-request register-redirected register-server-id-differs register-server-id-accepted register-id-not-20-digits register-id-is-server-id register-id-unusual register-no-answer register-port-unreachable register-logging-out register-expires-below-keepalive keepalive-unanswered keepalive-refused keepalive-status digest-password-differs digest-password-form digest-formula-differs digest-uri-hashed-differs digest-realm-not-challenged digest-qop-null digest-qop-ignored digest-nc-case digest-response-upper-case digest-space-trimmed digest-algorithm-differs digest-header-malformed digest-right-still-refused digest-deviation-accepted digest-given-password-differs digest-rspauth-differs digest-stale-nonce digest-uri-differs digest-constant-cnonce digest-username-not-device-id digest-realm-not-domain digest-sha512-cut digest-algorithm-unknown sip-malformed sip-too-large sip-datagram-cut sip-stream-no-length sip-stream-skipped capture-cut-file capture-cut-frames capture-fragments-missing capture-fragments-conflict capture-tcp-gap capture-tcp-conflict capture-mirror-copies capture-twins capture-unknown-link capture-time-backwards capture-nothing-to-judge' -d 'Leave out this finding; may be given several times'
complete -c gb-register -l all -d 'Write each repeat of a finding, not only the first'
complete -c gb-register -s v -l verbose -d 'Say more; twice for more still'
complete -c gb-register -s q -l quiet -d 'Say nothing on standard error but errors'
complete -c gb-register -s V -l version -d 'Print the version and exit'
complete -c gb-register -s h -l help -d 'Print this help and exit'

complete -c gb-register -n 'test (__gb_register_verb none) = none' -a device -d 'Register with a platform, stay registered, leave in order'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l server -x -a '(__fish_print_hostnames)' -d 'The platform; port 5060 unless given'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l device-id -x -d 'The device\'s 20-digit ID'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l username -x -d 'User name for the digest; without it the device ID'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l bind -x -a '(__fish_print_hostnames)' -d 'Own address and port; the system chooses what is left out'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l expires -x -d 'Seconds to register for'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l keepalive -x -a '500ms 5s 30s 1m 1h' -d 'Time between keepalives'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l timeout -x -a '500ms 5s 30s 1m 1h' -d 'Wait this long for an answer; without it 32 s (64*T1)'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l once -d 'Register, unregister, done; without it the registration is held until a signal'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l server-id -x -d 'The platform\'s 20-digit ID'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l domain -x -d 'SIP domain and realm; without it the first 10 digits of the server ID'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l gb-version -x -a '1.0 1.1 2.0 3.0' -d 'Say which edition is spoken, in X-GB-Ver: 2.0 is 2016, 3.0 is 2022'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l pcap -r -F -d 'Write what is sent and received into this capture'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l seed -x -d 'Make nonces, tags and times repeat; for tests'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l fault -x -a 'digest-algorithm-differs digest-constant-cnonce digest-formula-differs digest-header-malformed digest-nc-case digest-password-differs digest-password-form digest-qop-ignored digest-qop-null digest-realm-not-challenged digest-response-upper-case digest-space-trimmed digest-stale-nonce digest-uri-differs digest-uri-hashed-differs digest-username-not-device-id keepalive-status register-400-no-expires register-bad-request register-challenge-ignored register-expires-below-keepalive register-id-is-server-id register-id-not-20-digits register-server-id-differs sip-datagram-cut sip-malformed' -d 'Make this mistake, named after the finding it causes; gbkit-findings(7)'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l duration -x -a '500ms 5s 30s 1m 1h' -d 'Stop in order after this time'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l until -x -d 'Stop in order when a counter of the summary has come that far'
complete -c gb-register -n 'test (__gb_register_verb device) = device' -l expect -x -d 'Exit 1 unless the counters of the summary fit: registered>=100,refused=0'

complete -c gb-register -n 'test (__gb_register_verb none) = none' -a serve -d 'Be the platform: accept devices and say what is wrong with them'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l listen -x -a '(__fish_print_hostnames)' -d 'Own address and port; port 0 lets the system choose'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l password -x -d 'The password itself; other users of this machine can see it in ps(1)'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l password-file -r -F -d 'Read the password from this file, one trailing line end dropped; - is standard input'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l no-auth -d 'Ask for no password (an empty --password says the same)'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l reject -x -a '401 403' -d 'Status for a wrong password'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l strict -d 'Refuse another server ID, IDs that are not 20 digits, and digests without qop'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l server-id -x -d 'The platform\'s 20-digit ID'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l domain -x -d 'SIP domain and realm; without it the first 10 digits of the server ID'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l gb-version -x -a '1.0 1.1 2.0 3.0' -d 'Say which edition is spoken, in X-GB-Ver: 2.0 is 2016, 3.0 is 2022'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l pcap -r -F -d 'Write what is sent and received into this capture'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l seed -x -d 'Make nonces, tags and times repeat; for tests'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l fault -x -a 'digest-algorithm-unknown digest-right-still-refused keepalive-refused keepalive-unanswered register-answer-misdirected register-challenge-missing register-no-answer register-redirected register-refused register-refused-outright register-server-failure' -d 'Make this mistake, named after the finding it causes; gbkit-findings(7)'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l duration -x -a '500ms 5s 30s 1m 1h' -d 'Stop in order after this time'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l until -x -d 'Stop in order when a counter of the summary has come that far'
complete -c gb-register -n 'test (__gb_register_verb device) = serve' -l expect -x -d 'Exit 1 unless the counters of the summary fit: registered>=100,refused=0'
