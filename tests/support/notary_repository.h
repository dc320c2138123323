// Trust data of one repository as a notary server has it, right or wrong in one
// place, made in the test's own process.
#ifndef ASSAY_TESTS_SUPPORT_NOTARY_REPOSITORY_H_
#define ASSAY_TESTS_SUPPORT_NOTARY_REPOSITORY_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/schemes/trust_data.h"
#include "tests/support/revoker.h"

namespace assay::test {

// A key of type ecdsa, or in certificates of type ecdsa-x509.
struct NotaryKey {
  Party party;
  bool in_certificate = false;
  std::string above = {};  // PEM certificates that follow its own

  static NotaryKey Bare(const std::string& name);
  // Of a root: in a certificate whose common name is `name`.
  static NotaryKey ForRoot(const std::string& name);

  Json Object() const;
  std::string Id() const;
  std::string Spki() const { return party.certificate().spki(); }
};

struct NotaryRole {
  std::vector<NotaryKey> keys;
  std::int64_t threshold = 1;
  std::int64_t version = 1;
  Time expires = kRevokerNow + std::chrono::hours(1000);
  std::vector<NotaryKey> signers = {};  // none: the keys
};

struct NotaryDelegation {
  NotaryRole role;
  std::vector<std::string> paths = {""};
  std::map<std::string, std::string> images = {};
  bool published = true;
};

struct NotaryRepository {
  std::string name = "registry.example.com/payments/api";
  NotaryRole root{{NotaryKey::ForRoot(name)}};
  NotaryRole timestamp{{NotaryKey::Bare("timestamp")}};
  NotaryRole snapshot{{NotaryKey::Bare("snapshot")}};
  NotaryRole targets{{NotaryKey::Bare("targets")}};
  std::map<std::string, std::string> images = {};  // by tag
  std::map<std::string, NotaryDelegation> delegations = {};
  std::vector<std::string> older_roots = {};
  // Before a document of a role is signed, and after.
  std::function<void(std::string_view role, Json::Object& content)> edit = {};
  std::function<void(std::string_view role, std::string& text)> spoil = {};

  Reference reference() const;  // with the tag "v1"
  std::string Root() const;
  TrustData Make() const;
  // The same after the root's key was exchanged, its document version 2.
  NotaryRepository Rotated() const;

 private:
  std::string Document(const std::string& name, const std::string& type,
                       const NotaryRole& role, Json::Object content) const;
};

// Serves what was made; roots by version from 1 on.
class NotaryDocuments : public TrustDocuments {
 public:
  explicit NotaryDocuments(TrustData data) : data_(std::move(data)) {}

  Result<std::string> Read(const TrustDocument& document) override;

  std::vector<std::string> asked;  // roles, in order

 private:
  TrustData data_;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_NOTARY_REPOSITORY_H_
