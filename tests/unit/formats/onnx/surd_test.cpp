// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/surd.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

Surd root(int n) { return Surd::root(n); }

TEST(Surd, RootsInOneSquareClassAreOneTerm) {
  EXPECT_TRUE((root(8) - root(2) - root(2)).is_zero());
  EXPECT_TRUE((root(2) * root(3) - root(6)).is_zero());
  EXPECT_TRUE((root(2) * root(18) - Surd(6)).is_zero());
  EXPECT_TRUE(Surd::root(mpq_class(9, 16)).is_rational());
  EXPECT_EQ(Surd::root(mpq_class(1, 2)), root(2) * Surd(mpq_class(1, 2)));
  EXPECT_FALSE((root(2) + root(3) - root(5)).is_zero());
  EXPECT_TRUE(((root(2) + root(3)) * (root(3) - root(2)) - Surd(1)).is_zero());
}

TEST(Surd, SignsAreDecidedHoweverCloseToZero) {
  // Convergents p/q of sqrt(2): p^2 - 2 q^2 alternates between -1 and 1.
  mpz_class p = 1, q = 1;
  for (int i = 0; i < 400; ++i) {
    const Surd difference = Surd(mpq_class(p, q)) - root(2);
    EXPECT_EQ(difference.sign(), i % 2 == 0 ? -1 : 1) << i;
    const mpz_class next = p + 2 * q;
    q += p;
    p = next;
  }
}

TEST(Surd, FloorAndCeil) {
  EXPECT_EQ(root(2).floor(), 1);
  EXPECT_EQ(root(2).ceil(), 2);
  EXPECT_EQ((-root(2)).floor(), -2);
  EXPECT_EQ((-root(2)).ceil(), -1);
  EXPECT_EQ(Surd(mpq_class(-7, 2)).floor(), -4);
  EXPECT_EQ(Surd(mpq_class(-7, 2)).ceil(), -3);
  EXPECT_EQ(Surd(5).ceil(), 5);
  mpz_class big;
  mpz_ui_pow_ui(big.get_mpz_t(), 10, 60);
  // floor(10^60 sqrt(2)) from an integer square root.
  EXPECT_EQ((Surd(mpq_class(big)) * root(2)).floor(), mpz_class(sqrt(mpz_class(2 * big * big))));
}

// floor(p sqrt(r) + q) by integer arithmetic alone.
TEST(Surd, FloorAgreesWithIntegerSquareRoots) {
  base::Random random(3);
  for (int round = 0; round < 2000; ++round) {
    const mpz_class r = static_cast<long>(random.below(1000000));
    const mpz_class p = static_cast<long>(random.between(-100000, 100000));
    const mpz_class q = static_cast<long>(random.between(-1000000, 1000000));
    const mpz_class square = p * p * r;
    const mpz_class down = sqrt(square);
    const bool whole = down * down == square;
    mpz_class part = down;
    if (sgn(p) < 0) part = whole ? mpz_class(-down) : mpz_class(-down - 1);
    const Surd value = Surd(mpq_class(p)) * Surd::root(mpq_class(r)) + Surd(mpq_class(q));
    ASSERT_EQ(value.floor(), part + q) << p << " sqrt " << r << " + " << q;
  }
}

TEST(Surd, DenormalRadicands) {
  const mpq_class tiny(0x1p-149);
  const Surd value = Surd::root(tiny);  // 2^-74.5
  EXPECT_TRUE((value * value - Surd(tiny)).is_zero());
  EXPECT_EQ((Surd(mpq_class(0x1p75)) * value).floor(), 1);  // sqrt(2)
}

TEST(Surd, InverseAndRatioOfOneTerm) {
  EXPECT_TRUE((*root(5).inverse() * root(5) - Surd(1)).is_zero());
  EXPECT_TRUE((*Surd(mpq_class(-3, 7)).inverse() - Surd(mpq_class(-7, 3))).is_zero());
  EXPECT_FALSE(Surd(0).inverse());
  EXPECT_FALSE((root(2) + Surd(1)).inverse());
  EXPECT_EQ(*Surd::ratio(root(18), root(2)), 3);
  EXPECT_FALSE(Surd::ratio(root(3), root(2)));
}

TEST(Surd, Text) {
  EXPECT_EQ(Surd(mpq_class(-3, 4)).text(), "-3/4");
  EXPECT_EQ(root(2).text(), "approx. 1.4142135623731");
}

TEST(Surd, RefusesNumbersThatExplode) {
  Surd value(mpq_class(0x1.fffffep127));
  EXPECT_THROW(
      {
        for (int i = 0; i < 40; ++i) value = value * value;
      },
      Refusal);
}

TEST(Bound, LogarithmsAreComparedExactly) {
  const Bound ln2{0, 1, 2};
  EXPECT_EQ(ln2.floor(), 0);
  EXPECT_EQ(ln2.ceil(), 1);
  EXPECT_GT(ln2.compare(Surd(mpq_class(69314718, 100000000))), 0);
  EXPECT_LT(ln2.compare(Surd(mpq_class(69314719, 100000000))), 0);
  const Bound scaled{-1, root(2), mpq_class(1, 3)};  // -1 - sqrt(2) ln 3 = -2.5537
  EXPECT_EQ(scaled.floor(), -3);
  EXPECT_EQ(scaled.ceil(), -2);
  mpz_class big;
  mpz_ui_pow_ui(big.get_mpz_t(), 10, 40);
  const Bound many{0, Surd(mpq_class(big)), 2};
  EXPECT_EQ(many.floor().get_str(), "6931471805599453094172321214581765680755");
}

}  // namespace
}  // namespace gatelight::formats::onnx_net
