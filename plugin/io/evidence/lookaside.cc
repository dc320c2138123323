#include "io/evidence/lookaside.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/evidence/kept_documents.h"
#include "io/files/files.h"
#include "io/registry/document_client.h"

namespace assay {
namespace {

using registry::AddressGuard;
using registry::DocumentRequest;
using registry::HttpAnswer;
using registry::Transport;
using registry::Url;

constexpr int kHttpFound = 200;
constexpr int kHttpNotFound = 404;

Error LookasideError(const std::string& where, const std::string& what) {
  return Fail(Reason::kLookasideFailed, Printable(where) + ": " + what);
}

// A signature, or nullopt where there is none.
Result<std::optional<std::string>> SignatureIn(HttpAnswer answer,
                                               const std::string& where) {
  if (answer.transport == Transport::kTooLarge) {
    return Fail(Reason::kEvidenceTooLarge, Printable(where));
  }
  if (answer.transport != Transport::kAnswered) {
    return LookasideError(where, answer.problem);
  }
  if (answer.status == kHttpFound) return std::optional(std::move(answer.body));
  if (answer.status == kHttpNotFound) return std::optional<std::string>();
  return LookasideError(where, "status " + std::to_string(answer.status));
}

Result<std::optional<std::string>> SignatureAt(const std::string& path) {
  auto bytes = ReadFile(path, limits::kOpenpgpMessageBytes);
  if (bytes) return std::optional(*std::move(bytes));
  const Reason reason = bytes.error().reason;
  if (reason == Reason::kNotFound) return std::optional<std::string>();
  if (reason == Reason::kFileTooLarge) {
    return Fail(Reason::kEvidenceTooLarge, Printable(path));
  }
  return Fail(Reason::kLookasideFailed, bytes.error().detail);
}

// One file after the other, for as long as there is one. `read` gives its
// bytes, `take` gets them with the name below the store.
template <typename Read, typename Take>
Status ForEachSignature(const Reference& name, const Digest& target, Read read,
                        Take take) {
  for (std::size_t number = 1; number <= limits::kLookasideSignatures;
       ++number) {
    const std::string path = LookasidePath(name, target, number);
    auto bytes = read(path);
    if (!bytes) return bytes.error();
    if (!*bytes) return Ok();
    take(path, **std::move(bytes));
  }
  const auto next =
      read(LookasidePath(name, target, limits::kLookasideSignatures + 1));
  if (next && !*next) return Ok();
  return Fail(Reason::kEvidenceTooMany,
              "signatures of " + target.str() + " in a lookaside store");
}

}  // namespace

LookasidePlaces LookasidesOf(const EvidenceRequest& request) {
  LookasidePlaces places;
  std::set<std::string> named;  // by a signer itself
  for (const auto& stores : request.places.lookasides) {
    const LookasideAddress& store = stores->For(request.name);
    const bool registry_first = stores->registry_first();
    places.registry = places.registry || registry_first;
    if (store.IsFolder()) {
      places.folders.insert(store.Folder());
      continue;
    }
    places.addresses.insert(store.str());
    (registry_first ? places.replaceable : named).insert(store.str());
  }
  for (const std::string& address : named) places.replaceable.erase(address);
  return places;
}

FoundArtifact KeepLookaside(const Digest& target, std::string where,
                            const std::string& bytes, Time now) {
  auto found = KeepDocuments(
      ArtifactOrigin::kLookaside, kLookasideType,
      {KeptDocument("application/octet-stream", Digest::Of(bytes), bytes)}, {});
  found.target = target;
  found.where = std::move(where);
  found.fetched_at = now;
  return found;
}

void ReadLookaside(const std::string& folder, const Reference& name,
                   const Digest& target, EvidenceSet& set) {
  const std::string base = folder + "/";
  const auto done = ForEachSignature(
      name, target,
      [&](const std::string& path) { return SignatureAt(base + path); },
      [&](const std::string& path, const std::string& bytes) {
        auto opened = Open(KeepLookaside(target, base + path, bytes, Time{}));
        if (opened) {
          set.artifacts.push_back(std::move(opened->content));
        } else {
          set.failures.push_back(opened.error());
        }
      });
  if (!done) set.failures.push_back(done.error());
}

class LookasideClient::Impl {
 public:
  Result<std::optional<std::string>> Get(const std::string& address,
                                         Deadline deadline) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return LookasideError(address, "no time is left to ask it");
    }
    const auto url = Url::Parse(address);
    if (!url) return LookasideError(address, url.error().detail);
    DocumentRequest request;
    request.most = limits::kOpenpgpMessageBytes;
    request.guard = AddressGuard::Any();
    request.deadline = deadline;
    auto answer = client_.Ask(*url, request);
    if (!answer) return LookasideError(address, answer.error().detail);
    return SignatureIn(*std::move(answer), address);
  }

 private:
  registry::DocumentClient client_;
};

LookasideClient::LookasideClient() = default;
LookasideClient::~LookasideClient() = default;

RegistryEvidence LookasideClient::Fetch(const EvidenceRequest& request,
                                        const std::set<std::string>& addresses,
                                        Deadline deadline, Time now) {
  std::call_once(made_, [this] { impl_ = std::make_unique<Impl>(); });
  RegistryEvidence evidence;
  const auto fetch = [&](const std::string& base, const Digest& target) {
    return ForEachSignature(
        request.name, target,
        [&](const std::string& path) {
          return impl_->Get(base + path, deadline);
        },
        [&](const std::string& path, const std::string& bytes) {
          auto opened = Open(KeepLookaside(target, base + path, bytes, now));
          if (opened) {
            evidence.artifacts.push_back(*std::move(opened));
            evidence.found.set(kLookasidePlace);
          } else {
            evidence.failures.push_back(opened.error());
          }
        });
  };
  for (const std::string& address : addresses) {
    for (const Digest& target : request.targets) {
      const auto done = fetch(address + "/", target);
      if (!done) evidence.failures.push_back(done.error());
    }
  }
  return evidence;
}

}  // namespace assay
