// RequirementReader: the `require` of a rule into a Requirement. A text names
// one signer; a table is any_of, all_of, or at_least with of; nestable.
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
  // Borrows both.
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
  std::optional<std::size_t> ReadCount(TomlReader& reader, std::size_t size);
  bool HasRepeat(const Toml::Array& list);
  std::nullopt_t Refuse(const Toml& value, Reason reason, std::string message,
                        std::string suggestion = {});

  const SignerMap& signers_;
  Diagnostics& diagnostics_;
  std::size_t nodes_ = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_REQUIREMENT_READER_H_
