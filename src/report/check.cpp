// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {

std::string check_text(const CheckReport& report) {
  const RankCheck& check = report.check;
  std::string text =
      fmt::format("{}\n{}\n", base::one_line(report.circuit), base::one_line(report.certificate));
  if (check.verdict == Verdict::stopped)
    return text + "certificate  not decided: a limit came first\n";
  if (check.verdict == Verdict::rejected) {
    return text + fmt::format("certificate  rejected: {}\n", base::one_line(check.reason));
  }
  text += fmt::format("certificate  accepted\nrank         at least {}, proved modulo {}\n",
                      check.lower, report.claim.lower.prime);
  if (!report.claim.upper) return text;
  return text + fmt::format("             at most {}, {}: {} ({})\n", report.claim.upper->rank,
                            check.upper_checked ? "proved" : "NOT CHECKED",
                            base::one_line(report.claim.upper->argument, 80),
                            base::one_line(check.upper_note));
}

std::string check_json(const CheckReport& report) {
  using Json = nlohmann::ordered_json;
  const RankCheck& check = report.check;
  Json json{{"schema", "gatelight/check/1"},
            {"circuit", report.circuit},
            {"certificate", report.certificate},
            {"accepted", nullptr},
            {"reason", check.reason},
            {"lower", {{"rank", report.claim.lower.rank}, {"prime", report.claim.lower.prime}}},
            {"upper", nullptr}};
  if (check.verdict != Verdict::stopped) json["accepted"] = check.verdict == Verdict::accepted;
  if (report.claim.upper) {
    json["upper"] = {{"rank", report.claim.upper->rank},
                     {"argument", report.claim.upper->argument},
                     {"checked", check.upper_checked},
                     {"note", check.upper_note}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gatelight::report
