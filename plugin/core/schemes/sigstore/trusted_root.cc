#include "core/schemes/sigstore/trusted_root.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/limits.h"
#include "core/schemes/sigstore/fields.h"

namespace assay {
namespace {

constexpr auto kMediaTypes = std::to_array<std::string_view>(
    {"application/vnd.dev.sigstore.trustedroot+json;version=0.1",
     "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
     "application/vnd.dev.sigstore.trustedroot.v0.1+json",
     "application/vnd.dev.sigstore.trustedroot.v0.2+json"});
constexpr std::size_t kLogIdBytes = 32;

Error Malformed(const Error& error) {
  return Fail(Reason::kTrustedRootMalformed, error.detail);
}

Result<Time> ReadTime(const Fields& range, std::string_view key) {
  const auto text = range.String(key);
  if (!text) return text.error();
  const auto time = ParseRfc3339(*text);
  if (!time) return range.Bad(key, "is no time in UTC");
  return *time;
}

// The start is required: a log without one would have been trusted for ever.
Result<Validity> ReadValidity(const Fields& parent) {
  const auto range = parent.Message("validFor", {"start", "end"});
  if (!range) return range.error();
  const auto start = ReadTime(*range, "start");
  if (!start) return start.error();
  Validity validity{*start, std::nullopt};
  if (range->Find("end") == nullptr) return validity;
  const auto end = ReadTime(*range, "end");
  if (!end) return end.error();
  if (*end < *start) return range->Bad("end", "is before the start");
  validity.end = *end;
  return validity;
}

// The id under which entries and promises name the log.
Result<std::string> ReadLogId(const Fields& log) {
  const auto id = log.Message("logId", {"keyId"});
  if (!id) return id.error();
  auto bytes = id->Bytes("keyId");
  if (bytes && bytes->size() != kLogIdBytes) {
    return id->Bad("keyId", "is not of 32 bytes");
  }
  return bytes;
}

}  // namespace

class TrustedRootReader {
 public:
  Result<TrustedRoot> Read(const Json& json) {
    const auto root =
        Fields::Open(json, "",
                     {"mediaType", "tlogs", "ctlogs", "certificateAuthorities",
                      "timestampAuthorities"});
    if (!root) return root.error();
    const auto type = root->String("mediaType");
    if (!type) return type.error();
    if (std::find(kMediaTypes.begin(), kMediaTypes.end(), *type) ==
        kMediaTypes.end()) {
      return root->Bad("mediaType", "is unknown");
    }
    const std::array<Status, 4> parts = {
        Each(*root, "tlogs",
             [&](const Fields& log) { return ReadLog(log, root_.logs_); }),
        Each(*root, "ctlogs",
             [&](const Fields& log) {
               return ReadLog(log, root_.certificate_logs_);
             }),
        Each(*root, "certificateAuthorities",
             [&](const Fields& one) { return ReadAuthority(one); }),
        Each(*root, "timestampAuthorities",
             [&](const Fields& one) { return ReadTimestampAuthority(one); })};
    for (const Status& part : parts) {
      if (!part) return part.error();
    }
    return std::move(root_);
  }

 private:
  template <typename Read>
  static Status Each(const Fields& root, std::string_view key, Read read) {
    const bool log = key.ends_with("logs");
    const auto list = root.List(key, limits::kTrustedInstances);
    if (!list) return list.error();
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      const std::string path = root.Path(key) + "[" + std::to_string(i) + "]";
      const auto fields =
          log ? Fields::Open((**list)[i], path,
                             {"baseUrl", "hashAlgorithm", "publicKey", "logId",
                              "checkpointKeyId", "operator"})
              : Fields::Open(
                    (**list)[i], path,
                    {"subject", "uri", "certChain", "validFor", "operator"});
      if (!fields) return fields.error();
      if (const Status status = read(*fields); !status) return status;
    }
    return Ok();
  }

  static Status ReadLog(const Fields& fields,
                        std::vector<TransparencyLog>& logs) {
    const auto url = fields.String("baseUrl");
    if (!url) return url.error();
    const auto hash = fields.String("hashAlgorithm");
    if (!hash) return hash.error();
    if (*hash != "SHA2_256") return fields.Bad("hashAlgorithm", "is unknown");
    auto id = ReadLogId(fields);
    if (!id) return id.error();
    const auto key =
        fields.Message("publicKey", {"rawBytes", "keyDetails", "validFor"});
    if (!key) return key.error();
    const auto validity = ReadValidity(*key);
    if (!validity) return validity.error();
    const auto details = key->String("keyDetails");
    if (!details) return details.error();
    const auto bytes = key->Bytes("rawBytes");
    if (!bytes) return bytes.error();
    const bool known =
        std::any_of(logs.begin(), logs.end(),
                    [&](const auto& log) { return log.id() == *id; });
    if (known) return fields.Bad("logId", "is there twice");
    // A PKCS#1 key is not what a SubjectPublicKeyInfo holds.
    if (details->starts_with("PKCS1_")) return Ok();
    auto parsed = PublicKey::ParseDer(*bytes);
    if (!parsed && parsed.error().reason == Reason::kKeyUnsupported) {
      return Ok();
    }
    if (!parsed) return key->Bad("rawBytes", parsed.error().detail);
    logs.emplace_back(*url, *std::move(id), *std::move(parsed), *validity);
    return Ok();
  }

  static Result<std::vector<Certificate>> ReadChain(const Fields& fields) {
    const auto chain = fields.Message("certChain", {"certificates"});
    if (!chain) return chain.error();
    const auto list =
        chain->List("certificates", limits::kCertificatesPerChain);
    if (!list) return list.error();
    std::vector<Certificate> certificates;
    for (const Json& json : **list) {
      const auto one =
          Fields::Open(json, chain->Path("certificates[]"), {"rawBytes"});
      if (!one) return one.error();
      const auto der = one->Bytes("rawBytes");
      if (!der) return der.error();
      auto certificate = Certificate::ParseDer(*der);
      if (!certificate) {
        return one->Bad("rawBytes", certificate.error().detail);
      }
      certificates.push_back(*std::move(certificate));
    }
    return certificates;
  }

  Status ReadAuthority(const Fields& fields) {
    auto chain = ReadChain(fields);
    if (!chain) return chain.error();
    const auto validity = ReadValidity(fields);
    if (!validity) return validity.error();
    auto authority = CertificateAuthority::Make(*std::move(chain), *validity);
    if (!authority) return fields.Bad("certChain", authority.error().detail);
    root_.authorities_.push_back(*std::move(authority));
    return Ok();
  }

  Status ReadTimestampAuthority(const Fields& fields) {
    auto chain = ReadChain(fields);
    if (!chain) return chain.error();
    const auto validity = ReadValidity(fields);
    if (!validity) return validity.error();
    const auto uri = fields.String("uri");
    if (!uri) return uri.error();
    auto authority =
        TimestampAuthority::Make(*std::move(chain), *validity, *uri);
    if (!authority) return fields.Bad("certChain", authority.error().detail);
    root_.timestamp_authorities_.push_back(*std::move(authority));
    return Ok();
  }

  TrustedRoot root_;
};

namespace {

const TransparencyLog* Find(const std::vector<TransparencyLog>& logs,
                            std::string_view id) {
  const auto found =
      std::find_if(logs.begin(), logs.end(),
                   [&](const auto& log) { return log.id() == id; });
  return found == logs.end() ? nullptr : &*found;
}

}  // namespace

Result<TrustedRoot> TrustedRoot::Parse(std::string_view json) {
  const auto parsed = Json::Parse(json, limits::kKeyFileBytes);
  if (!parsed) return Malformed(parsed.error());
  auto root = TrustedRootReader().Read(*parsed);
  if (!root) return Malformed(root.error());
  return root;
}

TrustedRoot TrustedRoot::Of(std::vector<TransparencyLog> logs,
                            std::vector<CertificateAuthority> authorities) {
  TrustedRoot root;
  root.logs_ = std::move(logs);
  root.authorities_ = std::move(authorities);
  return root;
}

const TransparencyLog* TrustedRoot::FindLog(std::string_view id) const {
  return Find(logs_, id);
}

const TransparencyLog* TrustedRoot::FindCertificateLog(
    std::string_view id) const {
  return Find(certificate_logs_, id);
}

}  // namespace assay
