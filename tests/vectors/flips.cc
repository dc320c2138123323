#include "tests/vectors/flips.h"

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "base/json.h"
#include "core/schemes/notation/cbor.h"
#include "core/schemes/notation/envelope.h"

namespace assay::vectors {
namespace {

constexpr const char* kSignature = "dev.cosignproject.cosign/signature";
constexpr std::size_t kMostFlips = 160;  // of one text

using Visit = std::function<void(UntrustedArtifact)>;
using Change = std::function<void(const std::string&)>;

std::string Flip(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

void EachFlipOf(const std::string& bytes, const Change& change) {
  const std::size_t bits = bytes.size() * 8;
  const std::size_t step = bits / kMostFlips + 1;
  for (std::size_t bit = 0; bit < bits; bit += step) change(Flip(bytes, bit));
}

void SetBlob(UntrustedArtifact& artifact, std::size_t index,
             const std::string& bytes) {
  auto& blob = artifact.blobs.at(index);
  blob.bytes = bytes;
  blob.descriptor.digest = Digest::Of(bytes);
  blob.descriptor.size = static_cast<std::int64_t>(bytes.size());
  if (artifact.manifest) {
    artifact.manifest->layers.at(index) = blob.descriptor;
  }
}

void FlipLegacy(const UntrustedArtifact& artifact, std::size_t index,
                const Visit& visit) {
  // The other layers must not stand in for the flipped one.
  UntrustedArtifact alone = artifact;
  alone.blobs = {artifact.blobs.at(index)};
  alone.manifest->layers = {artifact.manifest->layers.at(index)};
  EachFlipOf(alone.blobs.front().bytes, [&](const std::string& bytes) {
    auto changed = alone;
    SetBlob(changed, 0, bytes);
    visit(std::move(changed));
  });
  const auto& annotations = alone.manifest->layers.front().annotations;
  const auto found = annotations.find(kSignature);
  if (found == annotations.end()) return;
  const auto signature = Base64Decode(found->second);
  if (!signature) return;
  EachFlipOf(*signature, [&](const std::string& bytes) {
    auto changed = alone;
    changed.manifest->layers.front().annotations[kSignature] =
        Base64Encode(bytes);
    visit(std::move(changed));
  });
}

// The base64 text `field` of a bundle, flipped in its decoded form.
void FlipField(const UntrustedArtifact& artifact, const std::string* field,
               const Visit& visit) {
  const auto decoded = field == nullptr ? std::nullopt : Base64Decode(*field);
  if (!decoded) return;
  const auto& text = artifact.blobs.front().bytes;
  const auto at = text.find("\"" + *field + "\"");
  if (at == std::string::npos) std::abort();
  EachFlipOf(*decoded, [&](const std::string& bytes) {
    auto changed = artifact;
    auto other = text;
    other.replace(at + 1, field->size(), Base64Encode(bytes));
    SetBlob(changed, 0, other);
    visit(std::move(changed));
  });
}

void FlipBundle(const UntrustedArtifact& artifact, const Visit& visit) {
  const auto bundle = Json::Parse(artifact.blobs.front().bytes);
  const auto* envelope = bundle ? bundle->Find("dsseEnvelope") : nullptr;
  if (envelope == nullptr) return;
  const auto* material = bundle->Find("verificationMaterial");
  const auto* certificate =
      material == nullptr ? nullptr : material->Find("certificate");
  if (certificate != nullptr) {
    FlipField(artifact, certificate->FindString("rawBytes"), visit);
  }
  FlipField(artifact, envelope->FindString("payload"), visit);
  const auto* signatures = envelope->FindArray("signatures");
  if (signatures == nullptr || signatures->empty()) return;
  FlipField(artifact, signatures->front().FindString("sig"), visit);
}

std::string Base64UrlEncode(const std::string& bytes) {
  std::string text = Base64Encode(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

void FlipJws(const UntrustedArtifact& artifact, const Visit& visit) {
  const auto& text = artifact.blobs.front().bytes;
  const auto envelope = Json::Parse(text);
  if (!envelope) return;
  for (const char* name : {"protected", "payload", "signature"}) {
    const auto* field = envelope->FindString(name);
    const auto decoded =
        field == nullptr ? std::nullopt : Base64UrlDecode(*field);
    if (!decoded) continue;
    EachFlipOf(*decoded, [&](const std::string& bytes) {
      Json::Object members = *envelope->AsObject();
      members[name] = Json(Base64UrlEncode(bytes));
      auto changed = artifact;
      SetBlob(changed, 0, Json(std::move(members)).Dump());
      visit(std::move(changed));
    });
  }
}

void FlipCose(const UntrustedArtifact& artifact, const Visit& visit) {
  const auto envelope = Cbor::Parse(artifact.blobs.front().bytes);
  if (!envelope || envelope->AsTag() == nullptr) return;
  const Cbor::Tag& tag = *envelope->AsTag();
  for (const std::size_t part : {0U, 2U, 3U}) {
    EachFlipOf(*tag.value->AsArray()->at(part).AsBytes(),
               [&](const std::string& bytes) {
                 Cbor::Array parts = *tag.value->AsArray();
                 parts[part] = Cbor(Cbor::Bytes{bytes});
                 const Cbor whole(Cbor::Tag{
                     tag.number, std::make_shared<const Cbor>(parts)});
                 auto changed = artifact;
                 SetBlob(changed, 0, whole.Encode());
                 visit(std::move(changed));
               });
  }
}

void FlipPlain(const UntrustedArtifact& artifact, const Visit& visit) {
  std::string text = artifact.blobs.front().bytes;
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  const auto decoded = Base64Decode(text);
  EachFlipOf(decoded.value_or(artifact.blobs.front().bytes),
             [&](const std::string& bytes) {
               auto changed = artifact;
               SetBlob(changed, 0, bytes);
               visit(std::move(changed));
             });
}

}  // namespace

UntrustedBlob BlobOf(const std::string& media_type, const std::string& bytes) {
  return {{media_type,
           Digest::Of(bytes),
           static_cast<std::int64_t>(bytes.size()),
           "",
           {},
           std::nullopt},
          bytes};
}

void ForEachFlip(const UntrustedArtifact& artifact, const Visit& visit) {
  for (std::size_t i = 0; i < artifact.blobs.size(); ++i) {
    const auto& type = artifact.blobs[i].descriptor.media_type;
    if (type == "application/vnd.dev.cosign.simplesigning.v1+json" ||
        type == "application/vnd.dsse.envelope.v1+json") {
      FlipLegacy(artifact, i, visit);
    } else if (type == "application/octet-stream") {
      FlipPlain(artifact, visit);
    } else if (type == kJwsMediaType) {
      FlipJws(artifact, visit);
    } else if (type == kCoseMediaType) {
      FlipCose(artifact, visit);
    } else {
      FlipBundle(artifact, visit);
    }
  }
}

std::string FlipKey(const std::string& pem, int bit) {
  const auto begin = pem.find('\n') + 1;
  const auto end = pem.find("-----END");
  std::string text = pem.substr(begin, end - begin);
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  const auto der = Base64Decode(text);
  if (!der) std::abort();
  const auto at = static_cast<std::size_t>(bit) % (der->size() * 8);
  return pem.substr(0, begin) + Base64Encode(Flip(*der, at)) + "\n" +
         pem.substr(end);
}

Digest FlipDigest(const Digest& digest) {
  const auto hex = HexEncode(Flip(digest.bytes(), 7));
  return Digest::Parse(std::string(HashName(digest.algorithm())) + ":" + hex)
      .value();
}

}  // namespace assay::vectors
