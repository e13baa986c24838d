// SPDX-License-Identifier: Apache-2.0
//
// Every text is read back by a small reader and solved by trying all assignments (OPB, LP: those that
// extend an input) or by the clauses' oracle (CNF).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"
#include "reference/satisfiable.hpp"

namespace gatelight {
namespace {

using Wide = __int128;

// constant + sum of coefficients of variables >= bound.
struct Sum {
  std::map<int, Wide> of;  // variable, from 1 on
  Wide constant = 0;
  Wide bound = 0;
};
struct Program {
  Sum objective;
  std::vector<Sum> rows;
  int variables = 0;
};

Program read_opb(const std::string& text) {
  Program program;
  std::istringstream lines(text);
  std::string line, word;
  std::size_t rows = 0;
  bool first = true;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    if (first) {
      EXPECT_TRUE(line.starts_with("* #variable= "));
      words >> word >> word >> program.variables >> word >> rows;
      EXPECT_EQ(word, "#constraint=");
      first = false;
      continue;
    }
    if (line.starts_with("*")) continue;
    Sum sum;
    const bool objective = line.starts_with("min:");
    if (objective) words >> word;
    std::string name;
    while (words >> word && word != ";") {
      if (word == ">=") {
        words >> word;
        sum.bound = std::stoll(word);
        continue;
      }
      EXPECT_TRUE(word.starts_with("+"));
      EXPECT_TRUE(static_cast<bool>(words >> name));
      const Wide weight = std::stoll(word);
      const bool negated = name.starts_with("~");
      const int variable = std::stoi(name.substr(negated ? 2 : 1));
      EXPECT_TRUE(variable >= 1 && variable <= program.variables);
      EXPECT_TRUE(sum.of.emplace(variable, negated ? -weight : weight).second);
      if (negated) sum.constant += weight;
    }
    EXPECT_EQ(word, ";");
    (objective ? program.objective : program.rows.emplace_back()) = sum;
  }
  EXPECT_EQ(program.rows.size(), rows);
  return program;
}

Program read_lp(const std::string& text) {
  Program program;
  std::istringstream lines(text);
  std::string line, word, section, body;
  std::vector<std::string> declared;
  while (std::getline(lines, line)) {
    EXPECT_LE(line.size(), 250U);
    if (line.starts_with("\\")) continue;
    if (!line.starts_with(" ")) {
      section = line;
      body += "\n" + line + "\n";
    } else if (section == "Binary") {
      declared.push_back(line.substr(1));
    } else if (line.find(':') != std::string::npos) {
      body += "\n" + line;
    } else {
      body += line;  // goes on
    }
  }
  EXPECT_EQ(section, "End");
  for (const std::string& name : declared) {
    if (name != "one") program.variables = std::max(program.variables, std::stoi(name.substr(1)));
  }
  std::istringstream statements(body);
  while (std::getline(statements, line)) {
    if (!line.starts_with(" ") || line == " fixed: one = 1") continue;
    std::istringstream words(line);
    std::string label, name;
    words >> label;
    Sum sum;
    while (words >> word) {
      if (word == ">=") {
        words >> word;
        sum.bound = std::stoll(word);
        continue;
      }
      const int sign = word == "-" ? -1 : 1;
      EXPECT_TRUE(sign == -1 || word == "+");
      words >> word >> name;
      const Wide weight = sign * static_cast<Wide>(std::stoll(word));
      EXPECT_TRUE(std::ranges::find(declared, name) != declared.end()) << name;
      if (name == "one") {
        sum.constant += weight;
      } else {
        EXPECT_TRUE(sum.of.emplace(std::stoi(name.substr(1)), weight).second);
      }
    }
    (label == "energy:" ? program.objective : program.rows.emplace_back()) = sum;
  }
  return program;
}

Wide value(const Sum& sum, std::uint64_t assignment) {
  Wide total = sum.constant;
  for (const auto& [variable, weight] : sum.of) {
    if ((assignment >> (variable - 1) & 1U) != 0) total += weight;
  }
  return total;
}

// The best value of the objective over all 0/1 assignments that satisfy all rows.
std::optional<Wide> best(const Program& program, bool largest) {
  std::optional<Wide> found;
  for (std::uint64_t assignment = 0; assignment < std::uint64_t{1} << program.variables;
       ++assignment) {
    const bool allowed = std::ranges::all_of(
        program.rows, [&](const Sum& row) { return value(row, assignment) >= row.bound; });
    if (!allowed) continue;
    const Wide total = value(program.objective, assignment);
    if (!found || (largest ? total > *found : total < *found)) found = total;
  }
  return found;
}

std::vector<std::vector<int>> read_cnf(const std::string& text, std::size_t& variables) {
  std::vector<std::vector<int>> clauses;
  std::istringstream lines(text);
  std::string line, word;
  std::size_t count = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("c ")) continue;
    std::istringstream words(line);
    if (line.starts_with("p cnf ")) {
      words >> word >> word >> variables >> count;
      continue;
    }
    int literal = 0;
    clauses.emplace_back();
    while (words >> literal && literal != 0) {
      EXPECT_LE(static_cast<std::size_t>(std::abs(literal)), variables);
      clauses.back().push_back(literal);
    }
    EXPECT_EQ(literal, 0);
  }
  EXPECT_EQ(clauses.size(), count);
  return clauses;
}

// Of at most 14 variables, so that all assignments can be tried.
Circuit small_circuit(base::Random& random) {
  for (;;) {
    Circuit circuit = generate::random_circuit(random, {.max_bits = 5, .max_gates = 5});
    const auto text = format_constraints(circuit, ConstraintFormat::opb);
    EXPECT_TRUE(text.ok());
    if (text->variables <= 14) return circuit;
  }
}

TEST(Constraints, OptimaAreTheEnergy) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit = small_circuit(random);
    const auto energy = reference::energy(circuit, generate::total_objective(circuit)).maximum;
    const auto opb = format_constraints(circuit, ConstraintFormat::opb);
    ASSERT_TRUE(opb.ok());
    const Program program = read_opb(opb->text);
    EXPECT_EQ(program.rows.size(), opb->conditions);
    EXPECT_NE(opb->text.find("* energy = " + std::to_string(opb->total) + " - the optimum\n"),
              std::string::npos);
    const auto least = best(program, false);
    ASSERT_TRUE(least.has_value());
    EXPECT_TRUE(opb->total - *least == *energy);
    const auto lp = format_constraints(circuit, ConstraintFormat::lp);
    if (!lp.ok()) {
      EXPECT_EQ(lp.error().code, ErrorCode::unsupported) << lp.error().text();
      continue;
    }
    const auto most = best(read_lp(lp->text), true);
    ASSERT_TRUE(most.has_value());
    EXPECT_TRUE(*most == *energy);
    if (HasFailure()) return;
  }
}

TEST(Constraints, ClausesDecideTheEnergy) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit = small_circuit(random);
    const std::int64_t energy =
        *reference::energy(circuit, generate::total_objective(circuit)).maximum;
    for (const std::int64_t at_least : {std::int64_t{0}, energy - 1, energy, energy + 1}) {
      const auto cnf = format_constraints(circuit, ConstraintFormat::cnf, at_least);
      ASSERT_TRUE(cnf.ok());
      std::size_t variables = 0;
      const auto clauses = read_cnf(cnf->text, variables);
      EXPECT_EQ(variables, cnf->variables);
      EXPECT_EQ(reference::satisfiable(clauses, variables), at_least <= energy)
          << "energy " << energy << ", asked for " << at_least;
    }
    if (HasFailure()) return;
  }
}

Circuit one_gate(std::int64_t weight, const std::string& name = "g", std::int64_t cost = 1) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a"});
  const InputId b = *builder.add_input({"b"});
  GateSpec gate{.name = name, .wires = {{Source::word(a), weight}, {Source::word(b), -2}}};
  gate.threshold = 1;
  gate.cost = cost;
  EXPECT_TRUE(builder.add_gate(gate).ok());
  return *std::move(builder).build();
}

TEST(Constraints, TextsAreAsDocumented) {
  const Circuit circuit = one_gate(3);
  EXPECT_EQ(format_constraints(circuit, ConstraintFormat::opb)->text,
            "* #variable= 3 #constraint= 2\n"
            "* gatelight: the gates and the energy of circuit \"\"\n"
            "* energy = 1 - the optimum\n"
            "* x1 is a\n* x2 is b\n* x3 is g\n"
            "min: +1 ~x3 ;\n"
            "+3 ~x3 +3 x1 +2 ~x2 >= 3 ;\n"
            "+3 x3 +3 ~x1 +2 x2 >= 3 ;\n");
  EXPECT_EQ(format_constraints(circuit, ConstraintFormat::lp)->text,
            "\\ gatelight: the gates and the energy of circuit \"\"\n"
            "\\ energy = the optimum\n"
            "\\ x1 is a\n\\ x2 is b\n\\ x3 is g\n"
            "Maximize\n energy: + 1 x3\n"
            "Subject To\n fixed: one = 1\n"
            " r1: - 3 x3 + 3 x1 - 2 x2 >= -2\n"
            " r2: + 3 x3 - 3 x1 + 2 x2 >= 0\n"
            "Binary\n one\n x1\n x2\n x3\nEnd\n");
  EXPECT_TRUE(format_constraints(circuit, ConstraintFormat::cnf, 1)
                  ->text.starts_with("c gatelight: the gates and the energy of circuit \"\"\n"
                                     "c satisfiable if and only if energy >= 1\n"
                                     "c x1 is a\nc x2 is b\nc x3 is g\np cnf "));
}

TEST(Constraints, NamesStayInTheirComment) {
  const Circuit circuit = one_gate(1, "g\nmin: +1 x1 ;\n" + std::string(100'000, 'n'));
  const auto opb = format_constraints(circuit, ConstraintFormat::opb);
  EXPECT_EQ(std::ranges::count(opb->text, '\n'), 9);
  EXPECT_LT(opb->text.size(), 1000U);
}

TEST(Constraints, NumbersThatReadersWouldRoundAreRefused) {
  const Circuit heavy = one_gate(std::int64_t{1} << 60);
  const auto lp = format_constraints(heavy, ConstraintFormat::lp);
  ASSERT_FALSE(lp.ok());
  EXPECT_EQ(lp.error().code, ErrorCode::unsupported);
  EXPECT_EQ(lp.error().where, "row 1, of \"g\"");
  EXPECT_TRUE(format_constraints(heavy, ConstraintFormat::opb).ok());
  EXPECT_TRUE(format_constraints(heavy, ConstraintFormat::cnf, 1).ok());
  const Circuit costly = one_gate(1, "g", std::int64_t{1} << 60);
  EXPECT_EQ(format_constraints(costly, ConstraintFormat::lp).error().where,
            "the costs of the gates");
  const Circuit beyond = one_gate(1, "g", std::int64_t{1} << 62);
  EXPECT_EQ(format_constraints(beyond, ConstraintFormat::opb).error().code, ErrorCode::overflow);
}

TEST(Constraints, CircuitsWithoutGatesOrInputs) {
  CircuitBuilder builder;
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(read_opb(format_constraints(circuit, ConstraintFormat::opb)->text).variables, 0);
  EXPECT_TRUE(best(read_lp(format_constraints(circuit, ConstraintFormat::lp)->text), true) ==
              Wide{0});
  for (const std::int64_t at_least : {-1, 0, 1}) {
    std::size_t variables = 0;
    const auto clauses =
        read_cnf(format_constraints(circuit, ConstraintFormat::cnf, at_least)->text, variables);
    EXPECT_EQ(reference::satisfiable(clauses, variables), at_least <= 0);
  }
}

TEST(Constraints, EndingsNameTheFormat) {
  EXPECT_EQ(constraint_format_of("a.opb"), ConstraintFormat::opb);
  EXPECT_EQ(constraint_format_of("a.b.LP"), ConstraintFormat::lp);
  EXPECT_EQ(constraint_format_of(".cnf"), ConstraintFormat::cnf);
  for (const char* other : {"", "opb", "a.wcnf", "a.opb.gz", "a.gl.json", "a.lpx"}) {
    EXPECT_EQ(constraint_format_of(other), std::nullopt) << other;
  }
}

TEST(Constraints, AtLeastBelongsToClauses) {
  const Circuit circuit = one_gate(3);
  EXPECT_THROW((void)format_constraints(circuit, ConstraintFormat::cnf), ContractViolation);
  EXPECT_THROW((void)format_constraints(circuit, ConstraintFormat::lp, 1), ContractViolation);
}

}  // namespace
}  // namespace gatelight
