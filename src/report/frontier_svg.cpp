// SPDX-License-Identifier: Apache-2.0
//
// Energy against depth as a picture.
//
// Every depth is a column.  In it stand the floors, as lines of different width so that equal ones show, and what
// is reached; between them the gap, below the largest floor what is impossible.  Curves are named at
// their right ends, pushed apart where they are close; a name inside the picture is put where its box meets no curve and
// no other name, or is left out.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

constexpr double width = 840, height = 510;
constexpr double left = 70, right = 640, top = 90, bottom = 430;
constexpr double font_size = 12, letter = 0.58 * font_size, line_height = 16;
constexpr const char* ink = "#333333";
constexpr const char* grey = "#666666";
constexpr const char* reached_colour = "#1b6ca8";
constexpr const char* circuit_colour = "#2f7d32";

struct Box {
  double x0, y0, x1, y1;
};
bool meet(const Box& a, const Box& b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

// One value a depth; nothing where there is none.
using Values = std::vector<std::optional<double>>;

struct Curve {
  std::string name;
  const char* colour;
  const char* name_colour;  // dark enough for letters
  double thickness;
  Values values;
};

// Text for XML: no control characters, broken UTF-8 or markup, at most `most` characters or so.
std::string escaped(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : base::one_line(text, most)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

// A step of 1, 2 or 5 times a power of ten, so that at most `most` of them fit.
double tick_step(double range, double most) {
  double power = 1;
  for (;;) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (range / (factor * power) <= most) return factor * power;
    }
    power *= 10;
  }
}

class Picture {
 public:
  explicit Picture(const FrontierReport& report)
      : report_(report), rows_(report.frontier.rows), columns_(static_cast<double>(rows_.size())) {
    collect();
  }

  std::string draw() {
    frame();
    regions();
    grid();
    for (const Curve& curve : curves_) step_line(curve);
    end_labels();
    own_circuit();
    region_labels();
    return svg_ + "</svg>\n";
  }

 private:
  // ---- What is drawn ----------------------------------------------------------------------------
  void collect() {
    for (const auto& [name, colour, name_colour, thickness] :
         {std::tuple("theorem", "#f2b880", "#a8641c", 7.0),
          std::tuple("fed gates", "#d1731c", "#c05f0c", 4.0),
          std::tuple("gamma_2", "#9c4a6b", "#9c4a6b", 2.5),
          std::tuple("energy one", "#7a3b10", "#7a3b10", 1.2)}) {
      Curve curve{std::string("floor: ") + name, colour, name_colour, thickness,
                  Values(rows_.size())};
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        for (const EnergyFloor& floor : rows_[i].floors) {
          if (floor.name == name && floor.energy) curve.values[i] = number(*floor.energy);
        }
      }
      curves_.push_back(std::move(curve));
    }
    Curve reached{"reached", reached_colour, reached_colour, 2.5, Values(rows_.size())};
    floor_.resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].reached) reached.values[i] = number(rows_[i].reached->predicted.energy);
      if (rows_[i].floor) floor_[i] = number(*rows_[i].floor);
    }
    curves_.push_back(std::move(reached));
    for (const Curve& curve : curves_) {
      for (const auto& value : curve.values) highest_ = std::max(highest_, value.value_or(1));
    }
    if (report_.circuit) {
      highest_ = std::max(highest_, number(report_.circuit->energy.upper));
    }
    constexpr double most_linear = 20;
    logarithmic_ = highest_ > most_linear;
    top_value_ = logarithmic_ ? std::exp2(std::ceil(std::log2(highest_ * 1.05))) : highest_ + 1;
  }

  static double number(std::int64_t value) { return static_cast<double>(value); }
  [[nodiscard]] const Values& reached() const { return curves_.back().values; }

  // ---- Places -----------------------------------------------------------------------------------
  [[nodiscard]] double x_of(double column) const {
    return left + (right - left) * column / columns_;
  }
  [[nodiscard]] double centre(std::size_t row) const {
    return x_of(static_cast<double>(row) + 0.5);
  }
  [[nodiscard]] double y_of(double value) const {
    constexpr double below_one = 0.5;  // a little room below 1, where an energy of 0 goes
    const double share = logarithmic_
                             ? (std::log2(std::max(value, std::exp2(-below_one))) + below_one) /
                                   (std::log2(top_value_) + below_one)
                             : value / top_value_;
    return bottom - (bottom - top) * share;
  }
  static Box box_of(double x, double y, std::size_t letters, bool middle = false) {
    const double length = letter * static_cast<double>(letters);
    const double begin = middle ? x - length / 2 : x;
    return {begin, y - 0.8 * font_size, begin + length, y + 0.3 * font_size};
  }

  // ---- Marks ------------------------------------------------------------------------------------
  void line(double x0, double y0, double x1, double y1, const char* colour, double thickness) {
    svg_ += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
        "stroke-width=\"{}\"/>\n",
        x0, y0, x1, y1, colour, thickness);
  }
  void rectangle(const Box& box, const char* colour) {
    svg_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
        "shape-rendering=\"crispEdges\"/>\n",
        box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, colour);
  }
  void text(double x, double y, const std::string& words, const char* colour,
            std::string_view more = "") {
    svg_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\"{}>{}</text>\n", x, y, colour,
                        more, words);
  }

  void frame() {
    const FrontierQuestion& q = report_.frontier.question;
    const std::string name = escaped(q.function.name, 60);
    svg_ = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" "
        "role=\"img\" font-family=\"sans-serif\" font-size=\"{2}\">\n"
        "<title>Energy against depth: {3}</title>\n",
        width, height, font_size, name);
    rectangle({0, 0, width, height}, "#ffffff");
    text(left, 28, "Energy against depth: " + name, ink, " font-size=\"15\"");
    text(left, 50,
         fmt::format("threshold circuits of at most {} gates, with weights of at most {}", q.size,
                     q.weight),
         grey);
    text(left, 68, "floor: none of at most this depth has less; reached: by the best construction",
         grey);
  }

  // Below the largest floor everything is impossible; up to what is reached nothing is known.
  void regions() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double x0 = x_of(static_cast<double>(i)), x1 = x_of(static_cast<double>(i) + 1);
      const double floor = floor_[i] ? y_of(*floor_[i]) : top;
      if (floor_[i] && reached()[i]) rectangle({x0, y_of(*reached()[i]), x1, floor}, "#e7f0f8");
      rectangle({x0, floor, x1, bottom}, "#eeeeee");
    }
  }

  void grid() {
    constexpr double most_x = 16, most_y = 8;
    const double step = tick_step(columns_, most_x);
    for (double depth = step; depth <= columns_; depth += step) {
      const double x = x_of(depth - 0.5);
      line(x, bottom, x, bottom + 5, ink, 1);
      text(x, bottom + 20, fmt::format("{:.0f}", depth), ink, " text-anchor=\"middle\"");
    }
    if (logarithmic_) {
      const double octaves = std::ceil((std::log2(top_value_) + 1) / most_y);
      for (double power = 0; power <= std::log2(top_value_); power += octaves) {
        value_tick(std::exp2(power));
      }
    } else {
      const double values = tick_step(top_value_, most_y);
      for (double value = 0; value <= top_value_; value += values) value_tick(value);
    }
    line(left, bottom, right, bottom, ink, 1);
    line(left, top, left, bottom, ink, 1);
    text((left + right) / 2, bottom + 44, "depth (at most)", ink, " text-anchor=\"middle\"");
    text(22, (top + bottom) / 2,
         logarithmic_ ? "energy: gates that fire together (logarithmic)"
                      : "energy: gates that fire together",
         ink,
         fmt::format(" text-anchor=\"middle\" transform=\"rotate(-90 22 {:.1f})\"",
                     (top + bottom) / 2));
  }
  void value_tick(double value) {
    const double y = y_of(value);
    line(left, y, right, y, "#dddddd", 0.6);
    line(left - 5, y, left, y, ink, 1);
    constexpr double readable = 1e7;
    text(left - 9, y + 4,
         value < readable ? fmt::format("{:.0f}", value) : fmt::format("{:.0e}", value), ink,
         " text-anchor=\"end\"");
  }

  // A step through all columns that have a value.
  void step_line(const Curve& curve) {
    std::string path;
    double before = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!curve.values[i]) continue;
      const double y = y_of(*curve.values[i]), x0 = x_of(static_cast<double>(i)),
                   x1 = x_of(static_cast<double>(i) + 1);
      if (i > 0 && curve.values[i - 1]) {
        path += fmt::format("V{:.1f}H{:.1f}", y, x1);
        obstacles_.push_back({x0 - 3, std::min(before, y), x0 + 3, std::max(before, y)});
      } else {
        path += fmt::format("M{:.1f} {:.1f}H{:.1f}", x0, y, x1);
      }
      obstacles_.push_back({x0, y - 4, x1, y + 4});
      before = y;
    }
    if (path.empty()) return;
    svg_ += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>\n", path,
                        curve.colour, curve.thickness);
  }

  // Names beside the last column, in the order of their values, no two closer than a line.
  void end_labels() {
    struct Label {
      const Curve* curve;
      double place, y;
    };
    std::vector<Label> labels;
    for (const Curve& curve : curves_) {
      if (curve.values.empty() || !curve.values.back()) continue;
      const double y = y_of(*curve.values.back());
      labels.push_back({&curve, y, y});
    }
    std::ranges::stable_sort(labels, std::greater<>(), &Label::place);  // from the bottom upwards
    for (std::size_t i = 1; i < labels.size(); ++i) {
      labels[i].y = std::min(labels[i].y, labels[i - 1].y - line_height);
    }
    // Where they would leave the picture at its top, all of them move down.
    const double down = labels.empty() ? 0 : std::max(0.0, top - labels.back().y);
    for (Label& label : labels) {
      label.y += down;
      line(right, label.place, right + 14, label.y, label.curve->colour, 1);
      text(right + 18, label.y + 4,
           fmt::format("{} ({:.0f})", label.curve->name, *label.curve->values.back()),
           label.curve->name_colour);
    }
  }

  // ---- Inside the picture -----------------------------------------------------------------------
  [[nodiscard]] bool free(const Box& box) const {
    if (box.x0 < left + 2 || box.x1 > right - 2 || box.y0 < top || box.y1 > bottom - 2)
      return false;
    return std::ranges::none_of(obstacles_, [&](const Box& other) { return meet(box, other); });
  }

  void own_circuit() {
    if (!report_.circuit) return;
    const FrontierCircuit& c = *report_.circuit;
    if (c.resources.depth < 1 || c.resources.depth > static_cast<int>(rows_.size())) return;
    const double x = centre(static_cast<std::size_t>(c.resources.depth) - 1);
    const double low = y_of(number(c.energy.lower)), high = y_of(number(c.energy.upper));
    if (c.energy.closed()) {
      svg_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" fill=\"{}\" stroke=\"#ffffff\"/>\n", x, low,
          circuit_colour);
    } else {
      line(x, low, x, high, circuit_colour, 4);
      for (const double y : {low, high}) line(x - 7, y, x + 7, y, circuit_colour, 2);
    }
    obstacles_.push_back({x - 8, high - 8, x + 8, low + 8});
    name_circuit(c, x, (low + high) / 2);
  }

  // As near as its box meets nothing.
  void name_circuit(const FrontierCircuit& c, double x, double y) {
    const std::string file = c.file.substr(c.file.find_last_of('/') + 1);
    const std::string energy = c.energy.closed()
                                   ? std::to_string(c.energy.upper)
                                   : fmt::format("{} to {}", c.energy.lower, c.energy.upper);
    const std::string plain = base::one_line(file, 24) + ": energy " + energy;
    for (double distance = 12; distance < 320; distance += 6) {
      for (const auto& [dx, dy] : {std::pair(1.0, 0.0), std::pair(1.0, -1.0), std::pair(1.0, 1.0),
                                   std::pair(0.0, -1.0), std::pair(0.0, 1.0), std::pair(-1.0, -1.0),
                                   std::pair(-1.0, 0.0), std::pair(-1.0, 1.0)}) {
        const double length = letter * static_cast<double>(plain.size());
        const double begin = x + dx * distance - (dx < 0 ? length : dx == 0 ? length / 2 : 0);
        const double base_line = y + dy * distance + 4;
        const Box box = box_of(begin, base_line, plain.size());
        if (!free(box)) continue;
        if (distance > 30)
          line(x, y, std::clamp(x, box.x0, box.x1), std::clamp(y, box.y0, box.y1), circuit_colour,
               0.8);
        text(begin, base_line, escaped(plain, 0), circuit_colour);
        obstacles_.push_back(box);
        return;
      }
    }
    // There is always room below the picture.
    text(left, height - 10, escaped(plain, 0), circuit_colour);
  }

  void region_labels() {
    region_label("gap", "#5b7f9c", [&](std::size_t i) -> std::optional<std::pair<double, double>> {
      if (!floor_[i] || !reached()[i]) return std::nullopt;
      return std::pair(y_of(*reached()[i]), y_of(*floor_[i]));
    });
    region_label("impossible", "#888888",
                 [&](std::size_t i) -> std::optional<std::pair<double, double>> {
                   return std::pair(floor_[i] ? y_of(*floor_[i]) : top, bottom);
                 });
  }
  // In the middle of the highest columns of a region in which it finds room.
  template <class Extent>
  void region_label(const std::string& words, const char* colour, const Extent& extent) {
    std::optional<Box> best;
    double most = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto here = extent(i);
      if (!here || here->second - here->first <= most) continue;
      const Box box = box_of(centre(i), (here->first + here->second) / 2 + 4, words.size(), true);
      if (!free(box) || !inside(box, extent)) continue;
      best = box;
      most = here->second - here->first;
    }
    if (!best) return;
    text(best->x0, best->y1 - 0.3 * font_size, words, colour);
    obstacles_.push_back(*best);
  }
  template <class Extent>
  [[nodiscard]] bool inside(const Box& box, const Extent& extent) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (x_of(static_cast<double>(i)) >= box.x1 || x_of(static_cast<double>(i) + 1) <= box.x0)
        continue;
      const auto here = extent(i);
      if (!here || here->first > box.y0 || here->second < box.y1) return false;
    }
    return true;
  }

  const FrontierReport& report_;
  const std::vector<FrontierRow>& rows_;
  double columns_;
  std::vector<Curve> curves_;  // the last one is what is reached
  Values floor_;               // the largest
  double highest_ = 1, top_value_ = 2;
  bool logarithmic_ = false;
  std::vector<Box> obstacles_;
  std::string svg_;
};

}  // namespace

std::string frontier_svg(const FrontierReport& report) { return Picture(report).draw(); }

}  // namespace gatelight::report
