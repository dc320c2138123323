// The decision with doubles at its ports: a resolver that knows one subject,
// evidence and layers as given. Policy, keys and signatures are real. The real
// ports meet in the integration and e2e tests.
#ifndef ASSAY_TESTS_SUPPORT_WALK_H_
#define ASSAY_TESTS_SUPPORT_WALK_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/policy/policy.h"
#include "core/verdict/verifier.h"
#include "tests/support/test_key.h"

namespace assay::test {

inline constexpr Time kNow{std::chrono::seconds{1'790'000'000}};

// A subject called `name`: manifest "M", listed by index "I", configuration
// "C". Its digests are those of these texts.
Subject MakeSubject(const std::string& name);

// A plain signature by `key` over `document`, as a file found for it.
UntrustedArtifact SignedFile(const TestKey& key, const std::string& document);

// A policy whose trust folder holds the keys and other documents by file name.
// Fails the test when the text is not a valid policy.
std::shared_ptr<const Policy> MakePolicy(
    const std::string& text, const std::map<std::string, TestKey>& keys,
    const std::map<std::string, std::string>& documents = {});

class FixedResolver : public Resolver {
 public:
  explicit FixedResolver(Result<Subject> known) : subject(std::move(known)) {}
  Result<Subject> Resolve(const Question& /*question*/) override {
    return subject;
  }
  Result<Subject> subject;
};

class GivenEvidence : public EvidenceSource {
 public:
  EvidenceSet Collect(const EvidenceRequest& request) override {
    const bool disk = request.reach == Reach::kDisk;
    ++(disk ? disk_reads : network_reads);
    EvidenceSet found = on_disk;
    if (disk) return found;
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(found.artifacts, in_registry.artifacts);
    append(found.failures, in_registry.failures);
    found.reach = Reach::kNetwork;
    return found;
  }
  EvidenceSet on_disk;
  EvidenceSet in_registry;
  int disk_reads = 0;
  int network_reads = 0;
};

class GivenLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    ++checks;
    return status;
  }
  Status CheckUnpacked(const ImageManifest& /*manifest*/,
                       const Subject& /*subject*/,
                       Deadline /*deadline*/) override {
    ++unpacked_checks;
    return unpacked;
  }
  Status status = Ok();
  Status unpacked = Ok();
  int checks = 0;
  int unpacked_checks = 0;
};

// A library of bases: what the node holds, and what only a registry has.
class GivenBases : public BaseLibrary {
 public:
  Result<std::string> Config(const Question& /*question*/,
                             const Subject& /*subject*/,
                             const Reference& /*name*/,
                             Reach /*reach*/) override {
    return config;
  }
  BaseSet Find(const BaseRequest& request) override {
    hint = request.hint;
    asked.push_back(request.reach);
    BaseSet found = on_disk;
    if (request.reach == Reach::kDisk) return found;
    const auto append = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(found.candidates, in_registry.candidates);
    append(found.failures, in_registry.failures);
    return found;
  }
  Status Keep(const Digest& image, const Reference& name,
              const UntrustedBase& base) override {
    kept.push_back(image.str() + " " + name.str() + " " +
                   base.manifest.digest.str());
    return keeping;
  }
  Result<std::string> config = Fail(Reason::kConfigMissing);
  BaseSet on_disk;
  BaseSet in_registry;
  std::optional<BaseHint> hint;  // of the last request
  std::vector<Reach> asked;
  std::vector<std::string> kept;
  Status keeping = Ok();
};

// A verifier over them, and a question about a container.
struct Walk {
  explicit Walk(const std::string& name = "registry.example.com/app:1")
      : resolver(MakeSubject(name)) {}

  Verdict Decide(const std::shared_ptr<const Policy>& policy) {
    return Verifier(resolver, evidence, layers, bases).Decide(question, policy);
  }

  FixedResolver resolver;
  GivenEvidence evidence;
  GivenLayers layers;
  GivenBases bases;
  Question question{"request", Hook::kCreate,   ContainerClaim{},
                    kNow,      Deadline::max(), false};
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_WALK_H_
