// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "command.hpp"

namespace gatelight::app {
namespace {

StopToken stop_token;

void on_signal(int number) {
  stop_token.request_stop();
  std::signal(number, SIG_DFL);  // a second one ends the program
}

}  // namespace

const StopToken& stop_on_signals() {
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, nullptr);
  }
  return stop_token;
}

}  // namespace gatelight::app
