// SPDX-License-Identifier: Apache-2.0
//
// The yardstick S0: the plainest program that finds the energy.
#ifndef GATELIGHT_BENCH_SCALAR_LOOP_HPP
#define GATELIGHT_BENCH_SCALAR_LOOP_HPP

#include <cstdint>

#include "networks.hpp"

namespace gatelight::bench {

// The largest number of firing gates over the inputs numbered [first, last), bit i of the number
// being input i.  One input at a time, nested loops over dense integer weights, not vectorised.
[[nodiscard]] int scalar_energy(const DenseNetwork& network, std::uint64_t first,
                                std::uint64_t last);

}  // namespace gatelight::bench

#endif  // GATELIGHT_BENCH_SCALAR_LOOP_HPP
