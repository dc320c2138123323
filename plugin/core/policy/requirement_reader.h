// RequirementReader: the `require` of a rule into a Requirement. A text names
// one signer; a table is any_of, all_of, or at_least with of, nestable; or it
// names an attestation.
#ifndef ASSAY_CORE_POLICY_REQUIREMENT_READER_H_
#define ASSAY_CORE_POLICY_REQUIREMENT_READER_H_

#include <optional>
#include <set>
#include <string>

#include "base/toml.h"
#include "core/policy/rule_reader.h"

namespace assay {

class RequirementReader {
 public:
  // Borrows all. Reads what a rule asks for.
  RequirementReader(const SignerMap& signers,
                    const AttestationMap& attestations,
                    Diagnostics& diagnostics)
      : signers_(signers),
        attestations_(&attestations),
        diagnostics_(diagnostics) {}
  // Reads who must vouch for something: signers alone.
  RequirementReader(const SignerMap& signers, Diagnostics& diagnostics)
      : signers_(signers), diagnostics_(diagnostics) {}

  // nullopt after at least one Diagnostic, and also when a signer it names
  // could not be read.
  std::optional<Requirement> Read(const Toml& value);

 private:
  std::optional<Requirement> ReadNode(const Toml& value, std::size_t depth);
  std::optional<Requirement> ReadName(const Toml& value,
                                      const std::string& name);
  std::optional<Requirement> ReadTable(const Toml& value, std::size_t depth);
  std::optional<Requirement> ReadAttestation(TomlReader& reader);
  // The parts of a threshold; fewer than there are after a Diagnostic.
  std::vector<Requirement> ReadParts(const Toml::Array& list,
                                     std::size_t depth);
  // That no attestation stands where a signer could.
  bool IsUniform(const Toml::Array& list,
                 const std::vector<Requirement>& parts);
  std::optional<std::size_t> ReadCount(TomlReader& reader, std::size_t size);
  bool HasRepeat(const Toml::Array& list);
  std::nullopt_t Refuse(const Toml& value, Reason reason, std::string message,
                        std::string suggestion = {});

  const SignerMap& signers_;
  const AttestationMap* attestations_ = nullptr;
  Diagnostics& diagnostics_;
  std::size_t nodes_ = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_REQUIREMENT_READER_H_
