// SPDX-License-Identifier: Apache-2.0
//
// Which reader a file gets: by its name where that says so, else by its first byte.
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

bool looks_like_json(const std::string& path, std::string_view contents) {
  if (path.ends_with(".json")) return true;
  if (path.ends_with(".onnx")) return false;
  const std::size_t first = contents.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (contents[first] == '{' || contents[first] == '[');
}

}  // namespace

Result<Imported> read_circuit(const std::string& path) {
  const auto contents = read_file(path);
  if (!contents.ok()) return contents.error();
  if (contents->starts_with("\x1f\x8b")) {
    return Error{ErrorCode::unsupported, "is compressed; decompress it with gunzip first", ""};
  }
  if (!looks_like_json(path, *contents)) return import_onnx(*contents);
  auto circuit = parse_circuit(*contents);
  if (!circuit.ok()) return circuit.error();
  return Imported{.circuit = *std::move(circuit), .format = "gatelight"};
}

}  // namespace gatelight
