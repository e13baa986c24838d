// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value, or the reason why there is none.
//
// Bad input, unsupported features, overflow and file trouble are ordinary outcomes, so they are
// values.  A question that could not be decided is NOT an error: it is an open interval
// (bounds.hpp).  A broken precondition is a bug of the caller and throws ContractViolation.
//
// The shape follows std::expected, which g++ 12 and clang 14 do not have in C++20 mode, so that an
// alias can replace it one day.
#ifndef GATELIGHT_RESULT_HPP
#define GATELIGHT_RESULT_HPP

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace gatelight {

enum class ErrorCode {
  bad_input,    // the data says something malformed or contradictory
  unsupported,  // well formed, but outside what gatelight handles
  overflow,     // an exact integer result would not fit its type
  io,           // the file system refused, or a disk is full
  limit,        // a memory or size limit of this program was reached
};

// One failure.  `where` is the place inside the input ("gates[3] \"h1\".weights"), empty where there
// is none; `message` says what is wrong and, where it can, how to mend it.  Neither contains a line
// break.
struct Error {
  ErrorCode code = ErrorCode::bad_input;
  std::string message;
  std::string where;

  // "where: message", or just the message where there is no place.
  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

// Thrown where a caller broke a documented precondition, in every build.
class ContractViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

#define GATELIGHT_REQUIRE(condition, message) \
  ((condition) ? void(0) : throw ::gatelight::ContractViolation(message))

// A T or an Error.  value() on an error throws ContractViolation; test with ok() first.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& { return checked(*this); }
  [[nodiscard]] T& value() & { return checked(*this); }
  [[nodiscard]] T&& value() && { return std::move(checked(*this)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  [[nodiscard]] const Error& error() const {
    GATELIGHT_REQUIRE(!ok(), "Result::error() called on a value");
    return std::get<Error>(state_);
  }

 private:
  template <class Self>
  static auto& checked(Self& self) {
    GATELIGHT_REQUIRE(self.ok(), std::get<Error>(self.state_).text());
    return std::get<T>(self.state_);
  }

  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error)
      : error_(std::move(error)), ok_(false) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const {
    GATELIGHT_REQUIRE(!ok_, "Result::error() called on a value");
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace gatelight

#endif  // GATELIGHT_RESULT_HPP
