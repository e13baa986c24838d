// SPDX-License-Identifier: Apache-2.0
//
// How a sweep computes.  Every choice gives the same results, only the time differs.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CHOICES_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CHOICES_HPP

#include <cstddef>

namespace gatelight::engines::exhaustive {

enum class CodeChoice {
  automatic,    // generated where the sweep is long enough to repay it
  interpreted,  // never generated
  generated,    // always, where this machine can
};

struct Choices {
  CodeChoice code = CodeChoice::automatic;
  bool filters = true;          // pass over lanes that cannot reach the best value found so far
  bool starts_high = true;      // look for a good value by local search before a long sweep
  std::size_t table_bytes = 0;  // of masks to look up; 0: half of the machine's largest cache
};

// What a ScopedChoices forces; else the defaults, with the code that the environment variable
// GATELIGHT_CODE names (interpreted or generated; anything else counts as not given).  Thread-safe.
[[nodiscard]] Choices choices();

// Forces choices for the whole process while it lives, for tests and benchmarks.  Scopes nest; they are
// not meant for concurrent use.
class ScopedChoices {
 public:
  explicit ScopedChoices(Choices choices);
  ~ScopedChoices();
  ScopedChoices(const ScopedChoices&) = delete;
  ScopedChoices& operator=(const ScopedChoices&) = delete;

 private:
  Choices mine_;
  const Choices* previous_;
};

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CHOICES_HPP
