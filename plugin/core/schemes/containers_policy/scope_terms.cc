#include "core/schemes/containers_policy/scope_terms.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "core/schemes/openpgp/openpgp_signer.h"
#include "core/schemes/sigstore/certificate_signer.h"
#include "core/schemes/sigstore/key_signer.h"
#include "core/schemes/sigstore/keyless_signer.h"

namespace assay {
namespace {

using OwnSigner = std::unique_ptr<const Signer>;
using MadeSigner = Result<OwnSigner>;

// A folder, and an entry of something else, is no file that containers/image
// would read.
Result<std::string> BytesOf(const PolicyMaterial& material, TrustFiles& files) {
  if (material.path.empty()) return material.data;
  auto read = files.Read(material.path);
  if (!read) return read.error();
  if (read->size() != 1 || read->front().path != material.path) {
    return Fail(Reason::kPolicyKeyUnreadable,
                Printable(material.path) + " is no file of its own");
  }
  return std::move(read->front().bytes);
}

Error About(const PolicyMaterial& material, const Error& error) {
  return material.path.empty() ? error
                               : WithContext(error, Printable(material.path));
}

// One key of each, as containers/image takes no other; each once.
Result<std::vector<PublicKey>> ReadKeys(
    const std::vector<PolicyMaterial>& materials, TrustFiles& files) {
  std::vector<PublicKey> keys;
  for (const PolicyMaterial& material : materials) {
    const auto bytes = BytesOf(material, files);
    if (!bytes) return bytes.error();
    auto parsed = PublicKey::ParsePem(*bytes);
    if (!parsed) return About(material, parsed.error());
    if (parsed->size() != 1) {
      return About(material, Fail(Reason::kKeyMalformed,
                                  "it must hold one key and no other"));
    }
    const auto& key = parsed->front();
    const bool known =
        std::any_of(keys.begin(), keys.end(), [&](const PublicKey& one) {
          return one.fingerprint() == key.fingerprint();
        });
    if (!known) keys.push_back(key);
  }
  return keys;
}

Result<std::vector<Certificate>> ReadCertificates(
    const PolicyMaterial& material, TrustFiles& files) {
  const auto bytes = BytesOf(material, files);
  if (!bytes) return bytes.error();
  auto certificates = Certificate::ParsePem(*bytes);
  if (!certificates) return About(material, certificates.error());
  return certificates;
}

// Each certificate of a file is trusted by itself.
Result<std::vector<CertificateAuthority>> ReadAuthorities(
    const PolicyMaterial& material, TrustFiles& files) {
  const auto certificates = ReadCertificates(material, files);
  if (!certificates) return certificates.error();
  std::vector<CertificateAuthority> authorities;
  for (const Certificate& one : *certificates) {
    auto authority = CertificateAuthority::Make({one}, {});
    if (!authority) return About(material, authority.error());
    authorities.push_back(*std::move(authority));
  }
  return authorities;
}

bool IsEcdsa(KeyKind kind) {
  return kind == KeyKind::kEcdsaP256 || kind == KeyKind::kEcdsaP384 ||
         kind == KeyKind::kEcdsaP521;
}

// Logs of Rekor by nothing but their keys, of which one must have promised to
// record the signature.
Result<TransparencyPolicy> ReadLogs(const SigstoreSigned& terms,
                                    std::vector<CertificateAuthority> issuers,
                                    TrustFiles& files) {
  TransparencyPolicy policy{{}, {1, 0, 0}};
  if (terms.logs.empty()) return policy;
  auto keys = ReadKeys(terms.logs, files);
  if (!keys) return keys.error();
  std::vector<TransparencyLog> logs;
  for (PublicKey& key : *keys) {
    if (!IsEcdsa(key.kind())) {
      return Fail(Reason::kKeyUnsupported, "a key of Rekor is an ECDSA key");
    }
    const std::string id = key.fingerprint().bytes();
    logs.emplace_back("rekor:" + key.fingerprint().str(), id, std::move(key),
                      Validity{});
  }
  auto root = std::make_shared<const TrustedRoot>(
      TrustedRoot::Of(std::move(logs), std::move(issuers)));
  policy.roots.push_back({std::move(root), std::nullopt, "rekor", {}});
  return policy;
}

MadeSigner MakeSigner(const std::vector<PolicyMaterial>& by,
                      const SigstoreSigned& terms, const TermsSource& source) {
  auto keys = ReadKeys(by, source.files);
  if (!keys) return keys.error();
  auto ring = Keyring::Make(*std::move(keys), KeyUse::kContainers, {});
  if (!ring) return ring.error();
  auto logs = ReadLogs(terms, {}, source.files);
  if (!logs) return logs.error();
  return OwnSigner(std::make_unique<SigstoreKeySigner>(
      source.signer,
      SigstoreKeyPolicy{*std::move(ring), ClaimPolicy{{}, terms.identity},
                        *std::move(logs)}));
}

MadeSigner MakeSigner(const FulcioAuthority& by, const SigstoreSigned& terms,
                      const TermsSource& source) {
  auto authorities = ReadAuthorities(by.authorities, source.files);
  if (!authorities) return authorities.error();
  auto logs = ReadLogs(terms, *std::move(authorities), source.files);
  if (!logs) return logs.error();
  IdentityMatcher wanted{TextPattern::Exact(by.issuer),
                         TextPattern::Exact(by.email),
                         {},
                         AlternativeName::Kind::kEmail};
  return OwnSigner(std::make_unique<SigstoreKeylessSigner>(
      source.signer, SigstoreKeylessPolicy{{std::move(wanted)},
                                           *std::move(logs),
                                           ClaimPolicy{{}, terms.identity},
                                           {},
                                           KeyUse::kContainers}));
}

MadeSigner MakeSigner(const PkiAuthority& by, const SigstoreSigned& terms,
                      const TermsSource& source) {
  auto roots = ReadAuthorities(by.roots, source.files);
  if (!roots) return roots.error();
  std::vector<Certificate> intermediates;
  if (by.intermediates) {
    auto read = ReadCertificates(*by.intermediates, source.files);
    if (!read) return read.error();
    intermediates = *std::move(read);
  }
  return OwnSigner(std::make_unique<SigstoreCertificateSigner>(
      source.signer, "pki",
      SigstoreCertificatePolicy{
          *std::move(roots), std::move(intermediates), by.email, by.host,
          ClaimPolicy{{}, terms.identity}, KeyUse::kContainers}));
}

// Whichever of the keys signed, and whichever file it is in.
MadeSigner MakeOpenpgpSigner(const SignedBy& terms, const TermsSource& source) {
  std::vector<std::string> files;
  for (const PolicyMaterial& material : terms.keyrings) {
    auto bytes = BytesOf(material, source.files);
    if (!bytes) return bytes.error();
    files.push_back(*std::move(bytes));
  }
  auto keyring = OpenpgpKeyring::Parse(std::move(files));
  if (!keyring) return About(terms.keyrings.front(), keyring.error());
  return OwnSigner(std::make_unique<OpenpgpSigner>(
      source.signer,
      OpenpgpTerms{
          *std::move(keyring), {}, {}, terms.identity, source.stores}));
}

// Adds what one requirement asks for.
struct TermsMaker {
  ScopeTerms terms;
  const TermsSource& source;

  Status operator()(const RejectsAll& reject) {
    terms.rejects = reject.why;
    return Ok();
  }
  Status operator()(const AcceptsAnything& /*one*/) { return Ok(); }
  Status operator()(const SignedBy& signed_by) {
    return Add(MakeOpenpgpSigner(signed_by, source));
  }
  Status operator()(const SigstoreSigned& sigstore) {
    return Add(std::visit(
        [&](const auto& by) { return MakeSigner(by, sigstore, source); },
        sigstore.by));
  }

 private:
  Status Add(MadeSigner made) {
    if (!made) return made.error();
    terms.signers.push_back(*std::move(made));
    return Ok();
  }
};

}  // namespace

Result<ScopeTerms> ScopeTerms::Make(const PolicyScope& scope,
                                    const TermsSource& source) {
  TermsMaker maker{{scope.name, {}, {}, {}}, source};
  maker.terms.accepts_anything =
      std::all_of(scope.all.begin(), scope.all.end(), [](const auto& one) {
        return std::holds_alternative<AcceptsAnything>(one);
      });
  for (const PolicyRequirement& one : scope.all) {
    const Status made = std::visit(maker, one);
    if (!made) return WithContext(made.error(), scope.name);
  }
  return std::move(maker.terms);
}

std::string ScopeTerms::Summary() const {
  if (!rejects.empty()) return "'" + name + "' rejects";
  if (accepts_anything) return "'" + name + "' accepts anything";
  std::string text = "'" + name + "' needs ";
  const char* separator = "";
  for (const auto& signer : signers) {
    text += separator + signer->Summary();
    separator = " and ";
  }
  return text;
}

}  // namespace assay
