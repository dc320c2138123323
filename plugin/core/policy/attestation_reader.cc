#include "core/policy/attestation_reader.h"

#include <map>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/policy/requirement_reader.h"

namespace assay {
namespace {

// What cosign attest calls them (cosign options/predicate.go).
const std::map<std::string, std::string, std::less<>> kShortNames = {
    {"slsaprovenance", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance02", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance1", "https://slsa.dev/provenance/v1"},
    {"spdx", "https://spdx.dev/Document"},
    {"spdxjson", "https://spdx.dev/Document"},
    {"cyclonedx", "https://cyclonedx.org/bom"},
    {"link", "https://in-toto.io/Link/v1"},
    {"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"},
    {"openvex", "https://openvex.dev/ns"},
    {"custom", "https://cosign.sigstore.dev/attestation/v1"},
};

std::optional<std::string> ReadPredicateType(TomlReader& reader) {
  const char* const key = "predicate_type";
  if (reader.Value("predicate_type") == nullptr) reader.Missing(key);
  const auto type = reader.String("predicate_type");
  if (!type) return std::nullopt;
  const auto known = kShortNames.find(*type);
  if (known != kShortNames.end()) {
    reader.Complain(key, "'" + *type + "' is a short name of cosign's",
                    "write '" + known->second + "'");
  } else if (*type == kSignPredicateType) {
    reader.Complain(key, "a statement of this type is a signature",
                    "name its signer in 'require'");
  } else if (type->find(':') == std::string::npos) {
    reader.Complain(key,
                    "'" + Printable(*type, 80) +
                        "' is no predicate type, which is an absolute URI");
  } else {
    return type;
  }
  return std::nullopt;
}

std::optional<Requirement> ReadSignedBy(TomlReader& reader,
                                        const SignerMap& signers,
                                        Diagnostics& diagnostics) {
  const Toml* value = reader.Value("signed_by");
  if (value == nullptr) {
    reader.Missing("signed_by");
    return std::nullopt;
  }
  auto signed_by = RequirementReader(signers, diagnostics).Read(*value);
  if (!signed_by) return std::nullopt;
  for (const auto& signer : signed_by->Signers()) {
    if (signer->StatementPlaces()) continue;
    reader.Complain("signed_by", "signer '" + signer->name() + "' of type " +
                                     signer->scheme() + " signs no statements");
    return std::nullopt;
  }
  return signed_by;
}

std::vector<Constraint> ReadWhere(TomlReader& reader,
                                  Diagnostics& diagnostics) {
  std::vector<Constraint> where;
  const auto tables = reader.Tables("where");
  if (tables.size() > limits::kConstraints) {
    reader.Complain("where", "has more than " +
                                 std::to_string(limits::kConstraints) +
                                 " constraints");
    return where;
  }
  for (const Toml* table : tables) {
    auto constraint = Constraint::Read(*table, diagnostics);
    if (constraint) where.push_back(*std::move(constraint));
  }
  return where;
}

}  // namespace

std::shared_ptr<const Attestation> ReadAttestation(const std::string& name,
                                                   const Toml& table,
                                                   const SignerMap& signers,
                                                   Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  auto type = ReadPredicateType(reader);
  auto signed_by = ReadSignedBy(reader, signers, diagnostics);
  auto where = ReadWhere(reader, diagnostics);
  const bool alone = reader.Bool("stands_alone").value_or(false);
  reader.Finish();
  if (!type || !signed_by || diagnostics.size() != before) return nullptr;
  return std::make_shared<const Attestation>(
      name, AttestationPolicy{*std::move(type), *std::move(signed_by),
                              std::move(where), alone});
}

}  // namespace assay
