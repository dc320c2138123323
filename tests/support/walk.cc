#include "tests/support/walk.h"

#include <cstdio>
#include <cstdlib>

namespace assay::test {
namespace {

class GivenTrust : public TrustFiles {
 public:
  GivenTrust(const std::map<std::string, TestKey>& keys,
             const std::map<std::string, std::string>& documents)
      : keys_(keys), documents_(documents) {}
  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    if (documents_.contains(std::string(name))) return ReadPlain(name);
    const auto key = keys_.find(std::string(name));
    if (key == keys_.end()) return Fail(Reason::kPolicyKeyUnreadable);
    return std::vector<TrustFile>{{key->first, key->second.Pem()}};
  }
  TrustKind KindOf(std::string_view name) override {
    const bool known = documents_.contains(std::string(name));
    return known ? TrustKind::kFile : TrustKind::kAbsent;
  }
  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override {
    const auto& document = documents_.at(std::string(name));
    return std::vector<TrustFile>{{std::string(name), document}};
  }
  Result<std::vector<TrustFile>> ReadSettings(
      std::string_view folder, std::string_view ending) override {
    std::vector<TrustFile> found;
    for (const auto& [path, document] : documents_) {
      if (path.starts_with(std::string(folder) + "/") &&
          path.ends_with(ending)) {
        found.push_back({path, document});
      }
    }
    return found;
  }

 private:
  const std::map<std::string, TestKey>& keys_;
  const std::map<std::string, std::string>& documents_;
};

Descriptor DescriptorOf(std::string_view bytes) {
  return Descriptor{"application/octet-stream",
                    Digest::Of(bytes),
                    static_cast<std::int64_t>(bytes.size()),
                    "",
                    {},
                    std::nullopt};
}

}  // namespace

Subject MakeSubject(const std::string& name) {
  const ImageManifest content{std::string(kOciManifest), "", DescriptorOf("C"),
                              {DescriptorOf("L")},       {}, {}};
  return Subject{{*Reference::Parse(name)},
                 Digest::Of("C"),
                 {{Digest::Of("M"), content, {Digest::Of("I")}}},
                 {{Digest::Of("M"), "M"}, {Digest::Of("I"), "I"}},
                 Workload{},
                 "/blobs"};
}

UntrustedArtifact SignedFile(const TestKey& key, const std::string& document) {
  const std::string signature = key.Sign({}, document);
  return {ArtifactOrigin::kDetachedFile,
          Digest::Of(document),
          "a file",
          std::nullopt,
          {{DescriptorOf(signature), signature}}};
}

std::shared_ptr<const Policy> MakePolicy(
    const std::string& text, const std::map<std::string, TestKey>& keys,
    const std::map<std::string, std::string>& documents) {
  GivenTrust trust(keys, documents);
  Diagnostics diagnostics;
  const std::vector<PolicyFile> files = {{"policy.toml", text}};
  auto policy = Policy::Read(files, trust, diagnostics);
  if (policy != nullptr) return policy;
  for (const Diagnostic& problem : diagnostics) {
    std::fprintf(stderr, "%s\n", problem.str().c_str());
  }
  std::abort();
}

}  // namespace assay::test
