#include "core/schemes/sigstore/statement.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kTypeV1 = "https://in-toto.io/Statement/v1";
constexpr std::string_view kTypeV01 = "https://in-toto.io/Statement/v0.1";

Error BadStatement(std::string detail) {
  return Fail(Reason::kStatementMalformed, std::move(detail));
}

// A digest of an algorithm that Assay knows must have that one's form.
bool IsDigest(const std::string& algorithm, const std::string& hex) {
  for (const auto known : {HashAlgorithm::kSha256, HashAlgorithm::kSha384,
                           HashAlgorithm::kSha512}) {
    if (algorithm == HashName(known)) {
      return Digest::Parse(algorithm + ":" + hex).has_value();
    }
  }
  return !hex.empty() && HexDecode(hex).has_value();
}

Result<std::map<std::string, std::string>> ReadDigests(const Json& subject) {
  const auto* members = subject.FindObject("digest");
  if (members == nullptr || members->empty()) {
    return BadStatement("a subject without digest");
  }
  if (members->size() > limits::kSubjectDigests) {
    return BadStatement("a subject with too many digests");
  }
  std::map<std::string, std::string> digests;
  for (const auto& [algorithm, value] : *members) {
    const auto* hex = value.AsString();
    if (hex == nullptr || !IsDigest(algorithm, *hex)) {
      return BadStatement("the " + algorithm +
                          " digest of a subject is no digest");
    }
    digests[algorithm] = *hex;
  }
  return digests;
}

Result<StatementSubject> ReadSubject(const Json& json) {
  if (json.AsObject() == nullptr) return BadStatement("a subject is no object");
  auto digests = ReadDigests(json);
  if (!digests) return digests.error();
  StatementSubject subject{*std::move(digests), {}};
  const auto* annotations = json.Find("annotations");
  if (annotations == nullptr || annotations->IsNull()) return subject;
  const auto* members = annotations->AsObject();
  if (members == nullptr)
    return BadStatement("a subject's annotations are no object");
  for (const auto& [key, value] : *members) {
    if (const auto* text = value.AsString()) subject.annotations[key] = *text;
  }
  return subject;
}

}  // namespace

bool StatementSubject::Names(const Digest& digest) const {
  const auto found = digests.find(std::string(HashName(digest.algorithm())));
  return found != digests.end() && found->second == digest.hex();
}

Result<Statement> Statement::Parse(std::string_view payload) {
  auto parsed = Json::Parse(payload, limits::kArtifactBlobBytes);
  if (!parsed) return parsed.error();
  const auto json = std::make_shared<const Json>(*std::move(parsed));
  const auto* type = json->FindString("_type");
  if (type == nullptr) return BadStatement("_type is no string");
  if (*type != kTypeV1 && *type != kTypeV01) {
    return BadStatement("_type is '" + *type + "'");
  }
  const auto* predicate_type = json->FindString("predicateType");
  if (predicate_type == nullptr)
    return BadStatement("predicateType is no string");
  const auto* subjects = json->FindArray("subject");
  if (subjects == nullptr || subjects->empty())
    return BadStatement("no subject");
  if (subjects->size() > limits::kStatementSubjects) {
    return BadStatement("too many subjects");
  }
  Statement statement{*predicate_type, {}, nullptr};
  if (const Json* predicate = json->Find("predicate")) {
    statement.predicate = {json, predicate};
  }
  for (const auto& entry : *subjects) {
    auto subject = ReadSubject(entry);
    if (!subject) return subject.error();
    statement.subjects.push_back(*std::move(subject));
  }
  return statement;
}

}  // namespace assay
