// Hostile datagrams against both roles: the platform and a registered device take them and stay within their bounds.
//
// The input is a sequence of datagrams (two bytes of length each) with a second between them; every third goes to
// the device. Inputs of even length meet a platform without a password, which lets anybody subscribe.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device.hpp"
#include "proto/gb/registrar.hpp"

using namespace gbkit;

namespace {

proto::gb::DeviceSettings settings() {
    proto::gb::DeviceSettings values;
    values.server_id = "34020000002000000001";
    values.domain = "3402000000";
    return values;
}

template <class Machine>
void feed(Machine& machine, Time now, std::string_view bytes) {
    proto::Actions actions;
    machine.step(now, proto::Received{1, {IpAddress::v4(0x7F000002), 5060}, bytes, {}}, actions);
    if (const auto deadline = machine.deadline(); deadline && *deadline <= now) machine.step(now, proto::Woken{}, actions);
    if (actions.size() > 64) std::abort();  // one datagram never makes many: at most a NOTIFY for each of 32 subscribers
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const proto::gb::DeviceSettings shared = settings();
    proto::gb::RegistrarSettings platform;
    if (size % 2 != 0) platform.password = "12345678";
    proto::gb::Registrar registrar(platform, Random(1));
    std::vector<proto::gb::Device> devices;
    devices.emplace_back(proto::gb::DeviceIdentity{"34020000001320000001", "34020000001320000001", "12345678"}, shared);
    proto::Fleet<proto::gb::Device> fleet({}, std::move(devices), Random(1));
    Time now = from_unix(1'700'000'000);
    proto::Actions actions;
    const proto::Opened opened{1, {IpAddress::v4(0x7F000001), 5060}, {}};
    registrar.step(now, proto::Started{}, actions);
    registrar.step(now, opened, actions);
    fleet.step(now, proto::Started{}, actions);
    fleet.step(now, opened, actions);
    ByteReader reader({data, size});
    for (int turn = 0; reader.ok() && reader.remaining() > 2 && turn < 64; ++turn, now += seconds{1}) {
        const std::size_t length = reader.u16be();
        const std::string_view bytes = as_text(reader.take(std::min(length, reader.remaining())));
        if (turn % 3 == 2) feed(fleet, now, bytes);
        else feed(registrar, now, bytes);
    }
    return 0;
}
