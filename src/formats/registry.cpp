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

Result<std::string> read_uncompressed(const std::string& path) {
  auto contents = read_file(path);
  if (contents.ok() && contents->starts_with("\x1f\x8b")) {
    return Error{ErrorCode::unsupported, "is compressed; decompress it with gunzip first", ""};
  }
  return contents;
}

Result<Imported> import_native(std::string_view json) {
  auto circuit = parse_circuit(json);
  if (!circuit.ok()) return circuit.error();
  return Imported{.circuit = *std::move(circuit), .format = "gatelight"};
}

}  // namespace

Result<Imported> read_circuit(const std::string& path) {
  const auto contents = read_uncompressed(path);
  if (!contents.ok()) return contents.error();
  return looks_like_json(path, *contents) ? import_native(*contents) : import_onnx(*contents);
}

Result<ParsedDomain> read_domain(const Imported& network, const std::string& path) {
  const auto contents = read_uncompressed(path);
  if (!contents.ok()) return contents.error();
  auto parsed = path.ends_with(".vnnlib") ? parse_vnnlib(network, *contents)
                                          : parse_domain(network.circuit, *contents);
  if (!parsed.ok() || network.input_meaning.empty()) return parsed;
  const auto& ranges = network.circuit.domain().range;
  parsed->domain.range.insert(parsed->domain.range.end(), ranges.begin(), ranges.end());
  return parsed;
}

Result<Discretized> read_discretized(const std::string& path, const DiscretizeOptions& options) {
  const auto contents = read_uncompressed(path);
  if (!contents.ok()) return contents.error();
  if (!looks_like_json(path, *contents)) return discretize_onnx(*contents, options);
  auto native = import_native(*contents);
  if (!native.ok()) return native.error();
  return Discretized{.network = *std::move(native)};
}

}  // namespace gatelight
