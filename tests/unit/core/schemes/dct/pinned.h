// What believes the roots of a NotaryRepository.
#ifndef ASSAY_TESTS_UNIT_CORE_SCHEMES_DCT_PINNED_H_
#define ASSAY_TESTS_UNIT_CORE_SCHEMES_DCT_PINNED_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/schemes/dct/dct_signer.h"
#include "tests/support/notary_repository.h"

namespace assay::test {

class NamedFiles : public TrustFiles {
 public:
  std::map<std::string, std::string, std::less<>> texts;

  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    const auto found = texts.find(name);
    if (found == texts.end()) return Fail(Reason::kPolicyKeyUnreadable);
    return std::vector{TrustFile{std::string(name), found->second}};
  }
};

struct ReadPins {
  std::optional<dct::RootPins> pins;
  Diagnostics diagnostics;
};

inline ReadPins PinsOf(const std::string& toml, NamedFiles files = {}) {
  ReadPins read;
  const auto table = Toml::Parse(toml, "p.toml", read.diagnostics);
  TomlReader reader(*table, read.diagnostics, Reason::kPolicyMalformed);
  read.pins = dct::RootPins::Read(reader, files);
  return read;
}

// By the id of the first key of its root.
inline dct::RootPins PinsOf(const NotaryRepository& repository) {
  return *PinsOf("root_key_ids = \"" + repository.root.keys.front().Id() + "\"")
              .pins;
}

inline dct::Judge JudgeOf(const NotaryRepository& repository,
                          std::set<std::string> signers = {}) {
  return {PinsOf(repository), std::move(signers)};
}

// kSigned where it is proven.
inline Reason Proven(const NotaryRepository& repository,
                     const std::set<std::string>& signers = {}) {
  const auto proven = JudgeOf(repository, signers)
                          .Prove(repository.reference(), repository.Make());
  return proven ? Reason::kSigned : proven.error().reason;
}

}  // namespace assay::test

#endif  // ASSAY_TESTS_UNIT_CORE_SCHEMES_DCT_PINNED_H_
