// SPDX-License-Identifier: Apache-2.0
//
// Memory that holds machine code (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_EXECUTABLE_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_EXECUTABLE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gatelight::engines::exhaustive::generated {

class Executable {
 public:
  // A copy of the bytes that can be run but not written; null where the system forbids that.
  static std::unique_ptr<Executable> copy_of(std::span<const std::uint8_t> bytes);
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  [[nodiscard]] void* at(std::size_t offset) const {
    return static_cast<std::uint8_t*>(at_) + offset;
  }

 private:
  Executable(void* at, std::size_t bytes) : at_(at), bytes_(bytes) {}
  void* at_;
  std::size_t bytes_;
};

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_EXECUTABLE_HPP
