// SPDX-License-Identifier: Apache-2.0
//
// One model of what was measured, rendered as text for people and as JSON for programs.
//
// The JSON keys are fixed by docs/reference/json.md; text may change.
#ifndef GATELIGHT_REPORT_REPORT_HPP
#define GATELIGHT_REPORT_REPORT_HPP

#include <optional>
#include <string>

#include "gatelight/certificate.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/equivalence.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/frontier.hpp"
#include "gatelight/measure.hpp"
#include "gatelight/rank.hpp"
#include "gatelight/theory.hpp"

namespace gatelight::report {

struct EnergyReport {
  std::string file;
  Imported network;
  Resources resources;
  EnergyResult energy;
  bool stopped = false;  // at a limit or by a signal, before the proof was complete
  std::string cost{};    // what firing costs, as asked for; empty: what the circuit says
  std::optional<DataEnergy> data{};  // over given inputs
};

struct AnalysisReport {
  EnergyReport energy;
  std::optional<SampledEnergy> sampled;
  std::optional<TheoremBound> theorem;  // empty where it could not be evaluated
};

// Each ends with a line break.
[[nodiscard]] std::string energy_text(const EnergyReport& report);
[[nodiscard]] std::string energy_json(const EnergyReport& report);
[[nodiscard]] std::string analysis_text(const AnalysisReport& report);
[[nodiscard]] std::string analysis_json(const AnalysisReport& report);

// What a measurement would do.
struct PredictionReport {
  std::string file;
  EnergyPrediction prediction;
  int threads = 1;
};
[[nodiscard]] std::string prediction_text(const PredictionReport& report);
[[nodiscard]] std::string prediction_json(const PredictionReport& report);

// Two circuits compared.
struct EquivalenceReport {
  std::string a, b;  // files
  Circuit circuit_a, circuit_b;
  EquivalenceResult result;
};
[[nodiscard]] std::string equivalence_text(const EquivalenceReport& report);
[[nodiscard]] std::string equivalence_json(const EquivalenceReport& report);

// A certificate and what became of it.
struct CheckReport {
  std::string circuit, certificate;  // files
  RankCertificate claim;
  RankCheck check;
};
[[nodiscard]] std::string check_text(const CheckReport& report);
[[nodiscard]] std::string check_json(const CheckReport& report);

// One evaluated input on one line.
struct EvaluationReport {
  InputBits input;
  std::vector<std::int64_t> values;  // of every gate
  bool with_gates = false;
};
// The number of counting gates whose output is not 0.
[[nodiscard]] std::size_t fired_gates(const Circuit& circuit, std::span<const std::int64_t> values);
[[nodiscard]] std::string evaluation_text(const Circuit& circuit, const EvaluationReport& report);
[[nodiscard]] std::string evaluation_json(const Circuit& circuit, const EvaluationReport& report);

// A network written as a circuit file, or as constraints.
struct ConversionReport {
  std::string in, out;
  Discretized result;
  std::optional<ConstraintText> constraints{};  // its text is not needed
  std::optional<std::int64_t> at_least{};       // of clauses
};
[[nodiscard]] std::string conversion_text(const ConversionReport& report);
[[nodiscard]] std::string conversion_json(const ConversionReport& report);

// The rank of one output for one partition, of the best partition, or of all; a matrix.
struct RankReport {
  std::string file, output;  // empty for a truth table
  BooleanFunction function;
  std::vector<std::string> notes{};     // of the import
  std::string certificate{};            // the file that was written; empty: none
  std::optional<std::int64_t> least{};  // f is [output >= least]; empty: [output != 0]
};
[[nodiscard]] std::string rank_text(const RankReport& report, const RankResult& result);
[[nodiscard]] std::string rank_json(const RankReport& report, const RankResult& result);
[[nodiscard]] std::string best_rank_text(const RankReport& report, const BestRank& result);
[[nodiscard]] std::string best_rank_json(const RankReport& report, const BestRank& result);
[[nodiscard]] std::string rank_table_text(const RankReport& report, const RankTable& table);
[[nodiscard]] std::string rank_table_json(const RankReport& report, const RankTable& table,
                                          double seconds);
// A picture (portable graymap, ones black), and a list of the ones (Matrix Market).
[[nodiscard]] std::string matrix_pgm(const CommunicationMatrix& matrix);
[[nodiscard]] std::string matrix_market(const CommunicationMatrix& matrix);
[[nodiscard]] std::string matrix_text(const CommunicationMatrix& matrix, const std::string& out);
[[nodiscard]] std::string matrix_json(const RankReport& report, const Partition& partition,
                                      const CommunicationMatrix& matrix, const std::string& out);

// What is known from below of a measure that NamedBound speaks of.
struct LeftSide {
  std::string measure;
  std::optional<double> log2;
  bool certified = true;
  std::string reason;  // how, or why there is none
};

// Both sides of the theorem, and the bounds of the instance.
struct BoundReport {
  std::string file, output;
  Partition partition;  // of the rank
  bool best = false;    // the rank and the bounds are of all partitions
  Resources resources;
  Bounds<std::int64_t> energy;  // over all inputs
  FiringCaps caps;
  std::optional<TheoremBound> theorem;  // empty where it says nothing
  std::string theorem_missing;          // then why
  std::vector<InstanceBound> bounds;
  std::vector<NamedBound> all;  // every bound by its name, if asked for
  std::vector<LeftSide> left;   // then, of each measure
  std::uint64_t rank_lower = 0;
  double rank_upper = 0;
  double seconds = 0;
  std::vector<std::string> notes;
  // Energy, caps and rank are known.
  [[nodiscard]] bool exact() const {
    return energy.closed() && caps.exact && static_cast<double>(rank_lower) == rank_upper;
  }
};
// The smallest of the instance's bounds.
[[nodiscard]] double instance_rhs(const BoundReport& report);
// Whether the proved lower end of the rank is within every bound.  It is a theorem: false means a bug.
[[nodiscard]] bool holds(const BoundReport& report);
[[nodiscard]] std::string bound_text(const BoundReport& report);
[[nodiscard]] std::string bound_json(const BoundReport& report);

// What a budget allows.
struct BudgetReport {
  KnownFunction function;
  Budget budget;
  BudgetAnswer answer;
};
[[nodiscard]] std::string budget_text(const BudgetReport& report);
[[nodiscard]] std::string budget_json(const BudgetReport& report);

// A circuit that was made.
struct ConstructionReport {
  std::string family, file;  // file: empty where none was written
  Construction construction;
};
[[nodiscard]] std::string construction_text(const ConstructionReport& report);
[[nodiscard]] std::string construction_json(const ConstructionReport& report);
// All families: one line each, with their parameters.
[[nodiscard]] std::string families_text();
[[nodiscard]] std::string families_json();

// Energy against depth, and the user's own circuit in it.
struct FrontierCircuit {
  std::string file;
  Resources resources;
  Bounds<std::int64_t> energy;     // over all inputs
  std::vector<std::string> notes;  // why the floors may not be about it, and of the import
  // Does it compute the function?  Empty where that is the circuit's own.
  std::optional<Result<EquivalenceResult>> comparison{};
};
struct FrontierReport {
  Frontier frontier;
  std::optional<FrontierCircuit> circuit{};
  std::string svg{}, csv{};  // files that were written; empty: none
  double seconds = 0;
  bool limit_reached = false;  // before the rank of the circuit's function was known
  [[nodiscard]] bool stopped() const {
    return limit_reached || (circuit && !circuit->energy.closed());
  }
};
[[nodiscard]] std::string frontier_text(const FrontierReport& report);
[[nodiscard]] std::string frontier_json(const FrontierReport& report);
// A header and a line for each depth; what there is not is empty.
[[nodiscard]] std::string frontier_csv(const FrontierReport& report);
// A picture, complete in itself: XML in UTF-8.
[[nodiscard]] std::string frontier_svg(const FrontierReport& report);

// A number of RealMeaning, "1/32" or "approx. 0.123", for display: the nearest double.
[[nodiscard]] double approximate(const std::string& number);

// With so many digits behind the point: of a bound, what is printed is one, too.
[[nodiscard]] std::string rounded_down(double number, int digits);
[[nodiscard]] std::string rounded_up(double number, int digits);
// The real value an input word of an imported network stands for, empty for native files.
[[nodiscard]] std::optional<double> real_input(const Imported& network, InputId word,
                                               std::span<const std::uint8_t> bits);

}  // namespace gatelight::report

#endif  // GATELIGHT_REPORT_REPORT_HPP
