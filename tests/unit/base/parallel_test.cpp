// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gatelight::base {
namespace {

TEST(ChunkQueue, HandsOutEveryIndexOnceAndInOrder) {
  ChunkQueue queue(10, 3);
  std::uint64_t expected = 0;
  while (const auto chunk = queue.next()) {
    EXPECT_EQ(chunk->first, expected);
    EXPECT_LE(chunk->last, 10U);
    expected = chunk->last;
  }
  EXPECT_EQ(expected, 10U);
  EXPECT_FALSE(queue.next());
}

TEST(ChunkQueue, StopsWhenTold) {
  ChunkQueue queue(10, 1);
  EXPECT_TRUE(queue.next());
  queue.stop();
  EXPECT_FALSE(queue.next());
}

TEST(RunThreads, SharesTheWork) {
  for (const int threads : {1, 2, 8}) {
    ChunkQueue queue(1000, 7);
    std::atomic<std::uint64_t> sum{0};
    run_threads(
        threads,
        [&](int) {
          while (const auto chunk = queue.next()) {
            for (auto i = chunk->first; i < chunk->last; ++i) sum += i;
          }
        },
        [] {});
    EXPECT_EQ(sum.load(), 999U * 1000U / 2);
  }
}

TEST(RunThreads, RethrowsAfterAllHaveEnded) {
  std::atomic<int> ended{0};
  std::atomic<int> told{0};
  const auto run = [&] {
    run_threads(
        4,
        [&](int index) {
          ++ended;
          if (index == 2) throw std::runtime_error("two");
        },
        [&] { ++told; });
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_EQ(ended.load(), 4);
  EXPECT_EQ(told.load(), 1);
}

}  // namespace
}  // namespace gatelight::base
