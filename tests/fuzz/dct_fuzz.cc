// Properties: what reads as a document of notary has canonical bytes, names of
// roles that are names of files in no other folder, and wants documents by such
// names alone; under the pin of the recorded root nobody else's is believed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "core/schemes/dct/judge.h"
#include "core/trust/tuf/canonical_json.h"

namespace {

using namespace assay;  // NOLINT: a target of one file

constexpr auto kRepository = "registry.example.com/app";
// Of corpus/dct_fuzz/root: its key, and what that key signed.
constexpr auto kPin =
    "root_key_ids = "
    "\"d0d8aed977d1eff19c32c811b6bbb6e6406fc31dfa14a2558045a2dbe21d3493\"";
constexpr auto kSigned =
    "sha256:e12dd3b3af89231ddecf98918f41ea6515603a4af9d5191747cdd2545d886857";

void Require(bool holds) {
  if (!holds) std::abort();
}

class NoFiles : public TrustFiles {
 public:
  Result<std::vector<TrustFile>> Read(std::string_view /*name*/) override {
    return Fail(Reason::kPolicyKeyUnreadable);
  }
};

const dct::RootPins& Pins() {
  static const dct::RootPins pins = [] {
    Diagnostics diagnostics;
    const auto table = Toml::Parse(kPin, "pins", diagnostics);
    TomlReader reader(*table, diagnostics);
    NoFiles files;
    return *dct::RootPins::Read(reader, files);
  }();
  return pins;
}

template <typename Document>
void Read(const Json& content) {
  const auto document = Document::Read(content);
  Require(document ? document->head.version >= 1
                   : document.error().reason == Reason::kDctMalformed);
}

void CheckRoot(const dct::Envelope& envelope) {
  const auto root = dct::Root::Read(envelope.content);
  if (!root) return;
  const auto pinned = Pins().PinnedAmong(*root, kRepository, envelope);
  Require(pinned.size() < root->root.threshold ||
          Digest::Of(envelope.signed_bytes).str() == kSigned);
}

void CheckWanted(const std::string& text) {
  for (const auto* role : {"timestamp", "snapshot"}) {
    TrustData data;
    data.by_role["timestamp"] = text;
    data.by_role[role] = text;
    const auto missing = dct::MissingFrom(data, {"targets/alice"});
    if (!missing) continue;
    for (const TrustDocument& document : *missing) {
      Require(document.role == "snapshot" || document.role == "targets" ||
              dct::IsDelegation(document.role));
      Require(document.most <= limits::kDctDocumentBytes);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto envelope = dct::Envelope::Parse(text, limits::kDctDocumentBytes);
  if (!envelope) {
    Require(envelope.error().reason == Reason::kDctMalformed);
    return 0;
  }
  Require(*tuf::CanonicalJson(envelope->content) == envelope->signed_bytes);
  Read<dct::Root>(envelope->content);
  Read<dct::Timestamp>(envelope->content);
  Read<dct::Snapshot>(envelope->content);
  Read<dct::Targets>(envelope->content);
  const auto targets = dct::Targets::Read(envelope->content);
  if (targets) {
    for (const auto& delegation : targets->delegations) {
      Require(dct::IsDelegation(delegation.name));
    }
  }
  CheckRoot(*envelope);
  CheckWanted(text);
  return 0;
}
