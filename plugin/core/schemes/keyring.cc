#include "core/schemes/keyring.h"

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

using Algorithms = std::vector<SignatureAlgorithm>;

Error Bad(std::string detail) {
  return Fail(Reason::kPolicyMalformed, std::move(detail));
}

bool IsRsa(KeyKind kind) {
  return kind == KeyKind::kRsa2048 || kind == KeyKind::kRsa3072 ||
         kind == KeyKind::kRsa4096;
}

Result<Algorithms> EdAlgorithms(KeyUse use,
                                const std::optional<HashAlgorithm>& pin) {
  constexpr SignatureAlgorithm kPure{HashAlgorithm::kSha512, Padding::kPkcs1,
                                     false};
  constexpr SignatureAlgorithm kPrehashed{HashAlgorithm::kSha512,
                                          Padding::kPkcs1, true};
  if (use != KeyUse::kSigstore) {
    if (pin) return Bad("an Ed25519 key takes no hash");
    return Algorithms{kPure};
  }
  if (!pin) return Algorithms{kPure, kPrehashed};
  if (*pin == HashAlgorithm::kSha512) return Algorithms{kPrehashed};
  return Bad("an Ed25519 key takes no hash but sha512 (Ed25519ph)");
}

// Cosign 3 hashes with the curve's size, cosign 2 always with SHA-256.
std::vector<HashAlgorithm> SigstoreHashes(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP384:
      return {HashAlgorithm::kSha384, HashAlgorithm::kSha256};
    case KeyKind::kEcdsaP521:
      return {HashAlgorithm::kSha512, HashAlgorithm::kSha256};
    case KeyKind::kEcdsaP256:
    case KeyKind::kRsa2048:
    case KeyKind::kRsa3072:
    case KeyKind::kRsa4096:
    case KeyKind::kEd25519:
      break;
  }
  return {HashAlgorithm::kSha256};
}

Result<Algorithms> AlgorithmsFor(KeyKind kind, KeyUse use,
                                 const KeyringOptions& options) {
  if (kind == KeyKind::kEd25519) return EdAlgorithms(use, options.hash);
  std::vector<HashAlgorithm> hashes{HashAlgorithm::kSha256};
  if (use == KeyUse::kSigstore) hashes = SigstoreHashes(kind);
  if (options.hash) hashes = {*options.hash};
  Algorithms algorithms;
  for (const auto hash : hashes) {
    algorithms.push_back(
        {hash, options.padding.value_or(Padding::kPkcs1), false});
  }
  return algorithms;
}

}  // namespace

SignedMessage::SignedMessage(const Digest& digest,
                             std::optional<std::string_view> bytes)
    : bytes_(bytes) {
  Know(digest);
}

void SignedMessage::Know(const Digest& digest) {
  digests_.at(static_cast<std::size_t>(digest.algorithm()) - 1) = digest;
}

const Digest* SignedMessage::By(HashAlgorithm algorithm) const {
  auto& slot = digests_.at(static_cast<std::size_t>(algorithm) - 1);
  if (!slot && bytes_) slot = Digest::Of(*bytes_, algorithm);
  return slot ? &*slot : nullptr;
}

std::optional<SignatureAlgorithm> TrustedKey::AlgorithmOf(
    const SignedMessage& message, std::string_view signature) const {
  const auto verifies = [&](const SignatureAlgorithm& algorithm) {
    if (key.kind() == KeyKind::kEd25519) {
      return message.bytes() &&
             key.Verify(algorithm, *message.bytes(), signature);
    }
    const Digest* digest = message.By(algorithm.hash);
    return digest != nullptr && key.VerifyDigest(algorithm, *digest, signature);
  };
  const auto found =
      std::find_if(algorithms.begin(), algorithms.end(), verifies);
  if (found == algorithms.end()) return std::nullopt;
  return *found;
}

bool TrustedKey::Verifies(const SignedMessage& message,
                          std::string_view signature) const {
  return AlgorithmOf(message, signature).has_value();
}

Result<Keyring> Keyring::Make(std::vector<PublicKey> keys, KeyUse use,
                              const KeyringOptions& options) {
  if (keys.empty() && !options.missing) {
    return Bad("a signer needs at least one key");
  }
  // The one that is missing may be what the padding is for.
  if (options.padding && !options.missing &&
      std::none_of(keys.begin(), keys.end(),
                   [](const auto& key) { return IsRsa(key.kind()); })) {
    return Bad("padding is for RSA keys, and none of the keys is one");
  }
  Keyring ring(options);
  for (auto& key : keys) {
    if (ring.Find(key.fingerprint()) != nullptr) {
      return Bad("the key " + key.fingerprint().str() + " is there twice");
    }
    auto algorithms = AlgorithmsFor(key.kind(), use, options);
    if (!algorithms) return algorithms.error();
    std::string identity = "key:" + key.fingerprint().str();
    ring.keys_.push_back(
        {std::move(key), std::move(identity), *std::move(algorithms)});
  }
  return ring;
}

const TrustedKey* Keyring::FindSigner(const SignedMessage& message,
                                      std::string_view signature) const {
  const auto found = std::find_if(
      keys_.begin(), keys_.end(),
      [&](const auto& key) { return key.Verifies(message, signature); });
  return found == keys_.end() ? nullptr : &*found;
}

const TrustedKey* Keyring::Find(const Digest& fingerprint) const {
  const auto found = std::find_if(
      keys_.begin(), keys_.end(),
      [&](const auto& key) { return key.key.fingerprint() == fingerprint; });
  return found == keys_.end() ? nullptr : &*found;
}

Error Keyring::WhyUnverified(const SignedMessage& message) const {
  if (options_.missing) return *options_.missing;
  for (const TrustedKey& key : keys_) {
    const bool whole = key.key.kind() == KeyKind::kEd25519;
    for (const SignatureAlgorithm& algorithm : key.algorithms) {
      if (whole ? message.bytes().has_value()
                : message.By(algorithm.hash) != nullptr) {
        continue;
      }
      return Fail(Reason::kArtifactNeeded,
                  std::string(KeyKindName(key.key.kind())) + " signs " +
                      (whole ? "all bytes"
                             : "the " + std::string(HashName(algorithm.hash))));
    }
  }
  return Fail(Reason::kSignatureInvalid);
}

std::string Keyring::Summary() const {
  std::string text;
  for (const auto& key : keys_) {
    if (!text.empty()) text += ", ";
    text += KeyKindName(key.key.kind());
    text += " " + key.key.fingerprint().str();
  }
  if (options_.missing) {
    if (!text.empty()) text += ", ";
    text += std::string(Describe(options_.missing->reason).id) + " " +
            Printable(options_.missing->detail);
  }
  if (options_.hash) {
    text += ", hash ";
    text += HashName(*options_.hash);
  }
  if (options_.padding == Padding::kPss) text += ", padding pss";
  text += options_.window.Summary();
  return text;
}

}  // namespace assay
