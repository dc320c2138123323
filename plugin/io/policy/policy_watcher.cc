#include "io/policy/policy_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSettleMilliseconds = 200;
// Changes that do not settle are acted on all the same.
constexpr std::chrono::milliseconds kMostPatience{1000};
// Folders that appear are noticed by looking again.
constexpr int kLookAgainMilliseconds = 1000;
constexpr std::size_t kMostFolders = 256;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                                  IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

PolicyWatcher::PolicyWatcher(const Paths& paths, std::function<void()> changed,
                             std::function<std::set<std::string>()> others)
    : roots_{paths.PolicyDir(), paths.TrustDir(), paths.BreakGlassDir()},
      changed_(std::move(changed)),
      others_(std::move(others)),
      notify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  AddFolders();
}

void PolicyWatcher::Start() {
  thread_ = std::thread([this] { Watch(); });
}

PolicyWatcher::~PolicyWatcher() {
  ::eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

// Adding a watch that exists yields its number again, so all are added each
// time. A number not seen before is a folder that came after the last look,
// with whatever was put into it meanwhile: that is a change, too.
bool PolicyWatcher::AddFolders() {
  bool fresh = false;
  for (const std::string& root : roots_) fresh = AddBelow(root) || fresh;
  if (!others_) return fresh;
  for (const std::string& folder : others_()) fresh = Add(folder) || fresh;
  return fresh;
}

bool PolicyWatcher::Add(const std::string& folder) {
  const int watch = ::inotify_add_watch(notify_.get(), folder.c_str(), kEvents);
  return watch >= 0 && watches_.insert(watch).second;
}

// A link to a file elsewhere is changed there, so that folder counts too.
bool PolicyWatcher::AddBelow(const std::string& root) {
  namespace fs = std::filesystem;
  bool fresh = Add(root);
  std::size_t count = 0;
  std::error_code error;
  fs::recursive_directory_iterator entries(root, error);
  for (; !error && entries != fs::recursive_directory_iterator();
       entries.increment(error)) {
    std::error_code ignored;
    fs::path folder = entries->path();
    if (!entries->is_directory(ignored)) {
      if (!entries->is_symlink(ignored)) continue;
      folder = fs::weakly_canonical(folder, ignored).parent_path();
    }
    if (++count > kMostFolders) break;
    fresh = Add(folder.string()) || fresh;
  }
  return fresh;
}

bool PolicyWatcher::Drain() {
  alignas(inotify_event) std::array<char, 4096> events{};
  bool any = false;
  while (::read(notify_.get(), events.data(), events.size()) > 0) any = true;
  return any;
}

void PolicyWatcher::Watch() {
  std::array<pollfd, 2> ready = {
      {{notify_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
  std::optional<Clock::time_point> pending_since;
  for (;;) {
    const int wait =
        pending_since ? kSettleMilliseconds : kLookAgainMilliseconds;
    const int count = ::poll(ready.data(), ready.size(), wait);
    if (count > 0 && ready[1].revents != 0) return;
    const bool news = count > 0 && Drain();
    if (news && !pending_since) pending_since = Clock::now();
    const bool patient =
        pending_since && Clock::now() - *pending_since < kMostPatience;
    if (news && patient) continue;
    if (!AddFolders() && !pending_since) continue;
    pending_since.reset();
    changed_();
  }
}

}  // namespace assay
