// SPDX-License-Identifier: Apache-2.0
//
// Lower bounds of gamma_2 and of the sign-rank, from singular values of the matrix.
//
// Problem   How large are gamma_2 and the sign-rank of a 0/1 matrix at least?
// Idea      gamma_2 is at least the sum of the singular values divided by the root of rows times columns, and for
//           any weights of rows and columns the same with weighted ones.  The sign-rank is at least the root of
//           rows times columns divided by the largest singular value of the matrix of signs (Forster).
// Why       docs/explanation/bounds.md, theorems 5 and 7.  Equal rows are one row with their number as weight, so the
//           whole matrix is looked at through its different rows and columns.
// Numbers   Floating point: singular values are roots of the eigenvalues of the smaller product with the transpose;
//           those that rounding may have made are dropped.  Not certified.
// Cost      The cube of the number of different rows, or columns; up to 512.
// Source    J. Forster, A linear lower bound on the unbounded error probabilistic communication complexity, 2002.
// Tested by tests/unit/theory/lower_sides_test.cpp
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>

#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_lines = 512;

// The different rows and columns of a matrix, and how often each one is there.
struct Distinct {
  Eigen::MatrixXd entries;
  Eigen::VectorXd rows, columns;
};

using Line = std::vector<std::uint8_t>;

std::map<Line, double> lines_of(const CommunicationMatrix& matrix, bool rows) {
  std::map<Line, double> lines;
  const std::size_t count = rows ? matrix.rows : matrix.columns;
  const std::size_t length = rows ? matrix.columns : matrix.rows;
  for (std::size_t i = 0; i < count; ++i) {
    Line line(length);
    for (std::size_t k = 0; k < length; ++k)
      line[k] = matrix.entries[rows ? i * matrix.columns + k : k * matrix.columns + i];
    lines[std::move(line)] += 1;
    if (lines.size() > most_lines) break;
  }
  return lines;
}

// The first place of every different column.
std::vector<std::size_t> places_of(const CommunicationMatrix& matrix,
                                   const std::map<Line, double>& columns) {
  std::map<Line, bool> seen;
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < matrix.columns && places.size() < columns.size(); ++k) {
    Line line(matrix.rows);
    for (std::size_t i = 0; i < matrix.rows; ++i) line[i] = matrix.entries[i * matrix.columns + k];
    if (!std::exchange(seen[std::move(line)], true)) places.push_back(k);
  }
  return places;
}

std::optional<Distinct> distinct(const CommunicationMatrix& matrix) {
  const auto rows = lines_of(matrix, true);
  if (rows.size() > most_lines) return std::nullopt;
  const auto columns = lines_of(matrix, false);
  if (columns.size() > most_lines) return std::nullopt;
  const std::vector<std::size_t> places = places_of(matrix, columns);
  const auto height = static_cast<Eigen::Index>(rows.size());
  const auto width = static_cast<Eigen::Index>(columns.size());
  Distinct result{Eigen::MatrixXd(height, width), Eigen::VectorXd(height), Eigen::VectorXd(width)};
  for (Eigen::Index k = 0; k < width; ++k) {
    Line line(matrix.rows);
    const std::size_t place = places[static_cast<std::size_t>(k)];
    for (std::size_t i = 0; i < matrix.rows; ++i)
      line[i] = matrix.entries[i * matrix.columns + place];
    result.columns(k) = columns.at(line);
  }
  Eigen::Index i = 0;
  for (const auto& [line, count] : rows) {
    for (Eigen::Index k = 0; k < width; ++k)
      result.entries(i, k) = line[places[static_cast<std::size_t>(k)]];
    result.rows(i++) = count;
  }
  return result;
}

// Of a matrix with weighted rows and columns.
Eigen::VectorXd singular_values(const Eigen::MatrixXd& entries, const Eigen::VectorXd& rows,
                                const Eigen::VectorXd& columns) {
  const Eigen::MatrixXd weighted =
      rows.cwiseSqrt().asDiagonal() * entries * columns.cwiseSqrt().asDiagonal();
  const Eigen::MatrixXd square = weighted.rows() <= weighted.cols()
                                     ? Eigen::MatrixXd(weighted * weighted.transpose())
                                     : Eigen::MatrixXd(weighted.transpose() * weighted);
  Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(square, Eigen::EigenvaluesOnly).eigenvalues();
  constexpr double noise = 1e-12;
  const double floor = noise * std::max(values.maxCoeff(), 0.0);
  for (double& value : values) value = value > floor ? std::sqrt(value) : 0;
  return values;
}

}  // namespace

std::optional<LowerSides> lower_sides(const CommunicationMatrix& matrix) {
  const auto different = distinct(matrix);
  if (!different) return std::nullopt;
  const Eigen::MatrixXd& entries = different->entries;
  const Eigen::MatrixXd signs = 2 * entries.array() - 1;
  const auto ones_of = [](const Eigen::VectorXd& like) {
    return Eigen::VectorXd(Eigen::VectorXd::Ones(like.size()));
  };
  double gamma = entries.sum() > 0 ? 1 : 0, sign_rank = 1;
  const auto consider = [&](const Eigen::VectorXd& rows, const Eigen::VectorXd& columns) {
    const double size = std::sqrt(rows.sum() * columns.sum());
    if (size == 0) return;
    gamma = std::max(gamma, singular_values(entries, rows, columns).sum() / size);
    sign_rank = std::max(sign_rank, size / singular_values(signs, rows, columns).maxCoeff());
  };
  consider(different->rows, different->columns);
  consider(ones_of(different->rows), ones_of(different->columns));
  return LowerSides{std::log2(gamma), std::log2(sign_rank)};
}

}  // namespace gatelight
