// SPDX-License-Identifier: Apache-2.0
#ifndef GATELIGHT_FORMATS_ONNX_IMPORT_HPP
#define GATELIGHT_FORMATS_ONNX_IMPORT_HPP

#include "gatelight/formats.hpp"

namespace gatelight::formats::onnx_net {

class Interpreter;

// The circuit, meanings and notes of an interpreter that has run.
[[nodiscard]] Imported finish_import(Interpreter& interpreter);

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_IMPORT_HPP
