#include "io/registry/credential_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/bytes.h"
#include "base/json.h"
#include "base/unique_fd.h"
#include "io/registry/header_scanner.h"

namespace assay::registry {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongestRun{5};

Error Failed(const HelperCall& call, const std::string& what) {
  return Fail(Reason::kRegistryUnauthorized,
              "docker-credential-" + Printable(call.name, 64) + " " + what);
}

bool IsHelperName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

// The program's path, "" when no folder has it.
std::string FindProgram(const HelperCall& call) {
  std::string_view rest = call.search_path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string folder(rest.substr(0, colon));
    const std::string path = folder + "/docker-credential-" + call.name;
    if (folder.starts_with('/') && ::access(path.c_str(), X_OK) == 0) {
      return path;
    }
    rest.remove_prefix(colon == std::string_view::npos ? rest.size()
                                                       : colon + 1);
  }
  return {};
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

std::optional<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// The child in its own process group, so that it can be killed with all its
// children. Killed and reaped at the end of its scope.
class Child {
 public:
  static std::optional<Child> Start(const std::string& program, int input,
                                    int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                     O_WRONLY, 0);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::string path = program;
    std::string verb = "get";
    std::array<char*, 3> arguments = {path.data(), verb.data(), nullptr};
    pid_t pid = -1;
    const int code = ::posix_spawn(&pid, path.c_str(), &actions, &attributes,
                                   arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) return std::nullopt;
    return Child(pid);
  }

  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    Wait(0);
  }

  // The exit status, or nullopt when it runs past the deadline or died of a
  // signal.
  std::optional<int> ExitStatus(Deadline deadline) {
    while (!Wait(WNOHANG)) {
      if (SteadyClock::now() >= deadline) return std::nullopt;
      std::this_thread::sleep_for(milliseconds(2));
    }
    if (!WIFEXITED(status_)) return std::nullopt;
    return WEXITSTATUS(status_);
  }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  bool Wait(int flags) {
    if (pid_ < 0) return true;
    pid_t ended = -1;
    do {
      ended = ::waitpid(pid_, &status_, flags);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) return false;
    pid_ = -1;
    return true;
  }

  pid_t pid_;
  int status_ = -1;
};

int PollMilliseconds(Deadline deadline) {
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - SteadyClock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

// All the child writes; nullopt at the deadline or over the cap.
std::optional<std::string> ReadAll(int fd, Deadline deadline) {
  std::string bytes;
  std::array<char, 4096> buffer{};
  for (;;) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, PollMilliseconds(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.size() > limits::kCredentialHelperBytes) return std::nullopt;
  }
}

Result<std::optional<HelperAnswer>> ReadAnswer(const HelperCall& call,
                                               const std::string& output) {
  const auto json = Json::Parse(output, limits::kCredentialHelperBytes);
  if (!json) return Failed(call, "does not answer with JSON");
  const std::string* username = json->FindString("Username");
  const std::string* secret = json->FindString("Secret");
  if (username == nullptr || secret == nullptr) {
    return Failed(call, "answers without Username or Secret");
  }
  return std::optional(HelperAnswer{*username, *secret});
}

}  // namespace

Result<std::optional<HelperAnswer>> RunHelper(const HelperCall& call,
                                              Deadline deadline) {
  deadline = std::min(deadline, SteadyClock::now() + kLongestRun);
  if (!IsHelperName(call.name)) return Failed(call, "is not a helper's name");
  const std::string program = FindProgram(call);
  if (program.empty()) return Failed(call, "is not in " + call.search_path);
  // The input is far smaller than a pipe holds, so writing cannot block; it is
  // written first, when both ends are ours, so that no SIGPIPE can come.
  auto input = MakePipe();
  auto output = MakePipe();
  const std::string line = call.server.substr(0, 1024) + "\n";
  if (!input || !output ||
      ::write(input->write.get(), line.data(), line.size()) !=
          static_cast<ssize_t>(line.size())) {
    return Failed(call, std::string("cannot be run: ") + std::strerror(errno));
  }
  auto child = Child::Start(program, input->read.get(), output->write.get());
  if (!child) return Failed(call, "cannot be run");
  input.reset();
  output->write.reset();
  const auto bytes = ReadAll(output->read.get(), deadline);
  if (!bytes) return Failed(call, "gave no answer in time or too long a one");
  const auto status = child->ExitStatus(deadline);
  if (!status) return Failed(call, "did not end");
  if (*status == 0) return ReadAnswer(call, *bytes);
  if (TrimSpace(*bytes) == "credentials not found in native keychain") {
    return std::optional<HelperAnswer>();
  }
  return Failed(call, "failed with status " + std::to_string(*status));
}

}  // namespace assay::registry
