// SPDX-License-Identifier: Apache-2.0
//
// Constants out of TensorProto: lengths are checked against the shape before anything is copied.
#include <onnx/onnx_pb.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.hpp"
#include "formats/onnx/graph.hpp"
#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

using ::onnx::TensorProto;

double from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return std::numeric_limits<double>::quiet_NaN();  // infinity or NaN
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double from_bfloat16(std::uint16_t bits) {
  return static_cast<double>(std::bit_cast<float>(std::uint32_t{bits} << 16));
}

struct Reader {
  const TensorProto& tensor;
  const std::string& where;
  std::size_t count;
  Parameter& out;

  // Raw bytes hold `count` values of type Raw, little endian as on every supported machine.
  template <class Raw, class Convert>
  bool raw(Convert convert) {
    if (!tensor.has_raw_data()) return false;
    const std::string& bytes = tensor.raw_data();
    if (bytes.size() != count * sizeof(Raw)) {
      refuse_bad("holds " + std::to_string(bytes.size()) + " bytes, its shape needs " +
                     std::to_string(count * sizeof(Raw)),
                 where);
    }
    for (std::size_t i = 0; i < count; ++i) {
      Raw value;
      std::memcpy(&value, bytes.data() + i * sizeof(Raw), sizeof(Raw));
      convert(value);
    }
    return true;
  }

  template <class Field, class Convert>
  void field(const Field& values, Convert convert) {
    if (static_cast<std::size_t>(values.size()) != count) {
      refuse_bad("holds " + std::to_string(values.size()) + " values, its shape needs " +
                     std::to_string(count),
                 where);
    }
    for (const auto value : values) convert(value);
  }

  void real(double value) {
    if (!std::isfinite(value)) refuse_bad("holds a NaN or an infinity", where);
    out.reals.push_back(value);
  }
  void integer(std::int64_t value) { out.integers.push_back(value); }
  template <class Raw>
  void small_integer() {
    out.is_integer = true;
    if (!raw<Raw>([this](Raw v) { integer(static_cast<std::int64_t>(v)); })) {
      field(tensor.int32_data(), [this](std::int32_t v) {
        if (v != static_cast<std::int32_t>(static_cast<Raw>(v))) {
          refuse_bad("holds a value outside its data type", where);
        }
        integer(v);
      });
    }
  }
  template <class Raw>
  void large_unsigned() {
    out.is_integer = true;
    const auto take = [this](std::uint64_t v) {
      if (v > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        refuse_unsupported("holds an integer beyond 63 bits", where);
      }
      integer(static_cast<std::int64_t>(v));
    };
    if (!raw<Raw>(take)) field(tensor.uint64_data(), take);
  }
  template <class Decode>
  void half(Decode decode) {
    if (!raw<std::uint16_t>([&](std::uint16_t v) { real(decode(v)); })) {
      field(tensor.int32_data(),
            [&](std::int32_t v) { real(decode(static_cast<std::uint16_t>(v))); });
    }
  }
};

}  // namespace

Parameter read_tensor(const TensorProto& tensor, const std::string& where) {
  if (tensor.data_location() == TensorProto::EXTERNAL || tensor.external_data_size() > 0) {
    refuse_unsupported("its data lie in another file; save the model with its data inside", where);
  }
  if (tensor.has_segment()) refuse_unsupported("a tensor in segments", where);
  Parameter out;
  out.dims.assign(tensor.dims().begin(), tensor.dims().end());
  Reader reader{tensor, where, element_count(out.dims, where), out};
  const auto to_real = [&reader](auto v) { reader.real(static_cast<double>(v)); };
  const auto to_integer = [&reader](auto v) { reader.integer(static_cast<std::int64_t>(v)); };
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      if (!reader.raw<float>(to_real)) reader.field(tensor.float_data(), to_real);
      break;
    case TensorProto::DOUBLE:
      if (!reader.raw<double>(to_real)) reader.field(tensor.double_data(), to_real);
      break;
    case TensorProto::FLOAT16:
      reader.half(from_half);
      break;
    case TensorProto::BFLOAT16:
      reader.half(from_bfloat16);
      break;
    case TensorProto::INT64:
      out.is_integer = true;
      if (!reader.raw<std::int64_t>(to_integer)) reader.field(tensor.int64_data(), to_integer);
      break;
    case TensorProto::INT32:
      reader.small_integer<std::int32_t>();
      break;
    case TensorProto::INT16:
      reader.small_integer<std::int16_t>();
      break;
    case TensorProto::INT8:
      reader.small_integer<std::int8_t>();
      break;
    case TensorProto::UINT16:
      reader.small_integer<std::uint16_t>();
      break;
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      reader.small_integer<std::uint8_t>();
      break;
    case TensorProto::UINT32:
      reader.large_unsigned<std::uint32_t>();
      break;
    case TensorProto::UINT64:
      reader.large_unsigned<std::uint64_t>();
      break;
    default:
      refuse_unsupported("data type " + std::to_string(tensor.data_type()) + " of a constant",
                         where);
  }
  return out;
}

}  // namespace gatelight::formats::onnx_net
