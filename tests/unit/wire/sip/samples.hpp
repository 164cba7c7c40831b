// Messages the SIP tests share: as GB/T 28181 devices send them.
#pragma once

#include <string>

namespace samples {

/// A REGISTER of a camera, CRLF line ends.
inline std::string register_request() {
    return "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1371463273\r\n"
           "From: <sip:34020000001320000264@3402000000>;tag=2043466181\r\n"
           "To: <sip:34020000001320000264@3402000000>\r\n"
           "Call-ID: 1011047669\r\n"
           "CSeq: 1 REGISTER\r\n"
           "Contact: <sip:34020000001320000264@192.168.1.64:5060>\r\n"
           "Max-Forwards: 70\r\n"
           "User-Agent: IP Camera\r\n"
           "Expires: 3600\r\n"
           "Content-Length: 0\r\n\r\n";
}

/// A keepalive MESSAGE with its MANSCDP body.
inline std::string keepalive() {
    const std::string body =
        "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>43</SN>\r\n"
        "<DeviceID>34020000001320000264</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n";
    return "MESSAGE sip:34020000002000000001@3402000000 SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK352707374\r\n"
           "From: <sip:34020000001320000264@3402000000>;tag=1888617734\r\n"
           "To: <sip:34020000002000000001@3402000000>\r\n"
           "Call-ID: 751104661\r\n"
           "CSeq: 20 MESSAGE\r\n"
           "Content-Type: Application/MANSCDP+xml\r\n"
           "Max-Forwards: 70\r\n"
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string unauthorized() {
    return "SIP/2.0 401 Unauthorized\r\n"
           "Via: SIP/2.0/UDP 192.168.1.64:5060;rport=5060;received=192.0.2.7;branch=z9hG4bK1371463273\r\n"
           "From: <sip:34020000001320000264@3402000000>;tag=2043466181\r\n"
           "To: <sip:34020000001320000264@3402000000>;tag=78129\r\n"
           "Call-ID: 1011047669\r\n"
           "CSeq: 1 REGISTER\r\n"
           "WWW-Authenticate: Digest realm=\"3402000000\",nonce=\"6eb1340d99c404a0e4d3b68d15d1d46f\",qop=\"auth\"\r\n"
           "Content-Length: 0\r\n\r\n";
}

}  // namespace samples
