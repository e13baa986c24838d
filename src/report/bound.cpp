// SPDX-License-Identifier: Apache-2.0
//
// Both sides of the theorem as text and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr double most_exact = 0x1p53;

Json number_or_null(double number) { return std::isfinite(number) ? Json(number) : Json(nullptr); }

bool applies(const BoundReport& report) { return report.theorem && report.theorem->applies; }

// The smallest right side that is known.
double least_rhs(const BoundReport& report) {
  const double instance = instance_rhs(report);
  return applies(report) ? std::min(instance, report.theorem->rhs) : instance;
}

std::string number_text(double number) {
  return std::isfinite(number) ? rounded_up(number, 3) : std::string("-inf");
}

std::string rank_text(const BoundReport& report) {
  const double upper = report.rank_upper;
  const std::string end = upper < most_exact ? fmt::format("{}", static_cast<std::uint64_t>(upper))
                          : std::isfinite(upper) ? fmt::format("2^{}", std::ilogb(upper))
                                                 : std::string("beyond 2^1023");
  const bool exact = static_cast<double>(report.rank_lower) == upper;
  std::string text =
      exact ? std::to_string(report.rank_lower) : fmt::format("[{}, {}]", report.rank_lower, end);
  if (report.rank_lower > 0) {
    const double log2 = log2_below(report.rank_lower);
    text += exact ? fmt::format(", log2 = {:.3f}", log2) : ", log2 >= " + rounded_down(log2, 3);
  }
  return text;
}

std::string bound_line(const std::string& name, double log2, const std::string& reason,
                       double least) {
  return fmt::format("  {} {:<18} {:>9}   {}\n", log2 == least ? '*' : ' ', name, number_text(log2),
                     reason);
}

std::string theorem_line(const BoundReport& report, double least) {
  if (!report.theorem) {
    return fmt::format("    {:<18} {:>9}   {}\n", "theorem", "-",
                       base::one_line(report.theorem_missing));
  }
  const TheoremBound& t = *report.theorem;
  const std::string reason = fmt::format(
      "e*d*(log2 s + log2 w + log2 n), e <= {}, d = {}, s = {}, w = {}, n = {}{}{}", t.e, t.d, t.s,
      t.w, t.n, t.threshold ? "" : " (threshold form)", t.applies ? "" : "; it asks for s, d >= 2");
  // Marked as the smallest only where it applies.
  const double mark = t.applies ? least : std::numeric_limits<double>::quiet_NaN();
  return bound_line("theorem", t.rhs, reason, mark);
}

// ---- Every bound by its name ----

constexpr const char* theorem_page = "docs/explanation/theorem.md";

// The theorem among the others.
NamedBound named_theorem(const BoundReport& report) {
  NamedBound bound{"theorem", "rank", std::nullopt, base::one_line(report.theorem_missing),
                   theorem_page};
  if (!report.theorem) return bound;
  if (!report.theorem->applies) {
    bound.reason = "asks for s, d >= 2";
    return bound;
  }
  bound.log2 = report.theorem->rhs;
  bound.reason = "e*d*(log2 s + log2 w + log2 n)";
  return bound;
}

std::vector<NamedBound> with_theorem(const BoundReport& report) {
  std::vector<NamedBound> bounds{named_theorem(report)};
  bounds.insert(bounds.end(), report.all.begin(), report.all.end());
  return bounds;
}

std::string left_line(const LeftSide& left) {
  if (!left.log2) return fmt::format("{:<17} {}\n", left.measure, left.reason);
  const std::string number =
      std::isfinite(*left.log2) ? rounded_down(*left.log2, 3) : std::string("-inf");
  return fmt::format("{:<17} log2 {} {}   {}{}\n", left.measure, left.certified ? ">=" : ">= about",
                     number, left.reason, left.certified ? "" : " (not certified)");
}

std::string all_lines(const BoundReport& report) {
  const std::vector<NamedBound> bounds = with_theorem(report);
  std::string text;
  for (const LeftSide& left : report.left) {
    text += left_line(left);
    double least = std::numeric_limits<double>::infinity();
    for (const NamedBound& bound : bounds) {
      if (bound.measure == left.measure && bound.log2) least = std::min(least, *bound.log2);
    }
    for (const NamedBound& bound : bounds) {
      if (bound.measure != left.measure) continue;
      const bool smallest = bound.log2 && *bound.log2 == least;
      text +=
          fmt::format("  {} {:<22} {:>9}   {}\n      {}\n", smallest ? '*' : ' ', bound.name,
                      bound.log2 ? number_text(*bound.log2) : "-", bound.reason, bound.reference);
    }
  }
  return text;
}

Json all_json(const BoundReport& report) {
  Json all = Json::array();
  for (const NamedBound& bound : with_theorem(report)) {
    const auto left = std::ranges::find(report.left, bound.measure, &LeftSide::measure);
    const bool known = left != report.left.end() && left->log2;
    all.push_back({{"measure", bound.measure},
                   {"name", bound.name},
                   {"applies", bound.log2.has_value()},
                   {"right", bound.log2 ? number_or_null(*bound.log2) : Json(nullptr)},
                   {"reason", bound.reason},
                   {"left", known ? number_or_null(*left->log2) : Json(nullptr)},
                   {"left_certified", known && left->certified},
                   {"left_reason", left == report.left.end() ? "" : left->reason},
                   {"reference", bound.reference}});
  }
  return all;
}

std::string verdict(const BoundReport& report, double least) {
  if (!holds(report)) return "holds       no: the rank is larger, which is a bug\n";
  if (report.rank_lower == 0) return "holds       yes: the function is 0 as far as is known\n";
  const double log2 = log2_below(report.rank_lower);
  std::string text = fmt::format("holds       yes, with slack {:.3f}", std::max(least - log2, 0.0));
  if (applies(report)) text += fmt::format(" (the theorem's: {:.3f})", report.theorem->rhs - log2);
  return text + "\n";
}

// What was left out; empty where nothing was.
std::string open_number(const Budget& budget) {
  if (!budget.s) return "size";
  if (!budget.d) return "depth";
  if (!budget.e) return "energy";
  return budget.w ? "" : "weight";
}

}  // namespace

double instance_rhs(const BoundReport& report) {
  double least = std::numeric_limits<double>::infinity();
  for (const InstanceBound& bound : report.bounds) least = std::min(least, bound.log2);
  return least;
}

bool holds(const BoundReport& report) { return log2_below(report.rank_lower) <= least_rhs(report); }

std::string bound_text(const BoundReport& report) {
  const double least = least_rhs(report);
  std::string text = fmt::format("{}\noutput      {}\n", base::one_line(report.file),
                                 base::one_line(report.output));
  if (!report.best) {
    std::string sides;
    for (const std::uint8_t side : report.partition) sides += side != 0 ? '1' : '0';
    text += fmt::format("partition   {}   (1: side B)\n", sides);
  }
  text += report.energy.closed()
              ? fmt::format("energy      {}   (over all inputs)\n", report.energy.upper)
              : fmt::format("energy      [{}, {}]   (over all inputs)\n", report.energy.lower,
                            report.energy.upper);
  text += fmt::format("{:<11} {}   ({:.2f} s)\n", report.best ? "rk(f)" : "rank", rank_text(report),
                      report.seconds);
  if (!report.left.empty()) return text + all_lines(report) + verdict(report, least);
  text += fmt::format("log2 {} is at most\n", report.best ? "rk(f)" : "rank");
  text += theorem_line(report, least);
  for (const InstanceBound& bound : report.bounds)
    text += bound_line(bound.name, bound.log2, bound.reason, least);
  return text + verdict(report, least);
}

std::string bound_json(const BoundReport& report) {
  const double log2 = log2_below(report.rank_lower), instance = instance_rhs(report);
  std::string sides;
  for (const std::uint8_t side : report.partition) sides += side != 0 ? '1' : '0';
  Json json{{"schema", "gatelight/bound/1"}, {"file", report.file}, {"output", report.output}};
  if (const auto& t = report.theorem) {
    json.update(Json{{"n", t->n}, {"s", t->s}, {"d", t->d}, {"w", t->w}, {"e", t->e}});
  } else {
    const Resources& r = report.resources;
    json.update(Json{{"n", r.inputs},
                     {"s", r.size},
                     {"d", r.depth},
                     {"w", r.weight},
                     {"e", report.energy.upper}});
  }
  json["energy"] = {{"lower", report.energy.lower},
                    {"upper", report.energy.upper},
                    {"proved", report.energy.closed()}};
  json["best"] = report.best;
  json["partition"] = sides;
  const double upper = report.rank_upper;
  json["rank"] = {{"lower", report.rank_lower},
                  {"upper", upper < most_exact ? Json(static_cast<std::uint64_t>(upper))
                                               : number_or_null(upper)},
                  {"exact", static_cast<double>(report.rank_lower) == upper}};
  json["log2_rank"] = number_or_null(log2);
  json["theorem_rhs"] = report.theorem ? Json(report.theorem->rhs) : Json(nullptr);
  json["theorem_applies"] = applies(report);
  json["instance_rhs"] = number_or_null(instance);
  json["slack"] = number_or_null(std::max(least_rhs(report) - log2, 0.0));
  json["holds"] = holds(report);
  json["bounds"] = Json::array();
  for (const InstanceBound& bound : report.bounds) {
    json["bounds"].push_back(
        {{"name", bound.name}, {"log2", number_or_null(bound.log2)}, {"reason", bound.reason}});
  }
  if (!report.left.empty()) json["all"] = all_json(report);
  json["firing"] = {{"levels", report.caps.level},
                    {"from_level_on", report.caps.suffix},
                    {"exact", report.caps.exact}};
  json["seconds"] = report.seconds;
  json["stopped"] = !report.exact();
  json["notes"] = report.notes;
  if (!report.theorem) json["notes"].push_back("the theorem: " + report.theorem_missing);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string budget_text(const BudgetReport& report) {
  const BudgetAnswer& a = report.answer;
  const auto mark = [](const std::optional<std::int64_t>& given) { return given ? "" : "*"; };
  std::string text = fmt::format(
      "{}\ninputs      {}\nlog2 rk(f)  >= {}\nbudget      size {}{}, depth {}{}, energy {}{}, "
      "weight {}{}\ntheorem     log2 rk(f) <= e*d*(log2 s + log2 w + log2 n) = {}\n",
      base::one_line(report.function.name), report.function.n,
      rounded_down(report.function.log2_rank, 3), a.s, mark(report.budget.s), a.d,
      mark(report.budget.d), a.e, mark(report.budget.e), a.w, mark(report.budget.w),
      rounded_up(a.rhs, 3));
  const std::string star = open_number(report.budget);
  if (!a.possible) {
    return text + (star.empty() ? "            no threshold circuit within this budget exists\n"
                                : "            no " + star + " is enough for such a circuit\n");
  }
  return text + (star.empty()
                     ? "            the theorem leaves it possible\n"
                     : "            * the least " + star + " that the theorem leaves possible\n");
}

std::string budget_json(const BudgetReport& report) {
  const BudgetAnswer& a = report.answer;
  const std::string open = open_number(report.budget);
  Json json{{"schema", "gatelight/bound/1"},
            {"function", report.function.name},
            {"n", report.function.n},
            {"s", a.s},
            {"d", a.d},
            {"w", a.w},
            {"e", a.e},
            {"least", open.empty() ? Json(nullptr) : Json(open)},
            {"log2_rank", report.function.log2_rank},
            {"theorem_rhs", a.rhs},
            {"instance_rhs", nullptr},
            {"holds", a.possible}};
  // What stands in the answer is the largest number that was tried.
  if (!a.possible && !open.empty()) json[open.substr(0, 1)] = nullptr;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gatelight::report
