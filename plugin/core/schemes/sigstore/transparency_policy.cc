#include "core/schemes/sigstore/transparency_policy.h"

namespace assay {
namespace {

constexpr std::int64_t kMostWitnesses = 16;

void ReadCount(TomlReader& table, std::string_view key, std::size_t& count) {
  const auto number = table.Int(key);
  if (!number) return;
  if (*number < 0 || *number > kMostWitnesses) {
    table.Complain(key, "'" + std::string(key) + "' must be from 0 to " +
                            std::to_string(kMostWitnesses));
    return;
  }
  count = static_cast<std::size_t>(*number);
}

Thresholds ReadThresholds(TomlReader& table, Diagnostics& diagnostics,
                          const Thresholds& otherwise) {
  Thresholds thresholds = otherwise;
  const Toml* value = table.TableValue("transparency");
  if (value == nullptr) return thresholds;
  TomlReader reader(*value, diagnostics, Reason::kPolicyMalformed);
  ReadCount(reader, "logs", thresholds.logs);
  ReadCount(reader, "timestamps", thresholds.timestamps);
  ReadCount(reader, "certificate_logs", thresholds.certificate_logs);
  reader.Finish();
  return thresholds;
}

std::vector<std::shared_ptr<const TrustedRoot>> ReadRoots(
    TomlReader& table, TrustFiles& files, const std::string& otherwise) {
  std::vector<std::shared_ptr<const TrustedRoot>> roots;
  auto names = table.Strings("trusted_root");
  if (!names && !otherwise.empty()) names = {otherwise};
  if (!names) return roots;
  for (const std::string& name : *names) {
    const auto read = files.Read(name);
    if (!read) {
      table.Complain("trusted_root", read.error().reason,
                     name + ": " + read.error().detail);
      continue;
    }
    for (const TrustFile& file : *read) {
      auto root = TrustedRoot::Parse(file.bytes);
      if (root) {
        roots.push_back(std::make_shared<const TrustedRoot>(*std::move(root)));
      } else {
        table.Complain("trusted_root", root.error().reason,
                       file.path + ": " + root.error().detail);
      }
    }
  }
  return roots;
}

std::string Counted(std::size_t count, std::string_view what) {
  if (count == 0) return {};
  return ", " + std::to_string(count) + " " + std::string(what) +
         (count == 1 ? "" : "s");
}

Status CheckThresholds(const Thresholds& wanted, const Witnesses& found) {
  const auto lacking = [](std::size_t has, std::size_t needs) {
    return std::to_string(has) + " of " + std::to_string(needs);
  };
  if (found.logs < wanted.logs) {
    return Fail(Reason::kLogThreshold, lacking(found.logs, wanted.logs));
  }
  if (found.authorities < wanted.timestamps) {
    return Fail(Reason::kTimestampThreshold,
                lacking(found.authorities, wanted.timestamps));
  }
  return Ok();
}

}  // namespace

std::optional<TransparencyPolicy> TransparencyPolicy::Read(
    TomlReader& table, TrustFiles& files, Diagnostics& diagnostics,
    const Thresholds& otherwise, const std::string& root) {
  const auto before = diagnostics.size();
  TransparencyPolicy policy;
  policy.roots = ReadRoots(table, files, root);
  policy.thresholds = ReadThresholds(table, diagnostics, otherwise);
  // Who asks for witnesses must not get a policy without any: neither by an
  // empty list nor by an empty folder.
  for (const auto* key : {"trusted_root", "transparency"}) {
    if (policy.roots.empty() && diagnostics.size() == before &&
        table.Value(key) != nullptr) {
      table.Complain(key, "'" + std::string(key) +
                              "' needs at least one trusted root that says "
                              "whom to believe");
    }
  }
  if (diagnostics.size() != before) return std::nullopt;
  return policy;
}

Result<Witnesses> TransparencyPolicy::AnyRoot(
    const std::function<Result<Witnesses>(const TrustedRoot&)>& judge) const {
  Result<Witnesses> outcome = Fail(Reason::kLogThreshold, "no trusted root");
  for (const auto& root : roots) {
    auto witnesses = judge(*root);
    if (witnesses) return witnesses;
    // With several roots the first one's failure is told: it is the one the
    // policy names first.
    if (root == roots.front()) outcome = std::move(witnesses);
  }
  return outcome;
}

Result<Witnesses> TransparencyPolicy::Ask(const TrustedRoot& root,
                                          const LoggedSignature& logged,
                                          Time now) const {
  auto witnesses = Witnesses::Of(logged, root, now);
  if (!witnesses) return witnesses;
  const Status enough = CheckThresholds(thresholds, *witnesses);
  if (!enough) return enough.error();
  return witnesses;
}

std::string TransparencyPolicy::Summary() const {
  if (roots.empty()) return {};
  return Counted(thresholds.logs, "log") +
         Counted(thresholds.timestamps, "timestamp") +
         Counted(thresholds.certificate_logs, "certificate log");
}

}  // namespace assay
