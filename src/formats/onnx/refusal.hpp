// SPDX-License-Identifier: Apache-2.0
//
// How the ONNX reader gives up: a private exception that never leaves this folder.
//
// Reading a network is one deep recursion over parameters, shapes and exact numbers, and a refusal
// can arise in any of them.  import.cpp and discretize.cpp catch it and return its Error.
#ifndef GATELIGHT_FORMATS_ONNX_REFUSAL_HPP
#define GATELIGHT_FORMATS_ONNX_REFUSAL_HPP

#include <string>
#include <utility>

#include "gatelight/result.hpp"

namespace gatelight::formats::onnx_net {

struct Refusal {
  Error error;
};

[[noreturn]] inline void refuse(ErrorCode code, std::string message, std::string where = "") {
  throw Refusal{Error{code, std::move(message), std::move(where)}};
}
[[noreturn]] inline void refuse_bad(std::string message, std::string where = "") {
  refuse(ErrorCode::bad_input, std::move(message), std::move(where));
}
[[noreturn]] inline void refuse_unsupported(std::string message, std::string where = "") {
  refuse(ErrorCode::unsupported, std::move(message), std::move(where));
}
[[noreturn]] inline void refuse_limit(std::string message, std::string where = "") {
  refuse(ErrorCode::limit, std::move(message), std::move(where));
}

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_REFUSAL_HPP
