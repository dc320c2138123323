#include "core/trust/openpgp/openpgp_keyring.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/trust/openpgp/packet_walk.h"
#include "core/trust/openpgp/rnp_session.h"

namespace assay {
namespace {

constexpr std::uint32_t kLeastRsaBits = 2048;
constexpr std::uint32_t kLeastCurveBits = 255;

Error MalformedKeyring(std::string detail) {
  return Fail(Reason::kKeyMalformed, std::move(detail));
}

// The armored blocks of a text (RFC 4880 section 6.2); what is around them is
// for people.
Result<std::vector<std::string>> ArmoredBlocks(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN PGP ";
  constexpr std::string_view kKind = "PUBLIC KEY BLOCK-----";
  constexpr std::string_view kEnd = "-----END PGP PUBLIC KEY BLOCK-----";
  std::vector<std::string> blocks;
  for (;;) {
    const auto begin = text.find(kBegin);
    if (begin == text.npos) return blocks;
    text.remove_prefix(begin);
    if (!text.substr(kBegin.size()).starts_with(kKind)) {
      return MalformedKeyring("it holds something else than public keys");
    }
    const auto end = text.find(kEnd);
    if (end == text.npos) return MalformedKeyring("its end is missing");
    blocks.push_back(std::string(text.substr(0, end + kEnd.size())) + "\n");
    text.remove_prefix(end + kEnd.size());
  }
}

// A file as what librnp imports in one go each.
Result<std::vector<std::string>> KeyringsIn(std::string file) {
  constexpr unsigned kSecretKeyTag = 5;
  if (file.empty()) return MalformedKeyring("the file is empty");
  const auto first = static_cast<unsigned char>(file.front());
  if ((first & 0x80U) == 0) {
    auto blocks = ArmoredBlocks(file);
    if (blocks && blocks->empty())
      return MalformedKeyring("it holds no OpenPGP key");
    return blocks;
  }
  const unsigned tag =
      (first & 0x40U) != 0 ? first & 0x3fU : (first >> 2U) & 0x0fU;
  if (tag == kSecretKeyTag) return MalformedKeyring("it holds a private key");
  std::vector<std::string> whole;
  whole.push_back(std::move(file));
  return whole;
}

std::string AlgorithmNameOf(const RnpKeyFacts& key) {
  std::string name = key.algorithm + std::to_string(key.bits);
  if (!key.curve.empty()) name = key.curve;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

Status CheckStrength(const RnpKeyFacts& key) {
  const bool rsa = key.algorithm == "RSA" && key.bits >= kLeastRsaBits;
  const bool curve = (key.algorithm == "ECDSA" || key.algorithm == "EDDSA" ||
                      key.algorithm == "ED25519") &&
                     key.bits >= kLeastCurveBits;
  if (rsa || curve) return Ok();
  return Fail(Reason::kKeyUnsupported,
              key.fingerprint + " is " + AlgorithmNameOf(key));
}

// Of a key that signed, or of its primary.
Status JudgeKey(const RnpKeyFacts& key, Time now) {
  if (key.revoked) return Fail(Reason::kKeyRevoked, key.fingerprint);
  if (!key.valid) {
    return Fail(Reason::kKeyUsage,
                key.fingerprint + " has no valid self-signature");
  }
  if (key.created > now) {
    return Fail(Reason::kKeyNotYetValid,
                key.fingerprint + " is of " + Rfc3339(key.created));
  }
  if (key.expires && *key.expires <= now) {
    return Fail(Reason::kKeyExpired,
                key.fingerprint + " until " + Rfc3339(*key.expires));
  }
  return CheckStrength(key);
}

void LowerExpiry(std::optional<Time>& until, const std::optional<Time>& other) {
  if (other && (!until || *other < *until)) until = other;
}

bool IsStrongHash(const std::string& hash) {
  return hash == "SHA256" || hash == "SHA384" || hash == "SHA512";
}

// What the signature itself says, once its key is one that may sign.
Status JudgeSignature(const RnpSignatureFacts& facts, Time now) {
  if (facts.created > now) {
    return Fail(Reason::kSignatureInvalid,
                "it is of a time to come: " + Rfc3339(facts.created));
  }
  if (facts.out_of_time || (facts.expires && *facts.expires <= now)) {
    return Fail(Reason::kSignatureExpired,
                facts.expires ? Rfc3339(*facts.expires) : std::string());
  }
  if (!IsStrongHash(facts.hash))
    return Fail(Reason::kSignatureHash, facts.hash);
  if (!facts.verified || facts.type != "binary" ||
      facts.created < facts.key->created) {
    return Fail(Reason::kSignatureInvalid, facts.key->fingerprint);
  }
  return Ok();
}

}  // namespace

class OpenpgpKeyring::Impl {
 public:
  Impl(const RnpLibrary& rnp, std::vector<std::string> keyrings)
      : pool_(rnp, std::move(keyrings)) {}

  Status AddKeys(RnpSession& session, std::vector<std::string> fingerprints);
  Result<OpenpgpSignature> Verify(std::string_view message, Time now);

  RnpPool& pool() { return pool_; }
  const std::vector<OpenpgpKey>& keys() const { return keys_; }

 private:
  Result<OpenpgpSignature> Judge(RnpSession& session,
                                 UntrustedOpenpgpMessage message, Time now);

  RnpPool pool_;
  std::vector<OpenpgpKey> keys_;
};

Status OpenpgpKeyring::Impl::AddKeys(RnpSession& session,
                                     std::vector<std::string> fingerprints) {
  std::sort(fingerprints.begin(), fingerprints.end());
  fingerprints.erase(std::unique(fingerprints.begin(), fingerprints.end()),
                     fingerprints.end());
  for (const std::string& fingerprint : fingerprints) {
    const auto facts = session.KeyBy(fingerprint);
    if (!facts) return facts.error();
    // A subkey without its primary speaks for nobody.
    if (facts->primary.empty())
      return MalformedKeyring(fingerprint + " is an orphan");
    if (facts->primary != facts->fingerprint) continue;
    if (!facts->valid && !facts->revoked) {
      return MalformedKeyring(fingerprint + " has no valid self-signature");
    }
    if (auto strong = CheckStrength(*facts); !strong) return strong;
    auto ids = session.UserIdsOf(fingerprint);
    if (!ids) return ids.error();
    keys_.push_back({facts->fingerprint, AlgorithmNameOf(*facts),
                     *std::move(ids), facts->expires, facts->revoked});
  }
  return keys_.empty() ? Status(MalformedKeyring("there is no primary key"))
                       : Ok();
}

Result<OpenpgpSignature> OpenpgpKeyring::Impl::Judge(
    RnpSession& session, UntrustedOpenpgpMessage message, Time now) {
  const auto facts = session.Verify(message.content, message.signature, now);
  if (!facts) return facts.error();
  if (!facts->key) return Fail(Reason::kSignatureForeignKey, facts->signer);
  const auto primary = session.KeyBy(facts->key->primary);
  if (!primary) return primary.error();
  Status judged = JudgeKey(*facts->key, now);
  if (judged) judged = JudgeKey(*primary, now);
  if (judged && !facts->key->signs) {
    judged = Fail(Reason::kKeyUsage, facts->key->fingerprint);
  }
  if (judged) judged = JudgeSignature(*facts, now);
  if (!judged) return judged.error();
  OpenpgpSignature signature{primary->fingerprint, facts->key->fingerprint,
                             facts->created, facts->expires,
                             std::move(message.content)};
  LowerExpiry(signature.expires, facts->key->expires);
  LowerExpiry(signature.expires, primary->expires);
  return signature;
}

Result<OpenpgpSignature> OpenpgpKeyring::Impl::Verify(std::string_view message,
                                                      Time now) {
  auto walked = WalkOpenpgpMessage(message);
  if (!walked) return walked.error();
  auto session = pool_.Take();
  if (!session) return session.error();
  auto judged = Judge(**session, *std::move(walked), now);
  pool_.Give(*std::move(session));
  return judged;
}

OpenpgpKeyring::OpenpgpKeyring(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
OpenpgpKeyring::OpenpgpKeyring(OpenpgpKeyring&&) noexcept = default;
OpenpgpKeyring& OpenpgpKeyring::operator=(OpenpgpKeyring&&) noexcept = default;
OpenpgpKeyring::~OpenpgpKeyring() = default;

Result<OpenpgpKeyring> OpenpgpKeyring::Parse(std::vector<std::string> files) {
  const auto rnp = LoadRnp();
  if (!rnp) return rnp.error();
  std::vector<std::string> keyrings;
  for (std::string& file : files) {
    auto found = KeyringsIn(std::move(file));
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(keyrings));
  }
  std::vector<std::string> fingerprints;
  auto session = RnpSession::Open(**rnp, keyrings, &fingerprints);
  if (!session) return session.error();
  auto impl = std::make_unique<Impl>(**rnp, std::move(keyrings));
  const auto added = impl->AddKeys(**session, std::move(fingerprints));
  if (!added) return added.error();
  impl->pool().Give(*std::move(session));
  return OpenpgpKeyring(std::move(impl));
}

const std::vector<OpenpgpKey>& OpenpgpKeyring::keys() const {
  return impl_->keys();
}

Result<OpenpgpSignature> OpenpgpKeyring::Verify(std::string_view message,
                                                Time now) const {
  return impl_->Verify(message, now);
}

}  // namespace assay
