#include "core/schemes/dct/root_pins.h"

#include <algorithm>

#include "base/bytes.h"
#include "core/trust/certificate_details.h"
#include "core/trust/pem.h"

namespace assay::dct {
namespace {

constexpr std::string_view kCommonName = "2.5.4.3";

// The one common name; "" where there is none, or several.
std::string CommonNameOf(const Certificate& certificate) {
  std::string name;
  for (const NameAttribute& attribute : SubjectOf(certificate)) {
    if (attribute.oid != kCommonName) continue;
    if (!name.empty()) return {};
    name = attribute.value;
  }
  return name;
}

bool NamesRepository(std::string_view name, std::string_view repository) {
  if (name == repository) return true;
  return name.size() > 1 && name.ends_with('*') &&
         repository.starts_with(name.substr(0, name.size() - 1));
}

// A leaf first, and above it nothing but authorities.
bool MaySignFor(const Key& key, std::string_view repository) {
  const auto& all = key.certificates;
  return !all.empty() && !all.front().is_authority() &&
         std::all_of(all.begin() + 1, all.end(),
                     [](const auto& one) { return one.is_authority(); }) &&
         NamesRepository(CommonNameOf(all.front()), repository);
}

Validity Both(const Validity& a, const Validity& b) {
  Validity both{std::max(a.start, b.start), a.end};
  if (b.end && (!both.end || *b.end < *both.end)) both.end = b.end;
  return both;
}

Validity ValidityOf(const CertificatePath& path) {
  Validity all;
  for (const Certificate& one : path.certificates) {
    all = Both(all, one.validity());
  }
  return all;
}

// One key may stand in an old and in a new certificate.
void Add(RootSigners& signers, const Digest& fingerprint,
         const Validity& validity) {
  const auto [place, fresh] = signers.emplace(fingerprint, validity);
  auto& known = place->second;
  if (fresh || !known.end) return;
  if (!validity.end || *validity.end > *known.end) known = validity;
}

template <typename Visit>
void ForEachSigner(const Root& root, std::string_view repository,
                   const Envelope& envelope, const Visit& visit) {
  const auto signers = SignersOf(root.keys, root.root, envelope.signed_bytes,
                                 envelope.signatures);
  for (const std::string& id : root.root.key_ids) {
    const auto found = root.keys.find(id);
    if (found == root.keys.end()) continue;
    const Key& key = found->second;
    if (!signers.contains(key.key.fingerprint())) continue;
    if (MaySignFor(key, repository)) visit(id, key);
  }
}

// The keys of a file: of PUBLIC KEY and CERTIFICATE blocks.
Result<std::vector<PublicKey>> KeysIn(std::string_view text) {
  const auto blocks = ReadPem(text, PemHeaders::kPassedOver);
  if (!blocks) return blocks.error();
  std::vector<PublicKey> keys;
  for (const PemBlock& block : *blocks) {
    if (block.label == "CERTIFICATE") {
      const auto certificate = Certificate::ParseDer(block.bytes);
      if (!certificate) return certificate.error();
      auto key = certificate->Key();
      if (!key) return key.error();
      keys.push_back(*std::move(key));
    } else if (block.label == "PUBLIC KEY") {
      auto key = PublicKey::ParseDer(block.bytes);
      if (!key) return key.error();
      keys.push_back(*std::move(key));
    } else {
      return Fail(Reason::kKeyUnsupported,
                  "a block of the kind " + block.label + ", not a public key");
    }
  }
  return keys;
}

// The id that notary's own lists show: of the key without its certificate.
std::string BareKeyId(const PublicKey& key) {
  const bool rsa = KeyKindName(key.kind()).starts_with("rsa");
  const auto id = KeyId(rsa ? "rsa" : "ecdsa", Base64Encode(key.spki()));
  return id ? *id : std::string();
}

bool IsKeyId(std::string_view text) {
  return Digest::Parse("sha256:" + std::string(text)).has_value();
}

}  // namespace

RootSigners RootSignersOf(const Root& root, std::string_view repository,
                          const Envelope& envelope) {
  RootSigners signers;
  ForEachSigner(root, repository, envelope,
                [&](const std::string&, const Key& key) {
                  Add(signers, key.key.fingerprint(),
                      key.certificates.front().validity());
                });
  return signers;
}

std::optional<Validity> RootPins::PinOf(const std::string& id,
                                        const Key& key) const {
  const Certificate& leaf = key.certificates.front();
  if (keys_.contains(key.key.fingerprint()) || key_ids_.contains(id) ||
      key_ids_.contains(BareKeyId(key.key))) {
    return Validity();
  }
  const std::vector<Certificate> above(key.certificates.begin() + 1,
                                       key.certificates.end());
  for (const CertificateAuthority& authority : authorities_) {
    const auto path = authority.Verify(leaf, kCodeSigning, above);
    if (path) return ValidityOf(*path);
  }
  return std::nullopt;
}

RootSigners RootPins::PinnedAmong(const Root& root, std::string_view repository,
                                  const Envelope& envelope) const {
  RootSigners pinned;
  ForEachSigner(root, repository, envelope,
                [&](const std::string& id, const Key& key) {
                  const auto pin = PinOf(id, key);
                  if (pin) Add(pinned, key.key.fingerprint(), *pin);
                });
  return pinned;
}

bool RootPins::AddKeys(TomlReader& table, TrustFiles& files) {
  bool good = true;
  const auto names = table.Strings("root_keys");
  for (const auto& name : names.value_or(std::vector<std::string>())) {
    const auto read = files.ReadAnywhere(name);
    if (!read) {
      table.Complain("root_keys", read.error().reason,
                     name + ": " + read.error().detail);
      good = false;
      continue;
    }
    for (const TrustFile& file : *read) {
      const auto keys = KeysIn(file.bytes);
      if (!keys) {
        table.Complain("root_keys", keys.error().reason,
                       file.path + ": " + keys.error().detail);
        good = false;
        continue;
      }
      for (const PublicKey& key : *keys) keys_.insert(key.fingerprint());
    }
  }
  return good;
}

bool RootPins::AddKeyIds(TomlReader& table) {
  const auto ids = table.Strings("root_key_ids");
  for (const auto& id : ids.value_or(std::vector<std::string>())) {
    if (!IsKeyId(id)) {
      table.Complain("root_key_ids", "'" + id + "' is no key id",
                     "it is the 64 hex digits that the root's keys have as "
                     "their names in root.json");
      return false;
    }
    key_ids_.insert(id);
  }
  return true;
}

bool RootPins::AddAuthorities(TomlReader& table, TrustFiles& files) {
  const auto name = table.String("root_ca");
  if (!name) return true;
  const auto fail = [&](const Error& error) {
    table.Complain("root_ca", error.reason, *name + ": " + error.detail);
    return false;
  };
  const auto read = files.ReadAnywhere(*name);
  if (!read) return fail(read.error());
  for (const TrustFile& file : *read) {
    const auto certificates = Certificate::ParsePem(file.bytes);
    if (!certificates) return fail(certificates.error());
    for (const Certificate& one : *certificates) {
      auto authority = CertificateAuthority::Make({one}, Validity());
      if (!authority) return fail(authority.error());
      authorities_.push_back(*std::move(authority));
      text_ += " ca:" + Digest::Of(one.der()).hex();
    }
  }
  return true;
}

std::optional<RootPins> RootPins::Read(TomlReader& table, TrustFiles& files) {
  RootPins pins;
  const bool keys = pins.AddKeys(table, files);
  const bool ids = pins.AddKeyIds(table);
  const bool authorities = pins.AddAuthorities(table, files);
  if (!keys || !ids || !authorities) return std::nullopt;
  if (pins.keys_.empty() && pins.key_ids_.empty() &&
      pins.authorities_.empty()) {
    table.Complain("",
                   "a root must be pinned: root_keys, root_key_ids or root_ca; "
                   "none is trusted because it came first");
    return std::nullopt;
  }
  for (const Digest& key : pins.keys_) pins.text_ += " key:" + key.hex();
  for (const std::string& id : pins.key_ids_) pins.text_ += " id:" + id;
  return pins;
}

std::string RootPins::Summary() const {
  std::string text;
  const auto add = [&](const std::string& one) {
    text += (text.empty() ? "" : ", ") + one;
  };
  for (const Digest& key : keys_) add("root key " + key.str());
  for (const std::string& id : key_ids_) add("root key id " + id);
  if (!authorities_.empty()) {
    add(std::to_string(authorities_.size()) + " root authorities");
  }
  return text;
}

}  // namespace assay::dct
