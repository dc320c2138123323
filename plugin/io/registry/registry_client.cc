#include "io/registry/registry_client.h"

#include <exception>

#include "base/bytes.h"
#include "io/registry/fetch.h"

namespace assay {
namespace {

using registry::Call;
using registry::GivenCredential;
using registry::HttpPool;
using registry::Task;

std::vector<Result<Fetched>> RunAll(Call& call,
                                    std::span<const FetchRequest> requests,
                                    Deadline deadline) {
  std::vector<Task<Result<Fetched>>> tasks;
  tasks.reserve(requests.size());
  for (const FetchRequest& request : requests) {
    tasks.push_back(registry::Fetch(call, request, deadline));
  }
  for (auto& task : tasks) task.Start();
  call.worker.Run();
  std::vector<Result<Fetched>> results;
  results.reserve(tasks.size());
  for (auto& task : tasks) results.push_back(task.Take());
  return results;
}

}  // namespace

class RegistryClient::Impl {
 public:
  explicit Impl(RegistryOptions options)
      : state(std::make_shared<registry::ClientState>(std::move(options))) {}
  Impl(const Impl& like, GivenCredential own)
      : state(like.state), given(std::move(own)) {}

  registry::AuthCache& auth() { return given ? given_auth : state->auth; }

  const std::shared_ptr<registry::ClientState> state;
  const std::optional<GivenCredential> given;
  registry::AuthCache given_auth;  // of `given` alone
};

class RegistryConversation::Impl {
 public:
  explicit Impl(RegistryClient::Impl& client)
      : lease(client.state->pool),
        call{*client.state,
             lease.worker(),
             client.auth(),
             client.given ? &*client.given : nullptr,
             {},
             {},
             {}} {}

  HttpPool::Lease lease;
  Call call;
};

RegistryConversation::RegistryConversation(RegistryClient& client)
    : client_(client) {}

RegistryConversation::~RegistryConversation() = default;

std::vector<Result<Fetched>> RegistryConversation::Fetch(
    std::span<const FetchRequest> requests, Deadline deadline) {
  try {
    if (!impl_) impl_ = std::make_unique<Impl>(*client_.impl_);
    return RunAll(impl_->call, requests, deadline);
  } catch (const std::exception& problem) {
    impl_.reset();  // what it was doing may be half done
    return {requests.size(), Result<Fetched>(Fail(Reason::kInternal,
                                                  Printable(problem.what())))};
  }
}

RegistryClient::RegistryClient(RegistryOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

RegistryClient::RegistryClient(const RegistryClient& like,
                               GivenCredential given)
    : impl_(std::make_unique<Impl>(*like.impl_, std::move(given))) {}

RegistryClient::~RegistryClient() = default;

std::vector<Result<Fetched>> RegistryClient::Fetch(
    std::span<const FetchRequest> requests, Deadline deadline) {
  return RegistryConversation(*this).Fetch(requests, deadline);
}

Result<Fetched> RegistryClient::FetchOne(const FetchRequest& request,
                                         Deadline deadline) {
  return std::move(Fetch({&request, 1}, deadline).front());
}

}  // namespace assay
