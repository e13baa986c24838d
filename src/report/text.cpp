// SPDX-License-Identifier: Apache-2.0
//
// Reports for people.  Tested by tests/unit/report/text_test.cpp and tests/cli/cli_test.py
#include <fmt/format.h>
#include <gmpxx.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/real.hpp"
#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

// Long witnesses are not decoded word by word.
constexpr std::size_t most_decoded_words = 64;

std::string interval(const Bounds<std::int64_t>& bounds) {
  return bounds.closed() ? fmt::format("{}", bounds.lower)
                         : fmt::format("[{}, {}]", bounds.lower, bounds.upper);
}

// What an engine counts.
const char* unit_of(const std::string& engine) {
  if (engine == "enumerate") return "inputs";
  return engine == "diagram" ? "states" : "nodes";
}

std::string energy_line(const EnergyReport& report) {
  const EnergyResult& energy = report.energy;
  const char* how = energy.proved()  ? "proved"
                    : report.stopped ? "stopped before the proof"
                                     : "not proved";
  const char* unit = unit_of(energy.engine);
  return fmt::format("energy      {} of {}   ({}: {}, {} {}, {:.2f} s)\n", interval(energy.bounds),
                     energy.cost, how, energy.engine, energy.nodes, unit, energy.seconds);
}

std::string resource_lines(const Resources& r) {
  return fmt::format(
      "inputs      {} Boolean\nsize        {} gates\ndepth       {}\nweight      {}\n"
      "resolution  {} ({} bits)\n",
      r.inputs, r.size, r.depth, r.weight, r.resolution, r.resolution_bits);
}

std::string decoded_words(const EnergyReport& report) {
  const Circuit& circuit = report.network.circuit;
  const auto words = circuit.inputs();
  const bool plain = std::ranges::all_of(words, [](const InputWord& w) { return w.bits == 1; });
  if (words.size() > most_decoded_words || (plain && report.network.input_meaning.empty()))
    return "";
  std::string text;
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    const InputId id{i};
    text += fmt::format("            {} = ", base::one_line(words[i].name));
    const std::int64_t value = word_value(circuit, id, report.energy.witness);
    if (const auto real = real_input(report.network, id, report.energy.witness)) {
      text += fmt::format("{:.6g}  (word {})\n", *real, value);
    } else {
      text += fmt::format("{}\n", value);
    }
  }
  return text;
}

std::string cost_line(const EnergyReport& report) {
  if (report.cost.empty()) return "";
  return fmt::format("cost        {}, {} for all gates together\n", base::one_line(report.cost),
                     report.energy.cost);
}

std::string data_line(const EnergyReport& report) {
  if (!report.data) return "";
  const DataEnergy& data = *report.data;
  return fmt::format("data        largest {} (row {}), mean {:.6g} of {} rows\n", data.largest,
                     data.row_of_largest, data.mean, data.rows);
}

std::string expected_line(const EnergyReport& report) {
  if (!report.energy.expected) return "";
  const ExpectedEnergy& expected = *report.energy.expected;
  constexpr std::size_t readable = 40;
  const bool shown =
      expected.exact.size() <= readable && expected.exact.find('/') != std::string::npos;
  return fmt::format("expected    {:.10g}{}\n", expected.value,
                     shown ? " = " + expected.exact : std::string());
}

std::string level_lines(const EnergyReport& report) {
  std::string text;
  for (const LevelEnergy& level : report.energy.levels) {
    text += fmt::format("level {:<5} {} of {}\n", level.level, interval(level.bounds), level.cost);
  }
  for (const LayerEnergy& layer : report.energy.layers.value_or(std::vector<LayerEnergy>())) {
    text += fmt::format("layer {:<5} {} of {}\n", base::one_line(layer.layer, 80),
                        interval(layer.bounds), layer.cost);
  }
  return text;
}

std::string histogram_lines(const EnergyReport& report) {
  if (!report.energy.histogram) return "";
  std::string text = "fire        inputs\n";
  for (const auto& [fire, inputs] : *report.energy.histogram) {
    text += fmt::format("{:<11} {}\n", fire, inputs);
  }
  return text;
}

std::string theorem_lines(const TheoremBound& t) {
  std::string text = fmt::format(
      "theorem     log2 rk(f) <= e*d*(log2 s + log2 w + log2 n) = {}\n"
      "            with e <= {}, d = {}, s = {}, w = {}, n = {}",
      rounded_up(t.rhs, 2), t.e, t.d, t.s, t.w, t.n);
  text += t.threshold ? "\n" : "  (threshold form)\n";
  if (!t.applies) text += "            (the theorem asks for s, d >= 2)\n";
  // Every matrix of n inputs has rank at most 2^floor(n/2).
  text += fmt::format("            the rank itself: log2 rk(f) <= floor(n/2) = {} for every f\n",
                      t.n / 2);
  return text;
}

}  // namespace

std::string rounded_down(double number, int digits) {
  const double scale = std::pow(10.0, digits);
  if (!(std::abs(number) < 0x1p43 / scale)) return fmt::format("{:.{}f}", number, digits);
  double units = std::round(number * scale);
  if (std::fma(number, scale, -units) < 0) --units;  // the sign of a fused difference is exact
  return fmt::format("{:.{}f}", units / scale, digits);
}

std::string rounded_up(double number, int digits) {
  std::string text = rounded_down(-number, digits);
  if (text.front() == '-') return text.substr(1);
  return text.find_first_of("123456789") == std::string::npos ? text : "-" + text;
}

double approximate(const std::string& number) {
  // What formats writes where there is no exact rational.
  constexpr std::string_view inexact = "approx. ";
  if (number.starts_with(inexact)) {
    double value = 0;
    std::from_chars(number.data() + inexact.size(), number.data() + number.size(), value);
    return value;
  }
  // Numerator and denominator may each be larger than any double.
  mpq_class exact;
  if (exact.set_str(number, 10) != 0 || exact.get_den() == 0) return 0;
  base::Real rounded(std::numeric_limits<double>::digits);
  mpfr_set_q(rounded, exact.get_mpq_t(), MPFR_RNDN);
  return mpfr_get_d(rounded, MPFR_RNDN);
}

std::optional<double> real_input(const Imported& network, InputId word,
                                 std::span<const std::uint8_t> bits) {
  const auto index = static_cast<std::size_t>(word);
  if (index >= network.input_meaning.size()) return std::nullopt;
  const RealMeaning& meaning = network.input_meaning[index];
  return approximate(meaning.scale) * static_cast<double>(word_value(network.circuit, word, bits)) +
         approximate(meaning.offset);
}

std::string energy_text(const EnergyReport& report) {
  return fmt::format("{}\n", base::one_line(report.file)) + resource_lines(report.resources) +
         energy_line(report) + fmt::format("witness     {}\n", to_string(report.energy.witness)) +
         decoded_words(report) + cost_line(report) + data_line(report) + expected_line(report) +
         level_lines(report) + histogram_lines(report);
}

std::string analysis_text(const AnalysisReport& report) {
  std::string text = energy_text(report.energy);
  if (report.sampled) {
    text += fmt::format("sampling    mean {:.2f}, largest {} of {} random inputs\n",
                        report.sampled->mean, report.sampled->largest, report.sampled->samples);
  }
  if (report.theorem) text += theorem_lines(*report.theorem);
  return text;
}

std::string prediction_text(const PredictionReport& report) {
  const EnergyPrediction& p = report.prediction;
  constexpr std::size_t readable = 30;
  const std::string inputs =
      p.inputs.size() <= readable ? p.inputs : fmt::format("about 10^{}", p.inputs.size() - 1);
  std::string text = fmt::format("{}\nengine      {}   ({})\ninputs      {}\n",
                                 base::one_line(report.file), p.engine, p.reason, inputs);
  if (p.states && std::isfinite(*p.states))
    text += fmt::format("states      about {:.0f}\n", *p.states);
  const bool threaded = p.engine != "diagram";
  text += p.seconds ? fmt::format("seconds     about {:.3g}   ({} thread{}{})\n", *p.seconds,
                                  threaded ? report.threads : 1,
                                  threaded && report.threads > 1 ? "s" : "",
                                  p.generated ? ", generated code" : "")
                    : "seconds     cannot be told beforehand\n";
  text += p.bytes ? fmt::format("memory      about {} MiB\n", (*p.bytes >> 20) + 1)
                  : "memory      cannot be told beforehand\n";
  return text;
}

std::string equivalence_text(const EquivalenceReport& report) {
  const EquivalenceResult& result = report.result;
  const std::string how = fmt::format("{}, {} {}, {:.2f} s", result.engine, result.nodes,
                                      unit_of(result.engine), result.seconds);
  std::string text = fmt::format("{}\n{}\n", base::one_line(report.a), base::one_line(report.b));
  if (!result.by_name) text += "inputs      matched in their order; the names differ\n";
  if (!result.equivalent) return text + fmt::format("equivalent  not decided   ({})\n", how);
  if (*result.equivalent) return text + fmt::format("equivalent  yes   (proved: {})\n", how);
  text += fmt::format("equivalent  no   ({})\ninput       {}\n", how, to_string(result.input_a));
  if (result.input_b != result.input_a) {
    text += fmt::format("            {} for the second circuit\n", to_string(result.input_b));
  }
  for (std::size_t i = 0; i < result.outputs_a.size(); ++i) {
    const auto name = [&](const Circuit& circuit) {
      return base::one_line(circuit.gate(circuit.outputs()[i]).name);
    };
    if (result.outputs_a[i] == result.outputs_b[i]) continue;
    text += fmt::format("            {} = {}, but {} = {}\n", name(report.circuit_a),
                        result.outputs_a[i], name(report.circuit_b), result.outputs_b[i]);
  }
  return text;
}

std::string conversion_text(const ConversionReport& report) {
  const Discretized& result = report.result;
  std::string text;
  for (const std::string& note : result.network.notes) text += base::one_line(note) + "\n";
  if (result.samples != 0) {
    text += fmt::format(
        "agreement with the original on {} random inputs: same decision {:.1f} %, same firing "
        "{:.2f} %, "
        "largest output error {:.4f} of the largest output\n",
        result.samples, 100 * result.same_argmax, 100 * result.same_firing,
        result.largest_output_error);
  }
  if (report.constraints) {
    text += fmt::format("constraints: {} variables, {} {}\n", report.constraints->variables,
                        report.constraints->conditions, report.at_least ? "clauses" : "rows");
  }
  return text + fmt::format("written: {}\n", base::one_line(report.out));
}

std::size_t fired_gates(const Circuit& circuit, std::span<const std::int64_t> values) {
  std::size_t fired = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    fired += circuit.gate(GateId{g}).counts && values[g] != 0 ? 1 : 0;
  }
  return fired;
}

std::string evaluation_text(const Circuit& circuit, const EvaluationReport& report) {
  std::string text = to_string(report.input);
  for (const GateId output : circuit.outputs()) {
    text += fmt::format(" {}={}", base::one_line(circuit.gate(output).name),
                        report.values[static_cast<std::size_t>(output)]);
  }
  text += fmt::format(" fired={}\n", fired_gates(circuit, report.values));
  for (std::uint32_t g = 0; report.with_gates && g < circuit.gate_count(); ++g) {
    text +=
        fmt::format("  {}={}\n", base::one_line(circuit.gate(GateId{g}).name), report.values[g]);
  }
  return text;
}

}  // namespace gatelight::report
