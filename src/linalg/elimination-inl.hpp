// SPDX-License-Identifier: Apache-2.0
//
// Blocked Gaussian elimination over row pointers, included once an instruction set.
//
// Problem   Rank, pivot rows and pivot columns of a matrix of residues modulo a prime, in place.
// Idea      Columns are cut into tiles (one cache line of bytes) and tiles into panels of 512.  Within a
//           panel each tile is first brought up to date with the panel's earlier pivots, then
//           factored; then all columns to the right are updated at once.  All arithmetic of weight is
//           one operation, C += L * U with up to 512 terms an entry, which Arithmetic does in
//           registers and reduces once.
// Tile      Rows are taken in order.  A row v, reduced by the k pivots found so far, is
//           v - v[C] E with E = A[R, C]^-1 A[R, :], since E is the identity in the pivot columns C.  If
//           something is left, its first column becomes the next pivot.  With k = width no row
//           below needs to be looked at.
// Update    The other rows lose x A[R, :], x = v[C] A[R, C]^-1.  -x is stored where the tile's own
//           entries stood (they are not needed any more), so a row's factors of all tiles of a
//           panel lie side by side, and the factors of pivots that were found later act on rows
//           that the earlier ones had been taken from: as in an LU factorisation.
// Why       Only multiples of pivot rows are added to rows without a pivot, so at every moment the
//           remaining rows are the Schur complement of A[R, C]; the minor is non-singular because
//           each pivot was not 0, and the rank is complete when no row is left or every column
//           was looked at, since then the complement is 0.
// Cost      m n r - ... multiplications as in LU; m n residues and 512 n packed ones of memory.
//           The choice of pivots depends on the matrix and the prime alone: not on the panel,
//           nor on the kernel or the number of threads.
// Tested by tests/unit/linalg/rank_test.cpp

template <class Arithmetic>
class Elimination {
 public:
  using Element = typename Arithmetic::Element;
  using Packed = typename Arithmetic::Packed;
  static constexpr std::size_t width = Arithmetic::width;
  static constexpr std::size_t panel_tiles = 512 / width;
  static constexpr std::size_t quantum = 4;  // depths are multiples of it
  static constexpr std::size_t block_rows = 96;

  // Requires task.pivot_columns <= columns.
  explicit Elimination(const EliminationTask& task)
      : task_(task),
        arithmetic_(task.prime),
        deadline_(task.limits),
        rows_(task.matrix->rows()),
        columns_(task.matrix->columns()),
        tiles_((columns_ + width - 1) / width) {
    // An odd number of cache lines a row, so that a column does not fall into one set of the cache.
    const std::size_t lines = tiles_ * width * sizeof(Element) / base::line_bytes;
    stride_ = (lines | 1U) * (base::line_bytes / sizeof(Element));
    data_.resize(rows_ * stride_);
    expand();
  }

  Pivots run() {
    const std::size_t pivot_tiles = (task_.pivot_columns + width - 1) / width;
    for (std::size_t first = 0; first < pivot_tiles; first += panel_tiles) {
      const std::size_t last = std::min(first + panel_tiles, pivot_tiles);
      panel_ = first * width;
      depth_ = 0;
      groups_.clear();
      for (std::size_t tile = first; tile < last && !active_.empty(); ++tile) {
        if (!bring_up_to_date(tile) || !factor(tile)) return stopped();
      }
      if (active_.empty()) break;
      if (depth_ > 0 && last < tiles_ && !update_right(last)) return stopped();
    }
    if (task_.remainder != nullptr) copy_remainder();
    pivots_.rank = pivots_.rows.size();
    return std::move(pivots_);
  }

 private:
  struct Active {
    Element* row;
    std::uint32_t index;
  };
  // The pivots of one tile: their rows, and the depth of the panel before them.
  struct Group {
    std::vector<Element*> rows;
    std::size_t before, depth;  // depth: rows.size() rounded up
  };
  // A copy of a row of a tile, and its factors.
  struct alignas(64) Scratch {
    Element entries[width];
    Element factors[width];
  };

  void expand() {
    active_.reserve(rows_);
    for (std::size_t i = 0; i < rows_; ++i) {
      Element* row = data_.data() + i * stride_;
      const auto words = task_.matrix->row(i);
      for (std::size_t word = 0; word < words.size(); ++word) {
        arithmetic_.expand(words[word], row + 64 * word,
                           std::min<std::size_t>(64, stride_ - 64 * word));
      }
      active_.push_back({row, static_cast<std::uint32_t>(i)});
    }
  }

  Pivots stopped() {
    pivots_.complete = false;
    pivots_.rank = pivots_.rows.size();
    return std::move(pivots_);
  }

  // Threads that are worth their start for this many multiplications.
  [[nodiscard]] int threads_for(std::size_t work) const {
    constexpr std::size_t enough = std::size_t{1} << 25U;
    return work < enough ? 1 : task_.limits.threads;
  }

  // Calls work(i) for all i below count; false where the limits said stop.
  template <class Work>
  bool in_threads(std::size_t count, std::size_t cost, const Work& work) {
    base::ChunkQueue queue(count, 1);
    base::run_threads(
        threads_for(cost),
        [&](int) {
          while (const auto chunk = queue.next()) {
            if (deadline_.expired()) {
              queue.stop();
              break;
            }
            work(static_cast<std::size_t>(chunk->first));
          }
        },
        [&] { queue.stop(); });
    return !queue.stopped();
  }

  // The panel's pivot rows in this tile, each less what the pivots before it take away, packed.
  void build(std::size_t tile, Packed* packed) const {
    std::vector<Element> copy(width * width);
    std::vector<const Element*> factors(width);
    std::vector<Element*> entries(width);
    for (const Group& group : groups_) {
      const std::size_t count = group.rows.size();
      for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(group.rows[i] + tile * width, width, copy.data() + i * width);
        entries[i] = copy.data() + i * width;
        factors[i] = group.rows[i] + panel_;
      }
      arithmetic_.update(entries.data(), factors.data(), count, packed, group.before);
      std::fill(copy.begin() + static_cast<std::ptrdiff_t>(count * width),
                copy.begin() + static_cast<std::ptrdiff_t>(group.depth * width), Element{0});
      arithmetic_.pack(copy.data(), group.depth, packed + group.before * width);
    }
  }

  void update_rows(std::size_t begin, std::size_t end, std::size_t tile,
                   const Packed* packed) const {
    Element* entries[block_rows] = {};
    const Element* factors[block_rows] = {};
    for (std::size_t i = begin; i < end; ++i) {
      entries[i - begin] = active_[i].row + tile * width;
      factors[i - begin] = active_[i].row + panel_;
    }
    arithmetic_.update(entries, factors, end - begin, packed, depth_);
  }

  bool bring_up_to_date(std::size_t tile) {
    if (depth_ == 0) return !deadline_.expired();
    packed_.resize(std::max(packed_.size(), depth_ * width));
    build(tile, packed_.data());
    const std::size_t blocks = (active_.size() + block_rows - 1) / block_rows;
    return in_threads(blocks, active_.size() * depth_ * width, [&](std::size_t block) {
      const std::size_t begin = block * block_rows;
      update_rows(begin, std::min(begin + block_rows, active_.size()), tile, packed_.data());
    });
  }

  bool update_right(std::size_t first) {
    const std::size_t count = tiles_ - first, size = depth_ * width;
    packed_.resize(std::max(packed_.size(), count * size));
    const std::size_t work = active_.size() * depth_ * width * count;
    if (!in_threads(count, work,
                    [&](std::size_t tile) { build(first + tile, packed_.data() + tile * size); })) {
      return false;
    }
    const std::size_t blocks = (active_.size() + block_rows - 1) / block_rows;
    return in_threads(blocks, work, [&](std::size_t block) {
      const std::size_t begin = block * block_rows;
      const std::size_t end = std::min(begin + block_rows, active_.size());
      for (std::size_t tile = 0; tile < count; ++tile) {
        update_rows(begin, end, first + tile, packed_.data() + tile * size);
      }
    });
  }

  // ---- One tile ---------------------------------------------------------------------------------

  // E and A[R, C]^-1 of the pivots found so far in a tile.
  struct Basis {
    alignas(64) Element reduced[width][width];
    alignas(64) Element inverse[width][width];
    alignas(64) Packed packed_reduced[width * width];
    alignas(64) Packed packed_inverse[width * width];
    alignas(64) Element order[width];  // C
    std::size_t size = 0;

    [[nodiscard]] std::size_t depth() const { return (size + quantum - 1) / quantum * quantum; }
  };

  // Adds row `v`, of which `left` is left after reduction, with the pivot in `column`.
  void extend(Basis& basis, const Element* v, const Element* left, std::size_t column) const {
    const std::size_t k = basis.size;
    Scratch row;
    std::fill_n(row.entries, width, Element{0});
    arithmetic_.gather(v, basis.order, k, row.factors);
    Element* entries = row.entries;
    const Element* factors = row.factors;
    arithmetic_.update(&entries, &factors, 1, basis.packed_inverse, basis.depth());
    row.entries[k] = 1;
    const Element scale = arithmetic_.inverse(left[column]);
    arithmetic_.scale(basis.reduced[k], left, scale);
    arithmetic_.scale(basis.inverse[k], row.entries, scale);
    for (std::size_t i = 0; i < k; ++i) {
      const Element factor = basis.reduced[i][column];
      if (factor == 0) continue;
      const Element negative = arithmetic_.negated(factor);
      arithmetic_.add_multiple(basis.reduced[i], basis.reduced[k], negative);
      arithmetic_.add_multiple(basis.inverse[i], basis.inverse[k], negative);
    }
    basis.order[k] = static_cast<Element>(column);
    ++basis.size;
    arithmetic_.pack(basis.reduced[0], basis.depth(), basis.packed_reduced);
    arithmetic_.pack(basis.inverse[0], basis.depth(), basis.packed_inverse);
  }

  // What is left of active rows [begin, end) after reduction, in scratch.
  void reduce(const Basis& basis, std::size_t begin, std::size_t end, std::size_t tile) {
    const std::size_t count = end - begin;
    Element* entries[block_rows] = {};
    const Element* factors[block_rows] = {};
    for (std::size_t i = 0; i < count; ++i) {
      Scratch& copy = scratch_[i];
      const Element* from = active_[begin + i].row + tile * width;
      std::copy_n(from, width, copy.entries);
      arithmetic_.gather(from, basis.order, basis.size, copy.factors);
      entries[i] = copy.entries;
      factors[i] = copy.factors;
    }
    arithmetic_.update(entries, factors, count, basis.packed_reduced, basis.depth());
  }

  // False where the limits said stop; the pivots found until then are sound.
  bool factor(std::size_t tile) {
    auto& basis = *basis_;
    basis.size = 0;
    std::fill_n(basis.reduced[0], width * width, Element{0});
    std::fill_n(basis.inverse[0], width * width, Element{0});
    Group group{{}, depth_, 0};
    const std::size_t most = std::min(width, columns_ - tile * width);
    std::size_t kept = 0, next = 0;  // active rows before `kept` stay, those from `next` on wait
    std::size_t batch = 1;
    while (next < active_.size() && basis.size < most) {
      const std::size_t end = std::min(next + batch, active_.size());
      reduce(basis, next, end, tile);
      batch = std::min(2 * batch, block_rows);
      for (std::size_t i = next; next < end; ++next) {
        const Element* left = scratch_[next - i].entries;
        const std::size_t column = first_nonzero(left);
        if (column == width) {
          active_[kept++] = active_[next];
          continue;
        }
        const Active pivot = active_[next++];
        extend(basis, pivot.row + tile * width, left, column);
        group.rows.push_back(pivot.row);
        pivots_.rows.push_back(pivot.index);
        pivots_.columns.push_back(static_cast<std::uint32_t>(tile * width + column));
        batch = 1;
        break;
      }
    }
    std::copy(active_.begin() + static_cast<std::ptrdiff_t>(next), active_.end(),
              active_.begin() + static_cast<std::ptrdiff_t>(kept));
    active_.resize(active_.size() - (next - kept));
    if (basis.size == 0) return true;
    const bool done = store_factors(basis, tile);
    group.depth = basis.depth();
    depth_ += group.depth;
    groups_.push_back(std::move(group));
    return done;
  }

  // -x = -v[C] A[R, C]^-1 of all active rows, beside their factors of the panel's earlier tiles.
  bool store_factors(const Basis& basis, std::size_t tile) {
    const std::size_t blocks = (active_.size() + block_rows - 1) / block_rows;
    return in_threads(blocks, active_.size() * width * width, [&](std::size_t block) {
      const std::size_t begin = block * block_rows;
      const std::size_t count = std::min(block_rows, active_.size() - begin);
      Scratch copies[block_rows];
      Element* entries[block_rows] = {};
      const Element* factors[block_rows] = {};
      for (std::size_t i = 0; i < count; ++i) {
        std::fill_n(copies[i].entries, width, Element{0});
        arithmetic_.gather(active_[begin + i].row + tile * width, basis.order, basis.size,
                           copies[i].factors);
        entries[i] = copies[i].entries;
        factors[i] = copies[i].factors;
      }
      arithmetic_.update(entries, factors, count, basis.packed_inverse, basis.depth());
      for (std::size_t i = 0; i < count; ++i) {
        // The whole width: what comes after the factors lies in tiles that are done.
        arithmetic_.to_factors(copies[i].entries, active_[begin + i].row + panel_ + depth_);
      }
    });
  }

  static std::size_t first_nonzero(const Element* entries) {
    std::size_t column = 0;
    while (column < width && entries[column] == 0) ++column;
    return column;
  }

  void copy_remainder() {
    for (const Active& active : active_) {
      const Element* from = active.row + task_.pivot_columns;
      const Element* to = active.row + columns_;
      task_.remainder->emplace_back(from, to);
    }
  }

  const EliminationTask& task_;
  Arithmetic arithmetic_;
  Deadline deadline_;
  std::size_t rows_, columns_, tiles_, stride_ = 0;
  base::AlignedVector<Element> data_;
  std::vector<Active> active_;  // rows without a pivot, in their order
  base::AlignedVector<Packed> packed_;
  std::unique_ptr<Basis> basis_ = std::make_unique<Basis>();
  std::vector<Scratch> scratch_ = std::vector<Scratch>(block_rows);
  // Of the panel at work: its first column, its pivots.
  std::size_t panel_ = 0, depth_ = 0;
  std::vector<Group> groups_;
  Pivots pivots_;
};
