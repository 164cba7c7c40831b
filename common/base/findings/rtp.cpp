// Findings about RTP: what to say and what to do.
#include "base/findings/rtp.hpp"

#include "base/findings/ps.hpp"

namespace gbkit::findings {

namespace {

std::vector<FindingInfo> order_table() {
    return {
        {rtp_lost, Severity::error,
         {"RTP packets of {subject} are missing: {observed} from sequence number {first} on.",
          "{subject} 缺少 RTP 包:自序号 {first} 起共 {observed} 个。"},
         {"Capture at the device and at the platform at once: where the numbers are still whole, the loss comes after it. "
          "On the public network let the device send over TCP (passive); lower the bit rate; enlarge the receiver's socket buffer.",
          "在设备侧和平台侧同时抓包:序号完整的一侧之后才是丢包处。公网环境请改用 TCP(被动)传流;降低码率;加大接收端套接字缓冲区。"},
         "RFC 3550 5.1", {rtp_loss_above_limit, media_frames_damaged}},
        {rtp_loss_above_limit, Severity::violation,
         {"{observed} of the RTP packets of {subject} are lost; {expected} is the limit.",
          "{subject} 的 RTP 丢包率为 {observed},超过上限 {expected}。"},
         {"Find the bottleneck between device and platform (wireless link, uplink rate, overloaded switch), or let the device send over TCP.",
          "排查设备到平台之间的瓶颈(无线链路、上行带宽、交换机过载),或改用 TCP 传流。"},
         "GB/T 28181-2022 5.5"},
        {rtp_jitter_above_limit, Severity::violation,
         {"The packets of {subject} arrive with a mean jitter of {observed} ms; {expected} ms is the limit.",
          "{subject} 的平均抖动为 {observed} 毫秒,超过上限 {expected} 毫秒。"},
         {"Look for a queue that fills on the way (uplink at its limit, wireless link) or a device that sends in bursts; a larger buffer in the player hides it.",
          "检查途中是否有排队(上行带宽占满、无线链路),或设备是否突发发送;增大播放端缓冲可缓解。"},
         "GB/T 28181-2022 5.5"},
        {rtp_reordered, Severity::info,
         {"RTP packets of {subject} arrive out of order: {observed} were put back in place.",
          "{subject} 的 RTP 包乱序到达:{observed} 个已重新排好。"},
         {"Nothing is wrong as long as the receiver sorts them; one that does not shows broken pictures: use TCP then.",
          "接收端有排序缓冲即可正常;若接收端不排序会花屏,请改用 TCP 传流。"},
         "RFC 3550 5.1"},
        {rtp_duplicates, Severity::info,
         {"RTP packets of {subject} came twice: {observed}. They were counted once.",
          "{subject} 有 {observed} 个 RTP 包重复到达,只计一次。"},
         {"Usual in captures of mirror ports; else look for a loop or a device that sends everything twice.",
          "镜像口抓包时常见;否则请检查网络环路或设备是否重复发送。"},
         ""},
        {rtp_sequence_jumps, Severity::violation,
         {"The sequence numbers of {subject} jump from {expected} to {observed}: the sender began anew without a new SSRC.",
          "{subject} 的序号从 {expected} 跳到 {observed}:发送方在未更换 SSRC 的情况下重新开始。"},
         {"Device: restart the encoder with a new SSRC or go on counting. Receivers drop what follows as too old or too far.",
          "设备侧:重启编码时应延续序号或更换 SSRC;否则接收端会把后续数据当作过期包丢弃。"},
         "RFC 3550 5.1"},
        {rtp_silence, Severity::violation,
         {"{subject} was silent for {observed} s; media servers give up a stream after {expected} s.",
          "{subject} 中断 {observed} 秒;流媒体服务器通常在 {expected} 秒后判定断流。"},
         {"Nothing is wrong if the playback was paused. Else look at the device (encoder restart, lost network) at this time.",
          "若回放被暂停则属正常;否则请查看此刻设备的状态(编码器重启、断网)。"},
         ""},
        {rtp_timestamp_within_frame, Severity::violation,
         {"The RTP timestamp of {subject} changes from {expected} to {observed} inside one frame.",
          "{subject} 的 RTP 时间戳在同一帧内从 {expected} 变为 {observed}。"},
         {"Device: give all packets of a frame one timestamp. Receivers that split frames by timestamp cut this one in two.",
          "设备侧:同一帧的所有 RTP 包应使用同一时间戳;按时间戳分帧的接收端会把这一帧拆开。"},
         "GB/T 28181-2022 4.3.6"},
        {rtp_timestamp_repeats, Severity::violation,
         {"{observed} frames of {subject} carry the same RTP timestamp {expected}.",
          "{subject} 有 {observed} 帧使用相同的 RTP 时间戳 {expected}。"},
         {"Device: each frame needs its own timestamp. Receivers that split frames by timestamp join these.",
          "设备侧:不同帧应使用不同的时间戳;按时间戳分帧的接收端会把这些帧合并。"},
         "GB/T 28181-2022 4.3.6"},
    };
}

std::vector<FindingInfo> sender_table() {
    return {
        {rtp_malformed, Severity::violation,
         {"A packet among those of {subject} is no RTP: {observed}.", "{subject} 中有非法 RTP 包:{observed}。"},
         {"Device or the network between: what fills this packet is neither RTP nor RTCP.", "请检查设备或中间网络:该包既不是 RTP 也不是 RTCP。"},
         "RFC 3550 5.1"},
        {rtp_header_extension, Severity::info,
         {"{subject} sends RTP header extensions (profile {observed}).", "{subject} 的 RTP 包带有扩展头(profile {observed})。"},
         {"Allowed. A receiver that takes byte 12 for the payload breaks on it: it must skip the extension by its length.",
          "标准允许;若接收端固定从第 12 字节取负载则会出错,应按长度跳过扩展头。"},
         "RFC 3550 5.3.1"},
        {rtp_payload_type_changes, Severity::info,
         {"{subject} changes its payload type from {expected} to {observed}.", "{subject} 的负载类型从 {expected} 变为 {observed}。"},
         {"Program streams use 96. Receivers that fixed the type at the start drop the rest.", "PS 流使用 96;接收端若按首包锁定负载类型会丢弃后续数据。"},
         "GB/T 28181-2022 Annex C"},
        {rtp_ssrc_differs, Severity::error,
         {"The stream has SSRC {observed}; y= promised {expected}.", "码流的 SSRC 为 {observed},而 y= 约定为 {expected}。"},
         {"Device: use the y= value of the INVITE as SSRC, as a decimal number. Platform: at once, switch off its SSRC check.",
          "设备侧:应使用 INVITE 中 y= 的十进制值作为 SSRC。平台侧应急:关闭 SSRC 校验。"},
         "GB/T 28181-2022 Annex G"},
        {rtp_ssrc_unusual, Severity::info,
         {"The SSRC {observed} is no y= value: its first digit is neither 0 (live) nor 1 (playback).",
          "SSRC {observed} 不符合 y= 的规则:首位既不是 0(实时)也不是 1(历史)。"},
         {"Nothing has to be done as long as the platform finds the stream: it then goes by port or by the device's own y=.",
          "只要平台能按端口或设备应答的 y= 识别码流,就无需处理。"},
         "GB/T 28181-2022 Annex G"},
        {rtp_two_senders, Severity::error,
         {"Two senders use the SSRC of {subject} at once: {expected} and {observed}.", "{subject} 的 SSRC 被两个发送方同时使用:{expected} 和 {observed}。"},
         {"Platform: give every INVITE an SSRC of its own, and end the old one (BYE) before a new one. Device: stop the old stream.",
          "平台侧:每次 INVITE 分配不同的 SSRC,重新点播前先发 BYE;设备侧:停止旧的推流。"},
         "RFC 3550 8.2"},
        {rtp_source_port_changed, Severity::info,
         {"{subject} goes on from another port: {expected}, then {observed}.", "{subject} 的源端口由 {expected} 变为 {observed}。"},
         {"A NAT gave the flow a new port, or the device opened its socket again. A receiver that locks to the first port loses the stream: use TCP then.",
          "NAT 重新分配了端口,或设备重新打开了套接字;锁定首个源端口的接收端会断流,可改用 TCP 传流。"},
         ""},
        {rtp_rtcp_in_flow, Severity::info,
         {"RTCP ({observed}) comes on the port of the media of {subject}.", "{subject} 的媒体端口上混有 RTCP({observed})。"},
         {"Receivers must tell it from RTP by its types 200 to 207. Nothing else has to be done.", "接收端应按类型 200~207 与 RTP 区分,其他无需处理。"},
         "RFC 5761 4"},
        {rtp_rtcp_length, Severity::violation,
         {"An RTCP packet of {subject} is not as long as it says: {observed}.", "{subject} 的 RTCP 包长度字段有误:{observed}。"},
         {"Device: count its length in 32-bit words less one. A receiver that trusts it reads past the packet.",
          "设备侧:长度字段应为 32 位字数减一;信任该字段的接收端会越界读取。"},
         "RFC 3550 6.4", {rtp_rtcp_in_flow}},
    };
}

std::vector<FindingInfo> stream_table() {
    return {
        {rtp_framing_lost, Severity::error,
         {"The framing of {subject} on TCP is lost at byte {offset}: {observed} bytes were passed over until two packets in a row fit again.",
          "{subject} 的 TCP 流在第 {offset} 字节处失去分帧:跳过 {observed} 字节后才重新对齐。"},
         {"Device: it dropped bytes in the middle of a packet, mostly because a non-blocking send took only a part. Send the rest before the next packet, or drop whole packets.",
          "设备侧:在包中间丢弃了字节,通常是非阻塞发送只写出一部分。应先发完剩余部分再发下一包,或按整包丢弃。"},
         "RFC 4571 2", {rtp_lost, rtp_loss_above_limit, media_frames_damaged}},
        {rtp_framing_absent, Severity::error,
         {"{subject} sends RTP over TCP without the two length bytes before each packet.", "{subject} 通过 TCP 发送 RTP 时,每包前缺少两字节长度。"},
         {"Device: put the length before each packet. Here the borders were found by SSRC and sequence number; a media server cannot.",
          "设备侧:每个 RTP 包前必须加两字节长度。这里是靠 SSRC 和序号找到的包边界,流媒体服务器无法这样处理。"},
         "GB/T 28181-2022 Annex D, RFC 4571 2"},
        {rtp_framing_interleaved, Severity::violation,
         {"{subject} frames RTP on TCP with '$', channel and length (RTSP style) instead of two length bytes.",
          "{subject} 的 TCP 分帧采用 RTSP 方式($、通道号、长度),而非两字节长度。"},
         {"Device: use the framing of RFC 4571. Some media servers accept both; others read the '$' as a length and lose the stream.",
          "设备侧:应采用 RFC 4571 分帧。部分流媒体服务器两者都支持;其他的会把 $ 当作长度而断流。"},
         "GB/T 28181-2022 Annex D, RFC 4571 2"},
        {rtp_framing_ehome, Severity::violation,
         {"{subject} begins with a vendor's 256-byte header: the device pushes by its own protocol (Ehome), not by GB/T 28181.",
          "{subject} 以 256 字节的厂商私有头开始:设备在用私有协议(Ehome)推流,而不是 GB/T 28181。"},
         {"Device: enable GB/T 28181 and switch off the private platform access, or send that to another port.",
          "设备侧:启用 GB/T 28181 接入并关闭私有平台接入,或将私有推流改到其他端口。"},
         "GB/T 28181-2022 Annex D"},
        {rtp_starts_mid_packet, Severity::violation,
         {"The TCP stream of {subject} does not begin at a packet: {observed} bytes come before the first one.",
          "{subject} 的 TCP 流不是从包边界开始:第一个包之前有 {observed} 字节。"},
         {"Device: begin a new connection with a whole packet. If the capture was started later than the connection, this is nothing.",
          "设备侧:新连接应从完整的包开始。若抓包晚于连接建立,则属正常。"},
         "RFC 4571 2"},
        {media_not_ps, Severity::error,
         {"{subject} carries no program stream: {observed} (payload type {type}).", "{subject} 承载的不是 PS 流,而是 {observed}(负载类型 {type})。"},
         {"Device: let it send PS with payload type 96, as its SDP says (encoding settings, \"stream type\" or \"package\"). "
          "Receivers that expect PS wait for a pack header for ever.",
          "设备侧:按 SDP 约定以 96 负载发送 PS(检查编码或封装设置)。期待 PS 的接收端会一直等不到包头。"},
         "GB/T 28181-2022 Annex C"},
    };
}

}  // namespace

std::vector<FindingInfo> rtp_table() {
    std::vector<FindingInfo> all = order_table();
    for (const auto& table : {sender_table(), stream_table()}) all.insert(all.end(), table.begin(), table.end());
    return all;
}

}  // namespace gbkit::findings
