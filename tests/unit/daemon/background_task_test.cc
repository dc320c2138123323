#include "daemon/background_task.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/catch.h"

using namespace assay;
using namespace std::chrono_literals;

namespace {

constexpr BackgroundTask::Wait kForEver = std::chrono::hours(24);

// Whether it comes about within ten seconds.
template <typename Condition>
bool Soon(Condition condition) {
  for (int i = 0; i < 1000 && !condition(); ++i) {
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

}  // namespace

TEST_CASE("work is done after the first wait and when somebody says so") {
  std::atomic<int> done = 0;
  BackgroundTask task("test", BackgroundTask::Wait(), [&] {
    ++done;
    return kForEver;
  });
  CHECK(Soon([&] { return done == 1; }));
  task.Poke();
  CHECK(Soon([&] { return done == 2; }));
}

TEST_CASE("work may say itself that it is to be done again") {
  std::atomic<int> done = 0;
  std::atomic<BackgroundTask*> self = nullptr;
  BackgroundTask task("test", kForEver, [&] {
    if (++done == 1) self.load()->Poke();
    return kForEver;
  });
  self = &task;
  task.Poke();
  CHECK(Soon([&] { return done == 2; }));
}

TEST_CASE("what work throws ends neither it nor the program") {
  std::atomic<int> done = 0;
  BackgroundTask task("test", kForEver, [&]() -> BackgroundTask::Wait {
    if (++done == 1) throw 42;
    throw std::runtime_error("again");
  });
  task.Poke();
  CHECK(Soon([&] { return done == 1; }));
  task.Poke();
  CHECK(Soon([&] { return done == 2; }));
}

TEST_CASE("its end waits for the work under way and for nothing else") {
  std::atomic<bool> begun = false;
  std::atomic<bool> ended = false;
  {
    BackgroundTask task("test", BackgroundTask::Wait(), [&] {
      begun = true;
      std::this_thread::sleep_for(50ms);
      ended = true;
      return kForEver;
    });
    CHECK(Soon([&] { return begun.load(); }));
  }
  CHECK(ended);
}

TEST_CASE("a wait is spread by a fifth to both sides") {
  for (int i = 0; i < 100; ++i) {
    const auto wait = BackgroundTask::Spread(100s);
    CHECK(wait >= 80s);
    CHECK(wait <= 120s);
  }
}
