// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

namespace fs = std::filesystem;

// An empty folder that goes away with the test.
class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "gatelight-files-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  fs::path folder_;
};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

TEST_F(Files, WritesAndReadsBack) {
  const std::string contents("a\0b\n", 4);
  ASSERT_TRUE(write_file(path("f"), contents).ok());
  EXPECT_EQ(*read_file(path("f")), contents);
  ASSERT_TRUE(write_file(path("f"), "shorter").ok());
  EXPECT_EQ(*read_file(path("f")), "shorter");
  EXPECT_EQ(entries(folder_), 1U) << "no temporary file is left";
}

TEST_F(Files, FailuresLeaveNothingBehind) {
  EXPECT_FALSE(write_file(path("no/such/folder"), "x").ok());
  ASSERT_TRUE(fs::create_directory(path("d")));
  EXPECT_FALSE(write_file(path("d"), "x").ok());
  EXPECT_EQ(entries(folder_), 1U);
}

TEST_F(Files, AFileThatGetsTooLargeLeavesNothingBehind) {
  ASSERT_TRUE(write_file(path("f"), "before").ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_file(path("f"), std::string(5000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(*read_file(path("f")), "before");
  EXPECT_EQ(entries(folder_), 1U);
}

TEST_F(Files, AFullDiskIsAnError) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full, which this system lacks";
  const auto written = write_file("/dev/full", "x");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::io);
}

TEST_F(Files, UnreadableThingsAreBadInput) {
  std::ofstream(path("empty")).flush();
  for (const std::string& name :
       {path("none"), path("empty"), folder_.string(), std::string("/proc/self/mem")}) {
    const auto contents = read_file(name);
    ASSERT_FALSE(contents.ok()) << name;
    EXPECT_EQ(contents.error().code, ErrorCode::bad_input) << name;
  }
}

TEST_F(Files, EndlessFilesAreCutOff) {
  const auto contents = read_file("/dev/zero");
  ASSERT_FALSE(contents.ok());
  EXPECT_EQ(contents.error().code, ErrorCode::limit);
}

TEST_F(Files, TheKindIsDetected) {
  constexpr const char* circuit =
      R"( {"format": "gatelight/circuit", "version": 1, "inputs": 1, "gates": [], "outputs": []})";
  ASSERT_TRUE(write_file(path("noname"), circuit).ok());
  EXPECT_EQ(read_circuit(path("noname"))->format, "gatelight");
  ASSERT_TRUE(write_file(path("f.gz"), "\x1f\x8b\x08").ok());
  EXPECT_NE(read_circuit(path("f.gz")).error().message.find("gunzip"), std::string::npos);
}

TEST_F(Files, DomainsAreReadByTheirNames) {
  Imported network{.circuit = *parse_circuit(
                       R"({"format": "gatelight/circuit", "version": 1,
                           "inputs": [{"name": "u", "bits": 4}], "gates": [], "outputs": [],
                           "domain": {"range": {"u": [0, 14]}}})"),
                   .format = "gatelight"};
  ASSERT_TRUE(write_file(path("d.json"), R"({"fix": {"u": 3}})").ok());
  ASSERT_TRUE(write_file(path("d.vnnlib"), "(declare-const X_0 Real)(assert (<= X_0 9))").ok());
  const DomainSpec::Fix three{Source::word(InputId{0}), 3};
  EXPECT_EQ(read_domain(network, path("d.json"))->domain.fix, std::vector{three});
  EXPECT_EQ(read_domain(network, path("d.vnnlib"))->domain.range.size(), 1U);
  EXPECT_FALSE(read_domain(network, path("none")).ok());
  EXPECT_FALSE(read_domain(network, folder_.string()).ok());
  // Words of an imported network keep the ranges that the network gives them.
  network.input_meaning.resize(1);
  for (const char* name : {"d.json", "d.vnnlib"}) {
    const auto ranges = read_domain(network, path(name))->domain.range;
    ASSERT_FALSE(ranges.empty());
    EXPECT_EQ(ranges.back(), (DomainSpec::Range{InputId{0}, 0, 14}));
  }
}

}  // namespace
}  // namespace gatelight
