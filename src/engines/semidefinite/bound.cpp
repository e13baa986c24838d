// SPDX-License-Identifier: Apache-2.0
//
// The semidefinite bound, round by round.
//
// Problem   The smallest upper bound of the total that the relaxation proves.
// Idea      Solve it (interior.cpp), make a bound of the multipliers (certify.cpp), look for triangles that the
//           solution violates (triangles.cpp), drop rows that became idle, and go on from there.
// Why       Every row holds for every assignment, so whatever rows there are, certify.cpp is right.
// Cost      A round is about ten iterations of interior.cpp.
// Limits    Rounds end where no triangle is violated, where the system gets too large, and where they do not
//           come below what is known.
// Tested by tests/unit/engines/semidefinite/bound_test.cpp
#include "engines/semidefinite/bound.hpp"

#include <algorithm>

#include "engines/semidefinite/certify.hpp"
#include "engines/semidefinite/interior.hpp"
#include "engines/semidefinite/relaxation.hpp"
#include "engines/semidefinite/triangles.hpp"

namespace gatelight::engines::semidefinite {
namespace {

constexpr int most_iterations = 40;  // in a round
constexpr double gap = 0.1;
constexpr std::size_t cuts_a_round = 200, most_system = 2500;
// It is given up where the first bound is not below what is known times that, and where after some rounds none was
// below it.
constexpr double hopeless = 1.2;
constexpr int most_useless_rounds = 12;
constexpr double nanoseconds_an_operation = 0.025;

bool suitable(const encode::Constraints& constraints) {
  if (constraints.variables.size() > Bounder::most_variables) return false;
  if (constraints.rows.size() > Bounder::most_rows) return false;
  return std::ranges::all_of(constraints.rows, [](const encode::Row& row) {
    __int128 sum = row.bound;
    for (const encode::Term& term : row.terms) sum += term.weight;
    return sum < __int128{1} << 58;
  });
}

}  // namespace

struct Bounder::State {
  explicit State(const encode::Constraints& constraints)
      : relaxation(relaxation_of(without_fixed(constraints))),
        own_rows(relaxation.rows.size()),
        interior(relaxation) {}

  // Drops idle cuts and adds violated ones; false where there are none.
  bool exchange() {
    std::vector<std::size_t> kept;
    for (std::size_t k = 0; k < relaxation.rows.size(); ++k) {
      if (k < own_rows || !interior.idle(k)) kept.push_back(k);
    }
    const std::size_t used = relaxation.size + kept.size();
    const std::size_t room = used < most_system ? most_system - used : 0;
    if (room == 0) return false;
    std::vector<Product> added;
    for (const Triangle& triangle :
         violated_triangles(interior.moments(), std::min(cuts_a_round, room))) {
      added.push_back(product_of(triangle));
    }
    if (added.empty()) return false;
    interior.exchange(kept, added);
    std::vector<Product> rows;
    for (const std::size_t k : kept) rows.push_back(std::move(relaxation.rows[k]));
    std::ranges::move(added, std::back_inserter(rows));
    relaxation.rows = std::move(rows);
    return true;
  }

  Relaxation relaxation;
  std::size_t own_rows;  // the first ones, which are no cuts
  Interior interior;
  int iterations = 0, rounds = 0;
  bool useful = false;  // once below what was known
};

Bounder::Bounder(const encode::Constraints& constraints) : finished_(!suitable(constraints)) {
  if (!finished_) state_ = std::make_unique<State>(constraints);
}

Bounder::~Bounder() = default;

std::int64_t Bounder::run(double nanoseconds, std::int64_t known,
                          const std::function<bool()>& stop) {
  std::int64_t best = known;
  while (!finished_ && !stop()) {
    nanoseconds -= state_->interior.operations() * nanoseconds_an_operation;
    const bool able = state_->interior.step();
    const bool ready =
        !able || ++state_->iterations >= most_iterations || state_->interior.within(gap);
    if (ready) {
      const auto bound = certified_bound(state_->relaxation, state_->interior.multipliers());
      if (bound && *bound < best) {
        best = *bound;
        state_->useful = true;
      }
      const bool far =
          !bound || static_cast<double>(*bound) > hopeless * static_cast<double>(known);
      const bool useless = !state_->useful && (far || ++state_->rounds >= most_useless_rounds);
      state_->iterations = 0;
      finished_ = !able || useless || !state_->exchange();
    }
    if (nanoseconds <= 0) break;
  }
  return best;
}

}  // namespace gatelight::engines::semidefinite
