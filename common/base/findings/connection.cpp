// Findings about connections that do not come about: what to say and what to do.
#include "base/findings/connection.hpp"

namespace gbkit::findings {

std::vector<FindingInfo> connection_table() {
    return {
        {connection_refused, Severity::error,
         {"No {transport} connection to {observed}: {reason}.", "无法与 {observed} 建立 {transport} 连接:{reason}。"},
         {"Nothing takes connections there: start the platform's SIP service or correct address and port; if it listens on UDP only, switch the device to UDP; look for a firewall that answers in its place.",
          "该地址没有服务接受连接:启动平台的 SIP 服务,或改正地址和端口;若平台只监听 UDP,请把设备改为 UDP;也请检查是否有防火墙代为拒绝。"},
         "RFC 9293 3.5.2, RFC 3261 18.4"},
        {connection_no_answer, Severity::error,
         {"Nothing answers a {transport} connection to {observed}.", "与 {observed} 建立 {transport} 连接时没有任何应答。"},
         {"The address is wrong, the machine is off, or a firewall drops the packets: let the port through for TCP on the way and in the cloud's security group.",
          "地址有误、主机未开机,或防火墙丢弃了报文:请在沿途防火墙和云安全组中放行该 TCP 端口。"},
         "RFC 9293 3.5, RFC 3261 18.4"},
        {connection_untrusted, Severity::error,
         {"The certificate of {observed} is not trusted: {reason}.", "不信任 {observed} 的证书:{reason}。"},
         {"Trust the CA that issued it (a private CA: --ca FILE), connect by a name that stands in the certificate, and see that it has not expired and the clock is right. Nothing was sent.",
          "请信任其签发机构(私有 CA 用 --ca FILE),用证书中写明的名称连接,并确认证书未过期、时钟正确。未发送任何内容。"},
         "RFC 5280 6, RFC 9525 6"},
        {connection_no_tls, Severity::error,
         {"No TLS with {observed}: {reason}.", "与 {observed} 之间无法建立 TLS:{reason}。"},
         {"Both sides must mean TLS on this port (5061 is usual for SIP) and have version 1.2 or 1.3 and a cipher in common; a platform that asks for client certificates needs one it trusts (--cert, --key).",
          "双方须约定在该端口使用 TLS(SIP 通常为 5061),并有共同的版本(1.2 或 1.3)和密码套件;若平台要求客户端证书,请提供其信任的证书(--cert、--key)。"},
         "RFC 8446 6.2, RFC 3261 26.3.1"},
    };
}

}  // namespace gbkit::findings
