// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/engines/exhaustive/enumerate_test.cpp
#include "engines/exhaustive/choices.hpp"

#include <atomic>
#include <cstdlib>
#include <string_view>

namespace gatelight::engines::exhaustive {
namespace {

std::atomic<const Choices*> forced{nullptr};

CodeChoice code_of_environment() {
  const char* text = std::getenv("GATELIGHT_CODE");
  const std::string_view wanted = text == nullptr ? "" : text;
  if (wanted == "interpreted") return CodeChoice::interpreted;
  if (wanted == "generated") return CodeChoice::generated;
  return CodeChoice::automatic;
}

}  // namespace

Choices choices() {
  if (const Choices* choices = forced.load()) return *choices;
  return {.code = code_of_environment()};
}

ScopedChoices::ScopedChoices(Choices choices)
    : mine_(choices), previous_(forced.exchange(&mine_)) {}

ScopedChoices::~ScopedChoices() { forced.store(previous_); }

}  // namespace gatelight::engines::exhaustive
