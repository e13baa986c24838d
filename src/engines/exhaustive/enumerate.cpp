// SPDX-License-Identifier: Apache-2.0
//
// The exact energy by looking at every input of the domain.
//
// Problem   The largest total cost of firing gates, over all inputs of a domain, and how many
//           inputs cause each total.
// Idea      1024 inputs at once: one bit an input, all gates as logic on 1024-bit masks (plan.hpp),
//           interpreted (sweep-inl.hpp) or as generated machine code (code/).  Most inputs are passed
//           over: gates over inputs only come from tables, and where even all others could not lift
//           their total above the best one known, the input is not evaluated.
// Why       Each lane of each block is one assignment of the free input bits, each assignment of the
//           domain is a lane of a block that is swept (blocks.cpp), and a lane that is passed over has a
//           total below the floor (run.cpp).  So the maximum and the counts are those over the
//           domain.  Every witness is evaluated once more by the scalar definition.
// Result    The same for every instruction set, number of threads and kind of code: the witness is the
//           first input, in the order of the sweep, that reaches the maximum.
// Stopping  Lower is the best input seen, upper the interval bound.  The sweep also ends when every
//           maximum equals its interval bound, as no later input can change the answer.
// Cost      2^(free bits) / 1024 blocks, each some fifty cycles where few lanes pass the filter, else
//           about a cycle a non-zero digit of a weight.
// Tested by tests/unit/engines/exhaustive/enumerate_test.cpp
// Measured  bench/enumerate.cpp, baseline bench/baseline/enumerate.json
#include <new>

#include "engines/exhaustive/run.hpp"
#include "engines/objectives.hpp"

namespace gatelight::engines {
namespace {

void check(const Question& question, const Limits& limits) {
  GATELIGHT_REQUIRE(limits.threads >= 1, "enumerate needs at least one thread");
  require_objectives(question);
}

Error no_memory() {
  return {ErrorCode::limit, "not enough memory to enumerate the inputs of this circuit", ""};
}

}  // namespace

Result<Answer> enumerate(const Question& question, const Limits& limits,
                         const Checkpoint* checkpoint) {
  check(question, limits);
  try {
    const Result<exhaustive::Plan> plan = exhaustive::compile_plan(question);
    if (!plan) return plan.error();
    return exhaustive::Run(question, limits, *plan).answer(checkpoint);
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Result<SweepPrediction> predict_enumeration(const Question& question, const Limits& limits) {
  check(question, limits);
  try {
    const Result<exhaustive::Plan> plan = exhaustive::compile_plan(question);
    if (!plan) return plan.error();
    exhaustive::Run run(question, limits, *plan);
    SweepPrediction prediction;
    prediction.inputs = InputCount(plan->blocks.count())
                        << (plan->low_inputs.size() + static_cast<std::size_t>(plan->unread_bits));
    prediction.seconds = run.predict_seconds();
    prediction.bytes = run.bytes();
    prediction.generated = run.generated();
    return prediction;
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

}  // namespace gatelight::engines
