// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/activity.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"

namespace gatelight::engines::learning {
namespace {

TEST(Activity, PopsTheHighestScoreFirst) {
  base::Random random(1);
  Activity activity;
  std::vector<double> score;
  double step = 1;
  for (int i = 0; i < 50; ++i) {
    score.push_back(0);
    activity.add_variable(0);
  }
  for (int i = 0; i < 500; ++i) {
    const auto v = static_cast<encode::Variable>(random.below(50));
    activity.bump(v);
    score[v] += step;
    activity.fade();
    step /= 0.95;
  }
  double last = *std::ranges::max_element(score);
  int popped = 0;
  for (; !activity.empty(); ++popped) {
    const double now = score[activity.pop()];
    EXPECT_LE(now, last);
    last = now;
  }
  EXPECT_EQ(popped, 50);
}

TEST(Activity, ScoresDoNotOverflow) {
  Activity activity;
  activity.add_variable(0);
  activity.add_variable(0);
  for (int i = 0; i < 20'000; ++i) {
    activity.bump(i % 3 == 0 ? 0 : 1);
    activity.fade();
  }
  // The last bumps weigh most: ten of them more than all that came before.
  for (int i = 0; i < 10; ++i) activity.bump(0);
  EXPECT_EQ(activity.pop(), 0U);
  activity.insert(0);
  activity.insert(0);
  EXPECT_EQ(activity.pop(), 0U);
  EXPECT_EQ(activity.pop(), 1U);
  EXPECT_TRUE(activity.empty());
}

}  // namespace
}  // namespace gatelight::engines::learning
