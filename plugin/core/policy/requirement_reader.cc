#include "core/policy/requirement_reader.h"

#include <utility>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {

std::optional<Requirement> RequirementReader::Read(const Toml& value) {
  auto requirement = ReadNode(value, 1);
  if (requirement && requirement->Choices() > limits::kRequirementSteps) {
    return Refuse(value, Reason::kPolicyTooComplex,
                  "this requirement can be met in too many ways to try them; "
                  "nest less");
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
    return Refuse(value, Reason::kPolicyMalformed,
                  "there is no [signers." + Printable(name, 80) + "]",
                  near.empty() ? "" : "did you mean '" + near + "'?");
  }
  if (signer->second == nullptr) return std::nullopt;  // said at the signer
  return Requirement(signer->second);
}

std::optional<Requirement> RequirementReader::ReadTable(const Toml& value,
                                                        std::size_t depth) {
  const std::size_t before = diagnostics_.size();
  TomlReader reader(value, diagnostics_, Reason::kPolicyMalformed);
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
  if (diagnostics_.size() != before) return std::nullopt;

  const Toml& chosen = any_of != nullptr   ? *any_of
                       : all_of != nullptr ? *all_of
                                           : *of;
  const Toml::Array* list = chosen.AsArray();
  if (list == nullptr || list->empty()) {
    return Refuse(chosen, Reason::kPolicyMalformed,
                  "must be an array of at least one signer or requirement");
  }
  Requirement::Threshold threshold;
  bool good = !HasRepeat(*list);
  for (const Toml& element : *list) {
    auto child = ReadNode(element, depth + 1);
    if (child) {
      threshold.of.push_back(*std::move(child));
    } else {
      good = false;
    }
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
    if (name == nullptr || seen.insert(*name).second) continue;
    Refuse(
        element, Reason::kPolicyMalformed,
        "'" + Printable(*name, 80) + "' is named twice; a signer counts once");
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
