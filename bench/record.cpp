// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace gatelight::bench {
namespace {

using Json = nlohmann::ordered_json;

// Three digits are more than a busy machine repeats.
double rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return std::stod(text);
}

}  // namespace

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Record::Record(const Settings& settings, std::string benchmark, std::string compared)
    : settings_(settings), benchmark_(std::move(benchmark)), compared_(std::move(compared)) {
  std::ifstream in(settings.baseline);
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object()) return;
  for (const Json& entry : json.value("results", Json::array())) {
    const Row row{
        entry.value("circuit", ""), entry.value("method", ""), entry.value("threads", 1), {}};
    if (entry.contains(compared_)) recorded_[row.key()] = entry.value(compared_, 0.0);
  }
}

void Record::add(const Row& row) {
  rows_.push_back(row);
  std::printf("%-24s %-24s %d thread%s", row.circuit.c_str(), row.method.c_str(), row.threads,
              row.threads == 1 ? " " : "s");
  for (const auto& [name, value] : row.figures) std::printf("  %s %-8.3g", name.c_str(), value);
  const auto old = recorded_.find(row.key());
  if (old != recorded_.end()) std::printf("  (recorded %s %.3g)", compared_.c_str(), old->second);
  std::printf("\n");
  std::fflush(stdout);
}

bool Record::write() const {
  if (settings_.json.empty()) return true;
  Json json{{"benchmark", benchmark_}, {"machine", settings_.machine},
            {"date", settings_.date},  {"command", settings_.command},
            {"runs", settings_.runs},  {"seconds_a_run", settings_.seconds},
            {"results", Json::array()}};
  for (const Row& row : rows_) {
    Json entry{{"circuit", row.circuit}, {"method", row.method}, {"threads", row.threads}};
    for (const auto& [name, value] : row.figures) entry[name] = rounded(value);
    json["results"].push_back(entry);
  }
  std::ofstream out(settings_.json);
  out << json.dump(2) << "\n";
  out.flush();
  if (!out.good())
    std::fprintf(stderr, "gatelight_bench: cannot write %s\n", settings_.json.c_str());
  return out.good();
}

}  // namespace gatelight::bench
