#include "io/audit/audit_log.h"

#include <sys/resource.h>

#include <csignal>
#include <thread>
#include <vector>

#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;

namespace {

std::size_t LinesOf(const std::string& path) {
  const auto text = ReadFile(path, 1 << 20);
  REQUIRE(text);
  std::size_t lines = 0;
  std::size_t begin = 0;
  for (std::size_t end = text->find('\n'); end != std::string::npos;
       end = text->find('\n', begin)) {
    CHECK(Json::Parse(text->substr(begin, end - begin)));
    begin = end + 1;
    ++lines;
  }
  CHECK(begin == text->size());
  return lines;
}

}  // namespace

TEST_CASE("lines of many threads stay whole") {
  const TempFolder folder;
  const std::string path = folder.path() + "/a/b/audit.jsonl";
  AuditLog log(AuditFiles(path, folder / "state"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (std::int64_t j = 0; j < 100; ++j) {
        CHECK(log.Append(Json(Json::Object{{"n", Json(j)}})));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(LinesOf(path) == 400);
}

TEST_CASE("a log that was moved away is begun anew") {
  const TempFolder folder;
  const std::string path = folder.path() + "/audit.jsonl";
  AuditLog log(AuditFiles(path, folder / "state"));
  CHECK(log.Append(Json(Json::Object{})));
  REQUIRE(::rename(path.c_str(), (path + ".1").c_str()) == 0);
  CHECK(log.Append(Json(Json::Object{})));
  CHECK(LinesOf(path) == 1);
  CHECK(LinesOf(path + ".1") == 1);
}

TEST_CASE("a log that was removed, or replaced, is begun anew") {
  const TempFolder folder;
  const std::string path = folder.path() + "/audit.jsonl";
  AuditLog log(AuditFiles(path, folder / "state"));
  CHECK(log.Append(Json(Json::Object{})));
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK(log.Append(Json(Json::Object{})));
  CHECK(LinesOf(path) == 1);
  REQUIRE(WriteFileAtomically(path, "{}\n"));
  CHECK(log.Append(Json(Json::Object{})));
  CHECK(LinesOf(path) == 2);
}

TEST_CASE("a line for which there is no room leaves no half of itself") {
  const TempFolder folder;
  const std::string path = folder.path() + "/audit.jsonl";
  AuditLog log(AuditFiles(path, folder / "state"));
  CHECK(log.Append(Json(Json::Object{{"it", Json(std::string("kept"))}})));
  const auto heed = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit little{2000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const Status written =
      log.Append(Json(Json::Object{{"it", Json(std::string(4000, 'x'))}}));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, heed);
  REQUIRE_FALSE(written);
  CHECK(written.error().reason == Reason::kDiskFull);
  CHECK(LinesOf(path) == 1);
  CHECK(log.Append(Json(Json::Object{{"it", Json(std::string("kept"))}})));
  CHECK(LinesOf(path) == 2);
}

TEST_CASE("a log is not written through a symbolic link") {
  const TempFolder folder;
  const std::string path = folder.path() + "/audit.jsonl";
  REQUIRE(::symlink("/dev/null", path.c_str()) == 0);
  AuditLog log(AuditFiles(path, folder / "state"));
  const Status written = log.Append(Json(Json::Object{}));
  REQUIRE_FALSE(written);
  CHECK(written.error().reason == Reason::kWriteFailed);
}
