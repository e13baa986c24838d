// SPDX-License-Identifier: Apache-2.0
//
// Ranks as text and as JSON; matrices as pictures and as lists of entries.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr double most_exact = 0x1p53;

std::string side_text(const Partition& partition) {
  std::string text;
  for (const std::uint8_t side : partition) text += side != 0 ? '1' : '0';
  return text;
}

// A whole number, or a power of two that JSON can hold as a floating point number; null beyond.
Json upper_json(double upper) {
  if (upper < most_exact) return static_cast<std::uint64_t>(upper);
  return std::isfinite(upper) ? Json(upper) : Json(nullptr);
}
std::string upper_text(double upper) {
  if (upper < most_exact) return fmt::format("{}", static_cast<std::uint64_t>(upper));
  return std::isfinite(upper) ? fmt::format("2^{}", std::ilogb(upper)) : "beyond 2^1023";
}
Json log2_json(std::uint64_t rank) {
  return rank == 0 ? Json(nullptr) : Json(std::log2(static_cast<double>(rank)));
}

Json rank_object(const RankResult& result) {
  return {{"lower", result.lower},
          {"upper", upper_json(result.upper)},
          {"exact", result.exact()},
          {"primes", result.primes}};
}

Json header(const RankReport& report) {
  Json json{{"schema", "gatelight/rank/1"},
            {"file", report.file},
            {"output", report.output},
            {"inputs", report.function.inputs()}};
  if (report.file.empty()) json["file"] = json["output"] = nullptr;
  if (report.least) json["at_least"] = *report.least;
  return json;
}

void finish(Json& json, const RankReport& report, double seconds, bool stopped) {
  if (!report.certificate.empty()) json["certificate"] = report.certificate;
  json["seconds"] = seconds;
  json["stopped"] = stopped;
  json["notes"] = report.function.notes();
  for (const std::string& note : report.notes) json["notes"].push_back(note);
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string name_line(const RankReport& report) {
  if (report.file.empty()) {
    return fmt::format("truth table of {} inputs\n", report.function.inputs());
  }
  return fmt::format("{}\noutput      {}{}\n", base::one_line(report.file),
                     base::one_line(report.output),
                     report.least ? fmt::format(" >= {}", *report.least) : std::string());
}

std::string log_text(std::uint64_t rank) {
  return rank == 0 ? "" : fmt::format(", log2 = {:.3f}", std::log2(static_cast<double>(rank)));
}

std::string interval_text(std::uint64_t lower, double upper) {
  if (static_cast<double>(lower) == upper) return fmt::format("{}{}", lower, log_text(lower));
  return fmt::format("[{}, {}]{}", lower, upper_text(upper), log_text(lower));
}

std::size_t ones_of(const CommunicationMatrix& matrix) {
  std::size_t ones = 0;
  for (const std::uint8_t entry : matrix.entries) ones += entry;
  return ones;
}

// What both ends of one partition rest on.
std::string evidence_lines(const RankResult& result) {
  std::string text;
  if (result.lower > 0)
    text += fmt::format("at least    {}: {}\n", result.lower, result.lower_reason);
  text += fmt::format("at most     {}: {}\n", upper_text(result.upper), result.upper_reason);
  if (!result.agreeing.empty()) {
    std::string primes;
    for (const std::uint32_t prime : result.agreeing) {
      primes += (primes.empty() ? "" : ", ") + std::to_string(prime);
    }
    text += fmt::format("            the rank is {} modulo {} as well: no proof\n", result.lower,
                        primes);
  }
  return text;
}

}  // namespace

std::string rank_json(const RankReport& report, const RankResult& result) {
  Json json = header(report);
  json["partition"] = side_text(result.partition);
  json["rank"] = rank_object(result);
  json["log2"] = log2_json(result.lower);
  json["path"] = result.path;
  json["lower_reason"] = result.lower_reason;
  json["upper_reason"] = result.upper_reason;
  json["agreeing_primes"] = result.agreeing;
  finish(json, report, result.seconds, result.stopped);
  return dump(json);
}

std::string rank_text(const RankReport& report, const RankResult& result) {
  std::string text = name_line(report);
  text += fmt::format("partition   {}   (1: side B)\n", side_text(result.partition));
  text += fmt::format("rank        {}   ({}, {:.2f} s)\n",
                      interval_text(result.lower, result.upper), result.path, result.seconds);
  return text + evidence_lines(result);
}

std::string best_rank_json(const RankReport& report, const BestRank& result) {
  Json json = header(report);
  json["partition"] = side_text(result.best.partition);
  json["rank"] = {{"lower", result.best.lower},
                  {"upper", upper_json(result.upper)},
                  {"exact", result.exact()},
                  {"primes", result.best.primes}};
  json["log2"] = log2_json(result.best.lower);
  json["partition_rank"] = rank_object(result.best);
  json["path"] = result.best.path;
  json["lower_reason"] = result.best.lower_reason;
  json["upper_reason"] = result.upper_reason;
  json["partitions"] = {{"exhausted", result.exhausted}, {"modulus", nullptr},
                        {"count", result.partitions},    {"looked_at", result.looked_at},
                        {"unproved", result.unproved},   {"symmetry", result.symmetry}};
  if (result.modulus != 0) json["partitions"]["modulus"] = result.modulus;
  finish(json, report, result.seconds, result.stopped);
  return dump(json);
}

std::string best_rank_text(const RankReport& report, const BestRank& result) {
  std::string text = name_line(report);
  text += fmt::format("rk(f)       {}   ({:.2f} s)\n",
                      interval_text(result.best.lower, result.upper), result.seconds);
  text += fmt::format("partition   {}   (1: side B)\n", side_text(result.best.partition));
  if (result.best.lower > 0) {
    text += fmt::format("at least    {}: {} ({})\n", result.best.lower, result.best.lower_reason,
                        result.best.path);
  }
  text += fmt::format("at most     {}: {}\n", upper_text(result.upper), result.upper_reason);
  text += fmt::format("partitions  {}, of which {} were looked at: ", result.partitions,
                      result.looked_at);
  if (!result.exhausted) {
    text += "not exhausted\n";
  } else if (result.exact()) {
    text += "none is better\n";
  } else {
    text += fmt::format("none is better modulo {}\n", result.modulus);
  }
  if (!result.symmetry.empty()) text += fmt::format("symmetry    {}\n", result.symmetry);
  return text;
}

std::string rank_table_json(const RankReport& report, const RankTable& table, double seconds) {
  Json json = header(report);
  json["partitions"] = Json::array();
  for (const RankResult& row : table.rows) {
    json["partitions"].push_back(
        {{"partition", side_text(row.partition)}, {"rank", rank_object(row)}});
  }
  finish(json, report, seconds, table.stopped);
  return dump(json);
}

std::string rank_table_text(const RankReport& report, const RankTable& table) {
  std::string text = name_line(report) + "partition  rank\n";
  for (const RankResult& row : table.rows) {
    text += fmt::format("{}  {}\n", side_text(row.partition),
                        row.exact() ? std::to_string(row.lower)
                                    : fmt::format("[{}, {}]", row.lower, upper_text(row.upper)));
  }
  return text;
}

std::string matrix_pgm(const CommunicationMatrix& matrix) {
  std::string text = fmt::format("P5\n{} {}\n255\n", matrix.columns, matrix.rows);
  text.reserve(text.size() + matrix.entries.size());
  // Ones are black.
  for (const std::uint8_t entry : matrix.entries) text += entry != 0 ? '\0' : '\xff';
  return text;
}

std::string matrix_text(const CommunicationMatrix& matrix, const std::string& out) {
  return fmt::format("{}: {} rows, {} columns, {} ones\n", base::one_line(out), matrix.rows,
                     matrix.columns, ones_of(matrix));
}

std::string matrix_json(const RankReport& report, const Partition& partition,
                        const CommunicationMatrix& matrix, const std::string& out) {
  Json json = header(report);
  json["schema"] = "gatelight/matrix/1";
  json["partition"] = side_text(partition);
  json["out"] = out;
  json["rows"] = matrix.rows;
  json["columns"] = matrix.columns;
  json["ones"] = ones_of(matrix);
  return dump(json);
}

std::string matrix_market(const CommunicationMatrix& matrix) {
  std::string text = fmt::format("%%MatrixMarket matrix coordinate integer general\n{} {} {}\n",
                                 matrix.rows, matrix.columns, ones_of(matrix));
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    for (std::size_t j = 0; j < matrix.columns; ++j) {
      if (matrix.entries[i * matrix.columns + j] != 0) {
        text += fmt::format("{} {} 1\n", i + 1, j + 1);
      }
    }
  }
  return text;
}

}  // namespace gatelight::report
