// SPDX-License-Identifier: Apache-2.0
#include "generate/families.hpp"

#include <bit>
#include <string>

namespace gatelight::generate {
namespace {

// A builder of threshold gates over single input bits.
struct Maker {
  Source input(const std::string& name) {
    return Source::word(builder.add_input({.name = name, .bits = 1}).value());
  }
  std::vector<Source> inputs(const std::string& prefix, int how_many) {
    std::vector<Source> sources;
    for (int i = 0; i < how_many; ++i) sources.push_back(input(prefix + std::to_string(i)));
    return sources;
  }
  Source gate(std::vector<WrittenWire> wires, std::int64_t threshold) {
    GateSpec spec{
        .name = "g" + std::to_string(gates++), .wires = std::move(wires), .threshold = threshold};
    return Source::gate(builder.add_gate(std::move(spec)).value());
  }
  Circuit finish(Source output) {
    (void)builder.add_output(GateId{output.index});
    return std::move(builder).build().value();
  }
  CircuitBuilder builder;
  int gates = 0;
};

std::vector<WrittenWire> all_with(const std::vector<Source>& sources, std::int64_t weight) {
  std::vector<WrittenWire> wires;
  for (const Source source : sources) wires.push_back({source, weight});
  return wires;
}

}  // namespace

Circuit parity_thermometer(int n) {
  Maker maker;
  const auto bits = maker.inputs("x", n);
  std::vector<WrittenWire> alternating;
  for (int i = 1; i <= n; ++i) {
    alternating.push_back({maker.gate(all_with(bits, 1), i), i % 2 != 0 ? 1 : -1});
  }
  return maker.finish(maker.gate(alternating, 1));
}

Circuit majority(int n) {
  Maker maker;
  const auto bits = maker.inputs("x", n);
  return maker.finish(maker.gate(all_with(bits, 1), (n + 1) / 2));
}

Circuit equality(int m, int piece, bool interleaved) {
  Maker maker;
  std::vector<Source> a, b;
  for (int i = 0; interleaved && i < m; ++i) {
    a.push_back(maker.input("a" + std::to_string(i)));
    b.push_back(maker.input("b" + std::to_string(i)));
  }
  if (!interleaved) {
    a = maker.inputs("a", m);
    b = maker.inputs("b", m);
  }
  std::vector<Source> differ;
  for (int first = 0; first < m; first += piece) {
    for (const std::int64_t sign : {1, -1}) {
      std::vector<WrittenWire> wires;
      for (int i = first; i < std::min(m, first + piece); ++i) {
        const std::int64_t place = sign * (std::int64_t{1} << (i - first));
        wires.push_back({a[static_cast<std::size_t>(i)], place});
        wires.push_back({b[static_cast<std::size_t>(i)], -place});
      }
      differ.push_back(maker.gate(wires, 1));
    }
  }
  return maker.finish(maker.gate(all_with(differ, -1), 0));
}

Circuit disjointness(int m, int k) {
  Maker maker;
  const auto a = maker.inputs("a", m);
  const auto b = maker.inputs("b", m);
  std::vector<Source> blocks;
  for (int first = 0; first < m; first += k) {
    const int size = std::min(k, m - first);
    for (unsigned pattern = 1; pattern >> size == 0; ++pattern) {
      const std::int64_t ones = std::popcount(pattern);
      std::vector<WrittenWire> wires;
      for (int i = 0; i < size; ++i) {
        const bool one = ((pattern >> i) & 1) != 0;
        wires.push_back({a[static_cast<std::size_t>(first + i)], one ? ones + 1 : -(ones + 1)});
        if (one) wires.push_back({b[static_cast<std::size_t>(first + i)], 1});
      }
      blocks.push_back(maker.gate(wires, (ones + 1) * ones + 1));
    }
  }
  return maker.finish(maker.gate(all_with(blocks, 1), 1));
}

Circuit multiplexer(int k) {
  Maker maker;
  const auto data = maker.inputs("d", 1 << k);
  const auto address = maker.inputs("s", k);
  std::vector<Source> chosen;
  for (unsigned which = 0; which >> k == 0; ++which) {
    std::vector<WrittenWire> wires{{data[which], 1}};
    for (int i = 0; i < k; ++i) {
      wires.push_back({address[static_cast<std::size_t>(i)], ((which >> i) & 1) != 0 ? 1 : -1});
    }
    chosen.push_back(maker.gate(wires, std::popcount(which) + 1));
  }
  return maker.finish(maker.gate(all_with(chosen, 1), 1));
}

Circuit planted(base::Random& random, const InputBits& secret, bool copies_are_deep) {
  Maker maker;
  const auto bits = maker.inputs("x", static_cast<int>(secret.size()));
  const auto weight = [&] { return random.between(1, 9) * (random.coin() ? 1 : -1); };
  constexpr int first_layer = 12, second_layer = 6;
  std::vector<Source> layer;
  for (int g = 0; g < first_layer; ++g) {
    std::vector<WrittenWire> wires;
    for (const Source bit : bits) wires.push_back({bit, weight()});
    layer.push_back(maker.gate(wires, random.between(-9, 9)));
  }
  for (int g = 0; g < second_layer; ++g) {
    std::vector<WrittenWire> wires;
    for (const Source source : layer) wires.push_back({source, weight()});
    maker.gate(wires, random.between(-9, 9));
  }
  std::vector<WrittenWire> match;
  std::int64_t ones = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    match.push_back({bits[i], secret[i] != 0 ? 1 : -1});
    ones += secret[i];
  }
  const Source found = maker.gate(match, ones);
  Source last = found;
  for (int copy = 0; copy < first_layer + second_layer; ++copy) {
    if (copies_are_deep) {
      last = maker.gate({{found, 1}}, 1);
    } else {
      last = maker.gate(match, ones);
    }
  }
  return maker.finish(last);
}

}  // namespace gatelight::generate
