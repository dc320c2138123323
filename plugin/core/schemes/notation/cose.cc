#include "core/schemes/notation/cose.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "core/schemes/notation/cbor.h"
#include "core/schemes/notation/protected_headers.h"

namespace assay {
namespace {

// RFC 9052 sections 2 and 3.1, RFC 9360 section 2.
constexpr std::uint64_t kSign1Tag = 18;
constexpr std::uint64_t kEpochTag = 1;  // RFC 8949 section 3.4.2
constexpr std::int64_t kAlgorithmLabel = 1;
constexpr std::int64_t kCriticalLabel = 2;
constexpr std::int64_t kContentTypeLabel = 3;
constexpr std::int64_t kChainLabel = 33;

struct AlgorithmNumber {
  std::int64_t number;
  EnvelopeAlgorithm algorithm;
};

// RFC 9053 section 2.1, RFC 8230 section 2.
constexpr auto kAlgorithms = std::to_array<AlgorithmNumber>({
    {-37, EnvelopeAlgorithm::kPs256},
    {-38, EnvelopeAlgorithm::kPs384},
    {-39, EnvelopeAlgorithm::kPs512},
    {-7, EnvelopeAlgorithm::kEs256},
    {-35, EnvelopeAlgorithm::kEs384},
    {-36, EnvelopeAlgorithm::kEs512},
});

Error Bad(std::string detail) {
  return Fail(Reason::kEnvelopeMalformed, std::move(detail));
}

CborLabel Label(std::string_view text) { return std::string(text); }

// The four members of a COSE_Sign1.
struct Sign1 {
  const std::string& head;
  const Cbor& unprotected;
  const std::string& payload;
  const std::string& signature;
};

Result<Sign1> OpenSign1(const Cbor& cbor) {
  const auto* tag = cbor.AsTag();
  if (tag == nullptr || tag->number != kSign1Tag) {
    return Bad("it is no tagged COSE_Sign1");
  }
  const auto* parts = tag->value->AsArray();
  if (parts == nullptr || parts->size() != 4) {
    return Bad("a COSE_Sign1 has four parts");
  }
  const auto* head = (*parts)[0].AsBytes();
  const auto* payload = (*parts)[2].AsBytes();
  const auto* signature = (*parts)[3].AsBytes();
  if (head == nullptr || payload == nullptr || signature == nullptr ||
      (*parts)[1].AsMap() == nullptr) {
    return Bad("a part of the COSE_Sign1 is of another kind");
  }
  return Sign1{*head, (*parts)[1], *payload, *signature};
}

// RFC 9052 section 4.4: what was signed, made anew.
std::string SignedBytes(const Sign1& parts) {
  return Cbor(Cbor::Array{Cbor(std::string("Signature1")),
                          Cbor(Cbor::Bytes{parts.head}), Cbor(Cbor::Bytes{}),
                          Cbor(Cbor::Bytes{parts.payload})})
      .Encode();
}

Result<EnvelopeAlgorithm> ReadAlgorithm(const Cbor& head) {
  const auto* value = head.Find(kAlgorithmLabel);
  const auto* number = value == nullptr ? nullptr : value->AsInt();
  if (number == nullptr) {
    return Fail(Reason::kEnvelopeAlgorithm, "it names none");
  }
  const auto* row =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                   [&](const auto& one) { return one.number == *number; });
  if (row != kAlgorithms.end()) return row->algorithm;
  return Fail(Reason::kEnvelopeAlgorithm, std::to_string(*number));
}

Result<std::string> ReadText(const Cbor& head, const CborLabel& label,
                             std::string_view what) {
  const auto* value = head.Find(label);
  const auto* text = value == nullptr ? nullptr : value->AsText();
  if (text == nullptr) return Bad(std::string(what) + " is no text");
  return *text;
}

class CoseHeaders : public HeaderReader {
 public:
  explicit CoseHeaders(const Cbor& head) : head_(head) {}

  Result<std::string> Text(std::string_view name) const override {
    return ReadText(head_, Label(name), name);
  }
  // Whole seconds since the epoch.
  Result<Time> When(std::string_view name) const override {
    const auto* value = head_.Find(Label(name));
    const auto* tag = value == nullptr ? nullptr : value->AsTag();
    const auto* seconds = tag == nullptr ? nullptr : tag->value->AsInt();
    if (seconds == nullptr || tag->number != kEpochTag || *seconds < 0 ||
        *seconds > limits::kLatestTime) {
      return Bad(std::string(name) + " is no time");
    }
    return Time(std::chrono::seconds(*seconds));
  }

 private:
  const Cbor& head_;
};

// Numbers below 9 are COSE's own and understood by everybody (RFC 9052 section
// 3.1), so the specification forbids them here.
Status ReadCritical(const Cbor& head, ProtectedHeaders& headers) {
  const auto* value = head.Find(kCriticalLabel);
  const auto* names = value == nullptr ? nullptr : value->AsArray();
  if (names == nullptr) {
    return Fail(Reason::kEnvelopeCritical, "it lists no critical header");
  }
  for (const Cbor& name : *names) {
    const auto* text = name.AsText();
    if (text == nullptr) {
      return Fail(Reason::kEnvelopeCritical, "a critical header is no text");
    }
    if (!headers.critical.insert(*text).second) {
      return Bad("the critical header " + *text + " is listed twice");
    }
  }
  return Ok();
}

Result<ProtectedHeaders> ReadProtected(const Cbor& head) {
  ProtectedHeaders headers;
  for (const auto& [label, value] : *head.AsMap()) {
    if (const auto* text = std::get_if<std::string>(&label)) {
      headers.present.insert(*text);
    }
  }
  auto status = ReadCritical(head, headers);
  if (!status) return status.error();
  auto type = ReadText(head, kContentTypeLabel, "the content type");
  if (!type) return type.error();
  headers.content_type = *std::move(type);
  status = ReadNamed(CoseHeaders(head), headers);
  if (!status) return status.error();
  return headers;
}

// The unprotected header: nothing in it is signed. One certificate alone is a
// list, too; notation refuses RFC 9360's short form and so does this.
Status ReadUnprotected(const Cbor& unprotected, NotationEnvelope& envelope) {
  if (unprotected.Find(kAlgorithmLabel) != nullptr ||
      unprotected.Find(kCriticalLabel) != nullptr) {
    return Bad("a header that must be protected is not");
  }
  const auto* value = unprotected.Find(kChainLabel);
  const auto* chain = value == nullptr ? nullptr : value->AsArray();
  if (chain == nullptr || chain->empty()) return Bad("it has no certificate");
  if (chain->size() > limits::kCertificatesPerChain) {
    return Bad("too many certificates");
  }
  for (const Cbor& certificate : *chain) {
    const auto* der = certificate.AsBytes();
    if (der == nullptr) return Bad("a certificate is no byte string");
    envelope.chain.push_back(*der);
  }
  const auto* token = unprotected.Find(Label(kTimestampHeader));
  if (token == nullptr) return Ok();
  if (token->AsBytes() == nullptr || token->AsBytes()->empty()) {
    return Bad("the time stamp is no byte string");
  }
  envelope.timestamp = *token->AsBytes();
  return Ok();
}

}  // namespace

Result<NotationEnvelope> ParseCose(std::string_view bytes) {
  if (bytes.size() > limits::kArtifactBlobBytes) {
    return Fail(Reason::kTooLarge, "the envelope");
  }
  const auto cbor = Cbor::Parse(bytes);
  if (!cbor) return cbor.error();
  const auto parts = OpenSign1(*cbor);
  if (!parts) return parts.error();
  const auto head = Cbor::Parse(parts->head);
  if (!head) return head.error();
  if (head->AsMap() == nullptr) return Bad("the protected header is no map");
  if (head->Find(kChainLabel) != nullptr) {
    return Bad("the certificates stand in the protected header");
  }
  const auto algorithm = ReadAlgorithm(*head);
  if (!algorithm) return algorithm.error();
  const auto headers = ReadProtected(*head);
  if (!headers) return headers.error();

  NotationEnvelope envelope;
  envelope.algorithm = *algorithm;
  envelope.payload = parts->payload;
  envelope.signature = parts->signature;
  envelope.signed_bytes = SignedBytes(*parts);
  auto status = ApplyHeaders(*headers, envelope);
  if (!status) return status.error();
  status = ReadUnprotected(parts->unprotected, envelope);
  if (!status) return status.error();
  return envelope;
}

}  // namespace assay
