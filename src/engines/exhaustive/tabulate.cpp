// SPDX-License-Identifier: Apache-2.0
//
// All values of one gate as a bit table.
//
// Problem   Whether a gate fires, for every assignment of the bits that it depends on.
// Idea      The question "total cost at least 1", where only this gate costs anything, is what a sweep
//           decides for 1024 inputs at a time (plan.hpp); the masks of all blocks, in the order of the blocks'
//           assignments, are the table.
// Why       Low bits of the plan tell the lane and high bits the block, so the mask of block b begins at the
//           value of the table where the low bits are 0 and the high bits are those of b.
// Cost      2^bits / 1024 blocks, each about a cycle a non-zero digit of a weight; 2^bits / 8 bytes.
// Tested by tests/unit/engines/function_test.cpp
#include <atomic>
#include <new>
#include <string>

#include "base/parallel.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/worker.hpp"
#include "engines/function.hpp"

namespace gatelight::engines {
namespace {

using namespace exhaustive;

constexpr std::size_t most_bits = 36;
constexpr std::uint64_t blocks_a_chunk = 256;
// Generating code takes as long as interpreting some thousand blocks.
constexpr std::uint64_t worth_generating = std::uint64_t{1} << 13;

// False where a limit came first.
bool fill(const Plan& plan, const Limits& limits, std::uint64_t* words) {
  const auto set = base::instruction_set();
  const Kernel kernel = kernel_for(set);
  const auto code =
      plan.blocks.count() >= worth_generating ? generated::generate(plan, false, set) : nullptr;
  const Deadline deadline(limits);
  base::ChunkQueue queue(plan.blocks.count(), blocks_a_chunk);
  std::atomic<bool> stopped{false};
  base::run_threads(
      limits.threads,
      [&](int /*index*/) {
        Worker worker(plan, false, code.get());
        worker.set_floor(0, 1);
        while (const auto chunk = queue.next()) {
          if (deadline.expired()) {
            stopped = true;
            queue.stop();
            return;
          }
          kernel.decide(worker, chunk->first, chunk->last, words);
        }
      },
      [&] { queue.stop(); });
  return !stopped;
}

}  // namespace

Result<std::optional<FunctionTable>> tabulate(const Circuit& circuit, GateId gate,
                                              const Limits& limits) {
  const std::size_t bits = bits_of_gate(circuit, gate).size();
  if (bits > most_bits) {
    return Error{ErrorCode::unsupported,
                 "the gate depends on " + std::to_string(bits) + " bits; a table has at most 2^" +
                     std::to_string(most_bits) + " values",
                 ""};
  }
  try {
    const auto question = question_of_gate(circuit, gate);
    if (!question.ok()) return question.error();
    const auto plan = compile_plan(*question);
    if (!plan.ok()) return plan.error();
    FunctionTable table;
    table.bits = plan->low_inputs;
    table.bits.insert(table.bits.end(), plan->high_inputs.begin(), plan->high_inputs.end());
    table.words.resize(plan->blocks.count() * (lanes / 64));
    if (!fill(*plan, limits, table.words.data())) return std::optional<FunctionTable>();
    const std::size_t words = table.bits.size() > 6 ? std::size_t{1} << (table.bits.size() - 6) : 1;
    table.words.resize(words);
    return std::optional(std::move(table));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "not enough memory for the table of this function", ""};
  }
}

}  // namespace gatelight::engines
