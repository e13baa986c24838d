// SPDX-License-Identifier: Apache-2.0
//
// Whole files in and out.  Reading is bounded; writing is all or nothing.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 30;

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  bool close() {
    const int fd = std::exchange(fd_, -1);
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

std::string reason() { return std::strerror(errno); }

bool write_all(int fd, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = ::write(fd, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The permissions a newly created file gets.
mode_t default_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mode_t{0666} & ~mask;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const auto fail = [](ErrorCode code, std::string message) {
    return Error{code, std::move(message), ""};
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(ErrorCode::bad_input, "cannot be opened: " + reason());
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return fail(ErrorCode::bad_input, "cannot be read: " + reason());
  if (S_ISDIR(status.st_mode)) return fail(ErrorCode::bad_input, "is a directory; name a file");
  std::string contents;
  std::string chunk(std::size_t{1} << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::bad_input, "cannot be read: " + reason());
    if (got == 0) break;
    if (contents.size() + static_cast<std::size_t>(got) > largest_file) {
      return fail(ErrorCode::limit, "is larger than 1 GiB");
    }
    contents.append(chunk, 0, static_cast<std::size_t>(got));
  }
  if (contents.empty()) return fail(ErrorCode::bad_input, "is empty");
  return contents;
}

Result<void> write_file(const std::string& path, std::string_view contents) {
  const auto fail = [](const char* what) {
    return Error{ErrorCode::io, std::string(what) + ": " + reason(), ""};
  };
  struct stat status {};
  const bool special = ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (special) {  // a pipe or a device: nothing to replace
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return fail("cannot be opened for writing");
    if (!write_all(file.get(), contents) || !file.close()) return fail("cannot be written");
    return {};
  }
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkstemp(temporary.data()));
  if (file.get() < 0) return fail("cannot be created");
  const bool written = ::fchmod(file.get(), default_mode()) == 0 &&
                       write_all(file.get(), contents) && ::fsync(file.get()) == 0 &&
                       file.close() && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (written) return {};
  const Error error = fail("cannot be written");
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace gatelight
