// SPDX-License-Identifier: Apache-2.0
//
// The pages are written first and made executable then, never both at once.
// Tested by tests/unit/engines/exhaustive/code/generated_test.cpp
#include "engines/exhaustive/code/executable.hpp"

#include <sys/mman.h>

#include <cstring>

namespace gatelight::engines::exhaustive::generated {

std::unique_ptr<Executable> Executable::copy_of(std::span<const std::uint8_t> bytes) {
  void* at =
      mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  std::unique_ptr<Executable> executable(new Executable(at, bytes.size()));
  std::memcpy(at, bytes.data(), bytes.size());
  if (mprotect(at, bytes.size(), PROT_READ | PROT_EXEC) != 0) return nullptr;
  return executable;
}

Executable::~Executable() { munmap(at_, bytes_); }

}  // namespace gatelight::engines::exhaustive::generated
