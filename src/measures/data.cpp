// SPDX-License-Identifier: Apache-2.0
//
// Given inputs in place of all.  Tested by tests/unit/measures/data_test.cpp
#include "base/checked.hpp"
#include "gatelight/measure.hpp"
#include "measures/costs.hpp"

namespace gatelight {

Result<DataEnergy> measure_data(const Circuit& circuit, std::span<const std::int64_t> words,
                                std::span<const std::int64_t> costs, const Limits& limits) {
  const std::size_t width = circuit.inputs().size();
  GATELIGHT_REQUIRE(width != 0 && !words.empty() && words.size() % width == 0,
                    "data are whole inputs, at least one");
  measures::require_costs(circuit, costs);
  const engines::Objective objective = measures::objective_of(circuit, costs);
  if (auto fits = measures::check_total(objective); !fits.ok()) return fits.error();
  const Deadline clock(limits);
  DataEnergy data;
  base::Wide sum = 0;  // of at most 2^64 numbers below 2^62
  for (; data.rows < words.size() / width && !clock.expired(); ++data.rows) {
    const InputBits bits = input_of_words(circuit, words.subspan(data.rows * width, width));
    const std::int64_t value = engines::objective_value(circuit, objective, bits);
    sum += value;
    if (data.rows != 0 && value <= data.largest) continue;
    data.largest = value;
    data.row_of_largest = data.rows + 1;
  }
  if (data.rows != 0) data.mean = static_cast<double>(sum) / static_cast<double>(data.rows);
  return data;
}

}  // namespace gatelight
