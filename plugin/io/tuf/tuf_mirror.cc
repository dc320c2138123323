#include "io/tuf/tuf_mirror.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/registry/document_client.h"

namespace assay {
namespace {

using registry::DocumentRequest;
using registry::HttpAnswer;
using registry::Transport;
using registry::Url;

// 403 is what object stores answer for what they do not hold.
bool IsAbsent(int status) {
  return status == 404 || status == 403 || status == 410;
}

}  // namespace

class TufMirror::Impl {
 public:
  Impl(Url base, std::string ca) : base_(std::move(base)), ca_(std::move(ca)) {}

  Result<std::optional<std::string>> Get(const std::string& path,
                                         std::size_t most, Deadline deadline) {
    if (stopped_) return Fail(Reason::kTufMirror, "stopping");
    const auto url = base_.Resolve(path);
    if (!url) return Fail(Reason::kTufMirror, url.error().detail);
    DocumentRequest request;
    request.most = most;
    request.ca = ca_;
    request.guard = registry::AddressGuard::Any();
    request.deadline = std::min(
        deadline, std::chrono::steady_clock::now() + limits::kTufFileDeadline);
    auto answer = client_.Ask(*url, request);
    if (!answer) return Fail(Reason::kTufMirror, answer.error().detail);
    return Read(path, *std::move(answer));
  }

  void Stop() { stopped_ = true; }

 private:
  static Result<std::optional<std::string>> Read(const std::string& path,
                                                 HttpAnswer answer) {
    if (answer.transport == Transport::kTooLarge) {
      return Fail(Reason::kTufTooLarge, path);
    }
    if (answer.transport != Transport::kAnswered) {
      return Fail(Reason::kTufMirror, path + ": " + answer.problem);
    }
    if (answer.status == 200) return std::optional(std::move(answer.body));
    if (IsAbsent(answer.status)) return std::optional<std::string>();
    return Fail(Reason::kTufMirror,
                path + ": status " + std::to_string(answer.status));
  }

  const Url base_;
  const std::string ca_;
  registry::DocumentClient client_;
  std::atomic<bool> stopped_ = false;
};

TufMirror::TufMirror(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TufMirror::~TufMirror() = default;

void TufMirror::Stop() { impl_->Stop(); }

Result<std::unique_ptr<TufMirror>> TufMirror::Open(
    const TufSettings& settings) {
  std::string text = settings.mirror;
  if (!text.ends_with('/')) text += '/';
  auto url = Url::Parse(text);
  if (!url) return Fail(Reason::kConfigurationMalformed, url.error().detail);
  if (!url->secure() && !registry::IsLoopbackHost(url->host())) {
    return Fail(Reason::kConfigurationMalformed,
                "[trust.tuf] mirror: plain http is for this host alone");
  }
  return std::unique_ptr<TufMirror>(
      new TufMirror(std::make_unique<Impl>(*std::move(url), settings.ca)));
}

Result<std::optional<std::string>> TufMirror::Get(std::string_view path,
                                                  std::size_t most,
                                                  Deadline deadline) {
  try {
    return impl_->Get(std::string(path), most, deadline);
  } catch (const std::exception& problem) {
    return Fail(Reason::kInternal, Printable(problem.what()));
  }
}

}  // namespace assay
