#include <sys/stat.h>

#include <map>
#include <mutex>

#include "base/bytes.h"
#include "io/containerd/client.h"

namespace assay {
namespace {

constexpr std::string_view kScheme = "unix://";
// containerd before 1.7 tells the shim only its other socket's name.
constexpr std::string_view kTtrpc = ".ttrpc";
constexpr std::size_t kMostClients = 16;  // a node has one, seldom two

// Only root may answer for the runtime: whoever owns the socket decides what
// the container's image seems to be.
Status CheckSocket(const std::string& path) {
  struct stat info {};
  if (!path.starts_with('/') || ::stat(path.c_str(), &info) != 0) {
    return Fail(Reason::kRuntimeUnreachable,
                Printable(path) + ": there is no such socket");
  }
  if (!S_ISSOCK(info.st_mode) || info.st_uid != 0) {
    return Fail(Reason::kRuntimeUnreachable,
                Printable(path) + ": not a unix socket owned by root");
  }
  return Ok();
}

}  // namespace

struct ContainerdClients::State {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<ContainerdClient>> clients;
};

ContainerdClients::ContainerdClients() : state_(std::make_unique<State>()) {}
ContainerdClients::~ContainerdClients() = default;

Result<std::shared_ptr<ContainerdClient>> ContainerdClients::At(
    const std::string& address) {
  std::string path = address;
  if (path.starts_with(kScheme)) path.erase(0, kScheme.size());
  if (path.ends_with(kTtrpc)) path.resize(path.size() - kTtrpc.size());
  if (auto safe = CheckSocket(path); !safe) return safe.error();
  const std::lock_guard lock(state_->mutex);
  if (state_->clients.size() >= kMostClients) state_->clients.clear();
  auto& client = state_->clients[path];
  if (!client) client = std::make_shared<ContainerdClient>(path);
  return client;
}

}  // namespace assay
