// SPDX-License-Identifier: Apache-2.0
//
// The engine `diagram`: compile once, ask for maximum, histogram and mean.
//
// Problem   The exact energy of circuits with hundreds of inputs whose structure keeps few states apart.
// Idea      Choose an order, compile the state diagram, walk through it (order.cpp, diagram.cpp,
//           query.cpp).
// Stopping  Where time or memory end first, the unfinished diagram bounds the maximum from above, and
//           local search from below.  It has a part of the time limit to itself, and a moment after a
//           signal: a diagram that is stopped has no good input yet.
// Cost      As the number of states; see diagram.cpp.
// Tested by tests/unit/engines/diagram/diagram_test.cpp

#include <algorithm>
#include <limits>
#include <new>
#include <string>

#include "base/memory.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/local_search.hpp"
#include "engines/branch_bound/network.hpp"
#include "engines/diagram/diagram.hpp"
#include "engines/diagram/order.hpp"
#include "engines/diagram/query.hpp"
#include "engines/objectives.hpp"

namespace gatelight::engines {
namespace {

constexpr double order_share = 0.2;  // of the time limit
constexpr std::size_t search_patience = 100'000;
// Local search after a signal, or at the end of a time limit.
constexpr double grace_seconds = 0.25;
constexpr double grace_share = 0.1;       // of a time limit, at most
constexpr std::size_t least_checks = 64;  // of some moves each, whatever the clock says

std::string count_text(double count) {
  if (count >= 1e9) return "more than 10^9";
  return "about " + std::to_string(static_cast<std::uint64_t>(count));
}

std::string stop_text(const diagram::Compiled& compiled, std::size_t bytes) {
  using Stop = diagram::Compiled::Stop;
  const std::string place = " after " + std::to_string(compiled.nodes) + " states, " +
                            std::to_string(compiled.width) + " of them at input " +
                            std::to_string(compiled.level);
  switch (compiled.stop) {
    case Stop::memory:
      return "the state diagram reached its memory limit of " + std::to_string(bytes >> 20) +
             " MiB" + place + "; use more memory, or the search engine";
    case Stop::nodes:
      return "the state diagram grew too large" + place;
    case Stop::time:
      return "the state diagram was stopped" + place;
    case Stop::none:
      break;
  }
  return "";
}

// Good inputs where the diagram did not find the best ones.
class Finder {
 public:
  // Takes the time that the deadline leaves; where that is over, by a signal say, still `grace` seconds.
  Finder(const Question& question, const Limits& limits, const Deadline& deadline, double grace)
      : question_(question),
        seed_(limits.seed),
        deadline_(deadline),
        left_(limits.seconds > 0 ? std::max(limits.seconds - deadline.elapsed(), grace) : infinite),
        grace_(grace),
        incumbents_(question) {}

  // No input exceeds the upper ends of `answer`.
  void search(const Answer& answer) {
    for (std::size_t i = 0; i < answer.best.size(); ++i) {
      if (i != 0 && over(left_, grace_)) return;
      search(i, answer.best[i].bounds.upper);
    }
  }

  void fill(Answer& answer) const {
    for (std::size_t i = 0; i < answer.best.size(); ++i) {
      answer.best[i].bounds.lower = incumbents_.value(i);
      answer.best[i].witness = incumbents_.witness(i);
    }
  }

 private:
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool over(double end, double end_of_grace) const {
    const double now = clock_.elapsed();
    return now >= end || (now >= end_of_grace && deadline_.expired());
  }

  // When objective i has had its share of some time: the main one half, the others equal parts.
  [[nodiscard]] double turn_ends(std::size_t i, double seconds) const {
    const std::size_t count = question_.objectives.size();
    const double now = clock_.elapsed();
    const double parts = i == 0 && count > 1 ? 2 : static_cast<double>(count - i);
    return now + std::max(seconds - now, 0.0) / parts;
  }

  void search(std::size_t i, std::int64_t enough) {
    const double end = turn_ends(i, left_), end_of_grace = turn_ends(i, grace_);
    const branch_bound::Network network(question_.circuit, question_.objectives[i]);
    std::size_t checks = i == 0 ? least_checks : 0;
    branch_bound::LocalSearchOptions options;
    options.seed = seed_;
    options.patience = search_patience;
    options.enough = enough;
    options.stop = [&] {
      if (checks == 0) return over(end, end_of_grace);
      --checks;
      return false;
    };
    branch_bound::local_search(network, i, incumbents_, options);
  }

  const Question& question_;
  std::uint64_t seed_;
  const Deadline& deadline_;
  double left_, grace_;
  const Deadline clock_{Limits{}};
  branch_bound::Incumbents incumbents_;
};

class Asker {
 public:
  Asker(const Question& question, const Limits& limits, const DiagramOptions& options)
      : question_(question), limits_(limits), options_(options), deadline_(limits) {}

  Result<DiagramResult> run() {
    Result<diagram::Forms> forms = diagram::make_forms(question_);
    if (!forms.ok()) return forms.error();
    forms_ = *std::move(forms);
    diagram::ChosenOrder order{options_.order, "as given", 0};
    if (order.bits.empty()) order = choose();
    DiagramResult result;
    result.estimated_nodes = order.nodes;
    result.order = order.bits;
    result.node_bytes = diagram::bytes_a_state(forms_);
    if (order.nodes > options_.most_nodes) {
      result.reason = "its state diagram would have " + count_text(order.nodes) + " states";
      return result;
    }
    if (options_.predict_only) return result;
    compile(result);
    return result;
  }

 private:
  void compile(DiagramResult& result) {
    Limits rest = limits_;
    double grace = grace_seconds;
    if (limits_.seconds > 0) {
      const double left = std::max(limits_.seconds - deadline_.elapsed(), 1e-3);
      grace = std::min(grace_seconds, grace_share * left);
      rest.seconds = left - grace;
    }
    diagram::CompileLimits compile_limits;
    compile_limits.bytes = base::allowed_bytes(limits_);
    compile_limits.limits = &rest;
    compile_limits.lower = objective_value(question_.circuit, question_.objectives[0],
                                           question_.circuit.example_input());
    const diagram::Compiled compiled = diagram::compile(forms_, result.order, compile_limits);
    result.answer.emplace();
    result.answer->nodes = compiled.nodes;
    result.complete = compiled.diagram.has_value();
    if (compiled.diagram) {
      result.reason = "its state diagram has " + std::to_string(compiled.nodes) + " states";
      ask(*compiled.diagram, *result.answer);
    } else {
      result.reason = stop_text(compiled, compile_limits.bytes);
      bound(compiled, grace, *result.answer);
    }
  }

  void bound(const diagram::Compiled& unfinished, double grace, Answer& answer) const {
    for (std::size_t i = 0; i < unfinished.upper.size(); ++i) {
      const std::int64_t interval =
          interval_upper_bound(question_.circuit, question_.objectives[i]);
      answer.best.push_back({{0, std::min(unfinished.upper[i], interval)}, {}});
    }
    Finder finder(question_, limits_, deadline_, grace);
    // Where time is over no other engine can follow.
    if (options_.search_below || deadline_.expired()) finder.search(answer);
    finder.fill(answer);
  }

  diagram::ChosenOrder choose() const {
    diagram::OrderOptions options;
    options.seed = limits_.seed;
    options.most_nodes = options_.most_nodes;
    options.stop = limits_.stop;
    options.sifting_seconds = options_.order_seconds;
    if (limits_.seconds > 0) {
      const double most = order_share * limits_.seconds;
      options.judging_seconds = std::min(options.judging_seconds, most);
      options.sifting_seconds = std::min(options.sifting_seconds, most);
    }
    return diagram::choose_order(forms_, options);
  }

  void ask(const diagram::Diagram& compiled, Answer& answer) const {
    for (std::size_t i = 0; i < question_.objectives.size(); ++i) {
      Best best = diagram::largest_total(compiled, forms_, i);
      GATELIGHT_REQUIRE(question_.circuit.in_domain(best.witness) &&
                            objective_value(question_.circuit, question_.objectives[i],
                                            best.witness) == best.bounds.lower,
                        "internal error: a witness of the diagram does not reach its value");
      answer.best.push_back(std::move(best));
    }
    if (question_.histogram) answer.histogram = diagram::histogram(compiled, forms_, 0);
    if (question_.probabilities.empty()) return;
    std::vector<mpq_class> probabilities;
    for (const std::uint32_t bit : forms_.bits) {
      probabilities.push_back(question_.probabilities[bit]);
    }
    answer.expected = diagram::expected_total(compiled, probabilities, 0);
  }

  const Question& question_;
  const Limits& limits_;
  const DiagramOptions& options_;
  Deadline deadline_;
  diagram::Forms forms_;
};

}  // namespace

Result<DiagramResult> diagram_of(const Question& question, const Limits& limits,
                                 const DiagramOptions& options) {
  require_objectives(question);
  GATELIGHT_REQUIRE(question.probabilities.empty() ||
                        question.probabilities.size() == question.circuit.bit_count(),
                    "probabilities are given for every input bit");
  try {
    return Asker(question, limits, options).run();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "not enough memory for the state diagram of this circuit", ""};
  }
}

}  // namespace gatelight::engines
