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

constexpr std::string_view kPublished = "tuf:";

void ComplainAbout(TomlReader& table, const std::string& where,
                   const Error& error) {
  table.Complain("trusted_root", error.reason, where + ": " + error.detail);
}

Result<std::shared_ptr<const TrustedRoot>> ParseOnce(TrustFiles& files,
                                                     std::string_view bytes) {
  auto& parsed = files.parsed_roots()[Digest::Of(bytes)];
  if (parsed != nullptr) return parsed;
  auto root = TrustedRoot::Parse(bytes);
  if (!root) return root.error();
  parsed = std::make_shared<const TrustedRoot>(*std::move(root));
  return parsed;
}

// A root that is not there yet, or that this version cannot read, leaves its
// signer undetermined, not the policy unread: nobody here wrote it, and other
// signers do not depend on it.
std::optional<RootSource> ReadPublishedRoot(TomlReader& table,
                                            TrustFiles& files,
                                            const std::string& name) {
  RootSource source{nullptr, std::nullopt, name, {}};
  const auto file = files.ReadPublished(name.substr(kPublished.size()));
  if (!file) {
    source.why = file.error();
    if (source.why.reason == Reason::kTrustMissing) return source;
    ComplainAbout(table, name, source.why);
    return std::nullopt;
  }
  const auto root = ParseOnce(files, file->bytes);
  if (root) {
    source.root = *root;
    source.fresh_until = file->fresh_until;
  } else {
    source.why = root.error();
  }
  return source;
}

std::vector<RootSource> ReadRoots(TomlReader& table, TrustFiles& files,
                                  const std::string& otherwise) {
  std::vector<RootSource> roots;
  auto names = table.Strings("trusted_root");
  if (!names && !otherwise.empty()) names = {otherwise};
  if (!names) return roots;
  for (const std::string& name : *names) {
    if (name.starts_with(kPublished)) {
      auto source = ReadPublishedRoot(table, files, name);
      if (source) roots.push_back(*std::move(source));
      continue;
    }
    const auto read = files.ReadAnywhere(name);
    if (!read) {
      ComplainAbout(table, name, read.error());
      continue;
    }
    for (const TrustFile& file : *read) {
      const auto root = ParseOnce(files, file.bytes);
      if (root) {
        roots.push_back({*root, std::nullopt, name, {}});
      } else {
        ComplainAbout(table, file.path, root.error());
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

Status RootSource::Judge(Time now) const {
  if (root == nullptr) return WithContext(why, name);
  if (fresh_until && now >= *fresh_until) {
    return Fail(Reason::kTrustStale, name + ": since " + Rfc3339(*fresh_until));
  }
  return Ok();
}

Result<Witnesses> TransparencyPolicy::AnyRoot(
    Time now,
    const std::function<Result<Witnesses>(const TrustedRoot&)>& judge) const {
  std::optional<Error> unknown;
  std::optional<Error> failure;
  for (const RootSource& source : roots) {
    const Status usable = source.Judge(now);
    if (!usable) {
      if (!unknown) unknown = usable.error();
      continue;
    }
    auto witnesses = judge(*source.root);
    if (witnesses) {
      witnesses->fresh_until = source.fresh_until;
      return witnesses;
    }
    // With several roots the first one's failure is told: it is the one the
    // policy names first.
    if (!failure) failure = witnesses.error();
  }
  if (unknown) return *unknown;
  return failure.value_or(Fail(Reason::kLogThreshold, "no trusted root"));
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
