#include "core/schemes/dct/judge.h"

#include "base/limits.h"

namespace assay::dct {
namespace {

TrustDocument RootOf(std::optional<std::int64_t> version) {
  return {std::string(kRootRole), version, std::nullopt, limits::kDctRootBytes};
}

// nullopt where it is no root.
std::optional<Root> Peek(const std::string& text) {
  const auto envelope = Envelope::Parse(text, limits::kDctRootBytes);
  if (!envelope) return std::nullopt;
  auto root = Root::Read(envelope->content);
  if (!root) return std::nullopt;
  return *std::move(root);
}

// Whether two are the same root, whoever has signed them.
bool IsSameRoot(const std::string& a, const std::string& b) {
  const auto one = Envelope::Parse(a, limits::kDctRootBytes);
  const auto other = Envelope::Parse(b, limits::kDctRootBytes);
  return one && other && one->signed_bytes == other->signed_bytes;
}

bool IsPinned(const RootPins& pins, const std::string& repository,
              const std::string& text) {
  const auto envelope = Envelope::Parse(text, limits::kDctRootBytes);
  const auto root = Peek(text);
  return envelope && root &&
         pins.PinnedAmong(*root, repository, *envelope).size() >=
             root->root.threshold;
}

// What comes before the newest root that is pinned has nothing more to prove.
void DropUnneeded(const RootPins& pins, const std::string& repository,
                  TrustData& data) {
  for (std::size_t i = data.roots.size(); i-- > 1;) {
    if (!IsPinned(pins, repository, data.roots[i])) continue;
    data.roots.erase(data.roots.begin(),
                     data.roots.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

std::size_t SizeOf(const TrustData& data) {
  std::size_t size = 0;
  for (const auto& root : data.roots) size += root.size();
  for (const auto& [role, text] : data.by_role) size += text.size();
  return size;
}

}  // namespace

Judge::Judge(RootPins pins, std::set<std::string> signers)
    : pins_(std::move(pins)), signers_(std::move(signers)) {
  std::string text = pins_.str();
  for (const std::string& role : signers_) text += " role:" + role;
  name_ = Digest::Of(text).hex();
}

Result<Repository> Judge::Prove(const Reference& repository,
                                const TrustData& data) const {
  return Repository::Prove({pins_, repository.Repository(), signers_}, data);
}

// From the newest root back to one that is pinned, or on from the newest that
// is kept. Whether one follows the other is for Prove to say.
Status Judge::ReadRoots(TrustDocuments& documents,
                        const std::string& repository, const TrustData* kept,
                        TrustData& fresh) const {
  auto newest = documents.Read(RootOf(std::nullopt));
  if (!newest) return newest.error();
  const auto root = Peek(*newest);
  if (!root) return Fail(Reason::kDctMalformed, "root");
  const std::int64_t version = root->head.version;
  const auto known = kept == nullptr ? std::nullopt : Peek(kept->roots.back());
  if (known) fresh.roots = kept->roots;
  if (known && known->head.version == version) {
    if (!IsSameRoot(*newest, fresh.roots.back())) {
      return Fail(Reason::kDctRollback, "root: another version " +
                                            std::to_string(version) +
                                            " was seen before");
    }
    fresh.roots.back() = *std::move(newest);
    return Ok();
  }
  if (known && known->head.version > version) {
    return Fail(Reason::kDctRollback,
                "root: version " + std::to_string(version) +
                    ", seen before: " + std::to_string(known->head.version));
  }
  std::vector<std::string> between{*std::move(newest)};
  for (std::int64_t at = version - 1; at > (known ? known->head.version : 0);
       --at) {
    if (!known && IsPinned(pins_, repository, between.front())) break;
    if (between.size() + fresh.roots.size() >= limits::kDctRoots) break;
    auto older = documents.Read(RootOf(at));
    if (!older && older.error().reason == Reason::kNotFound) break;
    if (!older) return older.error();
    between.insert(between.begin(), *std::move(older));
  }
  fresh.roots.insert(fresh.roots.end(), between.begin(), between.end());
  return Ok();
}

// All documents but the roots. What is kept and is what is wanted need not be
// read again.
Status Judge::ReadRoles(TrustDocuments& documents, const TrustData* kept,
                        TrustData& fresh) const {
  for (;;) {
    const auto missing = MissingFrom(fresh, signers_);
    if (!missing) return missing.error();
    if (missing->empty()) return Ok();
    for (const TrustDocument& document : *missing) {
      if (kept != nullptr && document.digest &&
          document.digest->Matches(kept->Of(document.role))) {
        fresh.by_role.emplace(document.role, kept->Of(document.role));
        continue;
      }
      auto text = documents.Read(document);
      if (!text && text.error().reason == Reason::kNotFound) {
        return Fail(Reason::kDctUnavailable, document.role + " is not there");
      }
      if (!text) return text.error();
      fresh.by_role.emplace(document.role, *std::move(text));
    }
    if (SizeOf(fresh) > limits::kDctRepositoryBytes) {
      return Fail(Reason::kDctMalformed, "all of it is too large");
    }
  }
}

Result<TrustData> Judge::Renew(TrustDocuments& documents,
                               const Reference& repository,
                               const TrustData* kept, Time now) const {
  const std::string name = repository.Repository();
  std::optional<Repository> before;
  if (kept != nullptr) {
    auto proven = Prove(repository, *kept);
    // Without it nobody could tell an older set from a newer one.
    if (!proven) {
      return Fail(Reason::kDctUnavailable,
                  "what is kept does not hold: " + proven.error().detail);
    }
    before = *std::move(proven);
  }
  TrustData fresh;
  const Status roots = ReadRoots(documents, name, kept, fresh);
  if (!roots && roots.error().reason == Reason::kNotFound) {
    return Fail(Reason::kNoSignature, "there is no trust data of " + name);
  }
  if (!roots) return roots.error();
  if (const Status read = ReadRoles(documents, kept, fresh); !read) {
    return read.error();
  }
  auto proven = Prove(repository, fresh);
  if (!proven) return proven.error();
  if (before) {
    const Status forward = proven->CheckNotOlder(*before);
    if (!forward) return forward.error();
  }
  if (const Status valid = proven->JudgeTime(now); !valid) return valid.error();
  DropUnneeded(pins_, name, fresh);
  return fresh;
}

std::optional<Time> Judge::ValidUntil(const Reference& repository,
                                      const TrustData& data) const {
  const auto proven = Prove(repository, data);
  if (!proven) return std::nullopt;
  return proven->ValidUntil();
}

}  // namespace assay::dct
