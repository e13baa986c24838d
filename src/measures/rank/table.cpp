// SPDX-License-Identifier: Apache-2.0
//
// Moving the variables of a table, and what stays the same.
//
// Problem   The matrix of a partition has its rows contiguous only where the variables of one side are the
//           lowest of the table.  Thousands of partitions are asked about.
// Idea      Two variables change places by moving half of the bits: inside words by masks and shifts, else
//           by moving words.  Partitions that follow each other differ in few variables.
//           Symmetries are found by trying: swap, compare.
// Why       If swapping i and j leaves f unchanged, a partition and the one where i and j changed sides have
//           the same matrices.  Negating a variable permutes rows or columns, so the same holds where f is
//           unchanged after both are negated too.  "Can change places" is transitive in both cases:
//           (i k) = (i j)(j k)(i j), and negations compose with it.  The same for blocks of variables
//           that change places member by member.
// Cost      O(2^variables / 64) for a swap.
// Tested by tests/unit/measures/rank/table_test.cpp
#include "measures/rank/table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace gatelight::measures {
namespace {

// Bits of a word whose index has bit p set.
constexpr std::uint64_t index_mask[6] = {0xaaaaaaaaaaaaaaaaU, 0xccccccccccccccccU,
                                         0xf0f0f0f0f0f0f0f0U, 0xff00ff00ff00ff00U,
                                         0xffff0000ffff0000U, 0xffffffff00000000U};

// Both below 6, low < high: bits with low = 1, high = 0 move up.
void swap_inside(std::span<std::uint64_t> words, int low, int high) {
  const int shift = (1 << high) - (1 << low);
  const std::uint64_t up = index_mask[low] & ~index_mask[high];
  const std::uint64_t keep = ~(up | up << shift);
  for (std::uint64_t& word : words) {
    word = (word & keep) | (word & up) << shift | (word >> shift & up);
  }
}

// low < 6 <= high.
void swap_across(std::span<std::uint64_t> words, int low, int high) {
  const int shift = 1 << low;
  const std::size_t step = std::size_t{1} << (high - 6);
  const std::uint64_t odd = index_mask[low];
  for (std::size_t block = 0; block < words.size(); block += 2 * step) {
    for (std::size_t i = block; i < block + step; ++i) {
      const std::uint64_t zero = words[i], one = words[i + step];
      words[i] = (zero & ~odd) | (one & ~odd) << shift;
      words[i + step] = (one & odd) | (zero & odd) >> shift;
    }
  }
}

// Both at least 6, low < high.
void swap_words(std::span<std::uint64_t> words, int low, int high) {
  const std::size_t near = std::size_t{1} << (low - 6), far = std::size_t{1} << (high - 6);
  for (std::size_t block = 0; block < words.size(); block += 2 * far) {
    for (std::size_t i = block; i < block + far; i += 2 * near) {
      std::swap_ranges(&words[i + near], &words[i + near] + near, &words[i + far]);
    }
  }
}

std::uint64_t hash_of(const std::uint64_t* words, std::size_t count) {
  std::uint64_t hash = count;
  for (std::size_t i = 0; i < count; ++i) {
    hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  }
  return hash;
}

// f with variable `place` negated.
void negate(base::AlignedVector<std::uint64_t>& words, int place) {
  if (place < 6) {
    const int shift = 1 << place;
    const std::uint64_t odd = index_mask[place];
    for (std::uint64_t& word : words) word = (word & odd) >> shift | (word & ~odd) << shift;
    return;
  }
  const std::size_t step = std::size_t{1} << (place - 6);
  for (std::size_t block = 0; block < words.size(); block += 2 * step) {
    std::swap_ranges(&words[block], &words[block] + step, &words[block + step]);
  }
}

bool interchangeable(const Table& table, int one, int other) {
  Table moved = table;
  moved.swap(one, other);
  if (std::ranges::equal(moved.words(), table.words())) return true;
  base::AlignedVector<std::uint64_t> words(moved.words().begin(), moved.words().end());
  negate(words, one);
  negate(words, other);
  // Bits beyond the table stay 0 only where both places are inside it, which they are.
  return std::ranges::equal(words, table.words());
}

bool interchangeable(const Table& table, std::span<const int> one, std::span<const int> other) {
  Table moved = table;
  for (std::size_t i = 0; i < one.size(); ++i) moved.swap(one[i], other[i]);
  return std::ranges::equal(moved.words(), table.words());
}

}  // namespace

Table::Table(int variables, base::AlignedVector<std::uint64_t> words) : words_(std::move(words)) {
  at_.resize(static_cast<std::size_t>(variables));
  std::iota(at_.begin(), at_.end(), 0);
  place_ = at_;
}

void Table::swap(int one, int other) {
  if (one == other) return;
  const int low = std::min(one, other), high = std::max(one, other);
  if (high < 6) {
    swap_inside(words_, low, high);
  } else if (low < 6) {
    swap_across(words_, low, high);
  } else {
    swap_words(words_, low, high);
  }
  std::swap(at_[static_cast<std::size_t>(one)], at_[static_cast<std::size_t>(other)]);
  place_[static_cast<std::size_t>(variable_at(one))] = one;
  place_[static_cast<std::size_t>(variable_at(other))] = other;
}

void Table::bring_down(std::uint64_t set) {
  const int low = std::popcount(set);
  int above = low;
  for (int place = 0; place < low; ++place) {
    if ((set >> variable_at(place) & 1) != 0) continue;
    while ((set >> variable_at(above) & 1) == 0) ++above;
    swap(place, above);
  }
}

bool Table::depends_on(int place) const {
  if (place < 6) {
    const std::uint64_t even = ~index_mask[place];
    return std::ranges::any_of(
        words_, [&](std::uint64_t word) { return ((word ^ word >> (1 << place)) & even) != 0; });
  }
  const std::size_t step = std::size_t{1} << (place - 6);
  for (std::size_t block = 0; block < words_.size(); block += 2 * step) {
    if (std::memcmp(&words_[block], &words_[block + step], step * sizeof(words_[0])) != 0) {
      return true;
    }
  }
  return false;
}

Table Table::essential(std::vector<int>& kept) const {
  kept.clear();
  Table moved = *this;
  for (int variable = 0; variable < variables(); ++variable) {
    if (depends_on(place_of(variable))) kept.push_back(variable);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    moved.swap(static_cast<int>(i), moved.place_of(kept[i]));
  }
  // The others stand above and do not matter: the part where they are 0 tells all.
  base::AlignedVector<std::uint64_t> words = std::move(moved.words_);
  words.resize(kept.size() > 6 ? std::size_t{1} << (kept.size() - 6) : 1);
  if (kept.size() < 6) words[0] &= (std::uint64_t{1} << (std::uint64_t{1} << kept.size())) - 1;
  return Table(static_cast<int>(kept.size()), std::move(words));
}

DistinctRows distinct_table_rows(const Table& table, int low) {
  const std::size_t count = std::size_t{1} << (table.variables() - low);
  const std::size_t columns = std::size_t{1} << low;
  const std::size_t width = low > 6 ? columns / 64 : 1;
  const auto words = table.words();
  std::uint64_t narrow = 0;  // a row shorter than a word
  const auto row_at = [&](std::size_t row) -> const std::uint64_t* {
    if (low >= 6) return &words[row * width];
    const std::size_t bit = row * columns;
    narrow = words[bit / 64] >> (bit % 64) & ((std::uint64_t{1} << columns) - 1);
    return &narrow;
  };
  DistinctRows result;
  constexpr std::uint32_t empty = ~std::uint32_t{0};
  std::vector<std::uint32_t> places(64, empty);  // indices into result.rows
  std::vector<std::uint64_t> kept;               // the rows, word after word
  const auto place_of = [&](const std::uint64_t* row) {
    std::size_t at = hash_of(row, width) & (places.size() - 1);
    while (places[at] != empty &&
           std::memcmp(&kept[places[at] * width], row, width * sizeof(*row)) != 0) {
      at = (at + 1) & (places.size() - 1);
    }
    return at;
  };
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint64_t* entries = row_at(row);
    if (std::all_of(entries, entries + width, [](std::uint64_t word) { return word == 0; })) {
      continue;
    }
    const std::size_t at = place_of(entries);
    if (places[at] != empty) continue;
    places[at] = static_cast<std::uint32_t>(result.rows.size());
    result.rows.push_back(static_cast<std::uint32_t>(row));
    kept.insert(kept.end(), entries, entries + width);
    if (2 * result.rows.size() < places.size()) continue;
    places.assign(2 * places.size(), empty);
    for (std::uint32_t i = 0; i < result.rows.size(); ++i) places[place_of(&kept[i * width])] = i;
  }
  result.matrix = linalg::BitMatrix(result.rows.size(), columns);
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    std::copy_n(&kept[i * width], width, result.matrix.row(i).begin());
  }
  return result;
}

Symmetry symmetry_of(const Table& table) {
  Symmetry symmetry;
  for (int variable = 0; variable < table.variables(); ++variable) {
    const auto found = std::ranges::find_if(symmetry.classes, [&](const std::vector<int>& members) {
      return interchangeable(table, table.place_of(members[0]), table.place_of(variable));
    });
    if (found != symmetry.classes.end()) {
      found->push_back(variable);
    } else {
      symmetry.classes.push_back({variable});
    }
  }
  const auto places = [&](std::size_t index) {
    std::vector<int> result;
    for (const int variable : symmetry.classes[index]) result.push_back(table.place_of(variable));
    return result;
  };
  for (std::size_t c = 0; c < symmetry.classes.size(); ++c) {
    const auto found = std::ranges::find_if(symmetry.groups, [&](const auto& group) {
      return symmetry.classes[group[0]].size() == symmetry.classes[c].size() &&
             interchangeable(table, places(group[0]), places(c));
    });
    if (found != symmetry.groups.end()) {
      found->push_back(c);
    } else {
      symmetry.groups.push_back({c});
    }
  }
  return symmetry;
}

}  // namespace gatelight::measures
