// A line for each device in trouble, the worst first; the others are counted.
//
//   34020000001180000007  Hikvision NVR  CATALOG   10 of 140 items arrived  #88120
//   34020000001320000031  Dahua IPC      403       the digest is right for the given password  #40211
//   34 more               -              fine      34 registered; 2 of them with habits (--habits)
#pragma once

#include "devices.hpp"

namespace gbkit::replay_tool {

void write_device_table(cli::Output& output, const PageFacts& facts, const Devices& devices, const PageChoice& choice);

}  // namespace gbkit::replay_tool
