// Policies read from texts, with real keys behind the names they use.
#ifndef ASSAY_TESTS_UNIT_CORE_POLICY_POLICY_FIXTURE_H_
#define ASSAY_TESTS_UNIT_CORE_POLICY_POLICY_FIXTURE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/policy/policy.h"
#include "tests/support/test_key.h"

namespace assay::test {

// The trust folder as a map: a.pub, b.pub and c.pub are three P-256 keys.
class MemoryTrust : public TrustFiles {
 public:
  MemoryTrust() {
    static const std::string kPems[] = {
        TestKey::Make(KeyKind::kEcdsaP256).Pem(),
        TestKey::Make(KeyKind::kEcdsaP256).Pem(),
        TestKey::Make(KeyKind::kEcdsaP256).Pem()};
    files = {{"a.pub", kPems[0]}, {"b.pub", kPems[1]}, {"c.pub", kPems[2]}};
  }

  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    if (reads != nullptr) ++*reads;
    const auto file = files.find(std::string(name));
    if (file == files.end()) {
      return Fail(Reason::kPolicyKeyUnreadable, std::string(name));
    }
    return std::vector<TrustFile>{{root + file->first, file->second}};
  }

  std::string root = "/etc/assay/trust/";
  std::map<std::string, std::string> files;
  int* reads = nullptr;  // counted there
};

struct ReadPolicy {
  std::shared_ptr<const Policy> policy;
  Diagnostics problems;

  // One line a problem: "reason-id FILE:LINE:COLUMN: message; suggestion".
  std::string Text() const {
    std::string text;
    for (const Diagnostic& problem : problems) {
      text +=
          std::string(Describe(problem.reason).id) + " " + problem.str() + "\n";
    }
    return text;
  }
};

// Each text becomes "1.toml", "2.toml", ...
inline ReadPolicy Read(const std::vector<std::string>& texts,
                       MemoryTrust trust = {}) {
  std::vector<PolicyFile> files;
  for (const std::string& text : texts) {
    files.push_back({std::to_string(files.size() + 1) + ".toml", text});
  }
  ReadPolicy read;
  read.policy = Policy::Read(files, trust, read.problems);
  return read;
}

inline const std::string kThreeSigners =
    "version = 1\n"
    "[signers.a]\ntype = \"sigstore-key\"\nkeys = [\"a.pub\"]\n"
    "[signers.b]\ntype = \"sigstore-key\"\nkeys = [\"b.pub\"]\n"
    "[signers.c]\ntype = \"sigstore-key\"\nkeys = [\"c.pub\"]\n";  // 10 lines

// A rule after kThreeSigners; its first line is 11, the scope's 12.
inline std::string WithRule(const std::string& rest) {
  return kThreeSigners + "[[rule]]\nscope = \"registry.example.com/app\"\n" +
         rest + "\n";
}

}  // namespace assay::test

#endif  // ASSAY_TESTS_UNIT_CORE_POLICY_POLICY_FIXTURE_H_
