// Signers of type `openssl`: a plain signature over the raw bytes of the
// manifest or index, as `openssl dgst -sign` and `openssl pkeyutl -sign
// -rawin` (Ed25519) make it, raw or as base64 text. It lies in a folder of the
// node, named by the digest it signs, or is attached as a referrer.
//
// Nothing but the document is signed: the signature holds for any repository
// and tag with these bytes, so scope and keys of the rule are all that binds
// it to a name. Where the table says so, what is found are attestations of
// Google's Binary Authorization instead: binary_authorization.h.
#ifndef ASSAY_CORE_SCHEMES_DETACHED_OPENSSL_SIGNER_H_
#define ASSAY_CORE_SCHEMES_DETACHED_OPENSSL_SIGNER_H_

#include <memory>
#include <string>

#include "core/schemes/keyring.h"
#include "core/schemes/signer.h"

namespace assay {

inline constexpr std::string_view kOpensslType = "openssl";
inline constexpr std::string_view kDetachedArtifactType =
    "application/vnd.assay.signature.v1";
inline constexpr std::string_view kDetachedLayerType =
    "application/octet-stream";
// Layer annotation with the signing key's fingerprint, "sha256:<hex>": a hint
// that words a refusal and decides nothing.
inline constexpr const char* kDetachedKeyAnnotation = "vnd.assay.signature.key";

// What a file or referrer holds.
enum class DetachedFormat : std::uint8_t { kPlain = 0, kBinaryAuthorization };

class OpensslSigner final : public Signer {
 public:
  // `folder` is "" when signatures are only looked for as referrers.
  OpensslSigner(std::string name, Keyring keyring, std::string folder,
                DetachedFormat format = DetachedFormat::kPlain)
      : Signer(std::move(name), std::string(kOpensslType)),
        keyring_(std::move(keyring)),
        folder_(std::move(folder)),
        format_(format) {}

  // Keys of the table: type, keys, hash (default sha256), padding (default
  // pkcs1), format (plain or binary-authorization), folder (an absolute path
  // without "..", used as written, holding <algorithm>-<hex>.sig or <repository
  // path>@<algorithm>=<hex>/signature-N), valid_from, valid_until. Null after a
  // Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  struct Candidate;

  Result<const TrustedKey*> FindKey(const SigningTarget& target,
                                    const Candidate& candidate) const;
  Result<const TrustedKey*> FindAttestor(const Candidate& candidate) const;
  void Judge(const SigningTarget& target, const Candidate& candidate,
             Findings& findings) const;

  Keyring keyring_;
  std::string folder_;
  DetachedFormat format_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_DETACHED_OPENSSL_SIGNER_H_
