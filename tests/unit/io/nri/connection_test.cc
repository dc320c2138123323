#include "io/nri/connection.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <optional>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Ends {
  Ends() : stop(::eventfd(0, EFD_CLOEXEC)) {
    int both[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                         both) == 0);
    runtime.reset(both[0]);
    ours.emplace(UniqueFd(both[1]));
  }
  UniqueFd stop, runtime;
  std::optional<NriConnection> ours;
};

}  // namespace

TEST_CASE("what comes is read, and the end is told") {
  Ends ends;
  REQUIRE(::send(ends.runtime.get(), "abc", 3, 0) == 3);
  const auto got = ends.ours->Receive(ends.stop.get(), Deadline::max());
  REQUIRE(got);
  CHECK(*got == "abc");
  ends.runtime.reset();
  const auto ended = ends.ours->Receive(ends.stop.get(), Deadline::max());
  REQUIRE_FALSE(ended);
  CHECK(ended.error().reason == Reason::kRuntimeUnreachable);
}

TEST_CASE("who must stop waits for no runtime") {
  Ends ends;
  ::eventfd_write(ends.stop.get(), 1);
  const auto got = ends.ours->Receive(ends.stop.get(), Deadline::max());
  REQUIRE(got);
  CHECK(got->empty());
}

TEST_CASE("a runtime that says nothing is left") {
  Ends ends;
  const auto got = ends.ours->Receive(ends.stop.get(),
                                      steady_clock::now() + milliseconds(1));
  REQUIRE_FALSE(got);
  CHECK(got.error().reason == Reason::kDeadline);
}

TEST_CASE("a runtime that reads slowly gets all of it") {
  Ends ends;
  const std::string much(1U << 20, 'x');
  std::size_t read = 0;
  std::thread runtime([&] {
    char part[4096];
    while (read < much.size()) {
      const ssize_t size = ::recv(ends.runtime.get(), part, sizeof part, 0);
      if (size > 0) read += static_cast<std::size_t>(size);
      if (size < 0) std::this_thread::yield();
    }
  });
  CHECK(ends.ours->Send(much));
  runtime.join();
  CHECK(read == much.size());
}

TEST_CASE("where nobody listens there is no runtime") {
  const TempFolder folder;
  for (const std::string& path :
       {folder / "none", folder / std::string(200, 'x'), std::string(),
        folder.Write("file", "")}) {
    const auto opened = NriConnection::Open(path);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().reason == Reason::kRuntimeUnreachable);
  }
}
