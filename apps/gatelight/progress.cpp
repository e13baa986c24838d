// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "command.hpp"

namespace gatelight::app {
namespace {

std::atomic<bool> line_open{false};

std::string progress_text(const Progress& progress) {
  std::string text = fmt::format("{:8.2f} s  nodes {}  found {}", progress.seconds, progress.nodes,
                                 progress.lower);
  if (progress.upper) {
    text +=
        fmt::format("  proved <= {}  gap {}", *progress.upper, *progress.upper - progress.lower);
  }
  if (progress.done >= 0) text += fmt::format("  {:.1f} %", 100 * progress.done);
  return text;
}

// On a terminal one line that is rewritten; elsewhere a line for each improvement, or after a while.
class Printer {
 public:
  explicit Printer(bool terminal) : terminal_(terminal) {}

  void operator()(const Progress& progress) {
    const bool same = progress.lower == last_.lower && progress.upper == last_.upper && !first_;
    if (!terminal_ && same && progress.seconds - last_.seconds < seconds_without_news) return;
    first_ = false;
    last_ = progress;
    const std::string text = progress_text(progress);
    std::fputs(terminal_ ? ("\r\x1b[K" + text).c_str() : (text + "\n").c_str(), stderr);
    line_open = terminal_;
  }

 private:
  static constexpr double seconds_without_news = 10;
  bool terminal_;
  bool first_ = true;
  Progress last_;
};

}  // namespace

Limits limits_of(const Common& common) {
  Limits limits;
  limits.seconds = common.time_limit;
  limits.threads = common.threads;
  limits.seed = common.seed;
  limits.stop = &stop_on_signals();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (!common.quiet && (terminal || common.progress)) limits.progress = Printer(terminal);
  return limits;
}

void finish_progress() {
  if (line_open.exchange(false)) std::fputs("\r\x1b[K", stderr);
}

}  // namespace gatelight::app
