// SPDX-License-Identifier: Apache-2.0
//
// What a circuit costs: size, depth, weight, resolution, and the exact energy.
#ifndef GATELIGHT_MEASURE_HPP
#define GATELIGHT_MEASURE_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatelight/bounds.hpp"
#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

// The resources that need no search.
struct Resources {
  std::size_t inputs = 0;   // Boolean inputs n
  std::size_t size = 0;     // gates that count
  int depth = 0;            // largest level
  std::int64_t weight = 0;  // largest |weight| in Boolean form: w on bit j of a word is |w| * 2^j
  std::int64_t resolution = 0;  // largest |weight| as written
  int resolution_bits = 0;      // bits of that magnitude
};

// O(wires).
[[nodiscard]] Resources measure_resources(const Circuit& circuit);

enum class Engine {
  automatic,  // enumerate where the sweep is affordable, else search
  enumerate,  // every input of the domain, bit-parallel
  search,     // local search below, interval bounds and branching above
};

struct EnergyOptions {
  Engine engine = Engine::automatic;
  bool levels = false;      // also the maximum of every single level
  bool histogram = false;   // also how many inputs cause each total; needs a complete enumeration
  bool count_only = false;  // every counting gate costs 1, whatever its cost
  Limits limits;
};

// The energy: `bounds.lower` is reached by `witness`; `bounds.upper` is sound.
struct LevelEnergy {
  int level = 0;
  std::size_t size = 0;  // counting gates of the level
  Bounds<std::int64_t> bounds;
};
struct EnergyResult {
  Bounds<std::int64_t> bounds;
  InputBits witness;
  std::vector<LevelEnergy> levels;  // if asked for
  // Total cost -> number of inputs, in decimal: it can have hundreds of digits.  If complete.
  std::optional<std::map<std::int64_t, std::string>> histogram;
  std::string engine;       // "enumerate" or "search"
  std::string reason;       // why this engine, one line
  std::uint64_t nodes = 0;  // inputs swept, or search nodes
  double seconds = 0;
  [[nodiscard]] bool proved() const { return bounds.closed(); }
};

// The largest total cost of counting gates that fire, over all inputs of the domain.
// Errors: unsupported (engine enumerate on more than 62 free bits), overflow (costs whose total
// exceeds 2^62).  Stopping early is a success with an open interval.
// Cost: up to 2^(free bits) for enumerate; no bound better than that for search.
[[nodiscard]] Result<EnergyResult> measure_energy(const Circuit& circuit,
                                                  const EnergyOptions& options = {});

// The mean total cost over inputs drawn uniformly from the domain: an estimate, never a bound.
// Empty where rejection sampling finds too few inputs of the domain.
struct SampledEnergy {
  double mean = 0;
  std::int64_t largest = 0;
  std::size_t samples = 0;
};
[[nodiscard]] std::optional<SampledEnergy> sample_energy(const Circuit& circuit,
                                                         std::size_t samples, std::uint64_t seed,
                                                         bool count_only = false);

}  // namespace gatelight

#endif  // GATELIGHT_MEASURE_HPP
