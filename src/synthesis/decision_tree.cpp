// SPDX-License-Identifier: Apache-2.0
//
// Decision trees with linear questions as circuits of logarithmic energy.
//
// Problem   Of a tree with L leaves, L gates of which few fire together.
// Idea      Each question is a gate that fires iff the question is reached AND answered in the way that leads
//           to the lighter child.  Whether it is reached is known from the gates of its ancestors.  The
//           output adds up how the value changes along the edges that fire.
// Why       Let a be the last ancestor from which the path takes the light edge.  The question is reached iff
//           gate a fires (which says that a is reached and left by that edge) and none of the gates between
//           a and the question does.  With z at most K - 1 on every input, weight K from a, K more in the
//           threshold and weight -K from those between let the gate fire exactly if so and z >= 0.
//           Value: let V of a node be the value of the leaf found from it along heavy edges alone.
//           Then V does not change along a heavy edge, so the value of the leaf is V(root) plus the sum of
//           V(child) - V(node) over the light edges of its path, where gates fire; all are -1, 0 or 1.
// Energy    E(leaf) = its value, E(node) = the least of max(E(heavy), 1 + E(light)) over both choices: the
//           gates that fire, the output too, on the worst leaf below.  Choosing the child with fewer
//           leaves as the light one gives E <= floor(log2 L) + 1: each light edge halves them at least.
// Cost      A gate an inner node, and the output.  A gate reads its ancestors since its last light edge.
// Limits    The wires that Writer allows; sums that fit 63 bits.
// Source    K. Uchizawa, R. Douglas, W. Maass, On the computational power of threshold circuits with sparse
//           activity, 2006.
// Tested by tests/unit/synthesis/decision_tree_test.cpp
#include "gatelight/decision_tree.hpp"

#include <algorithm>
#include <string>

#include "base/checked.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

using Node = DecisionTree::Node;

Error bad_node(std::size_t node, const std::string& message) {
  return {ErrorCode::bad_input, message, "node " + std::to_string(node)};
}

std::optional<Error> refused_tree(const DecisionTree& tree) {
  if (tree.nodes.empty()) return Error{ErrorCode::bad_input, "has no nodes", "tree"};
  std::vector<int> parents(tree.nodes.size(), 0);
  parents[0] = 1;
  for (std::size_t n = 0; n < tree.nodes.size(); ++n) {
    const Node& node = tree.nodes[n];
    if (node.value) continue;
    for (const std::uint32_t child : {node.no, node.yes}) {
      if (child <= n || child >= tree.nodes.size()) {
        return bad_node(n, "its children must be later nodes");
      }
      ++parents[child];
    }
  }
  const auto odd = std::ranges::find_if(parents, [](int count) { return count != 1; });
  if (odd == parents.end()) return std::nullopt;
  return bad_node(static_cast<std::size_t>(odd - parents.begin()),
                  "must be the child of exactly one node");
}

// What is known of a node before its gate is written.
struct Plan {
  std::optional<bool> leaf;  // its value, where all leaves below agree
  bool value = false;        // of the leaf found along heavy edges
  bool yes_is_light = true;
  std::int64_t energy = 0;  // E
  std::int64_t height = 0;  // questions on the longest path from here
};

std::vector<Plan> plan_of(const std::vector<Node>& nodes) {
  std::vector<Plan> plans(nodes.size());
  for (std::size_t n = nodes.size(); n-- > 0;) {
    Plan& plan = plans[n];
    if (nodes[n].value) {
      plan.leaf = nodes[n].value;
    } else if (plans[nodes[n].no].leaf && plans[nodes[n].no].leaf == plans[nodes[n].yes].leaf) {
      plan.leaf = plans[nodes[n].no].leaf;
    }
    if (plan.leaf) {
      plan.value = *plan.leaf;
      plan.energy = plan.value ? 1 : 0;
      continue;
    }
    const Plan& no = plans[nodes[n].no];
    const Plan& yes = plans[nodes[n].yes];
    const std::int64_t if_yes = std::max(no.energy, 1 + yes.energy);
    const std::int64_t if_no = std::max(yes.energy, 1 + no.energy);
    plan.yes_is_light = if_yes <= if_no;
    plan.energy = std::min(if_yes, if_no);
    plan.value = plan.yes_is_light ? no.value : yes.value;
    plan.height = 1 + std::max(no.height, yes.height);
  }
  return plans;
}

// A question as a gate: [sum >= threshold], and how far the sum can exceed the threshold.
struct Question {
  std::vector<Wire> wires;
  std::int64_t threshold = 0;
  std::int64_t excess = 0;
};

// Answered with yes, or with no.
Result<Question> question_of(const Node& node, bool yes, std::size_t number) {
  const Error too_wide{ErrorCode::overflow, "its sum does not fit 63 bits; use smaller weights",
                       "node " + std::to_string(number)};
  Question question;
  base::Wide threshold = node.threshold, most = 0;
  if (!yes) threshold = 1 - threshold;
  for (const Wire& wire : node.wires) {
    if (!base::fits_sum(wire.weight)) return too_wide;
    question.wires.push_back({wire.source, yes ? wire.weight : -wire.weight});
    most += std::max<std::int64_t>(0, question.wires.back().weight);
  }
  if (!base::fits_sum(threshold) || !base::fits_sum(most - threshold)) return too_wide;
  question.threshold = static_cast<std::int64_t>(threshold);
  question.excess = static_cast<std::int64_t>(most - threshold);
  return question;
}

// Where a path stands: the gates that say whether it came here.
struct Here {
  std::optional<Source> light;  // of the last light edge
  std::vector<Source> heavy;    // of the heavy edges after it
};

class TreeWriter {
 public:
  TreeWriter(const DecisionTree& tree, std::vector<Plan> plans)
      : tree_(tree), plans_(std::move(plans)), writer_(tree.name), here_(tree.nodes.size()) {}

  Result<Construction> write() && {
    bits_ = writer_.words(tree_.inputs);
    predicted_ = {.inputs = static_cast<std::int64_t>(bits_.size()),
                  .depth = plans_[0].height + 1,
                  .energy = plans_[0].energy};
    if (plans_[0].leaf) return constant();
    if (plans_[0].height == 1) return one_gate();
    std::vector<WrittenWire> sum;
    for (std::size_t n = 0; n < tree_.nodes.size() && !writer_.failed(); ++n) {
      if (plans_[n].leaf || !(n == 0 || reached_[n])) continue;
      if (auto error = write_node(n, sum)) return *error;
    }
    return finish(writer_.gate("out", std::move(sum), plans_[0].value ? 0 : 1));
  }

 private:
  // Node n, which is reached; what it changes goes to `sum`.
  std::optional<Error> write_node(std::size_t n, std::vector<WrittenWire>& sum) {
    const Node& node = tree_.nodes[n];
    const bool yes = plans_[n].yes_is_light;
    const auto question = question_of(node, yes, n);
    if (!question.ok()) return question.error();
    auto wires = wires_of(*question);
    if (!wires) return bad_node(n, "reads a bit that is no input");
    const std::int64_t guard = std::max<std::int64_t>(1, question->excess + 1);
    const base::Wide threshold = base::Wide{question->threshold} + (here_[n].light ? guard : 0);
    if (!base::fits_sum(threshold)) {
      return Error{ErrorCode::overflow, "its sum does not fit 63 bits; use smaller weights",
                   "node " + std::to_string(n)};
    }
    if (here_[n].light) wires->push_back({*here_[n].light, guard});
    append(*wires, here_[n].heavy, -guard);
    const Source written = writer_.gate("node" + std::to_string(n), *std::move(wires),
                                        static_cast<std::int64_t>(threshold));
    const std::uint32_t light = yes ? node.yes : node.no, heavy = yes ? node.no : node.yes;
    const int change = (plans_[light].value ? 1 : 0) - (plans_[n].value ? 1 : 0);
    if (change != 0) sum.push_back({written, change});
    reached_[light] = reached_[heavy] = true;
    here_[light] = {.light = written, .heavy = {}};
    here_[heavy] = std::move(here_[n]);
    here_[heavy].heavy.push_back(written);
    return std::nullopt;
  }

  std::optional<std::vector<WrittenWire>> wires_of(const Question& question) const {
    std::vector<WrittenWire> wires;
    for (const Wire& wire : question.wires) {
      if (wire.source >= bits_.size()) return std::nullopt;
      wires.push_back({bits_[wire.source], wire.weight});
    }
    return wires;
  }

  Result<Construction> constant() {
    return finish(writer_.gate("out", {}, *plans_[0].leaf ? 0 : 1));
  }

  // The question is the output, or its opposite.
  Result<Construction> one_gate() {
    const auto question = question_of(tree_.nodes[0], plans_[tree_.nodes[0].yes].value, 0);
    if (!question.ok()) return question.error();
    auto wires = wires_of(*question);
    if (!wires) return bad_node(0, "reads a bit that is no input");
    predicted_.depth = predicted_.energy = 1;
    return finish(writer_.gate("out", *std::move(wires), question->threshold));
  }

  Result<Construction> finish(Source output) {
    predicted_.size = writer_.size();
    predicted_.weight = writer_.weight();
    return std::move(writer_).finish(output, predicted_, "a decision tree",
                                     "docs/explanation/constructions.md, section decision trees",
                                     tree_.domain);
  }

  const DecisionTree& tree_;
  std::vector<Plan> plans_;
  Writer writer_;
  Predicted predicted_;
  std::vector<Source> bits_;
  std::vector<Here> here_;  // of each node that is reached, until its gate is written
  std::vector<bool> reached_ = std::vector<bool>(here_.size(), false);
};

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const DecisionTree& tree) {
  if (auto error = synthesis::refused_tree(tree)) return *error;
  return synthesis::TreeWriter(tree, synthesis::plan_of(tree.nodes)).write();
}

Result<Construction> construct(const LinearDecisionList& list) {
  DecisionTree tree{.name = list.name, .inputs = list.inputs, .domain = list.domain};
  for (const LinearDecisionList::Rule& rule : list.rules) {
    const auto number = static_cast<std::uint32_t>(tree.nodes.size());
    tree.nodes.push_back(
        {.wires = rule.wires, .threshold = rule.threshold, .no = number + 2, .yes = number + 1});
    tree.nodes.push_back({.value = rule.value});
  }
  tree.nodes.push_back({.value = list.otherwise});
  return construct(tree);
}

}  // namespace gatelight
