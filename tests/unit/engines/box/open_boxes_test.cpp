// SPDX-License-Identifier: Apache-2.0
#include "engines/box/open_boxes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gatelight::engines::box {
namespace {

OpenBox box_of(std::int64_t bound, int depth = 0) {
  return {bound, depth, {{depth}, {depth}}, nullptr};
}

TEST(OpenBoxes, TheLargestBoundComesFirst) {
  OpenBoxes open(1, 1 << 20);
  for (const std::int64_t bound : {3, 9, 4}) open.add(box_of(bound));
  open.add(box_of(9, 5));
  const auto first = open.claim(0, 0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bound, 9);
  EXPECT_EQ(first->depth, 5) << "the deepest of them";
  EXPECT_EQ(open.upper(), 9);
  open.release(0);
  EXPECT_EQ(open.claim(0, 0)->depth, 0);
}

TEST(OpenBoxes, AClaimCountsUntilItIsReleased) {
  OpenBoxes open(2, 1 << 20);
  open.add(box_of(7));
  ASSERT_TRUE(open.claim(0, 0));
  EXPECT_EQ(open.upper(), 7);
  EXPECT_FALSE(open.finished());
  open.lower_claim(0, 5);
  open.lower_claim(0, 6);
  EXPECT_EQ(open.upper(), 5);
  open.release(0);
  EXPECT_TRUE(open.finished());
  EXPECT_FALSE(open.upper());
}

TEST(OpenBoxes, NothingAboveTheFloorMeansNothingIsLeft) {
  OpenBoxes open(1, 1 << 20);
  open.add(box_of(7));
  open.add(box_of(6));
  EXPECT_FALSE(open.claim(0, 7));
  EXPECT_TRUE(open.finished());
}

TEST(OpenBoxes, IsFullAtItsLimit) {
  OpenBoxes open(1, 1000);
  for (int i = 0; i < 20; ++i) open.add(box_of(i));
  EXPECT_TRUE(open.full());
  (void)open.claim(0, 100);  // drops all
  EXPECT_FALSE(open.full());
}

TEST(PackedBounds, ForgetsWhatDoesNotFit) {
  constexpr std::int64_t far = std::int64_t{1} << 40;
  const SumBounds initial{{-2 * far, -100, -far}, {2 * far, 100, far}};
  const SumBounds known{{-far, -7, far}, {far, 9, far}};
  SumBounds back = initial;
  unpack(pack(known), initial, back);
  EXPECT_EQ(back.low, (std::vector<std::int64_t>{-2 * far, -7, -far}));
  EXPECT_EQ(back.high, (std::vector<std::int64_t>{2 * far, 9, far}));
}

}  // namespace
}  // namespace gatelight::engines::box
