#include "core/schemes/notation/notation_signer.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/duration.h"

namespace assay {
namespace {

std::optional<SignerIdentities> ReadIdentities(TomlReader& table) {
  constexpr std::string_view kKey = "identities";
  SignerIdentities identities;
  const auto texts = table.Strings("identities");
  if (!texts || texts->empty()) {
    table.Missing(kKey);
    return std::nullopt;
  }
  identities.anybody = texts->size() == 1 && texts->front() == kAnybody;
  if (identities.anybody) return identities;
  for (const std::string& text : *texts) {
    const auto added = text.starts_with("arn:") ? identities.AddProfile(text)
                                                : identities.AddSubject(text);
    if (added) continue;
    table.Complain(kKey, "'" + text + "': " + added.error().detail);
    return std::nullopt;
  }
  return identities;
}

RevocationRule ReadRevocation(TomlReader& table) {
  constexpr std::string_view kKey = "revocation";
  const auto text = table.String("revocation");
  if (!text || *text == "strict") return RevocationRule::kStrict;
  if (*text == "soft-fail") return RevocationRule::kSoftFail;
  if (*text == "off") return RevocationRule::kOff;
  table.Complain(kKey, "it must be \"strict\", \"soft-fail\" or \"off\"");
  return RevocationRule::kStrict;
}

std::chrono::seconds ReadStaleness(TomlReader& table, RevocationRule rule) {
  constexpr std::string_view kKey = "revocation_staleness";
  const auto text = table.String("revocation_staleness");
  if (!text) return {};
  const auto staleness = ParseDuration(*text);
  if (!staleness) {
    table.Complain(kKey, "'" + Printable(*text, 80) + "' is no duration",
                   "write it as \"12h\" or \"7d\"");
  } else if (rule == RevocationRule::kOff) {
    table.Complain(kKey, "it means nothing with revocation = \"off\"");
  }
  return staleness.value_or(std::chrono::seconds());
}

bool ReadAlways(TomlReader& table, bool stamping) {
  constexpr std::string_view kKey = "verify_timestamp";
  const auto text = table.String("verify_timestamp");
  if (!text) return true;
  if (!stamping) {
    table.Complain(kKey, "it means nothing without 'timestamp_authorities'");
  } else if (*text != "always" && *text != "after-expiry") {
    table.Complain(kKey, "it must be \"always\" or \"after-expiry\"");
  }
  return *text != "after-expiry";
}

}  // namespace

std::string NotationSigner::Summary() const {
  std::string text = terms_.identities.str();
  const auto count = [&](const TrustStore& store, std::string_view what) {
    if (store.empty()) return;
    text += ", " + std::to_string(store.certificates().size()) + " " +
            std::string(what);
  };
  count(terms_.authorities, "trusted certificates");
  count(terms_.signing_authorities, "signing authorities' certificates");
  count(terms_.timestamp_authorities, "time-stamping authorities");
  if (terms_.revocation == RevocationRule::kSoftFail) {
    text += ", revocation soft-fail";
  } else if (terms_.revocation == RevocationRule::kOff) {
    text += ", revocation off";
  }
  return text + window_.Summary();
}

std::vector<std::string> NotationSigner::Warnings() const {
  if (terms_.revocation == RevocationRule::kSoftFail) {
    return {
        "revocation = \"soft-fail\": allows certificates of which nobody can "
        "tell whether they are revoked"};
  }
  if (terms_.revocation == RevocationRule::kOff) {
    return {"revocation = \"off\": allows revoked certificates"};
  }
  return {};
}

void NotationSigner::VerifySignatures(
    const SigningTarget& target, std::span<const UntrustedArtifact> artifacts,
    Findings& findings) const {
  VerifyUnder(terms_, window_, target, artifacts, findings);
}

std::unique_ptr<Signer> NotationSigner::Read(const std::string& name,
                                             const Toml& table,
                                             TrustFiles& files,
                                             Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto authorities = TrustStore::Read(reader, "trust_store", files);
  auto signing = TrustStore::Read(reader, "signing_authorities", files);
  auto stamping = TrustStore::Read(reader, "timestamp_authorities", files);
  const auto always = ReadAlways(reader, stamping && !stamping->empty());
  auto identities = ReadIdentities(reader);
  const auto revocation = ReadRevocation(reader);
  const auto staleness = ReadStaleness(reader, revocation);
  const auto window = SignerWindow::Read(reader);
  if (authorities && signing && authorities->empty() && signing->empty()) {
    reader.Missing("trust_store");
  }
  reader.Finish();
  if (diagnostics.size() != before || !authorities || !signing || !stamping ||
      !identities) {
    return nullptr;
  }
  NotationTerms terms;
  terms.authorities = *std::move(authorities);
  terms.signing_authorities = *std::move(signing);
  terms.timestamp_authorities = *std::move(stamping);
  terms.always_stamped = always;
  terms.identities = *std::move(identities);
  terms.revocation = revocation;
  terms.revocation_staleness = staleness;
  // The path of a time stamp is softened by nothing but by asking nobody.
  if (revocation == RevocationRule::kOff) {
    terms.stamp_revocation = RevocationRule::kOff;
  }
  return std::make_unique<NotationSigner>(name, std::move(terms), window);
}

}  // namespace assay
