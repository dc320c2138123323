// Trust policies and stores as an operator of notation has them, in memory, and
// the signer that imports them.
#ifndef ASSAY_TESTS_UNIT_CORE_SCHEMES_IMPORTED_POLICY_H_
#define ASSAY_TESTS_UNIT_CORE_SCHEMES_IMPORTED_POLICY_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/scheme_table.h"
#include "tests/support/catch.h"

namespace assay {

inline const std::string kSkip =
    R"({"version":"1.0","trustPolicies":[
        {"name":"open","registryScopes":["registry.example.com/open"],
         "signatureVerification":{"level":"skip"}}]})";
inline const std::string kAudit =
    R"({"version":"1.0","trustPolicies":[
        {"name":"all","registryScopes":["*"],
         "signatureVerification":{"level":"audit"},
         "trustStores":["ca:acme"],"trustedIdentities":["*"]}]})";

// Files by their names; every beginning of a name is a folder.
class Files : public TrustFiles {
 public:
  std::map<std::string, std::string, std::less<>> files;
  std::string link;  // that is neither a file nor a folder

  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    const auto found = files.find(name);
    if (found == files.end()) {
      return Fail(Reason::kPolicyKeyUnreadable, std::string(name));
    }
    return std::vector{TrustFile{found->first, found->second}};
  }
  TrustKind KindOf(std::string_view name) override {
    if (name == link) return TrustKind::kOther;
    if (files.contains(name)) return TrustKind::kFile;
    return Below(name).empty() ? TrustKind::kAbsent : TrustKind::kFolder;
  }
  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override {
    if (name == link) return Fail(Reason::kPolicyKeyUnreadable);
    if (KindOf(name) == TrustKind::kFolder) return Below(name);
    return std::vector{TrustFile{std::string(name), files.find(name)->second}};
  }

  Result<std::vector<TrustFile>> ReadSettings(
      std::string_view folder, std::string_view ending) override {
    auto found = Below(folder);
    std::erase_if(found, [&](const TrustFile& one) {
      return !one.path.ends_with(ending);
    });
    return found;
  }

 private:
  std::vector<TrustFile> Below(std::string_view name) const {
    std::vector<TrustFile> found;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(std::string(name) + "/")) {
        found.push_back({path, bytes});
      }
    }
    return found;
  }
};

struct ReadSigner {
  std::unique_ptr<Signer> signer;
  Diagnostics diagnostics;
};

inline ReadSigner Read(Files& files, const std::string& keys,
                       const std::string& type = "notation-policy") {
  ReadSigner read;
  const auto table = Toml::Parse("type = \"" + type + "\"\n" + keys, "p.toml",
                                 read.diagnostics);
  REQUIRE(table);
  read.signer = FindScheme(type)->read("acme", *table, files, read.diagnostics);
  return read;
}

inline SigningTarget Target(const std::string& name) {
  SigningTarget target{*Reference::Parse(name),
                       {Digest::Of("M"), Digest::Of("I")},
                       *ParseRfc3339("2026-06-01T00:00:00Z"),
                       nullptr};
  target.may_waive = true;
  return target;
}

}  // namespace assay

#endif  // ASSAY_TESTS_UNIT_CORE_SCHEMES_IMPORTED_POLICY_H_
