// SPDX-License-Identifier: Apache-2.0
//
// gatelight bound: both sides of the theorem, and what the circuit itself says about the rank.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/rank.hpp"
#include "gatelight/theory.hpp"
#include "question.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct BoundCommand {
  Common common;
  std::string file, output, partition;
  bool best = false, all = false;
  std::size_t memory = 0;  // MiB
  std::string function;    // in place of a file, with a budget
  Budget budget;
};

// Options that cannot go together, as a message; empty where all is well.
std::string conflict(const BoundCommand& settings) {
  const Budget& b = settings.budget;
  const int given = (b.s ? 1 : 0) + (b.d ? 1 : 0) + (b.e ? 1 : 0) + (b.w ? 1 : 0);
  if (settings.file.empty() == settings.function.empty()) {
    return "give a FILE, or --function with three or four of --size, --depth, --energy, --weight";
  }
  if (settings.function.empty()) {
    if (given > 0) return "--size, --depth, --energy and --weight: only with --function";
    return settings.best && !settings.partition.empty() ? "--partition: --best looks at all of them"
                                                        : "";
  }
  if (given < 3) return "--function: give at least three of --size, --depth, --energy, --weight";
  if (settings.best || settings.all || !settings.partition.empty() || !settings.output.empty()) {
    return "--best, --all, --partition and --output: not with --function";
  }
  return "";
}

Status run_function(const BoundCommand& settings) {
  const auto function = known_function(settings.function);
  if (!function.ok()) return wrong_usage(function.error().text());
  const auto answer = ask_budget(*function, settings.budget);
  if (!answer.ok()) return wrong_usage(answer.error().text());
  const report::BudgetReport report{*function, settings.budget, *answer};
  if (!print(settings.common.json ? report::budget_json(report) : report::budget_text(report))) {
    return Status::internal;
  }
  return answer->possible ? Status::answered : Status::no;
}

// The right sides: half of the time limit, for the energy and for the caps a half of that each.
Result<void> measure_right(const Circuit& circuit, GateId output,
                           const std::optional<Partition>& partition, bool all,
                           const Limits& limits, report::BoundReport& report) {
  const auto everywhere = circuit.with_domain({});
  if (!everywhere.ok()) return everywhere.error();
  constexpr double share = 0.25;
  EnergyOptions options;
  options.costs = unit_costs(circuit);
  options.limits = limits;
  options.limits.seconds *= share;
  const auto energy = measure_energy(*everywhere, options);
  if (!energy.ok()) return energy.error();
  report.energy = energy->bounds;
  const auto caps = firing_caps(circuit, output, options.limits);
  if (!caps.ok()) return caps.error();
  report.caps = *caps;
  if (all) {
    report.all = all_bounds(circuit, output, *caps, energy->bounds.upper, partition);
    for (const NamedBound& bound : report.all) {
      if (bound.measure == "rank" && bound.log2)
        report.bounds.push_back({bound.name, *bound.log2, bound.reason});
    }
  } else {
    report.bounds = instance_bounds(circuit, output, *caps, partition);
  }
  const auto theorem = theorem_bound(circuit, output, energy->bounds.upper);
  if (theorem.ok()) {
    report.theorem = *theorem;
  } else {
    report.theorem_missing = theorem.error().text();
  }
  return {};
}

Result<void> measure_left(const BooleanFunction& function,
                          const std::optional<Partition>& partition, const RankOptions& options,
                          report::BoundReport& report) {
  if (partition) {
    const auto rank = measure_rank(function, *partition, options);
    if (!rank.ok()) return rank.error();
    report.partition = *partition;
    report.rank_lower = rank->lower;
    report.rank_upper = rank->upper;
    return {};
  }
  BestRankOptions best;
  best.rank = options;
  const auto rank = best_rank(function, best);
  if (!rank.ok()) return rank.error();
  report.partition = rank->best.partition;
  report.rank_lower = rank->best.lower;
  report.rank_upper = rank->upper;
  return {};
}

// What --all compares besides the rank.  Nothing rests on it, so no limit is missed by a part that is left out.
void measure_other_sides(const Circuit& circuit, const BooleanFunction& function,
                         const Limits& limits, report::BoundReport& report) {
  report.left.push_back(
      {"rank", log2_below(report.rank_lower), true,
       static_cast<double>(report.rank_lower) == report.rank_upper ? "exact" : "a lower bound"});
  constexpr std::size_t most_bits = 20;  // of a matrix that is looked at
  report::LeftSide gamma{"gamma_2", std::nullopt, false, "the matrix is too large to be looked at"};
  report::LeftSide signs = gamma;
  signs.measure = "sign-rank";
  if (circuit.bit_count() <= most_bits) {
    const auto matrix = communication_matrix(function, report.partition, limits);
    if (const auto lower = matrix.ok() ? lower_sides(*matrix) : std::nullopt) {
      gamma.log2 = lower->gamma_2;
      gamma.reason = "sum of singular values";
      signs.log2 = lower->sign_rank;
      signs.reason = "largest singular value of the signs";
    }
  }
  report.left.push_back(std::move(gamma));
  report.left.push_back(std::move(signs));
  report::LeftSide sets{"firing sets", std::nullopt, true, ""};
  if (const auto count = count_firing_sets(circuit); count.ok()) {
    sets.log2 = log2_below(*count);
    sets.reason = std::to_string(*count) + " different sets of gates fire";
  } else {
    sets.reason = count.error().message;
  }
  report.left.push_back(std::move(sets));
  report::LeftSide size{"size at energy 1", std::nullopt, true, ""};
  if (const auto set = fooling_set(function, limits); set.ok()) {
    size.log2 = log2_below(set->zeros.size());
    size.reason = "a fooling set of " + std::to_string(set->zeros.size()) + " zeros" +
                  (set->largest ? ", the largest" : "");
  } else {
    size.reason = set.error().text();
  }
  report.left.push_back(std::move(size));
}

// Both sides, within the time limit together.
Result<void> measure_both(const BoundCommand& settings, const Circuit& circuit, GateId output,
                          const BooleanFunction& function,
                          const std::optional<Partition>& partition, report::BoundReport& report) {
  Limits limits = limits_of(settings.common);
  limits.bytes = settings.memory << 20;
  const Deadline clock(limits);
  if (auto right = measure_right(circuit, output, partition, settings.all, limits, report);
      !right.ok()) {
    return right.error();
  }
  RankOptions options;
  options.limits = limits;
  if (limits.seconds > 0) {
    // Where the right sides took more than their half, the rank still gets a little.
    constexpr double least_share = 0.1;
    options.limits.seconds =
        std::max(limits.seconds - clock.elapsed(), least_share * limits.seconds);
  }
  auto left = measure_left(function, partition, options, report);
  if (left.ok() && settings.all) {
    Limits rest = limits;
    if (limits.seconds > 0) rest.seconds = std::max(limits.seconds - clock.elapsed(), 0.01);
    measure_other_sides(circuit, function, rest, report);
  }
  report.seconds = clock.elapsed();
  return left;
}

Status run_bound(const BoundCommand& settings) {
  if (const std::string wrong = conflict(settings); !wrong.empty()) return wrong_usage(wrong);
  if (!settings.function.empty()) return run_function(settings);
  const auto network = read_circuit(settings.file);
  if (!network.ok()) return report_error(settings.file, network.error());
  const Circuit& circuit = network->circuit;
  const auto output = find_output(circuit, settings.output);
  if (!output.ok()) return report_error(settings.file, output.error());
  std::optional<Partition> partition;
  if (!settings.partition.empty()) {
    auto parsed = parse_partition(settings.partition, circuit.bit_count());
    if (!parsed.ok()) return report_error(settings.file, parsed.error());
    partition = *std::move(parsed);
  } else if (!settings.best) {
    partition = halves(circuit.bit_count());
  }
  const auto function = BooleanFunction::of_gate(circuit, *output);
  report::BoundReport report;
  report.file = settings.file;
  report.output = circuit.gate(*output).name;
  report.best = settings.best;
  report.resources = measure_resources(circuit);
  report.notes = network->notes;
  for (const std::string& note : function.notes()) report.notes.push_back(note);
  print_notes(settings.common, report.notes);
  const auto measured = measure_both(settings, circuit, *output, function, partition, report);
  finish_progress();
  if (!measured.ok()) return report_error(settings.file, measured.error());
  if (!print(settings.common.json ? report::bound_json(report) : report::bound_text(report))) {
    return Status::internal;
  }
  if (!report::holds(report)) return Status::no;
  return report.exact() ? Status::answered : Status::stopped;
}

}  // namespace

void add_bound(CLI::App& root, Run& run) {
  auto settings = std::make_shared<BoundCommand>();
  CLI::App* command = root.add_subcommand(
      "bound", "Both sides of the theorem, and sharper bounds of the rank by the circuit itself");
  command->add_option("FILE", settings->file, "A circuit or a network");
  command->add_option(
      "--output", settings->output,
      "The output gate, by name (default: the first one); other gates may be named");
  command
      ->add_option("--partition", settings->partition,
                   "0 (side A, rows) or 1 (side B, columns) for each input bit (default: the first "
                   "half is A)")
      ->type_name("BITS");
  command->add_flag("--best", settings->best, "rk(f), the largest rank of all partitions");
  command->add_flag(
      "--all", settings->all,
      "Every bound by its name: of the rank, of gamma_2, of the sign-rank, of the sets of "
      "gates that fire and of the size at energy 1; and why one does not apply");
  command
      ->add_option(
          "--function", settings->function,
          "In place of FILE: cd:M, disj:M, eq:M or ip:M of M pairs of bits, or another one of "
          "frontier's; the one of the next four options that is left out is the least that the "
          "theorem leaves possible")
      ->type_name("NAME:M");
  command->add_option("--size", settings->budget.s, "Gates, 2 or more");
  command->add_option("--depth", settings->budget.d, "Depth, 2 or more");
  command->add_option("--energy", settings->budget.e, "Gates that fire together");
  command->add_option("--weight", settings->budget.w, "Largest |weight|");
  add_memory_option(*command, settings->memory);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_bound(*settings); }; });
}

}  // namespace gatelight::app
