#include "core/policy/requirement_reader.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/policy/attestation.h"

namespace assay {

std::optional<Requirement> RequirementReader::Read(const Toml& value) {
  auto requirement = ReadNode(value, 1);
  if (requirement && requirement->Choices() > limits::kRequirementSteps) {
    return Refuse(value, Reason::kPolicyTooComplex,
                  "this requirement can be met in too many ways to try them; "
                  "nest less");
  }
  if (requirement && !requirement->Vouches()) {
    return Refuse(value, Reason::kPolicyMalformed,
                  "an attestation alone would do, without any signature",
                  "add a signer with all_of, or write stands_alone = true in "
                  "[attestations.NAME] if its statement is enough");
  }
  return requirement;
}

std::optional<Requirement> RequirementReader::ReadNode(const Toml& value,
                                                       std::size_t depth) {
  if (depth > limits::kRequirementDepth) {
    return Refuse(value, Reason::kPolicyTooComplex,
                  "a requirement nests at most " +
                      std::to_string(limits::kRequirementDepth) + " deep");
  }
  if (++nodes_ > limits::kRequirementNodes) {
    return Refuse(value, Reason::kPolicyTooComplex,
                  "a requirement has at most " +
                      std::to_string(limits::kRequirementNodes) + " parts");
  }
  if (const std::string* name = value.AsString()) return ReadName(value, *name);
  if (value.AsTable() != nullptr) return ReadTable(value, depth);
  return Refuse(value, Reason::kPolicyMalformed,
                "a requirement is the name of a signer or a table with any_of, "
                "all_of, or at_least and of");
}

std::optional<Requirement> RequirementReader::ReadName(
    const Toml& value, const std::string& name) {
  const auto signer = signers_.find(name);
  if (signer == signers_.end()) {
    std::set<std::string, std::less<>> known;
    for (const auto& [other, _] : signers_) known.insert(other);
    const std::string near = NearMiss(name, known);
    std::string hint = near.empty() ? "" : "did you mean '" + near + "'?";
    if (attestations_ != nullptr && attestations_->contains(name)) {
      hint = "write { attestation = \"" + name + "\" } to ask for that";
    }
    return Refuse(value, Reason::kPolicyMalformed,
                  "there is no [signers." + Printable(name, 80) + "]",
                  std::move(hint));
  }
  if (signer->second == nullptr) return std::nullopt;  // said at the signer
  return Requirement(signer->second);
}

std::optional<Requirement> RequirementReader::ReadTable(const Toml& value,
                                                        std::size_t depth) {
  const std::size_t before = diagnostics_.size();
  TomlReader reader(value, diagnostics_, Reason::kPolicyMalformed);
  if (attestations_ != nullptr && reader.Value("attestation") != nullptr) {
    return ReadAttestation(reader);
  }
  const Toml* any_of = reader.Value("any_of");
  const Toml* all_of = reader.Value("all_of");
  const Toml* of = reader.Value("of");
  const bool counted = reader.Value("at_least") != nullptr;
  const int forms = (any_of != nullptr ? 1 : 0) + (all_of != nullptr ? 1 : 0) +
                    (of != nullptr || counted ? 1 : 0);
  if (forms != 1) {
    reader.Complain({},
                    "give exactly one of any_of, all_of, or at_least with of");
  } else if (counted && of == nullptr) {
    reader.Missing("of");
  } else if (of != nullptr && !counted) {
    reader.Missing("at_least");
  }
  reader.Finish();
  const Toml* chosen = any_of != nullptr   ? any_of
                       : all_of != nullptr ? all_of
                                           : of;
  if (chosen == nullptr || diagnostics_.size() != before) return std::nullopt;

  const Toml::Array* list = chosen->AsArray();
  if (list == nullptr || list->empty()) {
    return Refuse(*chosen, Reason::kPolicyMalformed,
                  "must be an array of at least one signer or requirement");
  }
  Requirement::Threshold threshold;
  bool good = !HasRepeat(*list);
  threshold.of = ReadParts(*list, depth);
  if (threshold.of.size() != list->size() ||
      (all_of == nullptr && !IsUniform(*list, threshold.of))) {
    good = false;
  }
  threshold.at_least = all_of != nullptr ? list->size() : 1;
  if (counted) {
    const auto count = ReadCount(reader, list->size());
    if (!count) return std::nullopt;
    threshold.at_least = *count;
  }
  if (!good) return std::nullopt;
  return Requirement(std::move(threshold));
}

std::vector<Requirement> RequirementReader::ReadParts(const Toml::Array& list,
                                                      std::size_t depth) {
  std::vector<Requirement> parts;
  for (const Toml& element : list) {
    auto part = ReadNode(element, depth + 1);
    if (part) parts.push_back(*std::move(part));
  }
  return parts;
}

std::optional<Requirement> RequirementReader::ReadAttestation(
    TomlReader& reader) {
  const std::size_t before = diagnostics_.size();
  const auto name = reader.String("attestation");
  reader.Finish();
  if (!name || diagnostics_.size() != before) return std::nullopt;
  const auto known = attestations_->find(*name);
  if (known == attestations_->end()) {
    std::set<std::string, std::less<>> names;
    for (const auto& [other, _] : *attestations_) names.insert(other);
    const std::string near = NearMiss(*name, names);
    reader.Complain("attestation",
                    "there is no [attestations." + Printable(*name, 80) + "]",
                    near.empty() ? "" : "did you mean '" + near + "'?");
    return std::nullopt;
  }
  if (known->second == nullptr) return std::nullopt;  // said there
  return Requirement(known->second);
}

bool RequirementReader::IsUniform(const Toml::Array& list,
                                  const std::vector<Requirement>& parts) {
  const auto attests = [](const Requirement& part) {
    return part.Signers().empty();
  };
  const auto first = std::find_if(parts.begin(), parts.end(), attests);
  if (first == parts.end() ||
      std::all_of(parts.begin(), parts.end(), attests)) {
    return true;
  }
  Refuse(list[static_cast<std::size_t>(first - parts.begin())],
         Reason::kPolicyMalformed,
         "an attestation never stands in for a signature: beside signers it "
         "goes into all_of alone",
         "write all_of = [SIGNERS, " + first->str() + "]");
  return false;
}

std::optional<std::size_t> RequirementReader::ReadCount(TomlReader& reader,
                                                        std::size_t size) {
  const auto count = reader.Int("at_least");
  if (!count) return std::nullopt;
  if (*count < 1) {
    reader.Complain("at_least", "must be at least 1: 0 would ask for nothing");
    return std::nullopt;
  }
  if (static_cast<std::uint64_t>(*count) > size) {
    reader.Complain("at_least", "can never be met: only " +
                                    std::to_string(size) + " are given");
    return std::nullopt;
  }
  return static_cast<std::size_t>(*count);
}

// A signer named twice side by side would look like two.
bool RequirementReader::HasRepeat(const Toml::Array& list) {
  std::set<std::string> seen;
  bool repeat = false;
  for (const Toml& element : list) {
    const std::string* name = element.AsString();
    const Toml* attestation = element.Find("attestation");
    const bool attests = name == nullptr && attestation != nullptr;
    if (attests) name = attestation->AsString();
    if (name == nullptr ||
        seen.insert((attests ? "attestation " : "") + *name).second) {
      continue;
    }
    Refuse(element, Reason::kPolicyMalformed,
           "'" + Printable(*name, 80) + "' is named twice; it counts once");
    repeat = true;
  }
  return repeat;
}

std::nullopt_t RequirementReader::Refuse(const Toml& value, Reason reason,
                                         std::string message,
                                         std::string suggestion) {
  diagnostics_.push_back(
      {reason, value.position(), std::move(message), std::move(suggestion)});
  return std::nullopt;
}

}  // namespace assay
