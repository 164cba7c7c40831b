// Findings about SIP messages as such: what to say and what to do.
#include "base/findings/sip.hpp"

#include "base/findings/register.hpp"

namespace gbkit::findings {

std::vector<FindingInfo> sip_table() {
    return {
        {sip_malformed, Severity::violation,
         {"A message looks like SIP and is malformed: {observed}.", "报文像 SIP 但格式有误:{observed}。"},
         {"The sender of {source} must be mended; strict peers drop such a message without a word.",
          "须由发送方 {source} 修正;严格的对端会直接丢弃这样的报文。"},
         "RFC 3261 7, 25", {register_bad_request, register_refused, register_refused_outright, register_no_answer}},
        {sip_too_large, Severity::violation,
         {"A SIP message is beyond what a peer has to take: {observed}.", "SIP 报文超出对端应当接受的范围:{observed}。"},
         {"Look at the sender {source}: this is either an attack or a broken sender.",
          "检查发送方 {source}:不是攻击,就是发送方有故障。"},
         "RFC 3261 21.4.11"},
        {sip_datagram_cut, Severity::violation,
         {"The datagram holds {observed} bytes of body, Content-Length says {expected}.",
          "数据报中消息体只有 {observed} 字节,Content-Length 写的是 {expected}。"},
         {"The sender {source} counts wrongly or cuts the message to its buffer; the receiver discards it.",
          "发送方 {source} 长度计算有误或缓冲区截断了报文;接收方会丢弃它。"},
         "RFC 3261 18.3", {register_bad_request, register_refused, register_refused_outright, register_no_answer}},
        {sip_stream_no_length, Severity::violation,
         {"A message on TCP has no Content-Length.", "TCP 上的报文没有 Content-Length。"},
         {"The sender {source} must write Content-Length on a stream; without it the end of a body is a guess.",
          "发送方 {source} 在 TCP 上必须写 Content-Length,否则无法确定消息体的结尾。"},
         "RFC 3261 18.3, 20.14"},
        {sip_stream_skipped, Severity::violation,
         {"{observed} bytes between SIP messages on TCP are no SIP.", "TCP 流中 SIP 报文之间有 {observed} 字节不是 SIP。"},
         {"The sender {source} writes a wrong Content-Length or mixes other data into the connection.",
          "发送方 {source} 的 Content-Length 不对,或在连接中混入了其他数据。"},
         "RFC 3261 18.3"},
    };
}

}  // namespace gbkit::findings
