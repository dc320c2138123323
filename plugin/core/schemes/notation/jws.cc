#include "core/schemes/notation/jws.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "core/schemes/notation/protected_headers.h"

namespace assay {
namespace {

struct AlgorithmName {
  std::string_view name;
  EnvelopeAlgorithm algorithm;
};

// RFC 7518 section 3.1.
constexpr auto kJwsAlgorithms = std::to_array<AlgorithmName>({
    {"PS256", EnvelopeAlgorithm::kPs256},
    {"PS384", EnvelopeAlgorithm::kPs384},
    {"PS512", EnvelopeAlgorithm::kPs512},
    {"ES256", EnvelopeAlgorithm::kEs256},
    {"ES384", EnvelopeAlgorithm::kEs384},
    {"ES512", EnvelopeAlgorithm::kEs512},
});

Error BadJws(std::string detail) {
  return Fail(Reason::kEnvelopeMalformed, std::move(detail));
}

// That there is no member besides these: what is not understood at the top is
// not signed either.
Status CheckMembers(const Json& json, std::string_view where,
                    std::initializer_list<std::string_view> known) {
  const auto* members = json.AsObject();
  if (members == nullptr) return BadJws(std::string(where) + " is no object");
  for (const auto& [name, value] : *members) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return BadJws(std::string(where) + " has a member '" + name + "'");
    }
  }
  return Ok();
}

Result<std::string> ReadString(const Json& json, std::string_view key) {
  const auto* text = json.FindString(key);
  if (text == nullptr || text->empty()) {
    return BadJws(std::string(key) + " is no string, or empty");
  }
  return *text;
}

Result<std::string> ReadUrl64(const Json& json, std::string_view key) {
  const auto text = ReadString(json, key);
  if (!text) return text.error();
  auto bytes = Base64UrlDecode(*text);
  if (!bytes) return Fail(Reason::kBase64Malformed, std::string(key));
  return *std::move(bytes);
}

class JwsHeaders : public HeaderReader {
 public:
  explicit JwsHeaders(const Json& json) : json_(json) {}

  Result<std::string> Text(std::string_view name) const override {
    return ReadString(json_, name);
  }
  Result<Time> When(std::string_view name) const override {
    const auto* text = json_.FindString(name);
    const auto time = text == nullptr ? std::nullopt : ParseRfc3339(*text);
    if (!time) return BadJws(std::string(name) + " is no time");
    return *time;
  }

 private:
  const Json& json_;
};

Status ReadCritical(const Json& json, ProtectedHeaders& headers) {
  const auto* names = json.FindArray("crit");
  if (names == nullptr) {
    return Fail(Reason::kEnvelopeCritical, "it lists no critical header");
  }
  for (const Json& name : *names) {
    const auto* text = name.AsString();
    if (text == nullptr) return BadJws("crit holds what is no string");
    if (!headers.critical.insert(*text).second) {
      return BadJws("crit holds " + *text + " twice");
    }
  }
  return Ok();
}

Result<ProtectedHeaders> ReadProtected(const Json& json) {
  ProtectedHeaders headers;
  for (const auto& [name, value] : *json.AsObject()) {
    headers.present.insert(name);
  }
  auto status = ReadCritical(json, headers);
  if (!status) return status.error();
  auto type = ReadString(json, "cty");
  if (!type) return type.error();
  headers.content_type = *std::move(type);
  status = ReadNamed(JwsHeaders(json), headers);
  if (!status) return status.error();
  return headers;
}

Result<EnvelopeAlgorithm> ReadAlgorithm(const Json& json) {
  const auto name = ReadString(json, "alg");
  if (!name) return name.error();
  const auto* row =
      std::find_if(kJwsAlgorithms.begin(), kJwsAlgorithms.end(),
                   [&](const auto& one) { return one.name == *name; });
  if (row != kJwsAlgorithms.end()) return row->algorithm;
  return Fail(Reason::kEnvelopeAlgorithm, "'" + *name + "'");
}

// The unprotected header: nothing in it is signed.
Status ReadUnprotected(const Json& json, NotationEnvelope& envelope) {
  const auto known =
      CheckMembers(json, "header", {"x5c", kTimestampHeader, kAgentHeader});
  if (!known) return known.error();
  const auto* chain = json.FindArray("x5c");
  if (chain == nullptr || chain->empty())
    return BadJws("it has no certificate");
  if (chain->size() > limits::kCertificatesPerChain) {
    return BadJws("too many certificates");
  }
  for (const Json& certificate : *chain) {
    const auto* text = certificate.AsString();
    auto der = text == nullptr ? std::nullopt : Base64Decode(*text);
    if (!der) return Fail(Reason::kBase64Malformed, "a certificate");
    envelope.chain.push_back(*std::move(der));
  }
  if (json.Find(kTimestampHeader) == nullptr) return Ok();
  const auto* token = json.FindString(kTimestampHeader);
  auto der = token == nullptr ? std::nullopt : Base64Decode(*token);
  if (!der || der->empty()) {
    return Fail(Reason::kBase64Malformed, "the time stamp");
  }
  envelope.timestamp = *std::move(der);
  return Ok();
}

}  // namespace

Result<NotationEnvelope> ParseJws(std::string_view bytes) {
  const auto json = Json::Parse(bytes, limits::kArtifactBlobBytes);
  if (!json) return json.error();
  auto status = CheckMembers(*json, "the envelope",
                             {"payload", "protected", "header", "signature"});
  if (!status) return status.error();
  auto payload = ReadUrl64(*json, "payload");
  const auto head = ReadUrl64(*json, "protected");
  auto signature = ReadUrl64(*json, "signature");
  if (!payload) return payload.error();
  if (!head) return head.error();
  if (!signature) return signature.error();

  const auto protected_json = Json::Parse(*head);
  if (!protected_json) return protected_json.error();
  if (protected_json->AsObject() == nullptr) {
    return BadJws("the protected header is no object");
  }
  const auto algorithm = ReadAlgorithm(*protected_json);
  if (!algorithm) return algorithm.error();
  const auto headers = ReadProtected(*protected_json);
  if (!headers) return headers.error();

  NotationEnvelope envelope;
  envelope.algorithm = *algorithm;
  envelope.payload = *std::move(payload);
  envelope.signature = *std::move(signature);
  // RFC 7515 section 5.2: the texts themselves, as they came.
  envelope.signed_bytes =
      *json->FindString("protected") + "." + *json->FindString("payload");
  status = ApplyHeaders(*headers, envelope);
  if (!status) return status.error();
  const auto* unprotected = json->Find("header");
  if (unprotected == nullptr) return BadJws("it has no certificate");
  status = ReadUnprotected(*unprotected, envelope);
  if (!status) return status.error();
  return envelope;
}

}  // namespace assay
