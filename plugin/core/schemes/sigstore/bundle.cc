#include "core/schemes/sigstore/bundle.h"

#include <array>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"

namespace assay {
namespace {

struct Version {
  std::string_view media_type;
  InclusionRule inclusion;
  bool takes_chain;  // a certificate chain may stand for the certificate
};

constexpr auto kVersions = std::to_array<Version>(
    {{"application/vnd.dev.sigstore.bundle+json;version=0.1",
      InclusionRule::kPromise, true},
     {"application/vnd.dev.sigstore.bundle+json;version=0.2",
      InclusionRule::kProof, true},
     {"application/vnd.dev.sigstore.bundle+json;version=0.3",
      InclusionRule::kProof, false},
     {"application/vnd.dev.sigstore.bundle.v0.3+json", InclusionRule::kProof,
      false}});

Result<Version> ReadVersion(const Json& json) {
  const auto* type = json.FindString("mediaType");
  if (type == nullptr) return Fail(Reason::kBundleVersion, "no mediaType");
  for (const auto& version : kVersions) {
    if (*type == version.media_type) return version;
  }
  return Fail(Reason::kBundleVersion, "mediaType '" + *type + "'");
}

Result<std::string> ReadCertificate(const Json& json, const std::string& path) {
  const auto certificate = Fields::Open(json, path, {"rawBytes"});
  if (!certificate) return certificate.error();
  return certificate->Bytes("rawBytes");
}

Status ReadChain(const Fields& fields, Material& material) {
  const auto chain =
      Fields::Open(*fields.Find("x509CertificateChain"),
                   fields.Path("x509CertificateChain"), {"certificates"});
  if (!chain) return chain.error();
  const auto list = chain->List("certificates", limits::kCertificatesPerChain);
  if (!list) return list.error();
  if ((*list)->empty()) return chain->Bad("certificates", "is empty");
  for (const auto& json : **list) {
    auto certificate = ReadCertificate(json, chain->Path("certificates[]"));
    if (!certificate) return certificate.error();
    if (material.certificate.empty()) {
      material.certificate = *std::move(certificate);
    } else {
      material.chain.push_back(*std::move(certificate));
    }
  }
  return Ok();
}

Result<std::string> ReadHint(const Fields& fields) {
  const auto key = Fields::Open(*fields.Find("publicKey"),
                                fields.Path("publicKey"), {"hint"});
  if (!key) return key.error();
  const auto* hint = key->Find("hint");
  if (hint == nullptr) return std::string();
  if (hint->AsString() == nullptr) return key->Bad("hint", "is no text");
  return *hint->AsString();
}

// Who signed: exactly one of a key's hint, a certificate and a chain.
Status ReadSigner(const Fields& fields, const Version& version,
                  Material& material) {
  const bool key = fields.Find("publicKey") != nullptr;
  const bool chain = fields.Find("x509CertificateChain") != nullptr;
  const auto* certificate = fields.Find("certificate");
  const int kinds =
      (key ? 1 : 0) + (chain ? 1 : 0) + (certificate != nullptr ? 1 : 0);
  if (kinds != 1) {
    return Fail(Reason::kBundleMaterial,
                "it names not exactly one key or certificate");
  }
  if (chain && !version.takes_chain) {
    return Fail(Reason::kBundleMaterial,
                "a bundle of this version takes one certificate, no chain");
  }
  if (chain) return ReadChain(fields, material);
  auto text = key ? ReadHint(fields)
                  : ReadCertificate(*certificate, fields.Path("certificate"));
  if (!text) return text.error();
  (key ? material.key_hint : material.certificate) = *std::move(text);
  return Ok();
}

Status ReadEnvelope(const Json& json, Bundle& read) {
  auto signed_envelope = SignedEnvelope::Read(json, "dsseEnvelope");
  if (!signed_envelope) return signed_envelope.error();
  read.signature = std::move(signed_envelope->signature);
  read.envelope = std::move(signed_envelope->envelope);
  return Ok();
}

// protobuf-specs sigstore_common.proto, HashOutput and HashAlgorithm.
Result<Digest> ReadMessageDigest(const Fields& message) {
  constexpr auto kNames =
      std::to_array<std::pair<std::string_view, HashAlgorithm>>(
          {{"SHA2_256", HashAlgorithm::kSha256},
           {"SHA2_384", HashAlgorithm::kSha384},
           {"SHA2_512", HashAlgorithm::kSha512}});
  const auto value = message.Value("messageDigest");
  if (!value) return value.error();
  const auto output = Fields::Open(**value, message.Path("messageDigest"),
                                   {"algorithm", "digest"});
  if (!output) return output.error();
  const auto algorithm = output->String("algorithm");
  if (!algorithm) return algorithm.error();
  const auto bytes = output->Bytes("digest");
  if (!bytes) return bytes.error();
  for (const auto& [name, hash] : kNames) {
    if (*algorithm != name) continue;
    auto digest =
        Digest::Parse(std::string(HashName(hash)) + ":" + HexEncode(*bytes));
    if (!digest) return output->Bad("digest", "is of another length");
    return digest;
  }
  return output->Bad("algorithm", "is unknown");
}

Status ReadMessage(const Json& json, Bundle& read) {
  const auto message =
      Fields::Open(json, "messageSignature", {"messageDigest", "signature"});
  if (!message) return message.error();
  auto digest = ReadMessageDigest(*message);
  if (!digest) return digest.error();
  auto signature = message->Bytes("signature");
  if (!signature) return signature.error();
  read.signature = *std::move(signature);
  read.message = *std::move(digest);
  return Ok();
}

Status ReadContent(const Fields& bundle, Bundle& read) {
  const auto* envelope = bundle.Find("dsseEnvelope");
  const auto* message = bundle.Find("messageSignature");
  if ((envelope == nullptr) == (message == nullptr)) {
    return Fail(Reason::kBundleContent,
                "it holds not exactly one envelope or message signature");
  }
  return envelope != nullptr ? ReadEnvelope(*envelope, read)
                             : ReadMessage(*message, read);
}

Result<std::vector<std::string>> ReadTimestamps(const Json* data) {
  std::vector<std::string> timestamps;
  if (data == nullptr) return timestamps;
  const auto fields =
      Fields::Open(*data, "timestampVerificationData", {"rfc3161Timestamps"});
  if (!fields) return fields.error();
  const auto list = fields->List("rfc3161Timestamps", limits::kTimestamps);
  if (!list) return list.error();
  for (const auto& json : **list) {
    const auto timestamp = Fields::Open(
        json, fields->Path("rfc3161Timestamps[]"), {"signedTimestamp"});
    if (!timestamp) return timestamp.error();
    auto bytes = timestamp->Bytes("signedTimestamp");
    if (!bytes) return bytes.error();
    timestamps.push_back(*std::move(bytes));
  }
  return timestamps;
}

}  // namespace

Result<Bundle> Bundle::Parse(std::string_view bytes) {
  const auto json = Json::Parse(bytes, limits::kArtifactBlobBytes);
  if (!json) return json.error();
  const auto version = ReadVersion(*json);
  if (!version) return version.error();
  const auto bundle = Fields::Open(*json, "",
                                   {"mediaType", "verificationMaterial",
                                    "messageSignature", "dsseEnvelope"});
  if (!bundle) return bundle.error();
  const auto value = bundle->Value("verificationMaterial");
  if (!value) return value.error();
  const auto material =
      Fields::Open(**value, "verificationMaterial",
                   {"certificate", "x509CertificateChain", "publicKey",
                    "tlogEntries", "timestampVerificationData"});
  if (!material) return material.error();

  Bundle read;
  const auto signer = ReadSigner(*material, *version, read.material);
  if (!signer) return signer.error();
  const auto content = ReadContent(*bundle, read);
  if (!content) return content.error();
  auto entries =
      ReadLogEntries(material->Find("tlogEntries"), version->inclusion);
  if (!entries) return entries.error();
  auto timestamps = ReadTimestamps(material->Find("timestampVerificationData"));
  if (!timestamps) return timestamps.error();
  read.material.log_entries = *std::move(entries);
  read.material.timestamps = *std::move(timestamps);
  return read;
}

}  // namespace assay
