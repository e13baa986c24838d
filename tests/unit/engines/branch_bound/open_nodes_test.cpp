// SPDX-License-Identifier: Apache-2.0
#include "engines/branch_bound/open_nodes.hpp"

#include <gtest/gtest.h>

namespace gatelight::engines::branch_bound {
namespace {

OpenNode node(std::int64_t bound, std::size_t depth) {
  return {bound, std::vector<Decision>(depth, Decision{7, 1})};
}

TEST(OpenNodes, TheLargestBoundFirstThenTheDeepest) {
  OpenNodes open(1, 1 << 20);
  open.add(node(5, 1));
  open.add(node(8, 1));
  open.add(node(8, 3));
  EXPECT_EQ(open.upper(), 8);
  EXPECT_EQ(open.claim(0, 0)->path.size(), 3U);
  open.release(0);
  EXPECT_EQ(open.claim(0, 0)->bound, 8);
  open.release(0);
  EXPECT_EQ(open.claim(0, 0)->bound, 5);
  EXPECT_FALSE(open.finished());
  EXPECT_EQ(open.upper(), 5);  // the claim still counts
  open.release(0);
  EXPECT_TRUE(open.finished());
  EXPECT_FALSE(open.upper().has_value());
}

TEST(OpenNodes, ClaimsCountUntilReleased) {
  OpenNodes open(2, 1 << 20);
  open.add(node(9, 0));
  open.add(node(4, 0));
  ASSERT_TRUE(open.claim(0, 0).has_value());
  ASSERT_TRUE(open.claim(1, 0).has_value());
  EXPECT_EQ(open.upper(), 9);
  open.lower_claim(0, 6);
  EXPECT_EQ(open.upper(), 6);
  open.lower_claim(0, 7);  // a bound never rises
  EXPECT_EQ(open.upper(), 6);
  open.release(0);
  EXPECT_EQ(open.upper(), 4);
  EXPECT_FALSE(open.claim(0, 0).has_value());  // waits, then finds nothing
  EXPECT_FALSE(open.finished());
}

TEST(OpenNodes, NodesThatCannotImproveAreDropped) {
  OpenNodes open(1, 1 << 20);
  open.add(node(5, 0));
  open.add(node(6, 0));
  EXPECT_FALSE(open.claim(0, 6).has_value());
  EXPECT_TRUE(open.finished());
}

TEST(OpenNodes, KnowsWhenItIsFull) {
  OpenNodes open(1, 1000);
  EXPECT_FALSE(open.full());
  open.add(node(5, 200));
  EXPECT_TRUE(open.full());
  ASSERT_TRUE(open.claim(0, 0).has_value());
  EXPECT_FALSE(open.full());
}

}  // namespace
}  // namespace gatelight::engines::branch_bound
