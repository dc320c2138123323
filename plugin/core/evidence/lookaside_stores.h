// LookasideStores: in which lookaside store signatures of a repository are:
// files beside the registry, on this node or behind a web server, as tools of
// containers/image keep them (docs/containers-registries.d.5.md). Immutable.
#ifndef ASSAY_CORE_EVIDENCE_LOOKASIDE_STORES_H_
#define ASSAY_CORE_EVIDENCE_LOOKASIDE_STORES_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/subject/reference.h"

namespace assay {

// "file:///var/lib/containers/sigstore", "https://example.com/signatures".
class LookasideAddress {
 public:
  // Errors: kPolicyMalformed: another scheme, no path of an absolute file, a
  // user name, a query, a fragment, what cannot stand in an address.
  static Result<LookasideAddress> Parse(std::string_view text);

  const std::string& str() const { return text_; }
  bool IsFolder() const;
  std::string Folder() const;  // of IsFolder()

  friend auto operator<=>(const LookasideAddress&,
                          const LookasideAddress&) = default;

 private:
  explicit LookasideAddress(std::string_view text) : text_(text) {}

  std::string text_;
};

class LookasideStores {
 public:
  // One for all.
  explicit LookasideStores(LookasideAddress store) : rest_(std::move(store)) {}
  // By scope, as ContainersScopes() names them; `rest` for what has none. So
  // registries.d has them, for registries that store no signatures themselves.
  LookasideStores(std::map<std::string, LookasideAddress, std::less<>> scopes,
                  LookasideAddress rest)
      : scopes_(std::move(scopes)),
        rest_(std::move(rest)),
        registry_first_(true) {}

  const LookasideAddress& For(const Reference& name) const;
  // Whether a registry's own store comes instead of the one behind a web
  // server.
  bool registry_first() const { return registry_first_; }
  // One line for people.
  std::string Summary() const;

 private:
  std::map<std::string, LookasideAddress, std::less<>> scopes_;
  LookasideAddress rest_;
  bool registry_first_ = false;
};

// Of a signature whose file is number `number`, from 1 on, below the store's
// address or folder: "app@sha256=HEX/signature-1".
std::string LookasidePath(const Reference& name, const Digest& target,
                          std::size_t number);

}  // namespace assay

#endif  // ASSAY_CORE_EVIDENCE_LOOKASIDE_STORES_H_
