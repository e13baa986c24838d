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
  std::string text = fmt::format("{:7.1f} s  nodes {}  found {}", progress.seconds, progress.nodes,
                                 progress.lower);
  if (progress.upper) {
    text +=
        fmt::format("  proved <= {}  gap {}", *progress.upper, *progress.upper - progress.lower);
  }
  if (progress.done >= 0) text += fmt::format("  {:.1f} %", 100 * progress.done);
  return text;
}

}  // namespace

Limits limits_of(const Common& common) {
  Limits limits;
  limits.seconds = common.time_limit;
  limits.threads = common.threads;
  limits.seed = common.seed;
  limits.stop = &stop_on_signals();
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (!common.quiet && (terminal || common.progress)) {
    limits.progress = [terminal](const Progress& progress) {
      const std::string text = progress_text(progress);
      // On a terminal one line that is rewritten, elsewhere a line each.
      std::fputs(terminal ? ("\r\x1b[K" + text).c_str() : (text + "\n").c_str(), stderr);
      line_open = terminal;
    };
  }
  return limits;
}

void finish_progress() {
  if (line_open.exchange(false)) std::fputs("\r\x1b[K", stderr);
}

}  // namespace gatelight::app
