// SPDX-License-Identifier: Apache-2.0
//
// What a circuit costs: size, depth, weight, resolution, and the exact energy.
#ifndef GATELIGHT_MEASURE_HPP
#define GATELIGHT_MEASURE_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <span>
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
  automatic,  // whichever of these is predicted to be quickest
  enumerate,  // every input of the domain, bit-parallel
  diagram,    // the states that inputs lead to, merged; for structured circuits of any size
  search,     // local search below, interval bounds and branching above
  box,        // boxes of words, split and bounded by linear functions; for few words and many steps
};

// The probability of an input bit to be 1: 0 <= numerator <= denominator, denominator >= 1.
struct Probability {
  std::int64_t numerator = 1;
  std::int64_t denominator = 2;
  friend bool operator==(const Probability&, const Probability&) = default;
};

struct EnergyOptions {
  Engine engine = Engine::automatic;
  bool levels = false;     // also the maximum of every single level
  bool layers = false;     // also the maximum of all gates with the same GateSpec::layer
  bool histogram = false;  // also how many inputs cause each total; not by search or box
  // What firing costs, one a gate, not negative; gates that do not count cost nothing whatever stands
  // here.  Empty: what the circuit says.  See unit_costs() and fanout_costs().
  std::vector<std::int64_t> costs;
  // Also the mean total where input bits are independent with these probabilities, one a bit, given that
  // the input lies in the domain.  Empty: not asked.  Only by diagram, or, with all 1/2, by enumerate.
  std::vector<Probability> probabilities;
  // Keeps the state of a sweep, so that it can go on later.  With it, automatic means enumerate.
  std::optional<Checkpoint> checkpoint;
  Limits limits;
};

// Every counting gate costs 1.
[[nodiscard]] std::vector<std::int64_t> unit_costs(const Circuit& circuit);
// A gate costs the wires of the Boolean form that read it: the synapses its firing sets to work; 0 for
// a gate that nobody reads.  O(wires).
[[nodiscard]] std::vector<std::int64_t> fanout_costs(const Circuit& circuit);

struct LevelEnergy {
  int level = 0;
  std::size_t size = 0;   // counting gates of the level
  std::int64_t cost = 0;  // of all of them together
  Bounds<std::int64_t> bounds;
};
struct LayerEnergy {
  std::string layer;      // the label
  std::size_t size = 0;   // counting gates with that label
  std::int64_t cost = 0;  // of all of them together
  Bounds<std::int64_t> bounds;
};
struct ExpectedEnergy {
  double value = 0;   // of the exact one, rounded towards 0
  std::string exact;  // "12345/4096", in lowest terms
};

// The energy: `bounds.lower` is reached by `witness`; `bounds.upper` is sound.
struct EnergyResult {
  Bounds<std::int64_t> bounds;
  InputBits witness;
  std::int64_t cost = 0;            // of all counting gates together
  std::vector<LevelEnergy> levels;  // if asked for
  // If asked for: labels in the order of their first gates; gates without a label belong to none.
  std::optional<std::vector<LayerEnergy>> layers;
  // Total cost -> number of inputs, in decimal: it can have hundreds of digits.  If complete.
  std::optional<std::map<std::int64_t, std::string>> histogram;
  std::optional<ExpectedEnergy> expected;  // if asked for and reached
  std::string engine;                      // "enumerate", "diagram", "search" or "box"
  std::string reason;                      // why this engine, one line
  std::uint64_t nodes = 0;                 // inputs swept, states of a diagram, or search nodes
  double seconds = 0;
  std::vector<std::string> notes;  // what else the user should know: a limit that was reached, say
  [[nodiscard]] bool proved() const { return bounds.closed(); }
};

// The largest total cost of counting gates that fire, over all inputs of the domain.
// Errors: unsupported (too many free bits for engine enumerate, or for a histogram; a mean that the engine
// cannot compute), overflow (costs whose total exceeds 2^62), bad_input (a checkpoint of another
// question; a domain of probability 0), io (a checkpoint that cannot be saved).  Stopping early is a
// success with an open interval.
// Cost: up to 2^(free bits) for enumerate, the number of states for diagram, which is exponential at
// worst; no bound better than that for search.
[[nodiscard]] Result<EnergyResult> measure_energy(const Circuit& circuit,
                                                  const EnergyOptions& options = {});

// What measure_energy() would do with these options.  Takes a few seconds at most: a part of the sweep
// is run, and states are counted by samples.
struct EnergyPrediction {
  std::string engine, reason;
  std::string inputs;                // that would be swept, or that there are, in decimal
  std::optional<double> seconds;     // nothing where it cannot be told: search
  std::optional<std::size_t> bytes;  // of memory, roughly
  std::optional<double> states;      // of the diagram
  bool generated = false;            // by machine code generated for the circuit
};
[[nodiscard]] Result<EnergyPrediction> predict_energy(const Circuit& circuit,
                                                      const EnergyOptions& options = {});

// The mean total cost over inputs drawn uniformly from the domain: an estimate, never a bound.
// Empty where rejection sampling finds too few inputs of the domain.
struct SampledEnergy {
  double mean = 0;
  std::int64_t largest = 0;
  std::size_t samples = 0;
};
[[nodiscard]] std::optional<SampledEnergy> sample_energy(const Circuit& circuit,
                                                         std::size_t samples, std::uint64_t seed);

// The total cost over given inputs instead of all: what the network does on data, beside what it can
// be made to do.
struct DataEnergy {
  std::size_t rows = 0;  // looked at: fewer than given where a limit ended it
  std::int64_t largest = 0;
  double mean = 0;                 // rounded
  std::size_t row_of_largest = 0;  // the first of them, counted from 1; 0 without any
};
// `words` holds one value a word, input after input (formats.hpp reads such rows from a file); `costs` is as
// in EnergyOptions.  Requires at least one input, and values in the ranges of their words; the domain
// does not matter.  Errors: overflow, where all costs together exceed 2^62.  O(inputs * wires).
[[nodiscard]] Result<DataEnergy> measure_data(const Circuit& circuit,
                                              std::span<const std::int64_t> words,
                                              std::span<const std::int64_t> costs = {},
                                              const Limits& limits = {});

}  // namespace gatelight

#endif  // GATELIGHT_MEASURE_HPP
